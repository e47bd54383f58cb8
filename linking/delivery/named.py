"""By which names a product is asked for: SKUs, its handle, and the keys by which assets were linked to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from linking.domain.fields import ShopifyField, ShopifyKind
from linking.models import DeliveredName, DeliveredProduct, DeliveryEndpoint, Link, LinkedVariant, ProductSync
from setup.spelling import plain

LONGEST = 1000  # bytes: an index of Postgres takes no more than 2,704


@dataclass(frozen=True)
class Name:
    kind: str
    value: str
    variants: tuple[str, ...] = ()


def of_product(endpoint: DeliveryEndpoint, product_id: str, links: Sequence[Link]) -> list[Name]:
    """A barcode is known where keys were barcodes."""
    found = skus(endpoint, product_id)
    if handle := max(((link.linked, link.handle) for link in links if link.handle), default=(None, ""))[1]:
        found.append(Name("handle", handle))
    keys = {link.key for link in links if link.key}
    for key in sorted(keys):
        of = [link.variants for link in links if link.key == key]
        whole = not all(of)
        found.append(Name("key", key, () if whole else tuple(sorted({id for some in of for id in some or ()}))))
    known = barcodes(endpoint, product_id) & keys
    found += [Name("barcode", one.value, one.variants) for one in found if one.kind == "key" and one.value in known]
    unique = {(one.kind, plain(one.value)): one for one in found}
    return [
        Name(kind, value, one.variants) for (kind, value), one in unique.items() if 0 < len(value.encode()) <= LONGEST
    ]


def skus(endpoint: DeliveryEndpoint, product_id: str) -> list[Name]:
    rows = LinkedVariant.objects.filter(store=endpoint.store_id, product_id=product_id).exclude(sku="")
    found: dict[str, list[str]] = {}
    for sku, variant in rows.order_by("variant_id").values_list("sku", "variant_id"):
        found.setdefault(sku, []).append(variant)
    return [Name("sku", sku, tuple(variants)) for sku, variants in found.items()]


def barcodes(endpoint: DeliveryEndpoint, product_id: str) -> set[str]:
    """Keys by which runs found it, where these were barcodes: of runs that there are still, and of its document before."""
    rows = ProductSync.objects.filter(part__store=endpoint.store_id, product_id=product_id, part__sync__kind="link")
    row = rows.select_related("part__sync").order_by("-pk").first()
    before = DeliveredName.objects.filter(endpoint=endpoint, product__product_id=product_id, kind="barcode")
    found = set(before.values_list("value", flat=True))
    if row and ShopifyField.parse(row.part.settings.shopify_field).kind == ShopifyKind.BARCODE:
        found |= set(row.keys)
    return found


def save(row: DeliveredProduct, names: Sequence[Name]) -> None:
    DeliveredName.objects.filter(product=row).delete()
    DeliveredName.objects.bulk_create(
        [
            DeliveredName(
                endpoint_id=row.endpoint_id, product=row, kind=one.kind, value=one.value, variants=list(one.variants)
            )
            for one in names
        ]
    )
