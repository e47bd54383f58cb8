"""What is wrong in a request, where, and in words of who wrote it: pydantic's are about models and instances."""

from collections.abc import Callable, Mapping
from typing import Any

from linking.api.bodies import pointer

Said = Callable[[Mapping[str, Any]], str]  # of an error's context
NUMBER, TEXT = "This has to be a whole number.", "This has to be a text."
OBJECT, LIST, YES_OR_NO = "This has to be an object.", "This has to be a list.", "This has to be true or false."

# By pydantic's types, https://pydantic.dev/docs/validation/latest/errors/validation_errors/
WORDS: dict[str, Said] = {
    "missing": lambda known: "This is missing.",
    "extra_forbidden": lambda known: "There is no such field.",
    "model_type": lambda known: OBJECT,
    "model_attributes_type": lambda known: OBJECT,
    "dict_type": lambda known: OBJECT,
    "list_type": lambda known: LIST,
    "string_type": lambda known: TEXT,
    "int_type": lambda known: NUMBER,
    "int_parsing": lambda known: NUMBER,
    "int_parsing_size": lambda known: NUMBER,
    "int_from_float": lambda known: NUMBER,
    "bool_type": lambda known: YES_OR_NO,
    "bool_parsing": lambda known: YES_OR_NO,
    "uuid_parsing": lambda known: "This is no id of a run.",
    "uuid_type": lambda known: "This is no id of a run.",
    "literal_error": lambda known: f"This has to be {known['expected']}.",
    "greater_than_equal": lambda known: f"This has to be at least {known['ge']}.",
    "less_than_equal": lambda known: f"This has to be at most {known['le']:,}.",
    "string_too_short": lambda known: f"This has to have at least {known['min_length']} characters.",
    "string_too_long": lambda known: f"This has at most {known['max_length']:,} characters.",
    "too_short": lambda known: f"This list has to have at least {known['min_length']}.",
    "too_long": lambda known: f"This list has at most {known['max_length']:,}.",
}


def pointed(error: Mapping[str, Any]) -> tuple[str, str]:
    """pydantic's place as a JSON pointer (RFC 6901) into the body, whose own is empty, or as the name of a parameter."""
    kind, *where = error.get("loc", ["body"])
    if kind == "body":
        where = where[1:]  # the parameter of ours that holds it
    place = pointer(*where)
    if not place and error.get("type") == "missing":
        return place, "The body is missing: send a JSON object."
    said = WORDS.get(str(error.get("type", "")))
    return place, said(error.get("ctx") or {}) if said else f"{str(error.get('msg', '')).rstrip('.')}."
