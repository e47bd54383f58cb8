"""What is worth a notice, whom it goes to, and the letters that tell it: an outbox like that of webhooks."""

from django.db import models
from django.db.models import Q

from linking.domain import notices, stored
from linking.models.jobs import JobRow
from setup.models import Environment, Member
from setup.reason_field import ReasonField
from setup.reasons import Reason
from setup.security.secrets import EncryptedField
from setup.stored_json import StoredJSON
from setup.words import gettext_lazy

CAUSES = [(str(cause), label) for cause, label in notices.LABELS.items()]
KEPT = 90  # days that occurrences which are over, and letters, are kept


def _pks(value: object) -> list[int]:
    return [one for one in stored.entries(value) if stored.whole(one)]


def _causes(value: object) -> list[str] | None:
    return None if value is None else stored.texts(value)


class Occurrence(models.Model):
    """Something worth a notice, written with what causes it. Of one subject, one goes on at a time, and it is said once."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="occurrences")
    cause = models.CharField(max_length=10, choices=CAUSES)
    # What it is about: `store 12`, `rule 5`, `run <key>`.
    subject = models.CharField(max_length=100)
    said = ReasonField()
    said_at_end = ReasonField(db_default="")
    # Of the page where people act on it.
    path = models.CharField(max_length=300)
    # Who hears it (linking.domain.notices.About).
    stores = StoredJSON(default=list, db_default=[], shape=_pks)
    whose = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    alone = models.BooleanField(default=False, db_default=False)
    closed = models.BooleanField(default=False, db_default=False)
    began = models.DateTimeField()
    # Null: it goes on, or is of a kind that has no end.
    ended = models.DateTimeField(null=True)
    # When its beginning, and its end, became notices of those who hear it.
    passed_on = models.DateTimeField(null=True)
    end_passed_on = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "cause", "subject"], condition=Q(ended=None), name="what_goes_on_is_noted_once"
            )
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(passed_on=None), name="occurrences_to_pass_on"),
            models.Index(fields=["id"], condition=Q(ended__isnull=False, end_passed_on=None), name="ends_to_pass_on"),
            models.Index(fields=["began"], name="occurrences_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.subject}"


class NoticeChoice(models.Model):
    """What a member wants to hear of. Who has none has chosen nothing: what is usual goes to them."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="notice_choice")
    # Of linking.domain.notices.Cause; null: what is usual.
    causes = StoredJSON(null=True, shape=_causes)
    often = models.CharField(max_length=10, default=notices.Every.HOUR.value, db_default=notices.Every.HOUR.value)
    by_mail = models.BooleanField(default=True, db_default=True)


class NoticeChannel(models.Model):
    """A chat of an environment's people, to which its notices go besides."""

    class Style(models.TextChoices):
        SLACK = "slack", gettext_lazy("Slack, Mattermost, Google Chat or the like")
        TEAMS = "teams", gettext_lazy("Microsoft Teams")

    environment = models.OneToOneField(Environment, on_delete=models.CASCADE, related_name="notice_channel")
    style = models.CharField(max_length=10, choices=Style.choices, default=Style.SLACK, db_default=Style.SLACK)
    # Who knows it may write to the chat.
    url = EncryptedField()
    # What pages and logs call it.
    host = models.CharField(max_length=255)
    causes = StoredJSON(null=True, shape=_causes)
    often = models.CharField(max_length=10, default=notices.Every.SOON.value, db_default=notices.Every.SOON.value)
    # Who reads the chat is not known, so its notices are in one language: of settings.LANGUAGES.
    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    on = models.BooleanField(default=True, db_default=True)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    last_success = models.DateTimeField(null=True)
    last_failure = models.DateTimeField(null=True)
    problem = ReasonField(db_default="")

    def __str__(self) -> str:
        return self.host


class NoticeLetter(JobRow):
    """One e-mail to a member, or one post in a chat: what was gathered for it. `begun` is written before it is sent: whose worker
    was lost in between may have arrived, and is not sent twice."""

    AGAIN = Reason("notice.again")

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="notice_letters")
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="notice_letters")
    channel = models.ForeignKey(NoticeChannel, null=True, on_delete=models.CASCADE, related_name="letters")
    is_test = models.BooleanField(default=False, db_default=False)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    tried = models.PositiveIntegerField(default=0, db_default=0)
    begun = models.DateTimeField(null=True)
    sent = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(member=None) | Q(channel=None),
                name="a_letter_goes_to_one",
            )
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="letters_under_way")]

    def __str__(self) -> str:
        return f"letter {self.pk}"


class Notice(models.Model):
    """That an occurrence began, or ended, for one member or chat. It waits until a letter takes it."""

    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="notices")
    is_end = models.BooleanField(default=False, db_default=False)
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="notices")
    channel = models.ForeignKey(NoticeChannel, null=True, on_delete=models.CASCADE, related_name="notices")
    letter = models.ForeignKey(NoticeLetter, null=True, on_delete=models.CASCADE, related_name="notices")
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(member=None) | Q(channel=None),
                name="a_notice_goes_to_one",
            ),
            models.UniqueConstraint(fields=["occurrence", "is_end", "member"], name="a_member_hears_it_once"),
            models.UniqueConstraint(fields=["occurrence", "is_end", "channel"], name="a_chat_hears_it_once"),
        ]
        indexes = [models.Index(fields=["created"], condition=Q(letter=None), name="notices_that_wait")]

    def __str__(self) -> str:
        return f"{self.occurrence_id} {'ended' if self.is_end else 'began'}"
