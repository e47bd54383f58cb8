"""Transformations as admins write them: their spelling, before anybody is asked.

https://cloudinary.com/documentation/transformation_reference. They become part of delivery URLs as they are, so whatever
could lead out of one, or make Cloudinary fetch something for us, is refused.
"""

import re

LONGEST = 1000
COMPONENT = re.compile(r"(?:\$[A-Za-z]\w*|[a-z]{1,4})_.+")
STRANGE = re.compile(r"[\s?#\"'\\<>&;`^{}|]|[^\x21-\x7e]")
# A remote picture laid over, a function, a script: none of them is needed for a product's picture.
FETCHING = re.compile(r"(?:^|[,/])(?:l_fetch|u_fetch|fn_|l_video:fetch)", re.IGNORECASE)


class BadTransformation(ValueError):
    """The text says what is wrong, and what to write instead."""


def checked(text: str) -> str:
    """Without the slashes around it. Raises BadTransformation."""
    text = text.strip().strip("/")
    if len(text) > LONGEST:
        raise BadTransformation(f"A transformation has at most {LONGEST:,} characters. Make it a named one: t_name.")
    if found := STRANGE.search(text):
        raise BadTransformation(
            f"“{found[0]}” cannot stand in a transformation. Copy the text between upload/ and the asset."
        )
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise BadTransformation("A % must be followed by two hexadecimal digits, as in %20.")
    if FETCHING.search(text):
        raise BadTransformation("Layers that are fetched from elsewhere and custom functions are not allowed here.")
    for component in text.split("/"):
        check_component(component)
    return text


def check_component(component: str) -> None:
    """Raises BadTransformation."""
    if component in ("", ".", ".."):
        raise BadTransformation("There is an empty step: write one slash between two steps.")
    for parameter in component.split(","):
        if not COMPONENT.fullmatch(parameter):
            raise BadTransformation(
                f"“{parameter}” is no parameter. They look like w_800 or c_limit, divided by commas."
            )
        if parameter.startswith("f_"):
            raise BadTransformation(f"Leave out {parameter}: AssetLink sets the format that Shopify takes.")
