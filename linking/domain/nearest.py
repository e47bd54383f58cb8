"""The values that come nearest to a key that matched nothing: other zeros, other signs between, cut off, or mistyped."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from linking.domain.matching import Candidate
from setup.spelling import weighty

MAX_NEAREST = 3
# Of 100. Below this, two texts have less in common than people expect of a suggestion.
CUTOFF = 80.0
# Other digits usually mean another thing, however much the rest agrees: 2021 and 2022, S-11 and S-12.
OTHER_NUMBERS = 15.0
# Digits of codes as long as this are recognised by a slip: two that changed places, one that is wrong.
LONG_NUMBER = 8
# A text shorter than this begins too many others.
SHORTEST_BEGINNING = 3
PARTS = re.compile(r"\d+|[^\W\d_]+")
LAST_NUMBER = re.compile(r"\d+(?=\D*$)")
WIDEST_NUMBER = 14


def parts_of(text: str) -> tuple[str, ...]:
    """Its words and numbers, without case, signs and leading zeros: `SKU-012` is sku, 12."""
    found = PARTS.findall(unicodedata.normalize("NFKC", text).casefold())
    return tuple((part.lstrip("0") or "0") if part.isdecimal() else part for part in found)


def likeness(key: str, value: str) -> float:
    """0 to 100; 100 if they differ in case, signs, spaces and leading zeros only."""
    return _likeness(parts_of(key), parts_of(value))


def _likeness(mine: Sequence[str], theirs: Sequence[str]) -> float:
    one, other = "".join(mine), "".join(theirs)
    if not one or not other:
        return 0.0
    if one == other:
        return 100.0
    ratio = fuzz.ratio(one, other)
    shorter, longer = sorted((mine, theirs), key=len)
    if len(shorter) < len(longer) and tuple(longer[: len(shorter)]) == tuple(shorter):
        return max(ratio, CUTOFF + ratio / 10) if min(len(one), len(other)) >= SHORTEST_BEGINNING else 0.0
    return ratio if _numbers_agree(mine, theirs) else ratio - OTHER_NUMBERS


def _numbers_agree(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    one, other = ("".join(part for part in parts if part.isdecimal()) for parts in (mine, theirs))
    return one == other or (min(len(one), len(other)) >= LONG_NUMBER and OSA.distance(one, other) == 1)


@dataclass(slots=True)
class Near:
    """A value of a product, with the variants that carry it by id and title, and how alike it is."""

    value: str
    product_id: str
    score: float
    variants: dict[str, str] = field(default_factory=dict)


class Nearest:
    """Shown any number of candidates, piece by piece, it keeps the nearest of each key: memory does not grow with them."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._parts = {key: parts for key in keys if (parts := parts_of(key))}
        self._kept: dict[str, dict[tuple[str, str], Near]] = {key: {} for key in self._parts}
        self._joined = {key: "".join(parts) for key, parts in self._parts.items()}
        self._whole: dict[str, list[str]] = {}
        self._begun: dict[str, list[str]] = {}
        for key, parts in self._parts.items():
            self._whole.setdefault(self._joined[key], []).append(key)
            for beginning in beginnings(parts):
                self._begun.setdefault(beginning, []).append(key)

    def look(self, candidates: Iterable[Candidate]) -> None:
        shown = [(value, candidate) for candidate in candidates for value in candidate.values if value]
        parts = [parts_of(value) for value, _ in shown]
        joined = ["".join(found) for found in parts]
        for at, found in enumerate(parts):
            for key in self._related(found, joined[at]):
                self._keep(key, *shown[at], _likeness(self._parts[key], found))
        for key, text in self._joined.items():
            for _, _, at in process.extract(text, joined, scorer=fuzz.ratio, score_cutoff=CUTOFF, limit=20):
                self._keep(key, *shown[at], _likeness(self._parts[key], parts[at]))
        for key, known in self._kept.items():
            self._kept[key] = {(near.value, near.product_id): near for near in ranked(known.values())}

    def found(self) -> Mapping[str, Sequence[Near]]:
        """For every key at most three, the likest first; keys that nothing comes near to are left out."""
        return {key: list(known.values()) for key, known in self._kept.items() if known}

    def _related(self, parts: Sequence[str], joined: str) -> set[str]:
        """The keys that begin with the value, or the value with them."""
        keys = set(self._begun.get(joined, ()))
        for beginning in (*beginnings(parts), joined):
            keys.update(self._whole.get(beginning, ()))
        return keys

    def _keep(self, key: str, value: str, candidate: Candidate, score: float) -> None:
        if score < CUTOFF or value == key:
            return
        near = self._kept[key].setdefault((value, candidate.product_id), Near(value, candidate.product_id, score))
        if candidate.variant_id:
            near.variants[candidate.variant_id] = candidate.variant_title


def beginnings(parts: Sequence[str]) -> list[str]:
    """What is left when parts are taken from the end."""
    return ["".join(parts[:count]) for count in range(1, len(parts))]


def ranked(found: Iterable[Near]) -> list[Near]:
    return sorted(found, key=lambda near: (-near.score, len(near.value), near.value, near.product_id))[:MAX_NEAREST]


def spellings(key: str) -> list[str]:
    """Other ways to write a key, the likeliest first, for a search that needs equal words: its last number with another
    count of zeros, without its end, in plain letters, its words run together or apart."""
    parts = PARTS.findall(key)
    apart, together = " ".join(parts), "".join(parts)
    first, *rest = [*_padded(key), ""]
    letters = weighty(unicodedata.normalize("NFKC", key))
    found = [first, *_shortened(key), letters, *rest, apart, *_padded(apart)[:2], together, *_padded(together)[:2]]
    return [text for text in dict.fromkeys(found) if text and text != key]


def _padded(key: str) -> list[str]:
    number = LAST_NUMBER.search(key)
    if not number or len(number[0]) > WIDEST_NUMBER:
        return []
    bare, width = number[0].lstrip("0") or "0", len(number[0])
    widths = [width + 1, len(bare), width - 1, width + 2]
    return [key[: number.start()] + bare.zfill(wide) + key[number.end() :] for wide in widths if wide >= len(bare)]


def _shortened(key: str) -> list[str]:
    """Without the last part after a sign or a blank, as long as a number or two words are left."""
    head = re.split(r"[\W_]+(?=[^\W_]+[\W_]*$)", key)[0]
    words = PARTS.findall(head)
    tells = head != key and (any(word.isdecimal() for word in words) or len(words) > 1)
    return [head] if tells else []
