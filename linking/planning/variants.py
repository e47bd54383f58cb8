"""Pictures of variants: a replaced picture keeps its variants, and a variant's own group may give it its first image."""

from collections.abc import Mapping

from linking.domain.plan import Change
from linking.models import ChangeRow, ProductSync, StoreFile, StoreSync
from linking.planning.rows import Draft
from linking.shopify import variants
from linking.shopify.variants import Variant
from setup.shopify_client import ShopifyClient

State = ProductSync.State


def plan_variants(
    part: StoreSync, client: ShopifyClient, draft: Draft, firsts: Mapping[str, Mapping[str, str]]
) -> None:
    """Fill in `variants` of every product whose variants' pictures the plan changes. `firsts`: product id -> variant id ->
    asset id. Reads only what may matter. Raises ShopifyError."""
    lines: dict[str, list[ChangeRow]] = {}
    for line in draft.changes:
        if line.product is not None:
            lines.setdefault(line.product.product_id, []).append(line)
    wished = firsts if part.sync.variant_pictures else {}
    concerned = [row for row in draft.products if _matters(row, lines.get(row.product_id, []), wished)]
    found = variants.pictures(client, [row.product_id for row in concerned])
    videos = {mark for mark, file in draft.files.items() if file.kind == StoreFile.Kind.VIDEO}
    for row in concerned:
        # A video cannot be a variant's picture, also when it takes the place of one.
        slots = {slot["asset"]: slot for slot in row.after if slot.get("asset") and slot.get("file") not in videos}
        _fill(row, found.get(row.product_id, []), lines.get(row.product_id, []), wished.get(row.product_id, {}), slots)


def _matters(row: ProductSync, lines: list[ChangeRow], wished: Mapping[str, Mapping[str, str]]) -> bool:
    if row.state == State.REFUSED or row.state == State.FAILED:
        return False
    leaving = any(line.change in (Change.UNLINK, Change.REPLACE) for line in lines)
    return leaving or bool(wished.get(row.product_id))


def _fill(
    row: ProductSync,
    found: list[Variant],
    lines: list[ChangeRow],
    wished: Mapping[str, str],
    slots: Mapping[str, Mapping],
) -> None:
    replaced = {line.replaces: slots.get(line.asset_id) for line in lines if line.replaces}
    gone = {line.medium_id for line in lines if line.change in (Change.UNLINK, Change.REPLACE)}
    for variant in found:
        current = {"medium": variant.picture} if variant.picture else None
        after: Mapping | None = replaced.get(variant.picture) if variant.picture in gone else current
        after = _named(slots.get(wished.get(variant.id, ""), after))
        if after != current:
            row.variants.append({"id": variant.id, "title": variant.title, "before": variant.picture, "after": after})
    if row.variants and row.state == State.UNCHANGED:
        row.state, row.settled = State.PLANNED, None


def _named(slot: Mapping | None) -> dict | None:
    return {key: slot[key] for key in ("medium", "file") if key in slot} if slot else None
