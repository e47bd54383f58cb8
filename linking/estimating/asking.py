"""The door to estimates: what a selection would do now is asked, once for each of its states, and enqueued;
linking.estimating.counting answers it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2s

from django.db import models
from django.db.models import Max
from django.utils import timezone

from linking import queue
from linking.models import Estimate, Selection, StoreMatch, StoreSync
from linking.models.jobs import JobState, asked_for
from setup.models import Environment, Store
from setup.security.secrets import EncryptedField

# The stores that a run would write in, each with what it was asked.
Asked = Sequence[tuple[Store, StoreMatch | None]]
# So long somebody waits for a worker before the page says that nothing is counted yet.
PATIENCE = 20  # seconds
LOOK = timedelta(seconds=2)  # a page looks more often than that has to be written down


def asked_of(selection: Selection) -> Asked:
    """Two queries."""
    stores = selection.stores.open_to(selection.member).in_order()
    known = {match.store_id: match for match in selection.matches.filter(store__in=stores)}
    return [(store, known.get(store.pk)) for store in stores]


def rests(selection: Selection, asked: Asked) -> bool:
    """Whether assets and matches are there, so that there is something to count."""
    return (
        bool(asked)
        and selection.chain_id is None
        and selection.state == JobState.DONE
        and all(match and not match.busy for _, match in asked)
    )


def question_of(selection: Selection, asked: Asked) -> str:
    """Another one for everything that the answer depends on: arrangement and settings, what the stores answered, what admins
    set, and the last run that wrote in one of the shops. One query."""
    answers = sorted((store.pk, match.pk, match.question, match.busy, match.known) for store, match in asked if match)
    parts = (
        selection.version,
        selection.reread,
        _settings(selection.environment),
        answers,
        written(s for s, _ in asked),
    )
    return blake2s(repr(parts).encode(), digest_size=16).hexdigest()


def _settings(environment: Environment) -> list[object]:
    left_out = (EncryptedField, models.DateTimeField)
    columns = [field for field in Environment._meta.concrete_fields if not isinstance(field, left_out)]
    return [getattr(environment, field.attname) for field in columns]


def written(stores: Iterable[Store]) -> datetime | None:
    """When a run last ended that wrote in one of these shops, whichever environment's it was."""
    runs = StoreSync.objects.filter(store__domain__in=[store.domain for store in stores], sync__dry_run=False)
    return runs.aggregate(last=Max("finished"))["last"]


def ask(selection: Selection, *, again: bool = False, now: datetime | None = None) -> Estimate:
    """Have the selection counted as it is now, unless that is known, or being done. The answer may come a moment later. `again`:
    also by stores that did not answer a moment ago."""
    now, question = now or timezone.now(), question_of(selection, asked_of(selection))
    row, _ = Estimate.objects.get_or_create(selection=selection, defaults={"asked": now, "state": JobState.DONE})
    known = row.answers(question, now=now) and not (again and row.result["left"])
    if known or (row.question == question and row.busy and not is_late(row, now=now)):
        look(row, now=now)
        return row
    same = row.question == question and row.busy
    left = [] if again else row.unanswering(now=now)
    fields = asked_for(now=now) | {"question": question, "asked": now, "looked": now, "began": None, "left": left}
    fields |= {} if same else {"points": 0, "requests": 0}
    Estimate.objects.filter(pk=row.pk).update(**fields)
    queue.enqueue("estimate", row.pk)
    row.refresh_from_db()
    return row


def look(row: Estimate, *, now: datetime | None = None) -> None:
    """Somebody waits for it: no further slice is enqueued for what nobody looks at."""
    now = now or timezone.now()
    if row.busy and (row.looked is None or row.looked < now - LOOK):
        Estimate.objects.filter(pk=row.pk).update(looked=now)


def is_late(row: Estimate, *, now: datetime) -> bool:
    """Whether it was asked for long ago, and is not there."""
    return row.busy and row.asked is not None and (now - row.asked).total_seconds() > PATIENCE
