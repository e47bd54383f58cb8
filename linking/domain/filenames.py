"""The deterministic name of a rendition in a store's Files.

The same rendition always gets the same name, so creating it twice under RAISE_ERROR cannot double it, and a picture's
URL tells which asset it shows even if our ledger is lost.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from setup.file_names import MOST_OF_DEFAULT, slug

MARK = re.compile(r"-al([0-9a-f]{12})-([0-9a-f]{8})\.[a-z0-9]+(?:[?#]|\Z)")
# What Shopify puts before the extension of a name that is taken.
APPENDED = re.compile(r"_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\.[a-z0-9]+(?:[?#]|\Z))")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file name says: which asset (12 hex digits) in which rendition (8 hex digits)."""

    asset: str
    rendition: str

    def __str__(self) -> str:
        return f"al{self.asset}-{self.rendition}"


@lru_cache(maxsize=4096)
def asset_mark(asset_id: str) -> str:
    return sha256(asset_id.encode()).hexdigest()[:12]


@lru_cache(maxsize=4096)
def rendition_mark(version: int, transformation: str) -> str:
    return sha256(f"{version}|{transformation}".encode()).hexdigest()[:8]


def mark_of(asset_id: str, version: int, transformation: str) -> Mark:
    return Mark(asset_mark(asset_id), rendition_mark(version, transformation))


def file_name(name: str, mark: Mark, extension: str) -> str:
    """`oak-chair-front-al0123456789ab-01234567.jpg`."""
    return f"{slug(name, MOST_OF_DEFAULT) or 'asset'}-{mark}.{extension}"


def called(words: str, name: str) -> str:
    """The same rendition's name with other words. `name`: one of ours."""
    _, mark, rest = name.rpartition("-al")
    return f"{words}{mark}{rest}"


def with_extension(name: str, extension: str) -> str:
    return f"{name.rpartition('.')[0]}.{extension}"


def read_mark(url: str) -> Mark | None:
    """The mark in a file's URL or name; None for a file that is not ours, among them copies that the admin made of ours and
    named `…_<uuid>`."""
    found = MARK.search(url)
    return Mark(found[1], found[2]) if found else None


def mark_of_made(url: str) -> Mark | None:
    """The same for a file that a call of ours has made, by its id: under a name that was taken Shopify may have appended
    `_<uuid>` to ours."""
    return read_mark(APPENDED.sub("", url))
