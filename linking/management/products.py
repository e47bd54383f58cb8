"""Files that name products with their assets: CSV with a header, or JSON Lines."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from linking.asked_runs import NamedProduct
from linking.domain.alts import MAX_ALT
from linking.domain.named_products import ROLES, BadReference, Reference
from linking.management.starting import INVALID, fail
from linking.selection.addresses import ASSET_IDS, is_asset_id
from linking.selection.named_assets import NamedAsset

COLUMNS = ("product", "asset", "public_id", "alt", "role", "position")


def products_of(lines: Sequence[str], places: dict[str, int]) -> list[NamedProduct]:
    """A line for each asset; lines of one product belong together, wherever they stand. `places` learns on which line what
    stands in the request. Raises CommandError, which names the line."""
    found: dict[str, NamedProduct] = {}
    numbers: dict[str, int] = {}
    for at, row in _rows(lines):
        if strange := row.keys() - set(COLUMNS):
            fail(f"Line {at}: {', '.join(sorted(map(str, strange)))}? Columns are {', '.join(COLUMNS)}.", INVALID)
        texts = {name: str(row.get(name) if row.get(name) is not None else "").strip() for name in COLUMNS}
        try:
            product = Reference.parse(texts["product"])
        except BadReference as error:
            fail(f"Line {at}: {error}", INVALID)
        by: dict[str, Any] = {product.by: product.text}
        if len(texts["alt"]) > MAX_ALT:
            fail(f"Line {at}: an alt text has at most {MAX_ALT} characters.", INVALID)
        if not _can_be_kept("".join(texts.values())):
            fail(f"Line {at}: a text has a character that cannot be kept.", INVALID)
        known = found.get(product.code) or NamedProduct((), **by)
        if (role := texts["role"]) and role not in ROLES:
            fail(f"Line {at}: a role is one of {', '.join(ROLES)}.", INVALID)
        if bool(texts["asset"]) == bool(texts["public_id"]):
            fail(f"Line {at}: name the asset in the column asset, or in public_id.", INVALID)
        if (id := texts["asset"]) and not is_asset_id(id):
            fail(f"Line {at}: “{id[:60]}” is no asset ID: {ASSET_IDS}", INVALID)
        place = f"/products/{numbers.setdefault(product.code, len(numbers))}"
        places.setdefault(place, at)
        places[f"{place}/assets/{len(known.assets)}"] = at
        named = NamedAsset(texts["asset"], texts["public_id"], alt=texts["alt"] or None, role=role)
        position = known.position or _position(at, texts["position"])
        found[product.code] = replace(known, assets=[*known.assets, named], position=position)
    if not found:
        fail("The file names no product.", INVALID)
    return list(found.values())


def _can_be_kept(text: str) -> bool:
    """Half a character has no bytes, and the database takes no NUL."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _rows(lines: Sequence[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """With the number of the line that each ends on."""
    if next((line for line in lines if line.strip()), "").lstrip().startswith("{"):
        yield from _objects(lines)
        return
    reader = csv.DictReader(f"{line}\n" for line in lines)
    try:
        if lacking := {"product"} - set(reader.fieldnames or ()):
            fail(f"The first line has to name the columns: {', '.join(lacking)} is missing.", INVALID)
        for row in reader:
            yield reader.line_num, {name or "more than the header names": value for name, value in row.items()}
    except csv.Error as error:
        fail(f"Line {reader.line_num + 1} is no CSV: {error}", INVALID)


def _objects(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            fail(f"Line {at} is no JSON: {error}", INVALID)
        if not isinstance(row, dict):
            fail(f"Line {at} is no JSON object.", INVALID)
        yield at, row


def _position(at: int, text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= 250):
        fail(f"Line {at}: a position is a number from 1 to 250.", INVALID)
    return int(text)
