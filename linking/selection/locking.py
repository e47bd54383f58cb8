"""Edits of a selection: one after another, each on the state that the person saw, each with its way back."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from linking.models import Selection


class Stale(Exception):
    """Somebody, perhaps the same person in another tab, changed the selection since the page was drawn."""


@contextmanager
def edit(selection: Selection, version: int) -> Iterator[Selection]:
    """The selection's row, locked, if its `version` is still the one that the person saw; it counts up on leaving.

    Change the rows inside; nothing is kept if an exception leaves. Raises Stale. What `last_change` holds on leaving is what
    the toast offers to take back: {"text": …, "back": {…}}, or {} if there is nothing to take back.
    """
    with transaction.atomic():
        row = Selection.objects.select_for_update().select_related("environment").get(pk=selection.pk)
        if row.version != version:
            raise Stale
        row.last_change = {}
        yield row
        row.version += 1
        row.save()
