"""The root queries, https://shopify.dev/docs/api/admin-graphql/2026-10/queries."""

from collections.abc import Callable
from typing import Any

from sandbox.faults import Fault
from sandbox.shopify import search, wording
from sandbox.shopify.call import Call, query
from sandbox.shopify.ids import gid, is_gid, kind_of, number_of
from sandbox.shopify.metafields import OWNER_TYPES
from sandbox.shopify.objects import Page, page
from sandbox.shopify.orders import doubled, shuffled
from sandbox.shopify.records import BulkOperation, Definition, File, Product
from sandbox.shopify.unsupported import Unsupported

# Of the values that the schema names for publicDisplayName.
PLAN_NAMES = {"development": "Development", "basic": "Basic", "advanced": "Advanced", "plus": "Plus"}
FILE_ORDERS: dict[str, Callable[[File], Any]] = {  # files that are equal stay in the order of their numbers
    "CREATED_AT": lambda file: file.created_at,
    "UPDATED_AT": lambda file: file.updated_at,
    "FILENAME": lambda file: file.filename.casefold(),
    "ORIGINAL_UPLOAD_SIZE": lambda file: file.content.size if file.content else 0,
}
NODE_SCOPES = {
    "Product": "read_products",
    "ProductVariant": "read_products",
    "MediaImage": "read_files",
    "Video": "read_files",
    "GenericFile": "read_files",
}


@query("shop")
def shop(call: Call) -> dict[str, Any]:
    number = number_of(call.shop.first_gid)
    return {
        "id": gid("Shop", number),
        "name": call.shop.name,
        "myshopifyDomain": call.shop.domain,
        "plan": {
            "publicDisplayName": PLAN_NAMES[call.shop.plan],
            "partnerDevelopment": call.shop.plan == "development",
            "shopifyPlus": call.shop.plan == "plus",
        },
        "primaryDomain": {"id": gid("Domain", number), "url": f"https://{call.shop.domain}"},
    }


@query("currentAppInstallation")
def current_app_installation(call: Call) -> dict[str, Any]:
    scopes = [{"handle": scope} for scope in sorted(call.scopes)]
    return {"id": gid("AppInstallation", number_of(call.shop.first_gid)), "accessScopes": scopes}


@query("product", "read_products")
def product(call: Call, id: str) -> Product | None:
    return call.product(id)


@query("nodes")
def nodes(call: Call, ids: list[str]) -> list[Any]:
    """In the order of the ids; null for what does not exist."""
    for kind in {kind_of(node_id) for node_id in ids} & NODE_SCOPES.keys():
        call.require(NODE_SCOPES[kind or ""], "nodes")
    variants = {}
    if any(kind_of(node_id) == "ProductVariant" for node_id in ids):
        variants = {v.id: v for p in call.shop.products.values() for v in p.variants}
    definitions = {d.id: d for d in (*call.shop.definitions.values(), *call.shop.variant_definitions.values())}
    places: tuple[dict[str, Any], ...] = (
        call.shop.products,
        call.shop.files,
        variants,
        definitions,
        call.shop.bulk_operations,
    )
    found = [next((place[node_id] for place in places if node_id in place), None) for node_id in ids]
    young = [isinstance(node, File) and is_too_young(call, node) for node in found]
    seen = without_missing(call, [None if hidden else node for node, hidden in zip(found, young, strict=True)])
    return shuffled(call, doubled(call, seen))


def without_missing(call: Call, found: list[Any]) -> list[Any]:
    """It may be scripted that an id that exists is left out, or answered with null."""

    def place(fault: Fault) -> int | None:
        wanted = fault.match if is_gid(fault.match or "") else None
        return next((at for at, node in enumerate(found) if node and wanted in (None, node.id)), None)

    for fault in call.behaviours.all("ids_missing", lambda fault: place(fault) is not None):
        if (at := place(fault)) is not None:
            found = [*found[:at], *([None] if fault.code == "null" else []), *found[at + 1 :]]
    return found


def is_too_young(call: Call, file: File) -> bool:
    """Whether it is scripted that nodes() does not know the file yet."""
    about, age = f"{file.id} {file.filename}", call.shop.now() - file.created_at
    return call.behaviours.first("nodes_null", about, lambda fault: age < fault.seconds) is not None


def known(records: dict[str, Any], ids: list[str]) -> list[Any]:
    """A search may find what reads that lag behind do not see yet."""
    return [records[record_id] for record_id in ids if record_id in records]


@query("products", "read_products")
def products(call: Call, **arguments: Any) -> Page:
    by_change = arguments.get("sortKey") == "UPDATED_AT"
    if by_change:
        del arguments["sortKey"]
    found = known(call.shop.products, searched(call, "products", arguments))
    ordered = sorted(found, key=lambda one: one.updated_at) if by_change else shuffled(call, found)
    return page(call, ordered, arguments)


@query("productVariants", "read_products")
def product_variants(call: Call, **arguments: Any) -> Page:
    variants = {v.id: v for p in call.shop.products.values() for v in p.variants}
    return page(call, shuffled(call, known(variants, searched(call, "productVariants", arguments))), arguments)


@query("collections", "read_products")
def collections(call: Call, **arguments: Any) -> Page:
    found = known(call.shop.collections, searched(call, "collections", arguments))
    return page(call, shuffled(call, found), arguments)


@query("files", "read_files")
def files(call: Call, **arguments: Any) -> Page:
    order = FILE_ORDERS.get(arguments.get("sortKey", "ID"))
    if order:
        del arguments["sortKey"]
    found = known(call.shop.files, searched(call, "files", arguments))
    return page(call, sorted(found, key=order) if order else shuffled(call, found), arguments)


@query("productsCount", "read_products")
def products_count(call: Call, limit: int | None = None, **arguments: Any) -> dict[str, int]:
    count = len(searched(call, "productsCount", arguments))
    return {"count": count if limit is None else min(count, limit)}


def searched(call: Call, name: str, arguments: dict[str, Any]) -> list[str]:
    """The ids found. Takes query and sortKey out of the arguments and leaves the paging."""
    sort_key, text = arguments.pop("sortKey", "ID"), arguments.pop("query", None) or ""
    if sort_key not in ("ID", "RELEVANCE") or arguments.pop("savedSearchId", None):
        raise Unsupported(f"{name}(sortKey: {sort_key}) and saved searches")
    if call.whole is not None and not text:
        return everything(call, name)
    resource = "products" if name == "productsCount" else name
    found = search.compile(call.shop, resource, text, lambda term: misses(call, term.value))
    if text and (found.warnings or call.search_debug):
        parsed = {"parsed": found.parsed} if call.search_debug else {}
        call.searches.append({"path": [name], "query": text, **parsed, "warnings": found.warnings})
    return found.ids()


# By what of a value it is missed.
MISSED = {
    "search_misses_quotes": frozenset("\"'\\`´‘’‚‛“”„‟′″‹›«»＂＇"),
    "search_misses_signs": frozenset(":()*<>="),
}


def misses(call: Call, value: str) -> bool:
    """Whether it is scripted that such a value is not found."""
    kinds = [kind for kind, signs in MISSED.items() if not signs.isdisjoint(value)]
    return any(call.behaviours.first(kind) is not None for kind in kinds)


def everything(call: Call, name: str) -> list[str]:
    """Ids from the store itself: what bulk operations list without a search does not lag behind."""
    if name == "files":
        ids = list(call.shop.files)
    elif name == "collections":
        ids = list(call.shop.collections)
    elif name == "productVariants":
        ids = [variant.id for product in call.shop.products.values() for variant in product.variants]
    else:
        ids = list(call.shop.products)
    return sorted(ids, key=number_of)


@query("bulkOperation")
def bulk_operation(call: Call, id: str) -> BulkOperation | None:
    if kind_of(id) != "BulkOperation":
        raise wording.wrong_id(id)
    return call.shop.bulk_operations.get(id)


@query("bulkOperations")
def bulk_operations(call: Call, sortKey: str = "CREATED_AT", query: str | None = None, **arguments: Any) -> Page:
    """Those of the app that asks, and of no other."""
    if sortKey != "CREATED_AT" or query:
        raise Unsupported("bulkOperations by other keys than CREATED_AT, and with a search")
    app = call.install.client_id if call.install else ""
    mine = [operation for operation in call.shop.bulk_operations.values() if operation.client_id == app]
    return page(call, mine, arguments)


@query("productByIdentifier", "read_products")
def product_by_identifier(call: Call, identifier: dict[str, Any]) -> Product | None:
    return identified(call, identifier)


def identified(call: Call, identifier: dict[str, Any]) -> Product | None:
    """The product that an id, a handle or a customId names."""
    if "id" in identifier:
        return call.product(identifier["id"])
    if "handle" in identifier:
        return call.shop.product_with(identifier["handle"])
    custom = identifier["customId"]
    name = f"{custom.get('namespace')}.{custom['key']}"
    definition = call.shop.definitions.get(name)
    if definition is None or definition.type != "id":
        raise wording.Refused("NOT_FOUND", "Metafield definition of type 'id' is required when using custom ids.")
    rows = (p for p in call.shop.products.values() if name in p.metafields)
    return next((p for p in rows if p.metafields[name].value == custom["value"]), None)


@query("metafieldDefinitions", "read_products")
def metafield_definitions(call: Call, ownerType: str, **arguments: Any) -> Page:
    namespace, key = arguments.pop("namespace", None), arguments.pop("key", None)
    for unmodelled in ("query", "constraintStatus", "constraintSubtype"):
        if arguments.pop(unmodelled, None):
            raise Unsupported(f"metafieldDefinitions({unmodelled}:)")
    if (order := arguments.pop("sortKey", "ID")) != "ID":
        raise Unsupported(f"metafieldDefinitions(sortKey: {order})")
    if (pinned := arguments.pop("pinnedStatus", "ANY")) != "ANY":
        raise Unsupported(f"metafieldDefinitions(pinnedStatus: {pinned})")
    if ownerType not in OWNER_TYPES.values():
        raise Unsupported(f"metafieldDefinitions(ownerType: {ownerType})")
    found: list[Definition] = list(call.shop.definitions_of(ownerType).values())
    return page(call, [d for d in found if namespace in (None, d.namespace) and key in (None, d.key)], arguments)


@query("job")
def job(call: Call, id: str) -> dict[str, Any] | None:
    if kind_of(id) != "Job":
        raise wording.wrong_id(id)
    if id in call.shop.finished_jobs:
        return {"id": id, "done": True}
    return {"id": id, "done": False} if any(r.job == id for r in call.shop.reorders) else None


@query("webhookSubscriptions")
def webhook_subscriptions(
    call: Call, topics: list[str] | None = None, uri: str | None = None, **arguments: Any
) -> Page:
    """Of the app that asks, in the order in which they were made. Tokens of no app have none here."""
    if call.install is None:
        raise Unsupported("webhookSubscriptions with the token of a custom app")
    for unmodelled in ("query", "callbackUrl", "format"):
        if arguments.pop(unmodelled, None):
            raise Unsupported(f"webhookSubscriptions({unmodelled}:)")
    arguments.pop("sortKey", None)
    mine = call.install.subscriptions
    found = [one for one in mine if (not topics or one.topic in topics) and uri in (None, one.uri)]
    return page(call, shuffled(call, found), arguments)
