"""What the numbers of a selection count, and how they add up. Keys are counted with keys, by what the ticked stores make of
them; assets with assets, by what becomes of them. The page, a dry run and its report count by these and by no others.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from linking.domain.matching import Verdict
from setup.words import ENGLISH, _, get_language, gettext_lazy

PENDING = "pending"


class Standing(StrEnum):
    """What a group of assets, and so its key, is counted as: always exactly one of these."""

    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"
    EXCLUDED = "excluded"
    PENDING = "pending"
    # Products have it, and each of them is outside of what the run is for (linking.domain.bounds).
    OUTSIDE = "outside"


def standing(said: Collection[str], *, excluded: bool = False) -> Standing:
    """`said`: what each ticked store says of the key: a Verdict, `outside` or `pending`; that one failed says nothing. One store
    that has it is enough. Pending as long as no store has said anything, or one that may still have it has not answered. A store
    says `excluded` where somebody excluded all products that it has; the key is, if no other store says anything else."""
    if excluded:
        return Standing.EXCLUDED
    if Verdict.MATCHED in said:
        return Standing.MATCHED
    if Verdict.AMBIGUOUS in said:
        return Standing.AMBIGUOUS
    if PENDING in said:
        return Standing.PENDING
    if Standing.OUTSIDE in said:
        return Standing.OUTSIDE
    if Verdict.UNMATCHED in said:
        return Standing.UNMATCHED
    return Standing.EXCLUDED if Standing.EXCLUDED in said else Standing.PENDING


@dataclass(frozen=True)
class Tally:
    """Keys by their standing; they add up to `groups`. `label`: what people call keys of this field, in the plural."""

    matched: int = 0
    ambiguous: int = 0
    unmatched: int = 0
    excluded: int = 0
    pending: int = 0
    outside: int = 0
    label: str = "keys"

    @classmethod
    def of(cls, standings: Iterable[Standing], label: str = "keys") -> "Tally":
        counted = Counter(standings)
        return cls(**{one.value: counted[one] for one in Standing}, label=label)

    @property
    def groups(self) -> int:
        return self.matched + self.ambiguous + self.unmatched + self.excluded + self.pending + self.outside

    @property
    def answered(self) -> bool:
        """Whether stores have said anything: before that, no filter by what they say is worth offering."""
        return bool(self.matched or self.ambiguous or self.unmatched or self.outside)


class Fate(StrEnum):
    """What becomes of an asset: linked, or the one reason why it is not."""

    LINKED = "linked"
    GONE = "gone"
    EXCLUDED = "excluded"
    KEYLESS = "keyless"
    UNLINKABLE = "unlinkable"
    AMBIGUOUS = "ambiguous"
    OUTSIDE = "outside"
    UNMATCHED = "unmatched"
    PENDING = "pending"
    # Only of a run: its product was found, and the gallery has no place for it; or it was tried, or is not known to be done.
    SKIPPED = "skipped"
    FAILED = "failed"


# Of an asset whose groups nobody excluded and no store has, what counts.
OPEN = (Standing.AMBIGUOUS, Standing.PENDING, Standing.OUTSIDE, Standing.UNMATCHED)


def fate(groups: Collection[Standing], *, excluded: bool = False, barred: Fate | None = None) -> Fate:
    """Of an asset whose details are known. `groups`: the standing of each group that it is in; none without a key. `excluded`: by
    itself; `barred`: why it cannot be linked, whatever it matches (UNLINKABLE or GONE). What a person decided counts before what
    the asset is, and that before what stores say."""
    if excluded or (groups and all(one == Standing.EXCLUDED for one in groups)):
        return Fate.EXCLUDED
    if not groups:
        return Fate.KEYLESS
    if barred:
        return barred
    if Standing.MATCHED in groups:
        return Fate.LINKED
    return next(Fate(one.value) for one in OPEN if one in groups)


# What is linked, or only stores keep from it: whichever are ticked, the same alt texts are missing.
LINKABLE = (Fate.LINKED, *(Fate(one.value) for one in OPEN))


def wants_alt(found: Fate, *, swatch: bool = False) -> bool:
    """Whether a run takes the asset's alt text to a gallery, if a store has its product. A swatch stands in none."""
    return found in LINKABLE and not swatch


# Of what lines of a run say of one asset, in different groups and stores, what counts: that it is excluded only if all do.
WEIGHT = (
    *(Fate.LINKED, Fate.FAILED, Fate.GONE, Fate.UNLINKABLE, Fate.SKIPPED, Fate.AMBIGUOUS, Fate.PENDING, Fate.OUTSIDE),
    *(Fate.UNMATCHED, Fate.KEYLESS, Fate.EXCLUDED),
)


def fate_of_lines(said: Collection[Fate]) -> Fate:
    """`said`: of one asset, at least once."""
    return min(said, key=WEIGHT.index)


def standing_of_lines(said: Collection[Standing]) -> Standing:
    """Of a key, by what is said of it for its assets, in all stores: at least once. Its assets may be excluded one by one."""
    return standing(said, excluded=set(said) == {Standing.EXCLUDED})


# What each is called, wherever it is shown.
WORDS = {
    Fate.LINKED: gettext_lazy("linked"),
    Fate.GONE: gettext_lazy("no longer in Cloudinary"),
    Fate.EXCLUDED: gettext_lazy("excluded"),
    Fate.KEYLESS: gettext_lazy("without a key"),
    Fate.UNLINKABLE: gettext_lazy("cannot be linked"),
    Fate.AMBIGUOUS: gettext_lazy("ambiguous"),
    Fate.OUTSIDE: gettext_lazy("outside of the chosen products"),
    Fate.UNMATCHED: gettext_lazy("unmatched"),
    Fate.PENDING: gettext_lazy("not asked yet"),
    Fate.SKIPPED: gettext_lazy("without a place in the gallery"),
    Fate.FAILED: gettext_lazy("failed or unconfirmed"),
}


@dataclass(frozen=True)
class AssetCounts:
    """Assets by their fate; they add up to `total`: all that were selected."""

    linked: int = 0
    gone: int = 0
    excluded: int = 0
    keyless: int = 0
    unlinkable: int = 0
    ambiguous: int = 0
    outside: int = 0
    unmatched: int = 0
    pending: int = 0
    skipped: int = 0
    failed: int = 0

    @classmethod
    def of(cls, fates: Iterable[Fate] | Mapping[Fate, int]) -> "AssetCounts":
        """`fates`: one by one, or counted."""
        counted = Counter(fates)
        return cls(**{one.value: counted[one] for one in Fate})

    @property
    def total(self) -> int:
        return self.linked + self.not_linked

    @property
    def not_linked(self) -> int:
        return sum(number for _fate, number in self.reasons)

    @property
    def reasons(self) -> list[tuple[Fate, int]]:
        """Why assets are not linked, with how many each, where there are any."""
        return [(one, number) for one in Fate if one != Fate.LINKED and (number := getattr(self, one.value))]


# Labels that read well with an s, by their last word.
COUNTABLE = re.compile(
    "article|barcode|code|colou?r|ean|folder|gtin|handle|id|isbn|item|key|mpn|model|name|number|product|reference|season|sku|"
    "style|tag|title|upc|variant|vendor",
    re.IGNORECASE,
)
# What begins with a vowel when it is read: as a word, or letter by letter.
VOWEL = re.compile(r"(?!eu|one|once)[aeio]|u(?:[lmp]|n(?!i))|heir|hono|hour|hones", re.IGNORECASE)
SPELLED_WITH_VOWEL = "AEFHILMNORSX"
SEVERAL = re.compile(r"[^isu]s$|ies$")
IRREGULAR = {"category": "categories", "family": "families", "tags": "tags"}


def plural(label: str) -> str:
    """What values of a field that people call `label` are called, several of them: “SKUs”; “keys” where an s would not make it
    a plural, as in labels of other languages."""
    if not _in_english():
        return _("SKUs") if label.casefold() == "sku" else _("keys")
    *before, last = label.split() or [""]
    word = last.casefold()
    if word in IRREGULAR:
        return " ".join([*before, IRREGULAR[word] if last.islower() else IRREGULAR[word].capitalize()])
    return f"{label}s" if COUNTABLE.fullmatch(last) else "keys"


def one(label: str) -> str:
    """With its article: “a SKU”, “an MPN”; “Tags”, being several, have none. Other languages say it without."""
    words = label.split() or [""]
    if not _in_english() or SEVERAL.search(words[-1]):
        return label
    spelled = len(words[0]) > 1 and words[0].isupper() and not words[0].startswith("SKU")
    vowel = words[0][0] in SPELLED_WITH_VOWEL if spelled else VOWEL.match(words[0]) is not None
    return f"{'an' if vowel else 'a'} {label}"


def words_for(label: str) -> dict[Fate, str]:
    """WORDS where the key is a value of a field that people call `label`: “without a SKU”."""
    return {**{fate: str(words) for fate, words in WORDS.items()}, Fate.KEYLESS: without(label)}


def without(label: str) -> str:
    """“without a SKU”."""
    return _("without {a_field}").format(a_field=one(label))


def _in_english() -> bool:
    """No other language makes plurals and articles as the rules here do."""
    return (get_language() or ENGLISH).startswith(ENGLISH)
