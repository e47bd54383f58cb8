"""Finding runs and links by text: a key, a product's title or handle, an asset's name or id.

Looked up is how they begin, so that an index answers however many there are. Upper and lower case make no difference in
texts that are written in one of the usual ways (as typed, all small, all capitals, Words Like This, Only the first). Rows
keep keys, names and titles composed; what a store or an earlier release wrote otherwise is found decomposed, too.
"""

from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import Q, QuerySet

from linking.models import ChangeRow, Link, ProductSync, StoreSync
from setup.spelling import forms, plain

MAX_TEXT = 200
# So many lines are gathered at most. What more of them begin with tells no run from another.
MANY = 50_000
LAST = "\U0010ffff"


class TooMany(Exception):
    """So many lines begin with the text that more of it has to be typed."""


def asked_text(asked: Mapping[str, str]) -> str:
    """What a person looks for, as a search field sends it: no database has a text with a zero byte."""
    return plain(asked.get("q", "").replace("\0", ""))[:MAX_TEXT]


def spellings(text: str) -> set[str]:
    """The ways in which rows may have a text."""
    cases = (text, text.lower(), text.upper(), text.title(), text.capitalize())
    return {form for case in cases for form in forms(case)}


def holds(fields: Iterable[str], text: str) -> Q:
    """Rows one of whose fields has the text anywhere. Of letters beyond ASCII, SQLite ignores no case by itself."""
    found = Q()
    for spelled in [text] if text.isascii() else spellings(text):
        for field in fields:
            found |= Q(**{f"{field}__icontains": spelled})
    return found


def begins(field: str, text: str) -> Q:
    """Rows whose field begins with the text."""
    found = Q()
    for spelled in spellings(text):
        if connection.vendor == "sqlite":  # its LIKE ignores case, and therefore the index
            found |= Q(**{f"{field}__gte": spelled, f"{field}__lt": spelled + LAST})
        else:
            found |= Q(**{f"{field}__startswith": spelled})
    return found


def runs_with(text: str) -> QuerySet:
    """The pks of runs, of all environments, with a line or a product of this text. Raises TooMany."""
    lines = [ChangeRow.objects.filter(begins(name, text)) for name in ("key", "name")]
    lines += [ChangeRow.objects.filter(asset_id=text)]
    products = [ProductSync.objects.filter(begins(name, text)) for name in ("title", "handle")]
    found = Q()
    for rows in (*lines, *products):
        parts = rows.order_by().values("part_id")
        if parts[MANY : MANY + 1].exists():
            raise TooMany
        found |= Q(pk__in=parts)
    return StoreSync.objects.filter(found).order_by().values("sync_id")


def links_with(rows: QuerySet[Link], text: str) -> QuerySet[Link]:
    """Of these links those with this text. Where very many begin so, the newest rows have a page of them at once;
    gathering them all first would take long."""
    found = Q(asset_id=text)
    for name in ("key", "name", "title", "handle"):
        fitting = Link.objects.filter(begins(name, text)).order_by().values("pk")
        found |= begins(name, text) if fitting[MANY : MANY + 1].exists() else Q(pk__in=fitting)
    return rows.filter(found)
