"""What files carry of themselves (IPTC, XMP, EXIF), made of what Cloudinary answers: names, and the texts below them. Pure.

Nobody checks what cameras and programs write there. What is no text that somebody could have meant as a value is left out, never
cut: two values that are cut might become the same.
"""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from setup.spelling import composed, plain
from setup.words import _, number

Values = dict[str, tuple[str, ...]]
# Of a name, of a value, of the values of a name; and of all that is kept of one asset: names, and characters.
LONGEST_NAME, LONGEST_VALUE, MOST_VALUES = 200, 1000, 100
MOST_NAMES, MOST_KEPT = 200, 16_000
DEEPEST = 4  # objects within objects, as for XMP
# So many names are offered, the most likely ones first.
MOST_OFFERED = 40
# Where people and programs write what a picture shows, or which product: https://www.iptc.org/std/photometadata/specification
# and the names that ExifTool has for it, compared without anything but letters and digits.
LIKELY = (
    *("sku", "productid", "gtin", "identifier", "transmissionreference", "originaltransmissionreference", "jobid"),
    *("title", "objectname", "headline", "keywords", "subject", "hierarchicalsubject", "xpkeywords", "xpsubject"),
    *("xptitle", "description", "captionabstract", "imagedescription", "usercomment", "xpcomment", "comment"),
    *("instructions", "specialinstructions", "imageuniqueid", "documentname", "label", "source", "credit", "category"),
    *(
        "supplementalcategories",
        "personinimage",
        "event",
        "creator",
        "artist",
        "byline",
        "copyright",
        "copyrightnotice",
    ),
)
RANKS = {name: rank for rank, name in enumerate(LIKELY)}
# Of these, a text is a list in one: commas followed by a blank, or semicolons, part its values.
LISTS = {"keywords", "subject", "hierarchicalsubject", "xpkeywords", "supplementalcategories", "personinimage"}
# The code of the characters before an EXIF comment, and what stands for bytes that are no text.
CODED = re.compile(r"(?:ASCII\0{3}|UNICODE\0|JIS\0{5}|\0{8})")
NO_TEXT = re.compile(r"\(Binary data \d+ bytes.*\)|base64:.*", re.DOTALL)
# Bytes of UTF-8 that somebody took for Latin-1 or Windows-1252.
TAKEN_FOR_LATIN = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
CONTROLS = re.compile("[\u0000-\u001f\u007f-\u009f\u2028\u2029]+")


@dataclass(frozen=True)
class Embedded:
    """Of one file. `whole`: nothing had to be left out for want of room, so a name that is not there has no value."""

    values: Values = field(default_factory=dict)
    whole: bool = True

    def of(self, name: str) -> tuple[str, ...] | None:
        """None: it has to be read again to know."""
        found = self.values.get(name)
        return found if found is not None else () if self.whole else None


class BadName(ValueError):
    """The text says what a name may be."""


def name_of(text: str) -> str:
    """A name as a person writes it. Raises BadName."""
    found = plain(text)
    if not found or len(found) > LONGEST_NAME or CONTROLS.search(found) or not found.isprintable():
        raise BadName(
            _("Write the name of the metadata, for example Keywords: at most {n} characters on one line.").format(
                n=number(LONGEST_NAME)
            )
        )
    return found


def embedded_of(answers: Iterable[object], wanted: Collection[str] = ()) -> Embedded:
    """`answers`: what Cloudinary says of one file, under each name that it may have for it. `wanted`: names that go first if
    there is no room for all. Never raises."""
    found: Values = {}
    for answer in answers:
        for name, value in _named(answer, ""):
            if name not in found and (values := values_of(name, value)):
                found[name] = values
    kept: Values = {}
    room = MOST_KEPT
    for name in sorted(found, key=lambda one: (one not in wanted, *_rank(one))):
        size = len(name) + sum(map(len, found[name]))
        if size <= room and len(kept) < MOST_NAMES:
            kept[name] = found[name]
            room -= size
    return Embedded(kept, len(kept) == len(found))


def _named(answer: object, before: str, depth: int = 0) -> Iterator[tuple[str, object]]:
    """Names and what stands below; of objects within objects with their names before, as `IPTC.Keywords`."""
    if not isinstance(answer, Mapping) or depth > DEEPEST:
        return
    for key, value in answer.items():
        name = plain(key) if isinstance(key, str) else ""
        path = f"{before}.{name}" if before else name
        if not name or len(path) > LONGEST_NAME or not path.isprintable():
            continue
        if isinstance(value, Mapping):
            yield from _named(value, path, depth + 1)
        else:
            yield path, value


def values_of(name: str, value: object) -> tuple[str, ...]:
    """The texts of one name, without empty ones and doubles, in order."""
    given = value if isinstance(value, list | tuple) else [value]
    texts = [text for one in given if (text := text_of(one))]
    if _bare(name) in LISTS and len(texts) == 1:
        texts = [part for one in re.split(r",\s+|;", texts[0]) if (part := plain(one))]
    return tuple(dict.fromkeys(texts))[:MOST_VALUES]


def text_of(value: object) -> str:
    """On one line; empty for what is no text, is damaged, or is too long to be a value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if not isinstance(value, str):
        return f"{value:.15g}" if isinstance(value, float) and math.isfinite(value) else _whole(value)
    found = mended(CODED.sub("", value[: 8 * LONGEST_VALUE], count=1))
    found = plain(CONTROLS.sub(" ", found.replace("\0", "")))
    damaged = "\ufffd" in found or any("\ud800" <= sign <= "\udfff" for sign in found)
    if damaged or len(found) > LONGEST_VALUE or len(value) > 8 * LONGEST_VALUE or NO_TEXT.fullmatch(found):
        return ""
    return found


def _whole(value: int | float) -> str:
    return str(value) if isinstance(value, int) and abs(value) < 10**30 else ""


def mended(text: str) -> str:
    """UTF-8 that was taken for Latin-1 or Windows-1252 becomes what it was; everything else stays."""
    if text.isascii() or not TAKEN_FOR_LATIN.search(text):
        return text
    for charset in ("cp1252", "latin-1"):
        try:
            return composed(text.encode(charset).decode("utf-8"))
        except UnicodeError:
            continue
    return text


def _bare(name: str) -> str:
    """As LIKELY and LISTS have it: the last part of a path, without the prefix of its schema."""
    return re.sub(r"[^a-z0-9]", "", re.split(r"[.:]", name)[-1].lower())


def _rank(name: str) -> tuple[int, str]:
    return RANKS.get(_bare(name), len(LIKELY)), name


def offered(found: Iterable[Embedded]) -> list[str]:
    """Names that some files have, the likely ones first, then those that most have."""
    counts: dict[str, int] = {}
    for one in found:
        for name in one.values:
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (_rank(name)[0], -counts[name], name))[:MOST_OFFERED]
