"""Values written into a document (not variables) against their types."""

from typing import Any

from graphql import (
    ArgumentNode,
    GraphQLError,
    GraphQLID,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    print_ast,
)
from graphql.validation import ValidationRule

from sandbox.shopify.ids import is_gid
from sandbox.shopify.validation_paths import path_of, report


class LiteralsFit(ValidationRule):
    """Each argument's literal, down to the last field of its input objects."""

    def enter_argument(self, node: ArgumentNode, *spot: Any) -> None:
        argument, field, directive = (
            self.context.get_argument(),
            self.context.get_field_def(),
            self.context.get_directive(),
        )
        if argument is None or field is None or directive is not None:
            return
        field_name = next((a.name.value for a in reversed(spot[-1]) if getattr(a, "kind", "") == "field"), "")
        self._check(node.value, argument.type, node, path_of(node, spot[-1]), ("Field", field_name, node.name.value))

    def _check(self, value: ValueNode, kind: Any, node: Node, path: list[str], place: tuple[str, str, str]) -> None:
        if isinstance(value, VariableNode):
            return
        inner = kind.of_type if is_non_null_type(kind) else kind
        if isinstance(value, NullValueNode):
            if inner is not kind:
                self._incompatible(value, kind, node, path, place)
        elif is_list_type(inner):
            for item in value.values if isinstance(value, ListValueNode) else [value]:
                self._check(item, inner.of_type, node, path, place)
        elif is_input_object_type(inner):
            self._check_object(value, inner, node, path, place)
        elif not _fits_leaf(value, inner):
            self._incompatible(value, kind, node, path, place)
        elif inner is GraphQLID and not is_gid(getattr(value, "value", "")):
            code = {"code": "argumentLiteralsIncompatible", "typeName": "CoercionError"}
            report(self.context, f"Invalid global id '{getattr(value, 'value', '')}'", node, path, code)

    def _check_object(
        self, value: ValueNode, kind: Any, node: Node, path: list[str], place: tuple[str, str, str]
    ) -> None:
        if not isinstance(value, ObjectValueNode):
            self._incompatible(value, kind, node, path, place)
            return
        given = {field.name.value: field for field in value.fields or ()}
        self._check_names(given, kind, node, path)
        for name in given.keys() & kind.fields.keys():
            inner_place = ("InputObject", kind.name, name)
            self._check(given[name].value, kind.fields[name].type, given[name], [*path, name], inner_place)
        if kind.is_one_of and len(given) != 1:
            message = f"'{kind.name}' requires exactly one argument, but {len(given)} were provided."
            code = {"code": "invalidOneOfInputObject", "inputObjectType": kind.name}
            report(self.context, message, node, path, code)

    def _check_names(self, given: dict[str, Any], kind: Any, node: Node, path: list[str]) -> None:
        for name in sorted(given.keys() - kind.fields.keys()):
            message = f"InputObject '{kind.name}' doesn't accept argument '{name}'"
            code = {"code": "argumentNotAccepted", "name": kind.name, "typeName": "InputObject", "argumentName": name}
            report(self.context, message, given[name], [*path, name], code)
        for name, field in kind.fields.items():
            if is_required_input_field(field) and name not in given:
                message = f"Argument '{name}' on InputObject '{kind.name}' is required. Expected type {field.type}"
                code = {
                    "code": "missingRequiredInputObjectAttribute",
                    "argumentName": name,
                    "argumentType": str(field.type),
                    "inputObjectType": kind.name,
                }
                report(self.context, message, node, [*path, name], code)

    def _incompatible(
        self, value: ValueNode, kind: Any, node: Node, path: list[str], place: tuple[str, str, str]
    ) -> None:
        owner, owner_name, argument = place
        message = (
            f"Argument '{argument}' on {owner} '{owner_name}' has an invalid value ({print_ast(value)})."
            f" Expected type '{kind}'."
        )
        code = {"code": "argumentLiteralsIncompatible", "typeName": owner, "argumentName": argument}
        report(self.context, message, node, path, code)


def _fits_leaf(value: ValueNode, kind: Any) -> bool:
    if not is_leaf_type(kind):
        return False
    try:
        kind.parse_literal(value)
    except (GraphQLError, TypeError, ValueError):
        return False
    return True
