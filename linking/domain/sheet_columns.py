"""Spreadsheets that say something of assets: what each column holds, proposed by its heading.

A column names assets (NAMING), or holds what is written to them: their alt text, or a structured metadata field. Rows that come
from no file may hold a key of the context, or tags with a prefix, as well.
"""

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from setup.spelling import composed, folded

ASSET_ID, PUBLIC_ID, FILE_NAME, ALT = "asset_id", "public_id", "file_name", "alt"
# The surest first: where a row has several, this decides.
NAMING = (ASSET_ID, PUBLIC_ID, FILE_NAME)
FIELD, CONTEXT, TAGS = "field:", "context:", "tags:"
MOST_COLUMNS = 60
# What people write above a column, in the languages of those who make such lists; compared without blanks and signs.
WORDS: Mapping[str, str] = {
    ASSET_ID: "asset id | cloudinary asset id | id des assets | id de l’asset | id del asset",
    PUBLIC_ID: "public id | cloudinary id | cloudinary public id | öffentliche id | id public | id pubblico",
    FILE_NAME: "file name | file | image | picture | display name | dateiname | datei | bild | bilddatei"
    " | nom du fichier | fichier | nombre de archivo | archivo | nome file | bestandsnaam",
    ALT: "alt | alt text | alt texts | alternative text | alternativtext | bildbeschreibung | texte alternatif"
    " | texto alternativo | testo alternativo",
    "sku": "sku | skus | variant sku | product sku | article number | item number | artikelnummer | artikelnr"
    " | artikelnummern | référence | referencia | codice articolo",
    "sequence": "sequence | position | order | reihenfolge | pos | sortierung | ordre | orden | posizione | volgorde",
    "asset_type": "asset type | type | typ | bildart | bildtyp | type d’image | tipo | soort",
    "status": "status | state | zustand | statut | estado | stato",
    "expiration": "expiration | expiration date | expires | expiry date | valid until | ablaufdatum | gültig bis"
    " | date d’expiration | fecha de caducidad | scadenza | vervaldatum",
}
# What fields are called in environments that were prepared in another way.
ALSO = {"sku": ("skus",), "asset_type": ("type",), "status": ("asset_status",), "expiration": ("expiration_date",)}


@dataclass(frozen=True)
class SheetField:
    """A structured metadata field. `labels`: external ID -> label of its list, of values that may be written; `gone`: of those
    that assets may still have. `grows`: other values may be written, too. `rules`: Cloudinary's validation.
    `locked`: read-only in the Console."""

    id: str
    label: str
    type: str
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    gone: Mapping[str, str] = dataclasses.field(default_factory=dict)
    grows: bool = False
    mandatory: bool = False
    rules: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    locked: bool = False

    @cached_property
    def called(self) -> Mapping[str, Sequence[str]]:
        """Entries that may be written, by their labels and external IDs: of a list that grows exactly as they are written."""
        spelled = composed if self.grows else folded
        found: dict[str, list[str]] = {}
        for id, label in self.labels.items():
            for name in dict.fromkeys((spelled(label), spelled(id))):
                found.setdefault(name, []).append(id)
        return found

    @property
    def code(self) -> str:
        return f"{FIELD}{self.id}"


def bare(text: str) -> str:
    """As headings are compared."""
    return re.sub(r"[\W_]+", "", folded(text))


def proposed(heads: Sequence[str], fields: Iterable[SheetField]) -> list[str]:
    """What each column seems to hold, as a code; empty for one that says nothing to us. No two hold the same."""
    known = list(fields)
    named = _named(known)
    found: list[str] = []
    for head in heads:
        code = named.get(bare(head), "") if bare(head) else ""
        found.append(code if code not in found else "")
    return found


def _named(fields: Sequence[SheetField]) -> dict[str, str]:
    """Bare heading -> code. A field's own name and label come before what is usual."""
    ids = {field.id for field in fields}
    named: dict[str, str] = {}
    for names in ([(field.code, field.id) for field in fields], [(field.code, field.label) for field in fields]):
        for code, name in names:
            named.setdefault(bare(name), code)
    for role, words in WORDS.items():
        code = role
        if role not in (*NAMING, ALT):
            id = next((one for one in (role, *ALSO.get(role, ())) if one in ids), "")
            if not id:
                continue
            code = f"{FIELD}{id}"
        for word in words.split("|"):
            named.setdefault(bare(word), code)
    return named


def names_assets(columns: Iterable[str]) -> bool:
    return any(code in NAMING for code in columns)


def writes(columns: Iterable[str]) -> list[str]:
    """Codes of what is written."""
    return [code for code in columns if code == ALT or code.startswith((FIELD, CONTEXT, TAGS))]


def possible(columns: Sequence[str], fields: Iterable[SheetField]) -> bool:
    """Whether there is such a mapping: everything in it is known, and nothing stands twice."""
    known = {*NAMING, ALT, "", *(one.code for one in fields)}
    used = [code for code in columns if code]
    return set(columns) <= known and len(used) == len(set(used))
