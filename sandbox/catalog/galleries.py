"""The pictures of a product in an export: which, in which order, with which texts, and of which variants.

Shopify's exports name them by the addresses of its CDN, which the sandbox never asks: a file of that name is taken from the
folders at hand, and otherwise a picture is drawn that stands for it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from sandbox.catalog.drawing.cards import FORMATS, card
from sandbox.catalog.drawing.lettering import legible
from sandbox.catalog.notes import Notes
from sandbox.catalog.records import Picture
from sandbox.catalog.rows import Row
from sandbox.catalog.shelves import Shelf
from sandbox.shopify import filenames

ADDRESS = re.compile(r"(?i)(https?:)?//")
BETWEEN = re.compile(r"[;\n]\s*(?=(?:https?:)?//)", re.IGNORECASE)  # an address may hold a semicolon itself
UNPLACED, ONLY_OF_VARIANT = 1e9, 2e9  # the positions of what has none
DRAWN = "pictures that are named by address are drawn, because the sandbox fetches nothing from the internet"


@dataclass
class Shown:
    source: str
    line: int
    alt: str = ""
    position: float = ONLY_OF_VARIANT
    variants: list[int] = field(default_factory=list)


@dataclass
class Gallery:
    """Of one product; by what tells sources apart, in the order of the file."""

    shown: dict[str, Shown] = field(default_factory=dict)

    def add(self, row: Row, line: int) -> None:
        """What `Image Src` names: one picture, or several with as many alt texts."""
        sources = listed(row.get("Image Src", ""))
        texts = row.get("Image Alt Text", "").strip()
        parts = [part.strip() for part in texts.split(";")]
        alts = parts if len(parts) == len(sources) > 1 else [texts] * len(sources)
        position = number(row.get("Image Position", ""))
        for at, (source, alt) in enumerate(zip(sources, alts, strict=True)):
            known = self.shown.setdefault(same(source), Shown(source, line))
            known.alt = known.alt or alt
            known.position = min(known.position, position + at / 1000)

    def show(self, row: Row, line: int, variant: int) -> None:
        """`Variant Image`; the position in that row belongs to `Image Src`."""
        for source in listed(row.get("Variant Image", ""))[:1]:
            known = self.shown.setdefault(same(source), Shown(source, line))
            if variant not in known.variants:
                known.variants.append(variant)

    def pictures(self, title: str, handle: str, shelf: Shelf, notes: Notes) -> Iterator[Picture]:
        called = title if legible(title) else handle
        in_order = sorted(self.shown.values(), key=lambda one: one.position)
        for at, one in enumerate(in_order, 1):
            content = found(one, shelf, notes)
            if content:
                yield Picture(content, content.name, one.alt, one.variants)
            elif ADDRESS.match(one.source):
                notes.counted(DRAWN, one.source)
                name = name_of(one.source)
                yield Picture(card(called, name, one.source, at), name, one.alt, one.variants)


def found(one: Shown, shelf: Shelf, notes: Notes) -> Path | None:
    remote = bool(ADDRESS.match(one.source))
    path = shelf.named(last_part(one.source)) if remote else shelf.at(one.source.partition("?")[0])
    problem = shelf.problem(path) if path else "" if remote else "there is no such file"
    if problem:
        instead = "a drawn one is taken instead" if remote else "it is left out"
        notes.each("pictures like these", f"the picture {one.source[:200]}: {problem}; {instead}", one.line)
    return None if problem else path


def listed(text: str) -> list[str]:
    """Several pictures in one cell have semicolons between them."""
    parts = BETWEEN.split(text) if ADDRESS.match(text.strip()) else re.split(r"[;\n]", text)
    return [source for part in parts if (source := part.strip().rstrip(";"))]


def same(source: str) -> str:
    """Equal for addresses of one file: Shopify adds the file's version as `v`, and some write no https."""
    if not ADDRESS.match(source):
        return source
    try:
        parts = urlsplit(source)
    except ValueError:
        return source
    file = filenames.extension(parts.path).lower() in filenames.IMAGES  # elsewhere `v` may be what tells them apart
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "v" or not file]
    return f"//{parts.netloc.lower()}{parts.path}?{urlencode(query)}"


def name_of(source: str) -> str:
    """A picture's name that a store takes: the address's last part, in a format that can be drawn."""
    name = last_part(source)
    stem, _, ending = name.rpartition(".")
    if not stem or ending.lower() not in filenames.IMAGES:
        return f"{name[:200] or 'picture'}.jpg"
    return f"{stem[:200]}.{ending if ending.lower() in FORMATS else 'jpg'}"


def last_part(source: str) -> str:
    """Empty for what is no address after all."""
    try:
        return filenames.of_url(source)
    except ValueError:
        return ""


def number(text: str) -> float:
    """Workbooks write 1.0."""
    return float(text) if re.fullmatch(r"\s*\d{1,9}(\.\d*)?\s*", text, re.ASCII) else UNPLACED
