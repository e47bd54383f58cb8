"""What a run's page shows of one gallery: its pictures before and after, each with the change that it meets, its swatches,
and the variants whose picture changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from linking.domain import stored
from linking.domain.moves import stable
from linking.domain.plan import ADOPTED, Change
from linking.domain.variants import ONLY_VARIANT
from linking.models import ChangeRow, ProductSync
from linking.pages.gallery_words import (
    ADOPT,
    NOT_DONE,
    Becomes,
    conflicts,
    in_few_lines,
    is_taken,
    of_variant,
    stands_as,
    takes_a_place,
    why_taken,
    words_of,
)
from setup.models import Store
from setup.reasons import NONE, Reason, clause, decoded
from setup.words import _, gettext_lazy

State = ProductSync.State
# Outcomes of what is not there, or may not be, with what is said of it.
LOST = NOT_DONE | dict.fromkeys((ChangeRow.Outcome.FAILED, ChangeRow.Outcome.REFUSED), gettext_lazy("not added"))
# So many places fit into one line beside each other; of a longer strip, pictures to which nothing happens are folded.
BEFORE, AFTER, SWATCHES = 4, 7, 3
# Title, words and links of a gallery weigh as much as so many tiles.
HEAD = 5
# What is said of a picture, by its change.
WORDS = {
    Change.ADD: gettext_lazy("added"),
    Change.MOVE: gettext_lazy("moved"),
    Change.UNLINK: gettext_lazy("removed"),
    Change.KEEP: "",
    Change.SKIP: gettext_lazy("not linked"),
}
# States of galleries that are, or will be, as planned.
REACHED = (State.PLANNED, State.WORKING, State.DONE, State.UNCHANGED)
NEWER, INSTEAD = gettext_lazy("replaced"), gettext_lazy("added in the place of another")
# What a store has in a gallery, where it has no alternative text.
KINDS = {
    "IMAGE": gettext_lazy("image"),
    "VIDEO": gettext_lazy("video"),
    "EXTERNAL_VIDEO": gettext_lazy("external video"),
    "MODEL_3D": gettext_lazy("3D model"),
}
NOT_MOVED = (ChangeRow.Outcome.FAILED, ChangeRow.Outcome.REFUSED)
# Of a picture that was to leave, by its outcome.
STAYS = dict.fromkeys(("failed", "refused", "skipped"), gettext_lazy("not removed"))


@dataclass(frozen=True)
class Tile:
    """One place of a gallery. `change` is empty where nothing is worth saying; `word` says it, with the reason; `lost` says that
    it is not as planned, or may not be."""

    position: int
    url: str
    name: str
    change: str = ""
    lost: str = ""
    word: str = ""
    swatch: bool = False
    film: bool = False
    folded: ClassVar[int] = 0

    @property
    def quiet(self) -> bool:
        return self.change in ("", Change.KEEP) and not self.lost

    @property
    def unsure(self) -> bool:
        """It may be there after all, and is not shown as lost."""
        return self.lost == str(NOT_DONE[ChangeRow.Outcome.UNKNOWN])

    @property
    def kind(self) -> str:
        """What it is, where that is no picture of the gallery."""
        return _("swatch") if self.swatch else _("video") if self.film else ""

    @property
    def said(self) -> str:
        """Its name and what becomes of it: what a person hears, or reads in its place."""
        return ", ".join(filter(None, [self.name, self.kind, self.lost or self.word]))


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
    """A variant whose picture changes, what becomes of it, the addresses of both pictures (empty without one), and why it is
    this one, if that needs a reason. A product's only variant has no title."""

    title: str
    what: Becomes
    before: str
    after: str
    reason: Reason = NONE
    done: bool = False

    @property
    def said(self) -> str:
        return of_variant(self.title, self.what, done=self.done)


@dataclass(frozen=True)
class GalleryCard:
    """A product's gallery before and after, each folded to what changes, its swatches, and the same in words: `said`, each a
    mark and a text (linking.pages.gallery_words)."""

    product: ProductSync
    link: ProductLink
    before: Sequence[Tile | Gap]
    after: Sequence[Tile | Gap]
    swatches: Sequence[Tile | Gap]
    said: Sequence[tuple[str, str]]
    picture: str

    @property
    def when(self) -> str:
        """A plan that is not carried out is shown as planned; once a run has ended, what is there now."""
        reached = self.product.state in REACHED or not self.product.part.sync.dry_run
        return _("After") if reached else _("Planned")

    @property
    def weight(self) -> int:
        """How heavy it is on a page, in tiles: about a quarter of a KiB each."""
        return HEAD + len(self.before) + len(self.after) + len(self.swatches)


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
    before, after = before_strip(planned, places), after_strip(planned, places)
    found = [*before, *after]
    picture = next((tile.url for tile in found if tile.url), "")
    if product.state == State.UNCHANGED and not after:
        after = [replace(tile, change=Change.KEEP, word="") for tile in before]
    if product.state not in REACHED and not product.part.sync.dry_run:
        after = left_strip(planned, after, before, places)
    swatches = folded(swatch_strip(lines, stored.swatches_left(product.swatches)), SWATCHES)
    variants = variants_of(planned, places, done=product.state == State.DONE)
    added = [tile.position for tile in after if tile.change == Change.ADD and not tile.lost]
    changing = [(card.title, card.what) for card in variants]
    said = [*words_of(product, lines, changing, added, len(after)), *conflicts(card.reason for card in variants)]
    return GalleryCard(
        product, link, folded(before, BEFORE), folded(after, AFTER), swatches, in_few_lines(said), picture
    )


def folded(tiles: Sequence[Tile], room: int) -> list[Tile | Gap]:
    """The strip with every picture that something happens to, for a person confirms them; as many of the others as there is
    `room` for; and how many there are of the rest."""
    if len(tiles) <= room:
        return list(tiles)
    loud = [at for at, tile in enumerate(tiles) if not tile.quiet]
    quiet = [at for at, tile in enumerate(tiles) if tile.quiet]
    fewer = (_shown(tiles, sorted([*loud, *quiet[:n]])) for n in range(max(0, room - len(loud)), -1, -1))
    return next((strip for strip in fewer if len(strip) <= room), _shown(tiles, loud))


def excerpt(tiles: Sequence[Tile], room: int) -> list[Tile | Gap]:
    """The first of them, and how many more there are: where it is enough to know a gallery by them."""
    return list(tiles) if len(tiles) <= room else _shown(tiles, range(room - 1))


def _shown(tiles: Sequence[Tile], kept: Sequence[int]) -> list[Tile | Gap]:
    """The strip with these places; of the others, how many there are."""
    strip: list[Tile | Gap] = []
    for here, following in zip([-1, *kept], [*kept, len(tiles)], strict=True):
        if here >= 0:
            strip.append(tiles[here])
        left_out = tiles[here + 1 : following]
        if len(left_out) == 1:
            strip += left_out
        elif left_out:
            strip.append(Gap(len(left_out), all(tile.quiet for tile in left_out)))
    return strip


def before_strip(planned: Planned, lines: Iterable[ChangeRow]) -> list[Tile]:
    """The gallery as it was, with what leaves it and why. A picture that a newer version takes the place of is no loss."""
    leaving = {line.medium_id: line for line in lines if line.change == Change.UNLINK or takes_a_place(line)}
    return [_leaving(at, medium, leaving.get(medium["id"])) for at, medium in enumerate(planned.before, 1)]


def _leaving(position: int, medium: Mapping, line: ChangeRow | None) -> Tile:
    if line is None:
        return _tile_of(position, medium, "")
    tile = _tile_of(position, medium, Change.UNLINK)
    return replace(tile, word=with_reason(tile.word, line), lost=lost_of(line))


def with_reason(word: str, line: ChangeRow) -> str:
    """“removed: Another picture takes its place”"""
    why = clause(why_taken(line)) if is_taken(line) and why_taken(line) else ""
    return _("{change}: {reason}").format(change=word, reason=why) if why else word


def after_strip(planned: Planned, lines: Iterable[ChangeRow]) -> list[Tile]:
    """The gallery as planned. What stays is kept or moved, what comes is added, replaces something, or returns."""
    media = {medium["id"]: medium for medium in planned.before}
    lines = list(lines)
    arrivals, adopted = _arrivals(lines), {line.medium_id for line in lines if stands_as(line, ADOPTED)}
    moved = moved_media(planned.before, planned.after)
    tiles = []
    for at, slot in enumerate(planned.after, 1):
        if id := slot.get("medium"):
            tile = _tile_of(at, media.get(id, {}), Change.MOVE if id in moved else Change.KEEP)
            tiles.append(_adopted(tile) if id in adopted else tile)
        elif line := arrivals.get(slot.get("return") or slot.get("asset", "")):
            tiles.append(_arrival(at, line))
        else:
            tiles.append(Tile(at, "", slot.get("asset") or _("picture"), Change.ADD, word=str(WORDS[Change.ADD])))
    return tiles


def left_strip(
    planned: Planned, after: Sequence[Tile], before: Sequence[Tile], lines: Sequence[ChangeRow]
) -> list[Tile]:
    """The gallery as a run left it that did not do all of it: in the order that is there, as far as it was seen; with what
    could not leave, and what did not come. `after` as planned, `before` as it was; both as many as `planned` has places."""
    known = {line.medium_id: line for line in lines if line.change in (Change.KEEP, Change.MOVE)} | _arrivals(lines)
    held = {id for line in lines if line.outcome in NOT_DONE for id in (line.medium_id, line.replaces)}
    named = {slot.get("medium") or slot.get("return") for slot in planned.after}
    found: list[tuple[int, int, Tile]] = []
    for slot, tile in zip(planned.after, after, strict=False):
        line = known.get(slot.get("medium") or slot.get("return") or slot.get("asset") or "")
        moves = line is not None and line.change == Change.MOVE
        shown = replace(tile, lost=lost_of(line)) if line and moves else tile
        found.append(((line.position_after if line else None) or tile.position, 1, shown))
    for medium, tile in zip(planned.before, before, strict=False):
        if medium["id"] not in named and (tile.lost or medium["id"] in held):
            found.append((tile.position, 0, tile))
    found.sort(key=lambda row: row[:2])
    return [replace(tile, position=at) for at, (_place, _first, tile) in enumerate(found, 1)]


def _adopted(tile: Tile) -> Tile:
    """One that moves as well is marked as moved, and says both."""
    if tile.change == Change.MOVE:
        return replace(tile, word=_("moved and adopted"))
    return replace(tile, change=ADOPT, word=_("adopted"))


def _arrival(position: int, line: ChangeRow) -> Tile:
    word = str(WORDS.get(Change(line.change), ""))
    change: str = line.change
    if line.change == Change.REPLACE:
        change, word = (Change.ADD, str(INSTEAD)) if takes_a_place(line) else (line.change, str(NEWER))
    return Tile(position, line.thumbnail, line.name, change, lost_of(line), word, film=is_film(line.thumbnail))


def is_film(thumbnail: str) -> bool:
    """Whether it is a still of a video, by Cloudinary's address of it."""
    return "/video/" in thumbnail


def lost_of(line: ChangeRow) -> str:
    """That a picture is not there, or still there, or may be; empty if it is as planned."""
    outcome = ChangeRow.Outcome(line.outcome)
    if line.change == Change.UNLINK and outcome in STAYS:
        return str(STAYS[outcome])
    if line.change == Change.MOVE and outcome in NOT_MOVED:
        return _("not moved")
    return str(LOST.get(outcome, ""))


def tile_of_line(line: ChangeRow) -> Tile:
    """A picture by its line alone."""
    instead = takes_a_place(line)
    word = str(WORDS.get(Change(line.change)) or (INSTEAD if instead else NEWER))
    word = with_reason(word, line) if line.change == Change.UNLINK else word
    known = (line.name or _("picture"), Change.ADD if instead else line.change, lost_of(line), word)
    return Tile(0, line.thumbnail, *known, bool(line.owner_id), is_film(line.thumbnail))


def swatch_strip(lines: Iterable[ChangeRow], left: Iterable[Mapping[str, str]] = ()) -> list[Tile]:
    """One of each asset, though several variants have it. `left`: those that stay where they are, in no line of the plan, or in
    one that says only that they are left out."""
    found: dict[str, Tile] = {}
    for line in lines:
        if line.owner_id and line.asset_id not in found:
            change = Change(line.change)
            known = (line.thumbnail, line.name, change, lost_of(line))
            found[line.asset_id] = Tile(0, *known, word=str(WORDS.get(change, _("set"))), swatch=True)
    for one in left:
        if one["asset"] not in found or found[one["asset"]].change == Change.SKIP:
            found[one["asset"]] = Tile(0, one["url"], one["name"], Change.KEEP, word=_("stays"), swatch=True)
    return list(found.values())


def _arrivals(lines: Iterable[ChangeRow]) -> dict[str, ChangeRow]:
    """Asset id -> the line that brings it; what an undo brings back goes by its medium id."""
    found = {}
    for line in lines:
        if line.change == Change.REPLACE or (line.change == Change.ADD and not line.medium_id):
            found[line.asset_id] = line
        elif line.change == Change.ADD:
            found[line.medium_id] = line
    return found


def variants_of(planned: Planned, lines: Iterable[ChangeRow], *, done: bool = False) -> list[VariantCard]:
    """With the pictures that they show and shall show; `done`: or showed and show."""
    arrivals = _arrivals(lines)
    pictures = {medium["id"]: medium["url"] for medium in planned.before}
    pictures |= {id: line.thumbnail for id, line in arrivals.items() if line.medium_id == id}
    for slot in planned.after:
        if "file" in slot and (line := arrivals.get(slot.get("asset", ""))):
            pictures[slot["file"]] = line.thumbnail
    return [replace(_variant_card(change, pictures, planned.undo), done=done) for change in planned.variants]


def _variant_card(change: Mapping, pictures: Mapping[str, str], undo: bool) -> VariantCard:
    before, after = change["before"], change["after"] or {}
    shown = after.get("medium") or after.get("file") or ""
    what = Becomes.LOST
    if shown:
        what = Becomes.BACK if undo else Becomes.ANOTHER if before else Becomes.FIRST
    title = "" if change["title"] == ONLY_VARIANT else change["title"]
    why = decoded(change["reason"])
    return VariantCard(title, what, pictures.get(before or "", ""), pictures.get(shown, ""), why)


def moved_media(before: Sequence[Mapping], after: Sequence[Mapping]) -> set[str]:
    """The staying media that do not keep their order: the fewest, as in the plan."""
    place = {medium["id"]: at for at, medium in enumerate(before)}
    staying = [slot["medium"] for slot in after if slot.get("medium") in place]
    unmoved = stable([place[id] for id in staying])
    return {id for id in staying if place[id] not in unmoved}


def _tile_of(position: int, medium: Mapping, change: str) -> Tile:
    name = medium.get("alt") or str(KINDS.get(medium.get("type") or "", _("picture")))
    word = str(WORDS.get(Change(change), "")) if change else ""
    return Tile(position, medium.get("url", ""), name, change, word=word, film="VIDEO" in (medium.get("type") or ""))
