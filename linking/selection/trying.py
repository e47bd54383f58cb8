"""Trying again at once what rests between two tries, because a person does not wait."""

from django.db.models import Case, F, Value, When
from django.utils import timezone

from linking import queue
from linking.models import Selection
from linking.models.jobs import JobState


def try_now(selection: Selection) -> bool:
    """One more try at reading the assets, in the place of the one that failed: however often a person tries, the work is given
    up no sooner. False if it does not rest."""
    now = timezone.now()
    resting = Selection.objects.filter(
        pk__in=selection.whole().values("pk"), state=JobState.WAITING, not_before__gt=now
    )
    tries = Case(When(tries__gt=0, then=F("tries") - 1), default=Value(0))
    mine = list(resting.values_list("pk", flat=True))
    if not resting.update(not_before=None, heartbeat_at=now, tries=tries):
        return False
    for pk in mine:
        queue.enqueue("fetch", pk)
    return True
