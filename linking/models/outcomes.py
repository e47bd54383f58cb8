"""What a line of a plan is called, and what came of it: the words of linking.models.syncs.ChangeRow."""

from django.db import models

from linking.domain.plan import Change
from setup.words import gettext_lazy, pgettext_lazy


class Outcome(models.TextChoices):
    PENDING = "pending", gettext_lazy("Pending")
    DONE = "done", gettext_lazy("Done")
    UNCHANGED = "unchanged", gettext_lazy("Unchanged")
    SKIPPED = "skipped", gettext_lazy("Skipped")
    FAILED = "failed", gettext_lazy("Failed")
    REFUSED = "refused", gettext_lazy("Refused")
    ABORTED = "aborted", gettext_lazy("Aborted")
    # It may have happened: Shopify was asked and had not shown it by the deadline. The next run looks.
    UNKNOWN = "unknown", gettext_lazy("Unconfirmed")

    @classmethod
    def _missing_(cls, value: object) -> "Outcome":
        """A word of another release: nobody knows here what came of it."""
        return cls.UNKNOWN


CHANGES = [
    (Change.ADD.value, gettext_lazy("Add")),
    (Change.REPLACE.value, gettext_lazy("Replace")),
    (Change.MOVE.value, gettext_lazy("Move")),
    (Change.KEEP.value, gettext_lazy("Keep")),
    (Change.UNLINK.value, pgettext_lazy("a change of a gallery", "Unlink")),
    (Change.SKIP.value, gettext_lazy("Skip")),
]
# What is not as planned, or may not be. Bad news first.
AMISS = (Outcome.FAILED, Outcome.REFUSED, Outcome.UNKNOWN, Outcome.ABORTED)
