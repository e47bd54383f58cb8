"""What our ledger knows of assets: in which stores they are linked, and whether they have changed since."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from linking.domain.assets import Asset
from linking.domain.searching import CHANGED, NOT_LINKED, Filters
from linking.models import Link, StoreFile
from setup.models import Environment

AT_ONCE = 500


@dataclass(frozen=True)
class Standing:
    """`stores`: where it is in a gallery, or a swatch, because of us; `outdated`: those of them that show an earlier version."""

    stores: frozenset[int] = frozenset()
    outdated: frozenset[int] = frozenset()


NOWHERE = Standing()


def standing_of(environment: Environment, assets: Collection[Asset]) -> dict[str, Standing]:
    """By asset id; one that is linked nowhere is left out. Two queries for 500 assets."""
    versions = {asset.asset_id: asset.version for asset in assets}
    ids = list(versions)
    found: dict[str, Standing] = {}
    for at in range(0, len(ids), AT_ONCE):
        found |= _standing(environment, {id: versions[id] for id in ids[at : at + AT_ONCE]})
    return found


def _standing(environment: Environment, versions: Mapping[str, int]) -> dict[str, Standing]:
    links = Link.objects.in_stores(environment, versions)
    places: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for asset_id, store, medium in links.order_by().values_list("asset_id", "store_id", "medium_id"):
        places[asset_id].add((store, medium))
    files = StoreFile.objects.filter(store__environment=environment, asset_id__in=places).exclude(file_id="")
    shown = {(store, file): version for store, file, version in files.values_list("store_id", "file_id", "version")}
    return {
        id: Standing(
            frozenset(store for store, _ in found),
            frozenset(store for store, medium in found if shown.get((store, medium), versions[id]) < versions[id]),
        )
        for id, found in places.items()
    }


def fits(filters: Filters, standing: Standing) -> bool:
    if filters.linked == NOT_LINKED:
        return not standing.stores
    if filters.linked == CHANGED:
        return bool(standing.outdated)
    if store := filters.store:
        return (store in standing.stores) != filters.linked.startswith("not-")
    return True
