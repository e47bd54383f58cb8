"""What a run's page shows of one gallery: its pictures before and after, each with the change that it meets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from linking.domain.moves import stable
from linking.domain.plan import Change
from linking.models import ChangeRow, ProductSync

ARRIVALS = (Change.ADD, Change.REPLACE)
LOST = (ChangeRow.Outcome.FAILED, ChangeRow.Outcome.REFUSED, ChangeRow.Outcome.ABORTED)


@dataclass(frozen=True)
class Tile:
    """One place of a gallery. `change` is empty where nothing is worth saying, `lost` tells how it failed."""

    position: int
    url: str
    name: str
    change: str = ""
    lost: str = ""

    @property
    def sigil(self) -> str:
        return Change(self.change).sigil if self.change else ""


@dataclass(frozen=True)
class GalleryCard:
    """A product's gallery before and after. Of up to 250 pictures each strip shows the first; the lines name every change."""

    product: ProductSync
    lines: Sequence[ChangeRow]
    before: Sequence[Tile]
    after: Sequence[Tile]

    @property
    def admin_url(self) -> str:
        return self.product.part.store.product_admin_url(self.product.product_id)


def gallery_of(product: ProductSync) -> GalleryCard:
    lines = list(product.changes.all())
    return GalleryCard(product, lines, before_strip(product, lines), after_strip(product, lines))


def before_strip(product: ProductSync, lines: Iterable[ChangeRow]) -> list[Tile]:
    """The gallery as it was, with what leaves it."""
    leaving = {line.medium_id: line for line in lines if line.change in (Change.UNLINK, Change.REPLACE)}
    return [
        _tile_of(at, medium, leaving[medium["id"]].change if medium["id"] in leaving else "")
        for at, medium in enumerate(product.before, 1)
    ]


def after_strip(product: ProductSync, lines: Iterable[ChangeRow]) -> list[Tile]:
    """The gallery as planned. What stays is kept or moved, what comes is added or replaces something."""
    media = {medium["id"]: medium for medium in product.before}
    arrivals = {line.asset_id: line for line in lines if line.change in ARRIVALS}
    moved = moved_media(product.before, product.after)
    tiles = []
    for at, slot in enumerate(product.after, 1):
        if id := slot.get("medium"):
            tiles.append(_tile_of(at, media.get(id, {}), Change.MOVE if id in moved else Change.KEEP))
        elif line := arrivals.get(slot["asset"]):
            lost = line.outcome if line.outcome in LOST else ""
            tiles.append(Tile(at, line.thumbnail, line.name, line.change, lost))
        else:
            tiles.append(Tile(at, "", slot["asset"], Change.ADD))
    return tiles


def moved_media(before: Sequence[Mapping], after: Sequence[Mapping]) -> set[str]:
    """The staying media that do not keep their order: the fewest, as in the plan."""
    place = {medium["id"]: at for at, medium in enumerate(before)}
    staying = [slot["medium"] for slot in after if slot.get("medium") in place]
    unmoved = stable([place[id] for id in staying])
    return {id for id in staying if place[id] not in unmoved}


def _tile_of(position: int, medium: Mapping, change: str) -> Tile:
    name = medium.get("alt") or (medium.get("type") or "picture").replace("_", " ").lower()
    return Tile(position, medium.get("url", ""), name, change)
