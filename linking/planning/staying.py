"""Swatches that a plan leaves where they are: of groups that are left out, or that were not selected. A plan shows what the
shop will show, not only what changes."""

from collections.abc import Iterator, Sequence

from linking.domain.plan import Change
from linking.models import ChangeRow, ProductSync, StoreSync
from linking.planning.rows import PlanRows
from linking.shopify import swatches
from setup.shopify.client import ShopifyClient

Outcome, State = ChangeRow.Outcome, ProductSync.State
AT_A_TIME = 500
SET = (Outcome.DONE, Outcome.UNCHANGED)
SHOWN = ("owner_id", "asset_id", "name", "thumbnail", "change", "medium_id", "replaces")


def show_staying(part: StoreSync, client: ShopifyClient, draft: PlanRows) -> None:
    """Fill in `swatches` of every product in which earlier runs set some that this plan does not touch. One call for 250 of
    their owners; none where there are none. One that is not shown now is not waited for. Raises ShopifyError."""
    rows = {row.product_id: row for row in draft.products if row.state != State.FAILED}
    touched = {line.owner_id for line in draft.changes if line.owner_id and line.change != Change.SKIP}
    lines = [found for found in _lines_of_runs(part, list(rows)) if found[1].owner_id not in touched]
    if not lines:
        return
    there = swatches.read(client, list(dict.fromkeys(line.owner_id for _, line in lines)))
    for product_id, line in lines:
        row, file = rows[product_id], line.medium_id if line.change == Change.KEEP else line.named_file
        known = {entry["asset"] for entry in row.swatches}
        if file and there.get(line.owner_id) == file and line.asset_id not in known:
            row.swatches.append({"asset": line.asset_id, "name": line.name, "url": line.thumbnail})


def _lines_of_runs(part: StoreSync, product_ids: Sequence[str]) -> Iterator[tuple[str, ChangeRow]]:
    """(product, what runs set, or found set, in its metafields or its variants'), oldest first."""
    lines = ChangeRow.objects.filter(part__store=part.store, part__sync__dry_run=False, outcome__in=SET)
    lines = lines.exclude(owner_id="").exclude(change=Change.UNLINK).select_related("file", "product").order_by("pk")
    lines = lines.only(*SHOWN, "file__file_id", "product__product_id")
    for at in range(0, len(product_ids), AT_A_TIME):
        for line in lines.filter(product__product_id__in=product_ids[at : at + AT_A_TIME]):
            if line.product:
                yield line.product.product_id, line
