from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction

from linking.domain import stored
from linking.models.jobs import JobRow, JobState
from linking.models.selections import Selection
from setup.models import Store
from setup.reasons import Reason, ReasonEncoder
from setup.stored_json import StoredJSON

# So long a gallery that was read for an estimate, and an estimate, count as what is there: a person who tries settings reads no
# gallery twice, and what somebody changes in Shopify meanwhile shows after it.
KEPT = timedelta(minutes=5)
# One without some store, which may be there again in a moment.
SOON = timedelta(seconds=15)
# So long a store that did not answer is left to the run, whatever is asked meanwhile.
PAUSE = timedelta(minutes=1)
# A page looks every second. What nobody has looked at for so long nobody waits for.
UNWATCHED = timedelta(seconds=10)


class Estimate(JobRow):
    """What a run of this selection would do now, counted before anybody presses the button. Nothing is written by it."""

    AGAIN = Reason("job.ask_again")

    selection = models.OneToOneField(Selection, on_delete=models.CASCADE, related_name="estimate")
    # What is asked, as a short text that changes with whatever the answer depends on (linking.estimating.asking); since when.
    question = models.CharField(max_length=64, blank=True, default="", db_default="")
    asked = models.DateTimeField(null=True)
    # The question that `result` answers, and when that was counted.
    counted = models.CharField(max_length=64, blank=True, default="", db_default="")
    counted_at = models.DateTimeField(null=True)
    result = StoredJSON(default=dict, db_default={}, shape=stored.estimate, encoder=ReasonEncoder)
    # The stores that are left to the run, as [pk, why, since]: none is tried twice for this question, and one that did not answer
    # (`since`, Unix time; otherwise 0) not for the next ones either (PAUSE). When the question's first slice began, after which
    # it has so much time; and when somebody last waited for it.
    left = StoredJSON(default=list, db_default=[], shape=stored.stores_left, encoder=ReasonEncoder)
    began = models.DateTimeField(null=True)
    looked = models.DateTimeField(null=True)
    # What reading for this question has cost so far, over all of its tries.
    points = models.PositiveIntegerField(default=0, db_default=0)
    requests = models.PositiveIntegerField(default=0, db_default=0)

    def mine(self) -> "models.QuerySet[Estimate]":
        """The row, as long as a job counts what it was asked when it was read."""
        return Estimate.objects.filter(pk=self.pk, state=JobState.RUNNING, question=self.question)

    def watched(self, *, now: datetime) -> bool:
        """Whether somebody waits for it."""
        return bool(self.looked and self.looked > now - UNWATCHED)

    def leave(self, store: Store, why: Reason, *, since: int = 0) -> None:
        """To the run. That a store did not answer holds for what is asked meanwhile, too."""
        with transaction.atomic():
            row = Estimate.objects.select_for_update().filter(pk=self.pk).first()
            if row is not None and (since or row.question == self.question):
                left = [one for one in row.left if one[0] != store.pk]
                Estimate.objects.filter(pk=self.pk).update(left=[*left, (store.pk, why, since)])

    def unanswering(self, *, now: datetime) -> list[tuple[int, Reason, int]]:
        """Of the stores that were left, those that need not be asked again yet."""
        return [one for one in self.left if one[2] > (now - PAUSE).timestamp()]

    def answers(self, question: str, *, now: datetime) -> bool:
        """Whether `result` is the answer to this question, and not too old."""
        kept = SOON if self.result.get("left") else KEPT
        return bool(self.counted == question and self.counted_at and self.counted_at > now - kept)


class SeenGallery(models.Model):
    """What reading a gallery for an estimate gave, for some minutes. `media`: [[file id, alt text, whether it failed, mark of the
    file's name], …], no more than what tells the asset of each; None for a gallery without end."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    product_id = models.CharField(max_length=255)
    media: Any = StoredJSON(null=True, shape=stored.seen_media)
    seen = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "product_id"], name="a_gallery_is_seen_once")]
