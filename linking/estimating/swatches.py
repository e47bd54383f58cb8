"""Swatches that a run would set, by what earlier runs left there: what stores hold now is not read for an estimate."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from linking.cloudinary.renditions import NoRendition, of_asset
from linking.domain.plan import Change
from linking.domain.swatches import number
from linking.models import ChangeRow, StoreFile
from linking.planning import Planner
from linking.planning.wanted import Wanted
from setup.models import Store

AT_A_TIME = 500


class Wished(NamedTuple):
    """`mark`: of the asset's file."""

    product: str
    asset: str
    mark: str


def wished(planner: Planner, wanted: Mapping[str, Wanted]) -> dict[str, Wished]:
    """By product or variant that is to have one: the first that is wished for it."""
    found: dict[str, Wished] = {}
    for product_id, wish in ((id, wish) for id, want in wanted.items() for wish in want.swatches):
        if wish.owner not in found:
            try:
                mark = of_asset(planner.environment, wish.asset, planner.settings.transformation).mark
            except NoRendition:
                continue
            found[wish.owner] = Wished(product_id, wish.asset.asset_id, mark)
    return found


def to_set(store: Store, wishes: Mapping[str, Wished]) -> int:
    """As a dry run counts them."""
    there = _named(store, {product for product, _, _ in wishes.values()})
    return number((product, asset) for owner, (product, asset, mark) in wishes.items() if there.get(owner) != mark)


def _named(store: Store, product_ids: Collection[str]) -> dict[str, str]:
    """By product or variant, the mark of the file that the last run left in its metafield. Two queries for 500 products."""
    ids, files = sorted(product_ids), dict[str, str]()
    done = (ChangeRow.Outcome.DONE, ChangeRow.Outcome.UNCHANGED)
    lines = ChangeRow.objects.filter(part__store__in=store.of_shop(), part__sync__dry_run=False, outcome__in=done)
    lines = lines.exclude(owner_id="").select_related("file").order_by("pk")
    for at in range(0, len(ids), AT_A_TIME):
        for line in lines.filter(product__product_id__in=ids[at : at + AT_A_TIME]):
            files[line.owner_id] = line.medium_id if line.change == Change.KEEP else line.named_file
    named, marks = sorted({file for file in files.values() if file}), dict[str, str]()
    for at in range(0, len(named), AT_A_TIME):
        shown = StoreFile.objects.for_galleries().filter(store=store, file_id__in=named[at : at + AT_A_TIME])
        marks |= dict(shown.values_list("file_id", "mark"))
    return {owner: marks.get(file, "") for owner, file in files.items()}
