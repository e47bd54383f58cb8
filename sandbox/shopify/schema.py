"""The official 2026-10 schema, pruned to what is used, ready to execute; and documents checked against it, once per text."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLSyntaxError,
    IntValueNode,
    OperationDefinitionNode,
    StringValueNode,
    ValueNode,
    build_schema,
    parse,
    validate,
)

from sandbox.shopify import validation, wording
from sandbox.shopify.refusals import ScriptedCode

API_VERSION = "2026-10"
SOURCE = Path(__file__).with_name("schema.graphql")
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Checked:
    """A document, or the errors that Shopify answers it with."""

    document: DocumentNode | None
    errors: tuple[dict[str, Any], ...] = ()

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation to run; None if the name says nothing or too little."""
        if self.document is None:
            return None
        operations = [d for d in self.document.definitions if isinstance(d, OperationDefinitionNode)]
        if name:
            return next((o for o in operations if o.name and o.name.value == name), None)
        return operations[0] if len(operations) == 1 else None


@functools.cache
def schema() -> GraphQLSchema:
    built = build_schema(SOURCE.read_text(encoding="utf-8"), assume_valid=True)
    number = built.type_map["UnsignedInt64"]
    assert isinstance(number, GraphQLScalarType)
    number.parse_value = number.coerce_input_value = unsigned  # type: ignore[method-assign]
    number.parse_literal = unsigned_literal  # type: ignore[method-assign, assignment]
    number.coerce_input_literal = unsigned_literal
    for kind in built.type_map.values():
        if isinstance(kind, GraphQLEnumType) and kind.name.endswith("ErrorCode"):
            take_scripted_codes(kind)
    return built


def take_scripted_codes(kind: GraphQLEnumType) -> None:
    """Lets through what a test asked for; of any other code that the schema does not know, nothing changes."""
    known = kind.coerce_output_value

    def coerced(value: Any) -> Any:
        return str(value) if isinstance(value, ScriptedCode) else known(value)

    kind.coerce_output_value = kind.serialize = coerced  # type: ignore[method-assign, assignment]


def unsigned(value: Any) -> int:
    """UnsignedInt64 travels as a string of digits."""
    if not isinstance(value, str) or not DIGITS.fullmatch(value) or int(value) >= 2**64:
        raise GraphQLError(f"Could not coerce value {value!r} to UnsignedInt64")
    return int(value)


def unsigned_literal(node: ValueNode, _variables: Any = None) -> int:
    if not isinstance(node, StringValueNode | IntValueNode):
        raise GraphQLError("Could not coerce value to UnsignedInt64")
    return unsigned(node.value)


@functools.lru_cache(maxsize=500)
def checked(text: str) -> Checked:
    try:
        document = parse(text)
    except GraphQLSyntaxError as error:
        return Checked(None, (wording.syntax_error(text, error),))
    errors = validate(schema(), document, validation.WORDED) or validate(schema(), document, validation.OTHERS)
    return Checked(document, tuple(wording.formatted(error) for error in errors))
