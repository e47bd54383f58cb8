"""Running a search: which field takes which values, what matches, what is ignored with a warning.

An unknown or unfilterable field is ignored, and everything comes back; a broken value likewise.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.shopify import search_values as values
from sandbox.shopify.search_index import Entry
from sandbox.shopify.search_syntax import And, Node, Not, Or, Term, parse
from sandbox.shopify.search_values import InvalidValue, Matcher
from sandbox.shopify.unsupported import Unsupported

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

Test = Callable[[Entry], bool]

STATUSES = ("ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED")
PRODUCT_FIELDS: dict[str, Matcher] = {
    "id": values.numbers,
    "handle": values.comma_list,
    "title": values.near,
    "sku": values.near,
    "barcode": values.text,
    "tag": values.text,
    "vendor": values.text,
    "product_type": values.text,
    "status": values.one_of(STATUSES),
    "variant_id": values.numbers,
    "variant_title": values.text,
    "created_at": values.times,
    "updated_at": values.times,
}
VARIANT_FIELDS: dict[str, Matcher] = {
    "id": values.numbers,
    "title": values.near,
    "sku": values.near,
    "barcode": values.text,
    "tag": values.text,
    "vendor": values.text,
    "product_type": values.text,
    "product_id": values.numbers,
    "product_ids": values.field("product_id", values.numbers),
    "product_status": values.one_of(STATUSES),
    "option1": values.text,
    "option2": values.text,
    "option3": values.text,
    "updated_at": values.times,
}
COLLECTION_FIELDS: dict[str, Matcher] = {
    "id": values.numbers,
    "title": values.near,
    "handle": values.text,
    "updated_at": values.times,
}
FILE_FIELDS: dict[str, Matcher] = {
    "id": values.numbers,
    "ids": values.field("id", values.numbers),
    "filename": values.near,
    "media_type": values.one_of(("IMAGE", "VIDEO", "GENERIC_FILE", "EXTERNAL_VIDEO", "MODEL_3D")),
    "status": values.one_of(("UPLOADED", "PROCESSING", "READY", "FAILED")),
    "original_upload_size": values.numbers,
    "created_at": values.times,
    "updated_at": values.times,
}
UNMODELLED = {  # real fields that this sandbox keeps no data for: refused, so that nobody relies on them here
    "products": "bundles category_id collection_id combined_listing_role delivery_profile_id error_feedback gift_card "
    "has_only_composites has_only_default_variant has_variant_with_components inventory_total is_price_reduced "
    "out_of_stock_somewhere price product_configuration_owner product_publication_status publication_ids "
    "publishable_status published_at published_status tracks_inventory",
    "productVariants": "collection delivery_profile_id exclude_composite exclude_variants_with_components gift_card "
    "inventory_quantity location_id managed managed_by product_publication_status publishable_status published_status "
    "requires_components taxable",
    "files": "product_id used_in",
    "collections": "collection_type product_id product_publication_status publishable_status published_at published_status",
}
KINDS = {
    "products": ("Product",),
    "productVariants": ("ProductVariant",),
    "files": ("MediaImage", "Video", "GenericFile"),
    "collections": ("Collection",),
}
FIELDS = {
    "products": PRODUCT_FIELDS,
    "productVariants": VARIANT_FIELDS,
    "files": FILE_FIELDS,
    "collections": COLLECTION_FIELDS,
}
DEFAULTS = {  # what a bare word is looked for in
    "products": ("title", "sku", "barcode", "tag", "vendor", "product_type", "variant_title"),
    "productVariants": ("title", "sku", "barcode", "tag", "vendor", "product_type"),
    "files": ("filename",),
    "collections": ("title", "handle"),
}


@dataclass
class Search:
    """A compiled query. `test` is None if nothing limits the result."""

    resource: str
    shop: "Shop"
    warnings: list[dict[str, str]] = field(default_factory=list)
    parsed: dict[str, Any] | None = None
    test: Test | None = None
    misses: Callable[[Term], bool] = lambda term: False

    def ids(self) -> list[str]:
        """The global ids found, by number; records that are gone are not found."""
        found = self.shop.index.entries(KINDS[self.resource], self.shop.now())
        return [record_id for record_id, entry in found if self.test is None or self.test(entry)]


def compile(shop: "Shop", resource: str, query: str, misses: Callable[[Term], bool] = lambda term: False) -> Search:
    """`resource` is a root field: products, productVariants, files, collections; `misses`: terms that find nothing."""
    search = Search(resource, shop, misses=misses)
    tree = parse(query)
    if tree is not None:
        search.parsed = _parsed(tree)
        search.test = _test(search, tree)
    return search


def _test(search: Search, node: Node) -> Test | None:
    """None for what is ignored."""
    if isinstance(node, Term):
        return _term(search, node)
    if isinstance(node, Not):
        inner = _test(search, node.part)
        return None if inner is None else lambda entry: not inner(entry)
    tests = [test for part in node.parts if (test := _test(search, part))]
    if not tests:
        return None
    quantifier = all if isinstance(node, And) else any
    return lambda entry: quantifier(test(entry) for test in tests)


def _term(search: Search, term: Term) -> Test | None:
    if term.broken or search.misses(term):
        return lambda entry: False
    if term.field is None:
        return _anywhere(search, term)
    name, matcher = term.field, FIELDS[search.resource].get(term.field)
    if name == "tag_not" and search.resource in ("products", "productVariants"):
        inner = values.text("tag", term)
        return lambda entry: not inner(entry)
    if name in UNMODELLED[search.resource].split():
        raise Unsupported(f"the search field {name} of {search.resource}")
    if matcher is None and search.resource == "products":
        matcher = _metafield(search.shop, name)
    if matcher is None:
        _warn(search, name, "Invalid search field for this query.", "invalid_field")
        return None
    if term.value == "" and not term.quoted:
        return None
    if term.value == "*" and not term.quoted:
        return lambda entry: any(entry.values(name))
    try:
        return matcher(name, term)
    except InvalidValue:
        _warn(search, name, f"Input `{term.value}` is not an accepted value.", "invalid_value")
        return None


def _anywhere(search: Search, term: Term) -> Test | None:
    tests = [values.text(name, term) for name in DEFAULTS[search.resource]]
    return lambda entry: any(test(entry) for test in tests)


def _metafield(shop: "Shop", name: str) -> Matcher | None:
    """Only a definition that is admin filterable makes a metafield searchable."""
    definition = shop.definitions.get(name.removeprefix("metafields."))
    if not name.startswith("metafields.") or definition is None or not definition.admin_filterable:
        return None
    return values.metafield(definition.type)


def _warn(search: Search, name: str, message: str, code: str) -> None:
    search.warnings.append({"field": name, "message": message, "code": code})


def _parsed(node: Node) -> dict[str, Any]:
    """The tree as `Shopify-Search-Query-Debug: 1` shows it."""
    if isinstance(node, Term):
        how = "match_phrase" if node.quoted else "match_all"
        return ({"field": node.field} if node.field else {}) | {how: node.comparator + node.value}
    if isinstance(node, Not):
        return {"not": _parsed(node.part)}
    return {"or" if isinstance(node, Or) else "and": [_parsed(part) for part in node.parts]}
