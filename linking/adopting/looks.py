"""Looks as rows: what was fetched once is not fetched again, as long as the content is the same."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from linking.domain.adopting import Look
from linking.models import MediumLook, RenditionLook
from linking.shopify.looks import Described
from setup.models import Environment, Store

# What could not be fetched is tried again after this.
AGAIN = timedelta(minutes=5)
# What is asked for is marked as such once in this time.
FRESH = timedelta(days=1)
AT_A_TIME = 500


def of_media(store: Store, media: Mapping[str, str], *, now: datetime) -> dict[str, MediumLook]:
    """By medium id, what is known. `media`: their addresses now, empty where these are not known; what had another content then
    is not known."""
    found: dict[str, MediumLook] = {}
    ids = list(media)
    for at in range(0, len(ids), AT_A_TIME):
        rows = MediumLook.objects.filter(store=store, medium_id__in=ids[at : at + AT_A_TIME])
        found |= {row.medium_id: row for row in rows if media[row.medium_id] in ("", row.url) and _counts(row, now)}
    _touch(MediumLook, found.values(), now)
    return found


def of_renditions(environment: Environment, marks: Sequence[str], *, now: datetime) -> dict[str, RenditionLook]:
    """By mark, what is known."""
    found: dict[str, RenditionLook] = {}
    for at in range(0, len(marks), AT_A_TIME):
        rows = RenditionLook.objects.filter(environment=environment, mark__in=marks[at : at + AT_A_TIME])
        found |= {row.mark: row for row in rows if _counts(row, now)}
    _touch(RenditionLook, found.values(), now)
    return found


def keep_media(
    store: Store, seen: Mapping[str, Described], looks: Mapping[str, Look | None], *, now: datetime
) -> dict[str, MediumLook]:
    """`looks`: None where it could not be fetched. Answers the rows."""
    rows = [
        MediumLook(
            store=store,
            medium_id=id,
            url=one.url[:2048],
            source=one.source[:2048],
            size=min(one.bytes, 2**62),
            width=min(one.width, 2**31 - 1),
            height=min(one.height, 2**31 - 1),
            seen=now,
            details={},
            **_of(looks[id]),
        )
        for id, one in sorted(seen.items())  # plans that keep the same rows at once lock them in one order
        if id in looks
    ]
    fields = ["url", "source", "size", "width", "height", "shape", "cells", "details", "seen"]
    MediumLook.objects.bulk_create(
        rows, update_conflicts=True, update_fields=fields, unique_fields=["store", "medium_id"], batch_size=100
    )
    return {row.medium_id: row for row in rows}


def keep_renditions(
    environment: Environment, looks: Mapping[str, Look | None], *, now: datetime
) -> dict[str, RenditionLook]:
    rows = [RenditionLook(environment=environment, mark=mark, seen=now, **_of(looks[mark])) for mark in sorted(looks)]
    RenditionLook.objects.bulk_create(
        rows,
        update_conflicts=True,
        update_fields=["shape", "cells", "seen"],
        unique_fields=["environment", "mark"],
        batch_size=100,
    )
    return {row.mark: row for row in rows}


def keep_details(row: MediumLook, mark: str, apart: int) -> None:
    """How far a medium and a rendition are apart in detail."""
    row.details = {**row.details, mark: apart}
    MediumLook.objects.filter(pk=row.pk).update(details=row.details)


def look(row: MediumLook | RenditionLook | None) -> Look | None:
    found = Look(bytes(row.cells), row.shape) if row else None
    return found if found and found.whole else None


def _of(found: Look | None) -> dict:
    return {"shape": found.shape, "cells": found.cells} if found else {"shape": 0.0, "cells": b""}


def _counts(row: MediumLook | RenditionLook, now: datetime) -> bool:
    return bool(row.cells) or row.seen > now - AGAIN


def _touch(
    model: type[MediumLook] | type[RenditionLook], rows: Iterable[MediumLook | RenditionLook], now: datetime
) -> None:
    pks = sorted(row.pk for row in rows if row.cells and row.seen < now - FRESH)
    for at in range(0, len(pks), AT_A_TIME):
        model.objects.filter(pk__in=pks[at : at + AT_A_TIME]).update(seen=now)
