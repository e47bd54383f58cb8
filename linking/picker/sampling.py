"""Some assets of many, to try something on while a person types: one call, kept for ten minutes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from linking.cloudinary import searching
from linking.domain.assets import Asset
from linking.domain.scopes import Assets, Scope
from linking.models import SelectedAsset, Selection
from linking.picker.answers import SELDOM, keep, kept
from linking.picker.asking import asking
from setup.models import Environment

MOST = 500
OF_SELECTION = 100  # of one call


@dataclass(frozen=True)
class Sample:
    """`total`: how many there are, by Cloudinary's estimate."""

    assets: list[Asset]
    total: int


def sample(environment: Environment, of: Assets, spend: Callable[[], None]) -> Sample:
    """Those that came last, as those are named as people name them today. `spend` is called before Cloudinary is asked. Raises
    BadFilter, CloudinaryError."""
    about = ("sample", *of.kept.values())
    if known := kept(environment, *about):
        assets = [Asset.of(one, str(one["asset_id"])) for one in known["assets"]]
        return Sample(assets, known["total"])
    spend()
    found = _selected(environment, of) if of.scope == Scope.SELECTION else _searched(environment, of)
    keep(environment, asdict(found), SELDOM, *about)
    return found


def _searched(environment: Environment, of: Assets) -> Sample:
    expression = of.expression
    with asking(environment) as client:
        answer = searching.search(client, expression, [("created_at", "desc")], MOST)
    return Sample(answer.assets, max(answer.total, len(answer.assets)))


def _selected(environment: Environment, of: Assets) -> Sample:
    selection = Selection.objects.filter(environment=environment, pk=of.selection or 0).first()
    parts = Selection.objects.none() if selection is None else selection.whole()
    rows = SelectedAsset.objects.filter(selection__in=parts.order_by().values("pk"))
    ids = list(rows.order_by("selection__part", "place").values_list("asset_id", flat=True)[:OF_SELECTION])
    if not ids:
        return Sample([], 0)
    with asking(environment) as client:
        return Sample(searching.by_ids(client, ids), rows.count())
