"""A GraphQL request from its text to its answer: checked, priced, admitted, run, charged, written down."""

import functools
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType, execute_sync

from sandbox.shopify import bulk_fields, cost, media, mutations, queries, schema, shapes, variables, wording
from sandbox.shopify.behaviours import Behaviours
from sandbox.shopify.call import RESOLVERS, Call
from sandbox.shopify.cost import Pricing
from sandbox.shopify.installs import Install
from sandbox.shopify.objects import attribute, resolve_type

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

REGISTERED = (mutations, queries, bulk_fields)  # importing them fills RESOLVERS

Answer = dict[str, Any]


@dataclass
class Asked:
    """What was sent. `debug` holds "cost" and "search" if their debug headers were set."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    debug: frozenset[str] = frozenset()
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    install: Install | None = None  # whose token it carried; None: the store's custom app
    text: str = ""  # the body as it came
    answer_lost: bool = False  # a scripted fault will keep the answer from the client

    def operation(self) -> OperationDefinitionNode | None:
        return schema.checked(self.query).operation(self.operation_name)

    def root_fields(self) -> set[str]:
        """Names of the root fields, also of documents that are going to be refused."""
        operation = self.operation()
        chosen = operation.selection_set.selections if operation else ()
        return {node.name.value for node in chosen if hasattr(node, "name")}


@functools.cache
def executable() -> GraphQLSchema:
    """The schema with the resolvers in it."""
    built = schema.schema()
    for (type_name, field_name), resolver in RESOLVERS.items():
        fields = getattr(built.type_map.get(type_name), "fields", {})
        if field_name in fields:  # the pruned schema may lack what a resolver could answer
            fields[field_name].resolve = resolver
    return built


def answer(shop: "Shop", asked: Asked) -> Answer:
    """The JSON of the answer. The shop is locked from admission to the charge."""
    checked = schema.checked(asked.query)
    if checked.errors:
        return {"errors": list(checked.errors)}
    operation = checked.operation(asked.operation_name)
    if operation is None or checked.document is None:
        return {"errors": [{"message": operation_missing(asked.operation_name)}]}
    if errors := variables.errors(operation, asked.variables):
        return {"errors": errors}
    pricing = Pricing(executable(), checked.document, operation, asked.variables)
    if pricing.requested > cost.MOST_PER_REQUEST:
        return {"errors": [wording.too_dear(pricing.requested, cost.MOST_PER_REQUEST)]}
    with shop.lock:
        if long := variables.too_long(operation, asked.variables):
            return refused(shop, pricing, too_many(*long))
        if not shop.bucket.admits(pricing.requested):
            shop.world.journal.count(shop.domain, throttled=1)
            return refused(shop, pricing, wording.throttled())
        return run(shop, asked, pricing)


def requested_cost(asked: Asked) -> int:
    """0 for what is no valid operation."""
    checked, operation = schema.checked(asked.query), asked.operation()
    if checked.errors or checked.document is None or operation is None:
        return 0
    return Pricing(executable(), checked.document, operation, asked.variables).requested


def operation_missing(name: str | None) -> str:
    return f'No operation named "{name}"' if name else "An operation name is required"


def too_many(size: int, limit: int, path: list[str], node: Any) -> dict[str, Any]:
    start = node.loc.start_token
    return wording.too_many(size, limit, path, {"line": start.line, "column": start.column})


def refused(shop: "Shop", pricing: Pricing, error: dict[str, Any]) -> Answer:
    """Nothing ran and nothing is charged."""
    return {"errors": [error], "extensions": {"cost": cost_of(shop, pricing, None)}}


def run(shop: "Shop", asked: Asked, pricing: Pricing) -> Answer:
    shop.settle()
    behaviours = Behaviours(shop.world.faults, asked.root_fields(), shop.domain, asked.text)
    mutates = pricing.operation.operation == OperationType.MUTATION
    seen = shop if mutates else shop.history.view(shop, behaviours)
    call = Call(seen, search_debug="search" in asked.debug, install=asked.install, behaviours=behaviours)
    result = execute_sync(
        executable(),
        pricing.document,
        context_value=call,
        variable_values=asked.variables,
        operation_name=asked.operation_name,
        field_resolver=attribute,
        type_resolver=resolve_type,
    )
    raise_own_mistakes(result.errors)
    points = pricing.actual(result.data, failed(call, result.data))
    actual = min(pricing.requested, sum(points.values()))
    shop.bucket.charge(actual)
    media.leave_uploaded(shop)
    if mutates:
        shop.history.note(shop, shop.now())
    odd = shapes.of(call)
    asked.answer_lost = asked.answer_lost or shapes.hide_outcome(odd)
    write_down(shop, asked, pricing, call, points, actual)
    body: Answer = {"errors": [wording.formatted(e) for e in result.errors]} if result.errors else {}
    body["data"] = result.data
    body["extensions"] = {"cost": cost_of(shop, pricing, actual, fields="cost" in asked.debug)}
    if call.searches:
        body["extensions"]["search"] = call.searches
    return shapes.applied(body, call, odd)


def raise_own_mistakes(errors: list[GraphQLError] | None) -> None:
    """What is no refusal is a mistake of the sandbox, and must not look like an answer of Shopify's."""
    for error in errors or ():
        if error.original_error and not isinstance(error.original_error, GraphQLError):
            raise error.original_error


def failed(call: Call, data: dict[str, Any] | None) -> frozenset[str]:
    """Response keys of the mutations that changed nothing: userErrors, and nothing else in the payload."""
    keys = set()
    for ran in call.ran:
        payload = (data or {}).get(ran.key) or {}
        rest = [value for value in payload.values() if value and not is_errors(value, ran.user_errors)]
        if ran.user_errors and not rest:
            keys.add(ran.key)
    return frozenset(keys)


def is_errors(value: Any, errors: list[dict[str, Any]]) -> bool:
    return isinstance(value, list) and len(value) == len(errors) and all("message" in e or "field" in e for e in value)


def cost_of(shop: "Shop", pricing: Pricing, actual: int | None, *, fields: bool = False) -> dict[str, Any]:
    body = {
        "requestedQueryCost": pricing.requested,
        "actualQueryCost": actual,
        "throttleStatus": shop.bucket.status(),
    }
    return body | ({"fields": pricing.per_field()} if fields else {})


def write_down(shop: "Shop", asked: Asked, pricing: Pricing, call: Call, points: dict[str, int], actual: int) -> None:
    journal, mutates = shop.world.journal, pricing.operation.operation == OperationType.MUTATION
    journal.count(shop.domain, points=actual, **{"mutations" if mutates else "queries": 1})
    name = pricing.operation.name
    for ran in call.ran:
        journal.record(
            at=shop.now(),
            store=shop.domain,
            operation=ran.operation,
            document=name.value if name else None,
            variables=asked.variables,
            cost=points.get(ran.key, 0),
            user_errors=ran.user_errors,
            request_id=asked.request_id,
            answer="lost" if asked.answer_lost else "sent",
        )
    if call.ran:
        shop.world.changed()
