"""What a request costs: estimated before, and again after with what was returned.

Shopify keeps its formula closed; these rules are inferred from recorded answers. Before: an object is 1 and its children, an
interface its dearest type, a list of objects one object, a connection 2 + floor(2 ln(page)) nodes, a mutation its base.
After: a connection is 2 + ceil(node * floor(2 ln(page)) * returned / page), a list of objects their sum, at most what it was
before, and what is null costs only itself.
https://shopify.dev/docs/api/usage/limits
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    is_object_type,
)
from graphql.utilities import value_from_ast_untyped

MOST_PER_REQUEST = 1000
LONGEST_PAGE = 250
COUNT = 10  # a count at the root
MUTATION, DEARER_MUTATIONS = 10, {"fileCreate": 20, "productCreateMedia": 20}
PAYLOAD_INCLUDED, PRODUCT_SET_INCLUDED = 2, 3  # points of payload that the base pays for
VALUE_OBJECTS = {"MoneyV2", "MoneyBag", "Weight", "InventoryItemMeasurement", "MailingAddress", "UnitPriceMeasurement"}
ROWS = {"files": 1.9, "variants": 0.2, "metafields": 0.4}  # of productSet's input; unchanged rows cost too
VARIANT_FILE, VARIANT_METAFIELD = 0.6, 0.4

Selected = dict[str, list[FieldNode]]  # response key -> the nodes that select it


@dataclass
class Pricing:
    """The price list of one operation with its variables."""

    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    variables: dict[str, Any]

    @cached_property
    def requested(self) -> int:
        price = self._mutation if self._mutates else self._field
        return sum(
            price(nodes, self._root) for nodes in self._fields([self.operation.selection_set], self._root).values()
        )

    def actual(self, data: dict[str, Any] | None, failed: frozenset[str] = frozenset()) -> dict[str, int]:
        """Points by response key. `failed`: the mutations (response keys) that changed nothing; they pay their base."""
        points = {}
        for key, nodes in self._fields([self.operation.selection_set], self._root).items():
            value = (data or {}).get(key)
            if not self._mutates:
                points[key] = self._returned(nodes, self._root, value)
            elif key in failed or value is None:
                points[key] = base_of(nodes[0].name.value)
            else:
                points[key] = self._mutated(nodes, value)
        return points

    def per_field(self) -> list[dict[str, Any]]:
        """What `Shopify-GraphQL-Cost-Debug: 1` shows, for the root fields."""
        rows = []
        for key, nodes in self._fields([self.operation.selection_set], self._root).items():
            total = (self._mutation if self._mutates else self._field)(nodes, self._root)
            kind = self._kind(nodes, self._root)
            own = self._base(nodes) if self._mutates else min(total, self._own(kind, self._root) if kind else 0)
            row = {"definedCost": own, "requestedTotalCost": total, "requestedChildrenCost": total - own}
            rows.append({"path": [key], **row})
        return rows

    @cached_property
    def _fragments(self) -> dict[str, FragmentDefinitionNode]:
        return {d.name.value: d for d in self.document.definitions if isinstance(d, FragmentDefinitionNode)}

    @cached_property
    def _mutates(self) -> bool:
        return self.operation.operation == OperationType.MUTATION

    @cached_property
    def _root(self) -> GraphQLObjectType:
        root = self.schema.mutation_type if self._mutates else self.schema.query_type
        assert root
        return root

    @cached_property
    def _values(self) -> dict[str, Any]:
        defaults = {v.variable.name.value: v.default_value for v in self.operation.variable_definitions or ()}
        return {name: value_from_ast_untyped(node) for name, node in defaults.items() if node} | self.variables

    @cached_property
    def _memo(self) -> dict[tuple[tuple[int, ...], str], Selected]:
        return {}

    # Before

    def _field(self, nodes: list[FieldNode], parent: GraphQLObjectType) -> int:
        kind = self._kind(nodes, parent)
        if kind is None:
            return 0
        children = self._dearest(nodes, kind)
        if kind.name.endswith("Connection"):
            return 2 + math.floor(2 * math.log(self._page(nodes))) * children
        return children + self._own(kind, parent)

    def _mutation(self, nodes: list[FieldNode], parent: GraphQLObjectType) -> int:
        kind = self._kind(nodes, parent)
        payload = self._dearest(nodes, kind) if kind else 0
        return self._base(nodes) + max(0, payload - included_in(nodes[0].name.value))

    def _dearest(self, nodes: list[FieldNode], kind: Any) -> int:
        return max(
            (
                sum(self._field(inner, concrete) for inner in self._fields(selections(nodes), concrete).values())
                for concrete in self._concrete(kind)
            ),
            default=0,
        )

    # After

    def _returned(self, nodes: list[FieldNode], parent: GraphQLObjectType, value: Any) -> int:
        kind = self._kind(nodes, parent)
        if kind is None:
            return 0
        if kind.name.endswith("Connection") and value is not None:
            return self._returned_connection(nodes, kind, value)
        if isinstance(value, list):
            rows = sum(self._returned_children(nodes, kind, item) for item in value)
            return min(self._own(kind, parent) + rows, self._field(nodes, parent))
        return self._own(kind, parent) + self._returned_children(nodes, kind, value)

    def _returned_connection(self, nodes: list[FieldNode], kind: Any, value: dict[str, Any]) -> int:
        """The price per node is the mean of what the nodes really held."""
        total, rows = 0, 0
        for key, inner in self._fields(selections(nodes), kind).items():
            row_kind = self._kind(inner, kind)
            if row_kind is None or row_kind.name == "PageInfo" or key not in value:
                continue
            own = self._own(row_kind, kind)
            rows = max(rows, len(value[key]))
            total += sum(own + self._returned_children(inner, row_kind, row) for row in value[key])
        page = self._page(nodes)
        return 2 + math.ceil(total * math.floor(2 * math.log(page)) / page) if rows else 2

    def _returned_children(self, nodes: list[FieldNode], kind: Any, value: Any) -> int:
        if value is None:
            return 0
        concrete = self._type_of(nodes, kind, value)
        fields = self._fields(selections(nodes), concrete)
        return sum(self._returned(inner, concrete, value[key]) for key, inner in fields.items() if key in value)

    def _mutated(self, nodes: list[FieldNode], value: dict[str, Any]) -> int:
        payload = self._returned_children(nodes, self._kind(nodes, self._root), value)
        return self._base(nodes) + max(0, payload - included_in(nodes[0].name.value))

    # Both

    def _base(self, nodes: list[FieldNode]) -> int:
        name = nodes[0].name.value
        rows = product_set_rows(self._arguments(nodes).get("input") or {}) if name == "productSet" else 0
        return base_of(name) + rows

    def _own(self, kind: Any, parent: GraphQLObjectType) -> int:
        if kind.name in VALUE_OBJECTS or kind.name == "PageInfo" or kind.name.endswith("Edge"):
            return 0
        return COUNT if kind.name == "Count" and parent is self.schema.query_type else 1

    def _page(self, nodes: list[FieldNode]) -> int:
        given = self._arguments(nodes)
        return min(LONGEST_PAGE, max(2, given.get("first") or given.get("last") or 1))

    def _arguments(self, nodes: list[FieldNode]) -> dict[str, Any]:
        return {a.name.value: value_from_ast_untyped(a.value, self._values) for a in nodes[0].arguments or ()}

    def _kind(self, nodes: list[FieldNode], parent: GraphQLObjectType) -> Any:
        """The type that the field's selections select from; None for leaves and introspection, which are free."""
        name = nodes[0].name.value
        if name.startswith("__") or not nodes[0].selection_set:
            return None
        return get_named_type(parent.fields[name].type)

    def _concrete(self, kind: Any) -> list[GraphQLObjectType]:
        return [kind] if is_object_type(kind) else list(self.schema.get_possible_types(kind))

    def _type_of(self, nodes: list[FieldNode], kind: Any, value: dict[str, Any]) -> GraphQLObjectType:
        """The object's type, by which response keys it has; the dearest of those that answer alike."""
        alike = [t for t in self._concrete(kind) if self._fields(selections(nodes), t).keys() == value.keys()]
        if len(alike) == 1:
            return alike[0]
        inner = {t: self._fields(selections(nodes), t) for t in alike or self._concrete(kind)}
        return max(inner, key=lambda t: sum(self._field(fields, t) for fields in inner[t].values()))

    def _fields(self, chosen: list[SelectionSetNode], kind: GraphQLObjectType) -> Selected:
        memo = (tuple(map(id, chosen)), kind.name)
        if memo not in self._memo:
            found: Selected = {}
            for selection_set in chosen:
                self._collect(selection_set, kind, found)
            self._memo[memo] = found
        return self._memo[memo]

    def _collect(self, selection_set: SelectionSetNode, kind: GraphQLObjectType, found: Selected) -> None:
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
                continue
            fragment: Any = node if hasattr(node, "selection_set") else self._fragments[node.name.value]  # type: ignore[attr-defined]
            condition = fragment.type_condition
            if condition is None or kind in self._concrete(self.schema.type_map[condition.name.value]):
                self._collect(fragment.selection_set, kind, found)


def selections(nodes: list[FieldNode]) -> list[SelectionSetNode]:
    return [node.selection_set for node in nodes if node.selection_set]


def base_of(mutation: str) -> int:
    return DEARER_MUTATIONS.get(mutation, MUTATION)


def included_in(mutation: str) -> int:
    return PRODUCT_SET_INCLUDED if mutation == "productSet" else PAYLOAD_INCLUDED


def product_set_rows(given: dict[str, Any]) -> int:
    points = sum(weight * len(given.get(name) or ()) for name, weight in ROWS.items())
    for variant in given.get("variants") or ():
        points += VARIANT_FILE * bool(variant.get("file")) + VARIANT_METAFIELD * len(variant.get("metafields") or ())
    return round(points)
