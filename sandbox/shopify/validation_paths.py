"""Where in a document an error is, as graphql-ruby reports it: ["query Name", "product", "id"]."""

from collections.abc import Iterable
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
)
from graphql.validation import ASTValidationContext


def path_of(node: Node, ancestors: Iterable[Any]) -> list[str]:
    return [part for step in (*ancestors, node) if (part := _part(step))]


def _part(node: Any) -> str | None:
    if isinstance(node, OperationDefinitionNode):
        return f"{node.operation.value} {node.name.value}" if node.name else node.operation.value
    if isinstance(node, FragmentDefinitionNode):
        return f"fragment {node.name.value}"
    if isinstance(node, FieldNode):
        return (node.alias or node.name).value
    if isinstance(node, InlineFragmentNode):
        return f"... on {node.type_condition.name.value}" if node.type_condition else "..."
    if isinstance(node, FragmentSpreadNode):
        return f"... {node.name.value}"
    return node.name.value if isinstance(node, ArgumentNode | ObjectFieldNode) else None


def report(
    context: ASTValidationContext, message: str, node: Node, path: list[str], extensions: dict[str, Any]
) -> None:
    context.report_error(GraphQLError(message, node, path=path, extensions=extensions))
