from datetime import datetime

from django.db import models, transaction

from linking.models.jobs import JobRow, JobState
from linking.models.selections import Selection
from setup.reasons import Reason


class AssetJob(JobRow):
    """Something that is done with the assets of a selection at Cloudinary: captions asked for, alt texts written back."""

    KINDS = [("captions", "AI captions"), ("write_alts", "Save alt texts to Cloudinary")]
    AGAIN = Reason("job.ask_again")

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="asset_jobs")
    kind = models.CharField(max_length=20, choices=KINDS)
    total = models.PositiveIntegerField(default=0, db_default=0)
    done = models.PositiveIntegerField(default=0, db_default=0)
    failed = models.PositiveIntegerField(default=0, db_default=0)
    begun = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["selection", "kind"], name="one_asset_job_of_a_kind")]

    def mine(self) -> "models.QuerySet[AssetJob]":
        """The row, as long as it is the work that was claimed, and nobody has ended it."""
        return AssetJob.objects.filter(pk=self.pk, state=JobState.RUNNING, begun=self.begun)

    def fail(self, problem: Reason, *, now: datetime) -> None:
        """The end. What was not described yet waits no more."""
        with transaction.atomic():
            AssetJob.objects.select_for_update().filter(pk=self.pk).first()
            ended = self.mine().update(state=JobState.FAILED, problem=problem, heartbeat_at=now)
            if ended and self.kind == "captions":
                self.selection.assets.filter(caption_state="asked").update(caption_state="")
