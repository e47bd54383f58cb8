"""What a run's page shows of one gallery: its pictures before and after, each with the change that it meets, and the
variants whose picture changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from linking.domain.moves import stable
from linking.domain.plan import Change
from linking.models import ChangeRow, ProductSync

LOST = (ChangeRow.Outcome.FAILED, ChangeRow.Outcome.REFUSED, ChangeRow.Outcome.ABORTED)


# What Shopify calls the variant of a product that has no options.
ONLY_VARIANT = "Default Title"


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
class VariantCard:
    """A variant whose picture changes, the change in words, and the addresses of both pictures (empty without one). A
    product's only variant has no title."""

    title: str
    word: str
    before: str
    after: str


@dataclass(frozen=True)
class GalleryCard:
    """A product's gallery before and after. Of up to 250 pictures each strip shows the first; the lines name every change."""

    product: ProductSync
    lines: Sequence[ChangeRow]
    before: Sequence[Tile]
    after: Sequence[Tile]
    variants: Sequence[VariantCard]

    @property
    def admin_url(self) -> str:
        return self.product.part.store.product_admin_url(self.product.product_id)


def gallery_of(product: ProductSync) -> GalleryCard:
    lines = list(product.changes.all())
    places = [line for line in lines if not line.owner_id]  # a swatch has no place in the gallery
    before, after = before_strip(product, places), after_strip(product, places)
    return GalleryCard(product, lines, before, after, variants_of(product, places))


def before_strip(product: ProductSync, lines: Iterable[ChangeRow]) -> list[Tile]:
    """The gallery as it was, with what leaves it."""
    leaving = {line.medium_id: line for line in lines if line.change in (Change.UNLINK, Change.REPLACE)}
    return [
        _tile_of(at, medium, leaving[medium["id"]].change if medium["id"] in leaving else "")
        for at, medium in enumerate(product.before, 1)
    ]


def after_strip(product: ProductSync, lines: Iterable[ChangeRow]) -> list[Tile]:
    """The gallery as planned. What stays is kept or moved, what comes is added, replaces something, or returns."""
    media = {medium["id"]: medium for medium in product.before}
    arrivals = _arrivals(lines)
    moved = moved_media(product.before, product.after)
    tiles = []
    for at, slot in enumerate(product.after, 1):
        if id := slot.get("medium"):
            tiles.append(_tile_of(at, media.get(id, {}), Change.MOVE if id in moved else Change.KEEP))
        elif line := arrivals.get(slot.get("return") or slot["asset"]):
            lost = line.outcome if line.outcome in LOST else ""
            tiles.append(Tile(at, line.thumbnail, line.name, line.change, lost))
        else:
            tiles.append(Tile(at, "", slot.get("asset") or "picture", Change.ADD))
    return tiles


def _arrivals(lines: Iterable[ChangeRow]) -> dict[str, ChangeRow]:
    """Asset id -> the line that brings it; what an undo brings back goes by its medium id."""
    found = {}
    for line in lines:
        if line.change == Change.REPLACE or (line.change == Change.ADD and not line.medium_id):
            found[line.asset_id] = line
        elif line.change == Change.ADD:
            found[line.medium_id] = line
    return found


def variants_of(product: ProductSync, lines: Iterable[ChangeRow]) -> list[VariantCard]:
    """An undo does not know what a variant shows at the moment, only what it showed before the run."""
    arrivals = _arrivals(lines)
    pictures = {medium["id"]: medium.get("url", "") for medium in product.before}
    pictures |= {id: line.thumbnail for id, line in arrivals.items() if line.medium_id == id}
    for slot in product.after:
        if "file" in slot and (line := arrivals.get(slot["asset"])):
            pictures[slot["file"]] = line.thumbnail
    undo = product.part.sync.kind == "undo"
    return [_variant_card(change, pictures, undo) for change in product.variants]


def _variant_card(change: Mapping, pictures: Mapping[str, str], undo: bool) -> VariantCard:
    before, after = change["before"], change["after"] or {}
    shown = after.get("medium") or after.get("file") or ""
    word = "loses its picture"
    if shown:
        word = "gets its picture back" if undo else "gets another picture" if before else "gets a picture"
    title = "" if change["title"] == ONLY_VARIANT else change["title"]
    return VariantCard(title, word, pictures.get(before or "", ""), pictures.get(shown, ""))


def moved_media(before: Sequence[Mapping], after: Sequence[Mapping]) -> set[str]:
    """The staying media that do not keep their order: the fewest, as in the plan."""
    place = {medium["id"]: at for at, medium in enumerate(before)}
    staying = [slot["medium"] for slot in after if slot.get("medium") in place]
    unmoved = stable([place[id] for id in staying])
    return {id for id in staying if place[id] not in unmoved}


def _tile_of(position: int, medium: Mapping, change: str) -> Tile:
    name = medium.get("alt") or (medium.get("type") or "picture").replace("_", " ").lower()
    return Tile(position, medium.get("url", ""), name, change)
