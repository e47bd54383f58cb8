"""What a swatch is known by: the words that tell one where no rule was made, and when two values are the same. Pure.

A value of structured metadata has an external ID and a label. People write either, in capitals or not, and assets come with the
one or the other: both count as the same value.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from setup.spelling import folded

WORDS = ("swatch", "swatches")  # those that a search of all assets asks for
TYPE_FIELD = re.compile(
    r"(?:dam)?(?:asset|image|picture|photo|media|visual|content|shot)s?(?:type|kind|category|role)s?|(?:type|kind)s?"
    r"|(?:type|kind)of(?:asset|image|picture|photo|media|visual|shot)s?"
    r"|(?:asset|bild|medien|foto)(?:typ|art)(?:en)?|typed(?:e|es)?(?:asset|image|photo|visuel|média|media)s?"
)
SWATCH = re.compile(
    r"(?:colou?r|fabric|material|texture|finish|product|variant)?swatch(?:es)?(?:image|picture|photo)?s?"
    r"|(?:farb|stoff|material)muster"
)


@lru_cache(maxsize=4096)
def letters(text: str) -> str:
    """A name without its signs: `asset_type`, `Asset type` and `assetType` are the same."""
    return "".join(filter(str.isalnum, folded(text)))


@lru_cache(maxsize=4096)
def is_type_field(name: str) -> bool:
    """Whether a field of this label, external ID or key tells what an asset is."""
    return TYPE_FIELD.fullmatch(letters(name)) is not None


@lru_cache(maxsize=4096)
def is_swatch(value: str) -> bool:
    """Whether such a field says so by this value, or an asset by this tag."""
    return SWATCH.fullmatch(letters(value)) is not None


@lru_cache(maxsize=4096)
def folded_once(text: str) -> str:
    return folded(text)


def spellings(value: str, listed: Iterable[Sequence[str]]) -> set[str]:
    """Everything that means this value in a field whose list has these (external ID, label), as it is written there."""
    wanted = folded_once(value)
    return {value}.union(*(entry for entry in listed if wanted in map(folded_once, entry)))


def alike(value: str, listed: Iterable[Sequence[str]]) -> set[str]:
    """The same, folded."""
    return set(map(folded_once, spellings(value, listed)))


def swatches_in(listed: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    """Of a list of values those that tell a swatch, by external ID or label."""
    return [entry for entry in listed if any(map(is_swatch, entry))]


def values_of(fields: Sequence[Mapping[str, Any]], code: str) -> Sequence[Sequence[str]]:
    """The list of a structured metadata field, (external ID, label); empty for a field without one. `fields`: as
    Environment.seen has them."""
    return next((one.get("values", ()) for one in fields if code == f"metadata:{one['id']}"), ())


def type_fields(fields: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """By external ID, the structured metadata fields that tell what an asset is, each with what says in it that one is a swatch,
    besides the words that do so everywhere. `fields`: as Environment.seen has them."""
    return {
        field["id"]: {folded_once(text) for entry in swatches_in(field.get("values", ())) for text in entry}
        for field in fields
        if is_type_field(field["id"]) or is_type_field(field["label"])
    }
