"""Edits of a selection: one after another, each on the state that the person saw, each with its way back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from linking.models import Selection
from linking.models.selections import KEY_SETTINGS, RUN_SETTINGS
from linking.selection import chaining


class Stale(Exception):
    """Somebody, perhaps the same person in another tab, changed the selection since the page was drawn."""

    def __init__(self, selection: Selection) -> None:
        super().__init__(selection)
        self.selection = selection


class Gone(Exception):
    """There is no such selection, or it is somebody else's."""


@dataclass(frozen=True)
class Opened:
    """A selection that is locked. `before`: what its `last_change` was."""

    selection: Selection
    before: dict[str, Any]

    @property
    def was(self) -> Any:
        """What takes back the edit before this one."""
        return self.before.get("was", {})


@contextmanager
def opened(mine: QuerySet[Selection], version: int) -> Iterator[Opened]:
    """The only selection of these, its row locked, if its `version` is still the one that the person saw; it counts up on
    leaving.

    Change the rows inside; nothing is kept if an exception leaves. Raises Gone, Stale, and Unreadable. An edit sets
    `last_change` to what the toast offers to take back: {"text": …, "back": {…}}, or to {} if neither it nor what was done before
    can be taken back. One that leaves it alone, and every setting, has changed nothing: the edit before keeps its way back.
    What all parts of a chain have alike, the others take over (linking.selection.chaining): Stale as well if one of them is
    being edited at this moment.
    """
    with transaction.atomic():
        row = mine.select_for_update().first()
        if row is None:
            raise Gone
        row.check_readable()
        if row.version != version:
            raise Stale(row)
        before = row.last_change
        untouched: dict[str, Any] = {}
        row.last_change = untouched
        settings = _settings(row)
        shared = chaining.shared(row) if row.chain_id is not None else ()
        try:
            yield Opened(row, before)
        except chaining.Occupied:
            raise Stale(row) from None
        if row.last_change is untouched and _settings(row) == settings:
            row.last_change = before
        if row.chain_id is not None and chaining.shared(row) != shared:
            _follow(row)
        row.version += 1
        row.save()


def _follow(row: Selection) -> None:
    try:
        chaining.follow(row)
    except chaining.Occupied:
        raise Stale(row) from None


def _settings(selection: Selection) -> list[Any]:
    return [getattr(selection, name) for name in (*KEY_SETTINGS, *RUN_SETTINGS)]


@contextmanager
def edit(selection: Selection, version: int) -> Iterator[Selection]:
    """The same for one that is known already."""
    with opened(Selection.objects.filter(pk=selection.pk), version) as found:
        for link in (Selection._meta.get_field("member"), Selection._meta.get_field("environment")):
            if link.is_cached(selection):
                setattr(found.selection, link.name, getattr(selection, link.name))
        yield found.selection
