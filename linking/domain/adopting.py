"""Whether what stands in a gallery already is what comes: evidence in, a verdict out. A picture that stands there twice is a
nuisance; another asset's picture that is taken for ours is never brought. So only pictures that were compared are sure.

The figures behind the limits: docs/decisions/10-adopt-by-pictures.md.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from operator import sub
from urllib.parse import unquote, urlsplit

from setup.file_names import slug
from setup.spelling import plain

# A picture as GRID x GRID cells of red, green and blue, from 0 to 255 (linking.adopting.grids). How far the cells that differ
# most may be apart: re-encoded and resized photographs came to 8, a detail of a twentieth of the width to 13 and more.
GRID = 24
SAME, ALIKE = 10, 22
# So far apart may small cells be (linking.adopting.grids.apart_in_detail): the same photographs came to 13, numbers on a label of
# a twentieth of the width to 42 and more, a mirrored logo of a sixtieth to 74.
DETAILS = 24
# A picture whose cells are all this near shows nothing to know it by.
FLAT = 24
# What encoding and resizing change shows at edges; where a picture is even, they change next to nothing, and another colour does.
# In brightness and both colour differences, as JPEG keeps them, a cell may differ by EVEN and by EDGE of the contrast around it.
# The same photographs came to 1.4 beyond that share, drawn ones to 2.5; near colours to 3.0 and more, small texts to 2.7.
EVEN, EDGE = 2.6, 0.1
SOME = 31  # every so manieth value tells most pictures apart
# So much nearer has one to be than another that would be taken as well.
LEAD = 4
# Width by height: so far apart rounding brings them, and what is cut off brings them farther.
SHAPE = 0.02
# What Shopify appends to a name that is taken, and what tools append for sizes.
APPENDED = re.compile(r"_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
SIZED = re.compile(
    r"(?:[_-](?:\d{1,5}x\d{0,5}|x\d{1,5}|pico|icon|thumb|small|compact|medium|large|grande|original|master)|@[23]x)+\Z"
)
# Words that a camera or a program gives: they say nothing of what is shown.
PLAIN = re.compile(r"(?:img|image|dsc|dscn|dscf|pxl|photo|picture|untitled|file|asset|screenshot)?-?\d*", re.ASCII)
VERSION = re.compile(r"/v(\d{1,12})/(.+)\Z")


class Likeness(StrEnum):
    """How sure it is that a medium shows an asset."""

    SURE = "sure"
    LIKELY = "likely"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture looks like: its cells, row by row, three bytes each, and width by height."""

    cells: bytes
    shape: float

    @property
    def whole(self) -> bool:
        return len(self.cells) == GRID * GRID * 3 and self.shape > 0

    @property
    def flat(self) -> bool:
        """Whether it shows next to nothing, as a plain colour does: many pictures look so."""
        return all(max(self.cells[at::3]) - min(self.cells[at::3]) < FLAT for at in range(3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is known of a picture, on either side; `bytes`, `width` and `height` are 0 where they are not known, `look` is None
    where nobody could see it."""

    alt: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class There(Shown):
    """A medium of a gallery that is not ours. `addresses`: of the file, and of what it was made from, whose sizes these are."""

    medium: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coming(Shown):
    """An asset that the gallery does not show. The sizes are those of what is stored, `look` that of what is delivered; `uncut`
    that of all of it, where what is delivered has another shape."""

    asset: str
    public_id: str
    display_name: str = ""
    version: int = 0
    uncut: Look | None = None

    @property
    def cut(self) -> bool:
        """Whether what is delivered has another shape than what is stored."""
        if self.look is None or not (self.width and self.height):
            return False
        return _other_shape(self.look.shape, self.width / self.height)


@dataclass(frozen=True, slots=True)
class Pair:
    """`because`: what agrees, in the order of REASONS; `apart`: how far the pictures are apart, None if nobody compared them."""

    medium: str
    asset: str
    likeness: Likeness
    because: tuple[str, ...] = ()
    apart: int | None = None


# What may agree, the best evidence first.
REASONS = ("address", "bytes", "name", "size", "alt")


def apart(one: Look | None, other: Look | None) -> int | None:
    """How far the cells that differ most are apart, 255 for pictures of another shape; None where one was not seen. Beyond ALIKE
    it is at least so far: a few cells tell most pairs apart."""
    if one is None or other is None or not one.whole or not other.whole:
        return None
    if _other_shape(one.shape, other.shape):
        return 255
    if (some := _farthest(one.cells[::SOME], other.cells[::SOME])) > ALIKE:
        return some
    return _farthest(one.cells, other.cells)


def _other_shape(one: float, other: float) -> bool:
    return abs(one - other) > SHAPE * max(one, other)


def _farthest(one: bytes, other: bytes) -> int:
    found: int = max(map(abs, map(sub, one, other)))
    return found


def even(one: Look, other: Look) -> bool:
    """Whether even areas of both are of the same colour, and nothing small stands in one of them alone."""
    around = map(min, _contrasts(one.cells), _contrasts(other.cells))
    cells = zip(*(map(sub, one.cells[at::3], other.cells[at::3]) for at in range(3)), strict=True)
    return all(_shift(*cell) <= EVEN + EDGE * contrast for cell, contrast in zip(cells, around, strict=True))


def _shift(red: int, green: int, blue: int) -> float:
    """The largest of the differences in brightness and in colour (Y, Cb and Cr of ITU-R BT.601)."""
    brightness = 0.299 * red + 0.587 * green + 0.114 * blue
    return max(abs(brightness), 0.564 * abs(blue - brightness), 0.713 * abs(red - brightness))


def _contrasts(cells: bytes) -> list[int]:
    """Of each cell, how much it and its neighbours differ in the colour that differs most."""
    found = [0] * (GRID * GRID)
    for colour in range(3):
        rows = [cells[at + colour : at + GRID * 3 : 3] for at in range(0, len(cells), GRID * 3)]
        lightest, darkest = _around(rows, max), _around(rows, min)
        found = list(map(max, found, map(sub, lightest, darkest)))
    return found


def _around(rows: Sequence[bytes], most: Callable[..., int]) -> list[int]:
    """The most of each cell and its neighbours."""
    wide = [bytes(map(most, row, row[1:] + row[-1:], row[:1] + row[:-1])) for row in rows]
    beside = zip(wide, wide[1:] + wide[-1:], wide[:1] + wide[:-1], strict=True)
    return [cell for three in beside for cell in map(most, *three)]


def agreements(there: There, coming: Coming) -> tuple[str, ...]:
    """What speaks for it besides the picture itself."""
    names = {stem(address) for address in there.addresses} - {""}
    found = {
        "address": any(_is_address_of(address, coming) for address in there.addresses),
        "bytes": 0 < there.bytes == coming.bytes,
        "name": bool(names & names_of(coming)),
        "size": 0 < there.width == coming.width and 0 < there.height == coming.height,
        "alt": bool(plain(there.alt).strip()) and plain(there.alt).strip() == plain(coming.alt).strip(),
    }
    return tuple(name for name in REASONS if found[name])


def speaks_against(there: There, coming: Coming) -> bool:
    """Whether names or alt texts say that it is another one: they differ in one word (`shirt-white` and `shirt-ivory`)."""
    theirs, ours = {stem(address) for address in there.addresses} - {""}, names_of(coming)
    if not theirs & ours and any(_differ_in_a_word(one, other) for one in theirs for other in ours):
        return True
    return _differ_in_a_word(plain(there.alt), plain(coming.alt))


def _differ_in_a_word(one: str, other: str) -> bool:
    """Each has one word that the other has not, and they share others."""
    words, others = (Counter(re.findall(r"[^\W_]+", text.casefold())) for text in (one, other))
    return (words - others).total() == 1 == (others - words).total() and bool(words & others)


@lru_cache(4096)
def stem(name: str) -> str:
    """A file's name as it may have been before a tool and Shopify named it: without folders, ending, `_uuid` and sizes. Empty for
    one that says nothing."""
    try:
        last = unquote(urlsplit(name).path if "://" in name else name).rpartition("/")[2]
    except ValueError:
        return ""
    bare = last.rpartition(".")[0] or last
    bare = SIZED.sub("", APPENDED.sub("", bare.lower()))
    words = slug(SIZED.sub("", bare))
    return "" if words == "asset" or PLAIN.fullmatch(words) else words


def names_of(coming: Coming) -> set[str]:
    return {stem(f"{name}.x") for name in (coming.public_id, coming.display_name) if name} - {""}


def pairs(
    there: Sequence[There], coming: Sequence[Coming], pause: Callable[[], object] = lambda: None
) -> tuple[Pair, ...]:
    """Which media of a gallery seem to be which of the assets that come: each medium for one asset at most, and each asset for
    one medium. In the order of the gallery. `pause` is called between media, as galleries may be large."""
    found: list[Pair] = []
    for medium in there:
        pause()
        found += _of_medium(medium, coming)
    place = {medium.medium: at for at, medium in enumerate(there)}
    order = {asset.asset: at for at, asset in enumerate(coming)}
    taken: dict[str, Pair] = {}
    assets: set[str] = set()
    for pair in sorted(found, key=lambda one: (*_rank(one), place[one.medium], order[one.asset])):
        if pair.medium not in taken and pair.asset not in assets:
            taken[pair.medium] = pair
            assets.add(pair.asset)
    return tuple(sorted(taken.values(), key=lambda one: place[one.medium]))


def _of_medium(medium: There, coming: Sequence[Coming]) -> list[Pair]:
    """What it may be. Sure is one asset at most: not where another would do nearly as well (two that differ in a detail, or one
    that is stored twice), nor where something speaks against it."""
    known = {asset.asset: asset for asset in coming}
    found = [one for asset in coming if (one := _judged(medium, asset)).likeness != Likeness.NO]
    compared = sorted((one for one in found if one.apart is not None), key=lambda one: _rank(one)[1:])
    first = compared[0] if compared else None
    if first and not (all(_leads(first, rival) for rival in compared[1:]) and _holds(medium, known[first.asset])):
        first = None
    return [one if one is first else unsure(one) for one in found]


def unsure(pair: Pair) -> Pair:
    return replace(pair, likeness=Likeness.LIKELY) if pair.likeness == Likeness.SURE else pair


def _holds(there: There, coming: Coming) -> bool:
    """Whether a second look leaves it sure."""
    seen = there.look and coming.look and even(there.look, coming.look)
    return bool(seen) and not speaks_against(there, coming)


def _judged(there: There, coming: Coming) -> Pair:
    """The two by themselves. Where the pictures differ, nothing else counts."""
    distance = apart(there.look, coming.look)
    if distance is not None and distance > ALIKE:
        # The whole picture stands there, and only a part of it would come: whether that is the same is for a person to say.
        whole = apart(there.look, coming.uncut) if coming.uncut else None
        if whole is not None and whole <= SAME:
            return Pair(there.medium, coming.asset, Likeness.LIKELY, agreements(there, coming), whole)
        return Pair(there.medium, coming.asset, Likeness.NO, (), distance)
    because = agreements(there, coming)
    if distance is None:
        likeness = Likeness.LIKELY if _speaks_for_itself(because) else Likeness.NO
    elif distance <= SAME and there.look is not None and not there.look.flat:
        likeness = Likeness.SURE
    else:
        likeness = Likeness.LIKELY
    return Pair(there.medium, coming.asset, likeness, because, distance)


def _speaks_for_itself(because: Collection[str]) -> bool:
    """Without a picture: an address, or a name with something that depends on the content."""
    return "address" in because or ("name" in because and bool({"bytes", "size"} & set(because)))


def _leads(pair: Pair, rival: Pair) -> bool:
    if rival.apart is None or pair.apart is None:
        return True
    if rival.apart - pair.apart >= LEAD:
        return True
    return rival.apart >= pair.apart and _weight(pair) > _weight(rival)


def _weight(pair: Pair) -> int:
    """The first agreement counts more than all after it."""
    return sum(1 << (len(REASONS) - 1 - REASONS.index(one)) for one in pair.because)


def _rank(pair: Pair) -> tuple[int, int, int]:
    return pair.likeness != Likeness.SURE, pair.apart if pair.apart is not None else 256, -_weight(pair)


def _is_address_of(address: str, coming: Coming) -> bool:
    """Whether it is a delivery address of this version of the asset."""
    try:
        found = VERSION.search(unquote(urlsplit(address).path))
    except ValueError:
        return False
    if found is None or int(found[1]) != coming.version or not coming.public_id:
        return False
    return found[2] == coming.public_id or found[2].rpartition(".")[0] == coming.public_id
