"""What a run's page shows of one gallery: its pictures before and after, each with the change that it meets, and the
variants whose picture changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from linking.domain import stored
from linking.domain.moves import stable
from linking.domain.plan import Change
from linking.domain.variants import ONLY_VARIANT
from linking.models import ChangeRow, ProductSync
from setup.models import Store

State = ProductSync.State
LOST = (ChangeRow.Outcome.FAILED, ChangeRow.Outcome.REFUSED, ChangeRow.Outcome.ABORTED, ChangeRow.Outcome.UNKNOWN)
# Outcomes that a picture cannot show.
NOT_IN_STRIPS = (*LOST, ChangeRow.Outcome.SKIPPED)
# So many of them are listed at once: a page with forty galleries stays light.
FEW = 2
# Of a long strip, pictures to which nothing happens are folded; a strip of changes alone is cut at MOST.
LONG, AROUND, MOST = 12, 2, 60
# Title and links of a gallery weigh as much as so many tiles.
HEAD = 4


@dataclass(frozen=True)
class Tile:
    """One place of a gallery. `change` is empty where nothing is worth saying, `lost` says why it is not there, or may
    not be."""

    position: int
    url: str
    name: str
    change: str = ""
    lost: str = ""
    folded: ClassVar[int] = 0

    @property
    def sigil(self) -> str:
        return Change(self.change).sigil if self.change else ""

    @property
    def quiet(self) -> bool:
        return self.change in ("", Change.KEEP)


@dataclass(frozen=True)
class Gap:
    """So many places of a gallery that are not shown, and whether all of them stay as they are."""

    folded: int
    quiet: bool = True


@dataclass(frozen=True)
class ProductLink:
    """A product with its addresses in the Shopify admin and in the shop."""

    pk: int
    title: str
    store: Store
    admin_url: str
    shop_url: str


def product_link(store: Store, pk: int, product_id: str, title: str, handle: str) -> ProductLink:
    """The shop's address is empty for a product without a handle; one that is not published has no page there."""
    base = (store.storefront_url or f"https://{store.domain}").rstrip("/")
    shop_url = f"{base}/products/{handle}" if handle else ""
    return ProductLink(pk, title or product_id, store, store.product_admin_url(product_id), shop_url)


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
    """A product's gallery before and after, each folded to what changes. `listed`: the first lines that have more to say than
    the strips show; `lines`: how many there are in all."""

    product: ProductSync
    link: ProductLink
    before: Sequence[Tile | Gap]
    after: Sequence[Tile | Gap]
    variants: Sequence[VariantCard]
    listed: Sequence[ChangeRow]
    lines: int

    @property
    def strips(self) -> list[tuple[str, Sequence[Tile | Gap]]]:
        """Each with when it is so. What was not done, or not all of it, is shown as planned."""
        state = self.product.state
        if state == State.UNCHANGED or (state == State.REFUSED and all(tile.quiet for tile in self.after)):
            return [("As it is", self.before)]
        after = "After" if state in (State.PLANNED, State.WORKING, State.DONE) else "Planned"
        return [("Before", self.before), (after, self.after)]

    @property
    def weight(self) -> int:
        """How heavy it is on a page, in tiles: about a quarter of a KiB each."""
        return HEAD + sum(len(strip) for _, strip in self.strips) + 2 * len(self.listed) + 2 * len(self.variants)

    @property
    def has_more(self) -> bool:
        """Whether there are lines that are listed only when asked for."""
        return len(self.listed) < self.lines


@dataclass(frozen=True)
class Planned:
    """What a product's row keeps of its plan, as far as it can be read (linking.domain.stored)."""

    before: Sequence[Mapping[str, Any]]
    after: Sequence[Mapping[str, Any]]
    variants: Sequence[Mapping[str, Any]]
    undo: bool

    @classmethod
    def of(cls, product: ProductSync) -> "Planned":
        before, after = stored.media(product.before), stored.slots(product.after)
        undo = product.part.sync.kind == "undo"
        return cls(before, after, stored.variant_changes(product.variants), undo)


def gallery_of(product: ProductSync) -> GalleryCard:
    lines = list(product.changes.all())
    places = [line for line in lines if not line.owner_id]  # a swatch has no place in the gallery
    store, planned = product.part.store, Planned.of(product)
    link = product_link(store, product.pk, product.product_id, product.title, product.handle)
    before, after = folded(before_strip(planned, places)), folded(after_strip(planned, places))
    listed = [line for line in lines if says_more(line, product)][:FEW]
    return GalleryCard(product, link, before, after, variants_of(planned, places), listed, len(lines))


def says_more(line: ChangeRow, product: ProductSync) -> bool:
    """Whether a line says something that its picture in the strips does not."""
    own = line.reason and line.reason != product.reason
    return bool(own or line.note or line.owner_id or line.alt_after is not None or line.outcome in NOT_IN_STRIPS)


def folded(tiles: Sequence[Tile]) -> list[Tile | Gap]:
    """The strip with every picture that something happens to and its neighbours; of the others, how many there are."""
    if len(tiles) <= LONG:
        return list(tiles)
    loud = [at for at, tile in enumerate(tiles) if not tile.quiet]
    shown = {at + by for at in loud for by in range(-AROUND, AROUND + 1)} or set(range(LONG))
    kept = sorted({0, *shown} & set(range(len(tiles))))[:MOST]
    strip: list[Tile | Gap] = []
    for here, following in zip(kept, [*kept[1:], len(tiles)], strict=True):
        strip.append(tiles[here])
        left_out = tiles[here + 1 : following]
        if len(left_out) == 1:
            strip += left_out
        elif left_out:
            strip.append(Gap(len(left_out), all(tile.quiet for tile in left_out)))
    return strip


def before_strip(planned: Planned, lines: Iterable[ChangeRow]) -> list[Tile]:
    """The gallery as it was, with what leaves it."""
    leaving = {line.medium_id: line for line in lines if line.change in (Change.UNLINK, Change.REPLACE)}
    return [
        _tile_of(at, medium, leaving[medium["id"]].change if medium["id"] in leaving else "")
        for at, medium in enumerate(planned.before, 1)
    ]


def after_strip(planned: Planned, lines: Iterable[ChangeRow]) -> list[Tile]:
    """The gallery as planned. What stays is kept or moved, what comes is added, replaces something, or returns."""
    media = {medium["id"]: medium for medium in planned.before}
    arrivals = _arrivals(lines)
    moved = moved_media(planned.before, planned.after)
    tiles = []
    for at, slot in enumerate(planned.after, 1):
        if id := slot.get("medium"):
            tiles.append(_tile_of(at, media.get(id, {}), Change.MOVE if id in moved else Change.KEEP))
        elif line := arrivals.get(slot.get("return") or slot.get("asset", "")):
            lost = str(ChangeRow.Outcome(line.outcome).label).lower() if line.outcome in LOST else ""
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


def variants_of(planned: Planned, lines: Iterable[ChangeRow]) -> list[VariantCard]:
    """With the pictures that they show and shall show."""
    arrivals = _arrivals(lines)
    pictures = {medium["id"]: medium["url"] for medium in planned.before}
    pictures |= {id: line.thumbnail for id, line in arrivals.items() if line.medium_id == id}
    for slot in planned.after:
        if "file" in slot and (line := arrivals.get(slot.get("asset", ""))):
            pictures[slot["file"]] = line.thumbnail
    return [_variant_card(change, pictures, planned.undo) for change in planned.variants]


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
