"""What matching says of keys: which products they mean and why, what did not work, and how the store was asked. A part of the
table of linking.domain.reasons."""

from collections.abc import Mapping, Sequence

from linking.domain.chosen_words import CHOSEN
from linking.domain.fields import ShopifyField
from setup.reasons import Counted, Template
from setup.words import _, ngettext, number


def listed(names: Sequence[str], more: int) -> str:
    shown = ", ".join(names)
    if not more:
        return shown
    return ngettext("{names} and {n} more", "{names} and {n} more", more).format(names=shown, n=number(more))


def _no_product(field: str, key: str) -> str:
    return _("No product has the {field} “{key}”.").format(field=ShopifyField.parse(field).label, key=key)


def _several_products(count: int, field: str, key: str) -> str:
    text = ngettext(
        "{n} product has the {field} “{key}”; only one should.",
        "{n} products have the {field} “{key}”; only one should.",
        count,
    )
    return text.format(n=number(count), field=ShopifyField.parse(field).label, key=key)


def _no_product_named(field: str, key: str) -> str:
    if field == "id":
        return _("The store has no product {id}.").format(id=key)
    return _no_product(field, key)


def _matched_by(
    field: str, values: Sequence[str], more: int = 0, variants: Sequence[str] = (), more_variants: int = 0
) -> str:
    known = ShopifyField.parse(field)
    label = known.label if known.by_metafield else known.label[:1].upper() + known.label[1:]
    found = listed(values, more)
    if not variants:
        return _("{field} {values}").format(field=label, values=found)
    text = ngettext(
        "{field} {values}, variant {variants}",
        "{field} {values}, variants {variants}",
        len(variants) + more_variants,
    )
    return text.format(field=label, values=found, variants=listed(variants, more_variants))


MATCHING: Mapping[str, Template] = {
    "match.no_product": _no_product,
    "match.several_products": _several_products,
    "match.no_product_named": _no_product_named,
    "match.several_products_named": _several_products,
    "match.by": _matched_by,
    **CHOSEN,
    "match.not_asked": "AssetLink did not ask the store for this key. Refresh the matches, then run again.",
    "match.too_many": Counted(
        "{count:,} product has these values. Choose a field that tells products apart.",
        "{count:,} products have these values. Choose a field that tells them apart.",
    ),
    "match.stands_still": "Shopify reads no further in its catalog at the moment, or reads for other apps first.",
    "match.busy": "The store is busy at the moment. Try again in a while.",
    "match.no_metafield": "The store has no product metafield {name}. Check the namespace and key in Shopify’s settings.",
    "match.no_variant_metafield": "The store has no variant metafield {name}. Check the namespace and key in Shopify’s settings.",
    "match.variants_read": "AssetLink read all products, because Shopify’s search does not find variants by their metafields.",
    "match.not_filterable": "The store cannot search the metafield {name}, so AssetLink read all products. To make it "
    "faster, turn on its filtering in Shopify: Settings › Metafields and metaobjects › Products.",
    "match.folded": "AssetLink read all products, because Shopify’s search cannot ignore case and spaces.",
    "match.only_signs": "AssetLink read all products, because Shopify’s search cannot find keys of punctuation alone.",
    "match.doubted": "AssetLink read all products, because Shopify’s search can miss some symbols and letters.",
    "match.exact": "AssetLink read all products, because Shopify’s search finds metafields only by their exact value.",
    "match.with_quotes": "AssetLink read all products, because Shopify’s search can miss quotes and backslashes.",
}
