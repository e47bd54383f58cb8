"""Variables against their declared types, with the problems as Shopify lists them."""

import json
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLID,
    OperationDefinitionNode,
    VariableDefinitionNode,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    print_ast,
    type_from_ast,
)
from graphql.utilities import value_from_ast_untyped

from sandbox.shopify.ids import is_gid
from sandbox.shopify.schema import schema

MOST_ROWS = 250
MOST_VARIANT_ROWS = 2048

Problem = dict[str, Any]  # {path: [...], explanation: str}


def errors(operation: OperationDefinitionNode, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The INVALID_VARIABLE errors, one per variable; empty if all fit."""
    found = []
    for definition in operation.variable_definitions or ():
        value, problems = _value_and_problems(definition, given)
        if problems:
            found.append(_error(definition, value, problems))
    return found


def _value_and_problems(definition: VariableDefinitionNode, given: dict[str, Any]) -> tuple[Any, list[Problem]]:
    name, kind = definition.variable.name.value, type_from_ast(schema(), definition.type)
    if name not in given and (definition.default_value is not None or not is_non_null_type(kind)):
        return None, []
    value = given.get(name)
    return value, problems_of(value, kind, [])


def _error(definition: VariableDefinitionNode, value: Any, problems: list[Problem]) -> dict[str, Any]:
    where = [f"{'.'.join(map(str, p['path']))} ({p['explanation']})" for p in problems if p["path"]]
    shown = f"Variable ${definition.variable.name.value} of type {print_ast(definition.type)}"
    location = definition.loc.start_token if definition.loc else None
    return {
        "message": f"{shown} was provided invalid value" + (f" for {', '.join(where)}" if where else ""),
        "locations": [{"line": location.line, "column": location.column}] if location else [],
        "extensions": {"code": "INVALID_VARIABLE", "value": value, "problems": problems},
    }


def problems_of(value: Any, kind: Any, path: list[str | int]) -> list[Problem]:
    if is_non_null_type(kind):
        if value is None:
            return [_problem(path, "Expected value to not be null")]
        kind = kind.of_type
    if value is None:
        return []
    if is_list_type(kind):
        items = value if isinstance(value, list) else [value]
        at = enumerate(items)
        return [p for i, item in at for p in problems_of(item, kind.of_type, [*path, i] if items is value else path)]
    if is_input_object_type(kind):
        return _object_problems(value, kind, path)
    return _leaf_problems(value, kind, path)


def _object_problems(value: Any, kind: Any, path: list[str | int]) -> list[Problem]:
    if not isinstance(value, dict):
        return [_problem(path, f"Expected {json.dumps(value)} to be a key-value object.")]
    found = [_problem([*path, n], f"Field is not defined on {kind.name}") for n in value if n not in kind.fields]
    for name, field in kind.fields.items():
        if name in value:
            found += problems_of(value[name], field.type, [*path, name])
        elif is_required_input_field(field):
            found.append(_problem([*path, name], "Expected value to not be null"))
    if kind.is_one_of and (len(value) != 1 or None in value.values()):
        found.append(_problem(path, f"'{kind.name}' requires exactly one argument, but {len(value)} were provided."))
    return found


def _leaf_problems(value: Any, kind: Any, path: list[str | int]) -> list[Problem]:
    if is_enum_type(kind):
        if value in kind.values if isinstance(value, str) else False:
            return []
        return [_problem(path, f"Expected {json.dumps(value)} to be one of: {', '.join(kind.values)}")]
    if kind is GraphQLID and not (isinstance(value, str) and is_gid(value)):
        explanation = f"Invalid global id '{value}'"
        return [{**_problem(path, explanation), "message": explanation}]
    try:
        kind.parse_value(value)
    except (GraphQLError, TypeError, ValueError):
        return [_problem(path, f"Could not coerce value {json.dumps(value)} to {kind.name}")]
    return []


def _problem(path: list[str | int], explanation: str) -> Problem:
    return {"path": path, "explanation": explanation}


def too_long(operation: OperationDefinitionNode, given: dict[str, Any]) -> tuple[int, int, list[str], FieldNode] | None:
    """(size, limit, path, field) of the first input list that is longer than allowed; variables are resolved."""
    for field in operation.selection_set.selections:
        if isinstance(field, FieldNode):
            for argument in field.arguments or ():
                value = value_from_ast_untyped(argument.value, given)
                if found := _longest(value, [field.name.value, argument.name.value]):
                    return (*found, field)
    return None


def _longest(value: Any, path: list[str]) -> tuple[int, int, list[str]] | None:
    if isinstance(value, list):
        limit = MOST_VARIANT_ROWS if path[-1] == "variants" else MOST_ROWS
        if len(value) > limit:
            return len(value), limit, path
        inner = ((item, path) for item in value)
    elif isinstance(value, dict):
        inner = ((item, [*path, key]) for key, item in value.items())
    else:
        return None
    return next((found for item, at in inner if (found := _longest(item, at))), None)
