"""What linking asks of a store's catalog: which products have these values in a field?"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from linking.domain.fields import METAFIELDS, ShopifyField, ShopifyKind
from linking.domain.matching import Candidate
from linking.shopify import bulk
from linking.shopify.paging import page, pages
from linking.shopify.shelf import counted, first_sku
from setup.reasons import NONE, Reason
from setup.shapes import listed, mapping, parsed, text, whole
from setup.shopify.answers import UNREADABLE
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import Document, load
from setup.spelling import composed, forms

DOCUMENTS = Path(__file__).parent / "documents"
VARIANTS = load(DOCUMENTS, "VariantsByField")
PRODUCTS = load(DOCUMENTS, "ProductsByField")
BY_METAFIELD = load(DOCUMENTS, "ProductsByMetafield")
VARIANTS_BY_METAFIELD = load(DOCUMENTS, "VariantsByMetafield")
DEFINITION = load(DOCUMENTS, "MetafieldDefinition")
NEAR_VARIANTS = load(DOCUMENTS, "NearVariants")
NEAR_PRODUCTS = load(DOCUMENTS, "NearProducts")
NEAR_METAFIELDS = load(DOCUMENTS, "NearMetafields")
NEAR_VARIANT_METAFIELDS = load(DOCUMENTS, "NearVariantMetafields")
CARDS = load(DOCUMENTS, "ProductCards")
SHELF = load(DOCUMENTS, "ProductsPage")
SHELF_PAGE = 50
ALL_VARIANTS = load(DOCUMENTS, "CatalogBulk")
ALL_PRODUCTS = load(DOCUMENTS, "CatalogProductsBulk")
ALL_METAFIELDS = load(DOCUMENTS, "CatalogMetafieldBulk")
ALL_VARIANT_METAFIELDS = load(DOCUMENTS, "CatalogVariantMetafieldBulk")
# Whose metafields: of products, and of variants. https://shopify.dev/docs/api/admin-graphql/2026-10/enums/MetafieldOwnerType
OWNER_TYPES = ("PRODUCT", "PRODUCTVARIANT")
MAX_TERMS = 50
MAX_LENGTH = 4000
# Beyond these one bulk query, 10 points, is cheaper than searching and comes to an end sooner.
MAX_KEYS = 500
MAX_PAGES = 20
# What an unquoted search value must not contain as it is, nor begin with.
SPECIAL = re.compile(r"""([:\\()"'*])""")
# Practitioners tell of searches that miss values with these, however they are quoted; with quotes of other kinds, and the
# signs for feet and inches, they may do the same.
UNTRUSTED = frozenset("\"'\\`´‘’‚‛“”„‟′″‹›«»＂＇")
# What means something in the language of searches: quoted it should not, but before a key is called unmatched, that is checked.
DOUBTFUL = frozenset(":()*<>=")
# Search tells these apart by the whole value, not by words.
WHOLE_VALUES = (ShopifyKind.HANDLE, *METAFIELDS)
FOLDED, ONLY_SIGNS = Reason("match.folded"), Reason("match.only_signs")
VARIANTS_READ = Reason("match.variants_read")
WITH_QUOTES, DOUBTED, EXACT = Reason("match.with_quotes"), Reason("match.doubted"), Reason("match.exact")


@dataclass(frozen=True)
class ProductCard:
    """What a person recognises a product by."""

    id: str
    title: str
    handle: str
    status: str
    image: str
    online_url: str
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()


class ReadWhole(Exception):
    """Search cannot answer this question: the whole catalog has to be read. `note` tells people why, if they can mend it."""

    def __init__(self, note: Reason = NONE) -> None:
        super().__init__(note)
        self.note = note


def quoted(value: str) -> str:
    """A search value as Shopify reads it, https://shopify.dev/docs/api/usage/search-syntax."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def name_of(field: ShopifyField) -> str:
    """As search calls it."""
    return f"metafields.{field.namespace}.{field.key}" if field.by_metafield else field.kind.value


def equal_term(field: ShopifyField, value: str) -> str:
    return f"{name_of(field)}:{quoted(value)}"


def prefix_term(field: ShopifyField, start: str) -> str:
    """Values whose words are these, the last one a beginning; empty if search has no way to say it."""
    words = start.split()
    if not words or any(not word[0].isalnum() for word in words) or not words[-1][-1].isalnum():
        return ""
    terms = [f"{name_of(field)}:" + SPECIAL.sub(r"\\\1", word) for word in words]
    return f"({' '.join(terms)}*)"


def equal_terms(field: ShopifyField, keys: Iterable[str], spelled: Iterable[str]) -> list[str]:
    """Key by key; then how assets spell them otherwise. Stores keep texts as they come: keys are asked for composed and
    decomposed, and as they are `spelled`."""
    texts = dict.fromkeys((*(text for key in keys for text in forms(key)), *spelled))
    return [equal_term(field, text) for text in texts]


def any_of(terms: Iterable[str]) -> Iterator[str]:
    """Queries that together ask for all of the terms."""
    return map(query_of, batches(terms))


def query_of(terms: Sequence[str]) -> str:
    return "(" + " OR ".join(terms) + ")"


def batches(terms: Iterable[str]) -> Iterator[list[str]]:
    """As many terms as one query takes: at most 50, and 4,000 characters."""
    batch: list[str] = []
    for term in terms:
        if batch and (len(batch) == MAX_TERMS or sum(map(len, batch)) + len(term) + 4 * len(batch) > MAX_LENGTH):
            yield batch
            batch = []
        batch.append(term)
    if batch:
        yield batch


def candidates(
    client: ShopifyClient,
    field: ShopifyField,
    keys: Sequence[str],
    spelled: Iterable[str] = (),
    *,
    fold: bool = False,
    got: Callable[[int], None] = lambda count: None,
) -> Iterator[Candidate]:
    """Products that the store proposes for the keys; equality is decided by the caller. `spelled`: how assets spell them. `got`
    is called after each query with how many of the keys, from the first on, were asked for. Raises ShopifyError, or ReadWhole at
    any time: what was proposed before it is not all.

    Search goes by words, without case: it proposes every equal value, as long as there is a word in it. It does not propose
    `ABC 1` for `ABC1`, so that `fold` needs the whole catalog, and so do keys with quotes. A handle never has any.
    """
    if field.by_metafield:
        _require_filterable(client, field)
    if fold:
        raise ReadWhole(FOLDED)
    if field.kind not in WHOLE_VALUES and not all(any(map(str.isalnum, key)) for key in keys):
        raise ReadWhole(ONLY_SIGNS)
    if field.kind != ShopifyKind.HANDLE and any(UNTRUSTED.intersection(key) for key in keys):
        raise ReadWhole(WITH_QUOTES)
    terms = equal_terms(field, keys, spelled)
    queries = list(batches(terms))
    if len(set(keys)) > MAX_KEYS or len(queries) > MAX_PAGES:
        raise ReadWhole
    pages_read = asked = 0
    for batch in queries:
        for found in _found(client, field, query_of(batch)):
            if pages_read == MAX_PAGES:
                raise ReadWhole
            pages_read += 1
            yield from found
        asked += len(batch)
        got(len(keys) * asked // len(terms))


def require_certain(field: ShopifyField, unmatched: Iterable[str]) -> None:
    """Before these keys are called unmatched: could a search have missed them? Raises ReadWhole.

    A metafield is searched by its exact characters, so one with a blank at its end is not found. Letters beyond ASCII may be
    kept in more forms than a search can ask for: half composed, or as characters that Unicode has twice.
    """
    for key in unmatched:
        if field.by_metafield:
            raise ReadWhole(EXACT)
        if not key.isascii() or (field.kind != ShopifyKind.HANDLE and not DOUBTFUL.isdisjoint(key)):
            raise ReadWhole(DOUBTED)


def near(client: ShopifyClient, field: ShopifyField, spelled: str, begun: str) -> Iterator[Candidate]:
    """What two queries find, in one call, the first 250 of each: proposals, so nothing is lost with the rest. Raises
    ShopifyError."""
    _document, _root, extra, read = _question(field)
    if field.by_metafield:
        document = NEAR_VARIANT_METAFIELDS if field.of_variants else NEAR_METAFIELDS
    else:
        document = NEAR_VARIANTS if field.of_variants else NEAR_PRODUCTS
    answer = client.run(document, spelled=spelled, begun=begun, **extra)
    for name in ("spelled", "begun"):
        yield from map(read, listed(mapping(answer.get(name)).get("nodes")))


def bulk_query(field: ShopifyField) -> str:
    """The bulk query that reads the field of every product or variant."""
    if field.by_metafield:
        document = ALL_VARIANT_METAFIELDS if field.of_variants else ALL_METAFIELDS
        return bulk.inlined(document, namespace=field.namespace, key=field.key)
    return bulk.inlined(ALL_VARIANTS if field.of_variants else ALL_PRODUCTS)


def everything(field: ShopifyField, objects: Iterable[dict]) -> Iterator[Candidate]:
    """The products of a bulk query's result. A variant names its product itself, so their order does not matter and
    nothing has to be kept."""
    for node in objects:
        parent = text(node.get("__parentId"))
        if field.of_variants and parent:
            yield _variant(node | {"product": {"id": parent}}, field.kind)
        elif not field.of_variants and not parent:
            yield _metafield(node) if field.by_metafield else _product(node, field.kind)


def cards(client: ShopifyClient, ids: Sequence[str]) -> dict[str, ProductCard]:
    """The products that are shown, by id; 250 a call. One that is absent need not be gone. Raises ShopifyError."""
    found: dict[str, ProductCard] = {}
    for start in range(0, len(ids), 250):
        asked = list(ids[start : start + 250])
        nodes = listed(client.run(CARDS, ids=asked).get("nodes"))
        found |= {id: card_of(node) for node in nodes if "title" in node and (id := node.get("id")) in asked}
    return found


def card_of(node: dict) -> ProductCard:
    """Raises ShopifyError for what has no id."""
    image = mapping(mapping(mapping(node.get("featuredMedia")).get("preview")).get("image"))
    title, handle, status = (text(node.get(name)) for name in ("title", "handle", "status"))
    vendor, kind = composed(text(node.get("vendor"))), composed(text(node.get("productType")))
    tags = tuple(composed(tag) for one in _list(node.get("tags")) if (tag := text(one)))
    address = text(node.get("onlineStoreUrl"))
    return ProductCard(_id(node), composed(title), handle, status, text(image.get("url")), address, vendor, kind, tags)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _id(node: dict) -> str:
    """Raises ShopifyError: a product that cannot be distinguished from others must not pass for one that does not fit."""
    if not (found := text(node.get("id"))):
        raise ShopifyError(Remedy.LATER, UNREADABLE, "no_data")
    return found


def _require_filterable(client: ShopifyClient, field: ShopifyField) -> None:
    """Without the capability Shopify ignores the filter and returns every product. Raises ReadWhole."""
    owner, name = OWNER_TYPES[field.of_variants], f"{field.namespace}.{field.key}"
    asked = {"ownerType": owner, "namespace": field.namespace, "key": field.key}
    known = client.run(DEFINITION, **asked).get("metafieldDefinitions")
    definitions = mapping(known).get("nodes")
    if not isinstance(definitions, list) or listed(definitions) != definitions:
        raise ShopifyError(Remedy.LATER, UNREADABLE, "no_data")
    if not definitions:
        missing = "match.no_variant_metafield" if field.of_variants else "match.no_metafield"
        raise ShopifyError(Remedy.GIVE_UP, Reason(missing, name=name), "no_definition")
    capabilities = mapping(definitions[0].get("capabilities"))
    if mapping(capabilities.get("adminFilterable")).get("enabled") is not True:
        raise ReadWhole(VARIANTS_READ if field.of_variants else Reason("match.not_filterable", name=name))


def _found(client: ShopifyClient, field: ShopifyField, query: str) -> Iterator[list[Candidate]]:
    """Page by page. Raises ShopifyError; ReadWhole where it turns out that the store does not search by this field.

    The documentation of 2026-10 names metafields for products and not for variants; stores are asked all the same, as a search is
    cheaper than the whole catalog. One that knows no such field says so instead of answering.
    """
    document, root, extra, read = _question(field)
    try:
        for rows in pages(lambda after: client.run(document, query=query, after=after, **extra).get(root)):
            yield [read(row) for row in rows]
    except ShopifyError as error:
        if field.kind == ShopifyKind.VARIANT_METAFIELD and error.code == "search_warning":
            raise ReadWhole(VARIANTS_READ) from None
        raise


def _question(field: ShopifyField) -> tuple[Document, str, dict[str, str], Callable[[dict], Candidate]]:
    named = {"namespace": field.namespace, "key": field.key} if field.by_metafield else {}
    if field.of_variants:
        document = VARIANTS_BY_METAFIELD if field.by_metafield else VARIANTS
        return document, "productVariants", named, lambda node: _variant(node, field.kind)
    if field.by_metafield:
        return BY_METAFIELD, "products", named, _metafield
    return PRODUCTS, "products", {}, lambda node: _product(node, field.kind)


def _variant(node: dict, kind: ShopifyKind) -> Candidate:
    values = _metafield_values(node) if kind in METAFIELDS else (text(node.get(kind.value)),)
    chosen = listed(node.get("selectedOptions"))
    options = tuple((name, text(one.get("value"))) for one in chosen if (name := text(one.get("name"))))
    product, sku, position = _id(mapping(node.get("product"))), text(node.get("sku")), whole(node.get("position"))
    return Candidate(product, values, _id(node), text(node.get("title")), sku, options, max(0, position or 0))


def _product(node: dict, kind: ShopifyKind) -> Candidate:
    if kind == ShopifyKind.TAG:
        return Candidate(_id(node), tuple(filter(None, map(text, _list(node.get("tags"))))))
    name = "productType" if kind == ShopifyKind.PRODUCT_TYPE else kind.value
    return Candidate(_id(node), (text(node.get(name)),))


def _metafield(node: dict) -> Candidate:
    return Candidate(_id(node), _metafield_values(node))


def _metafield_values(node: dict) -> tuple[str, ...]:
    field = mapping(node.get("metafield"))
    value = text(field.get("value"))
    if not value:
        return ()
    return elements(value) if text(field.get("type")).startswith("list.") else (value,)


def elements(value: str) -> tuple[str, ...]:
    """The texts and numbers of a metafield's list, kept as JSON; none if it is no list."""
    found = parsed(value)
    known = [each for each in found if type(each) in (str, int, float)] if isinstance(found, list) else []
    return tuple(text(each) if isinstance(each, str) else str(each) for each in known)


@dataclass(frozen=True)
class ShelfProduct:
    """A product as a list of the store shows it. `sku`: of its first variant."""

    card: ProductCard
    sku: str


def shelf(client: ShopifyClient, after: str) -> tuple[list[ShelfProduct], str, int]:
    """The next products of the store, where those after them begin (empty at the end), and how many there are in all. Raises
    ShopifyError."""
    data = client.run(SHELF, first=SHELF_PAGE, after=after or None)
    rows, following = page(data.get("products"))
    return [ShelfProduct(card_of(node), first_sku(node)) for node in rows], following, counted(data)
