"""What a bulk query may look like, https://shopify.dev/docs/api/usage/bulk-operations/queries#operation-restrictions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    is_union_type,
)

from sandbox.shopify import schema

LONGEST = 65_535  # bytes
MOST_CONNECTIONS, DEEPEST = 5, 2
EDGES = (
    "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: 'products { edges { node {'."
    " Selecting via 'nodes' is not supported. Invalid connection fields: "
)
NO_ID = (
    "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID'"
    " return type. Connection fields without 'id': "
)
IN_LIST = "Queries that contain a connection field within a list field are not currently supported."


@dataclass(frozen=True)
class Connection:
    """A connection field, and the names of the connection that it is nested in."""

    node: FieldNode
    parent: "Connection | None"
    in_list: bool

    @property
    def name(self) -> str:
        return self.node.name.value

    @property
    def depth(self) -> int:
        return 1 + (self.parent.depth if self.parent else 0)


def problem(text: str) -> str | None:
    """The message of the first rule that `text` breaks."""
    size = len(text.encode())
    if size > LONGEST:
        return f"Query is too large ({size} bytes; maximum is {LONGEST} bytes)"
    checked = schema.checked(text)
    if checked.errors or checked.document is None:
        return f"Invalid bulk query: {checked.errors[0]['message']}"
    operation = checked.operation(None)
    if operation is None or operation.operation != OperationType.QUERY:
        return "Invalid bulk query: it must be a single query."
    if operation.variable_definitions:
        return "Invalid bulk query: variables are not supported."
    walk = Walk(checked.document)
    return broken_rule(walk, operation, list(walk.connections(operation)))


def broken_rule(walk: "Walk", operation: OperationDefinitionNode, found: list[Connection]) -> str | None:
    if not found:
        return "Bulk queries must contain at least one connection."
    if len(found) > MOST_CONNECTIONS:
        return f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections."
    if any(connection.depth > DEEPEST for connection in found):
        return f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}."
    for field in walk.fields(operation.selection_set):
        if field.name.value in ("node", "nodes"):
            return f"Bulk queries cannot contain a top level `{field.name.value}` field."
    if any(connection.in_list for connection in found):
        return IN_LIST
    if wrong := [c.name for c in found if not walk.has_only_edges(c.node)]:
        return f"{EDGES}{', '.join(repr(name) for name in wrong)}."
    parents = [c.parent for c in found if c.parent]
    if wrong := [c.name for c in found if c in parents and not walk.selects_id(c.node)]:
        return f"{NO_ID}{', '.join(wrong)}."
    return None


class Walk:
    """Down the selections of a valid document, fragments included."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}

    def fields(self, chosen: SelectionSetNode | None) -> Iterator[FieldNode]:
        return (node for node, _ in self.typed_fields(chosen, None))

    def typed_fields(self, chosen: SelectionSetNode | None, kind: Any) -> Iterator[tuple[FieldNode, Any]]:
        """(field, the type that it is selected on)"""
        for node in chosen.selections if chosen else ():
            if isinstance(node, FieldNode):
                yield node, kind
                continue
            fragment: Any = node if isinstance(node, InlineFragmentNode) else self.fragments[node.name.value]  # type: ignore[attr-defined]
            condition = fragment.type_condition
            inner = schema.schema().type_map[condition.name.value] if condition else kind
            yield from self.typed_fields(fragment.selection_set, inner)

    def connections(self, operation: OperationDefinitionNode) -> Iterator[Connection]:
        root = schema.schema().query_type
        assert isinstance(root, GraphQLObjectType)
        yield from self._below(operation.selection_set, root, None, False)

    def _below(self, chosen: Any, kind: Any, parent: Connection | None, in_list: bool) -> Iterator[Connection]:
        for node, owner in self.typed_fields(chosen, kind):
            if is_union_type(owner) or node.name.value.startswith("__"):
                continue
            inner = owner.fields[node.name.value].type
            named = get_named_type(inner)
            if not is_composite_type(named):
                continue
            listed = in_list or (is_list_type(get_nullable_type(inner)) and node.name.value not in ("edges", "nodes"))
            if named.name.endswith("Connection"):
                connection = Connection(node, parent, in_list)
                yield connection
                yield from self._below(node.selection_set, named, connection, False)
            else:
                yield from self._below(node.selection_set, named, parent, listed)

    def has_only_edges(self, connection: FieldNode) -> bool:
        """edges { node {…} } and nothing that lists rows otherwise."""
        names = {field.name.value for field in self.fields(connection.selection_set)}
        return "nodes" not in names and bool(self.nodes_of(connection))

    def nodes_of(self, connection: FieldNode) -> list[FieldNode]:
        edges = self.plain(connection, "edges")
        return [node for edge in edges for node in self.plain(edge, "node")]

    def plain(self, field: FieldNode, name: str) -> list[FieldNode]:
        """The fields of that name below `field`, without an alias."""
        return [f for f in self.fields(field.selection_set) if f.name.value == name and f.alias is None]

    def selects_id(self, connection: FieldNode) -> bool:
        return any(self.plain(node, "id") for node in self.nodes_of(connection))
