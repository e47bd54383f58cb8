import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q

from linking.domain import stored
from linking.domain.policies import Policy
from linking.models.jobs import JobRow, JobState
from linking.models.names import LONGEST_NAME
from setup.models import Environment, Member, Store
from setup.reason_field import ReasonField
from setup.reasons import Reason
from setup.stored_json import StoredJSON
from setup.words import gettext_lazy

LONGEST_SEARCH = 2000
KEPT = timedelta(days=90)  # how long firings are listed
TRIGGERS = [
    ("schedule", gettext_lazy("On a schedule")),
    ("event", gettext_lazy("When assets change in Cloudinary")),
    ("status", gettext_lazy("When a status field gets a value")),
    ("product", gettext_lazy("When a product is new in Shopify, or its keys change")),
    ("manual", gettext_lazy("Only by hand")),
]


class Rule(models.Model):
    """What makes runs by itself: when, of which assets, to which stores, with which settings, and how far without a person."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="rules")
    # In NFC, without blanks around it.
    name = models.CharField(max_length=LONGEST_NAME)
    # Who made it; it goes on without them.
    owner = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    trigger = models.CharField(max_length=10, choices=TRIGGERS, default="schedule", db_default="schedule")
    # A cron expression (linking.domain.schedules), in the environment's zone; and what other triggers want to know.
    schedule = models.CharField(max_length=100, blank=True, default="", db_default="")
    trigger_settings = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    # An expression of Cloudinary's search.
    search = models.CharField(max_length=LONGEST_SEARCH)
    stores = models.ManyToManyField(Store, related_name="+", blank=True)
    # {name of KEY_SETTINGS or RUN_SETTINGS: value}, as in presets.
    settings = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    policy = StoredJSON(default=dict, db_default={}, shape=stored.mapping)  # linking.domain.policies
    on = models.BooleanField(default=False, db_default=False)
    # When its schedule fires next; null: it is off, or has none.
    next_at = models.DateTimeField(null=True, db_index=True)
    # Counts up with every change, so that nobody saves over what somebody else has changed meanwhile.
    version = models.PositiveIntegerField(default=0, db_default=0)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = "rule"
        constraints = [models.UniqueConstraint(fields=["environment", "name"], name="a_rule_has_a_name_of_its_own")]

    def __str__(self) -> str:
        return self.name

    @property
    def allowed(self) -> Policy:
        """What it may do by itself."""
        return Policy.of(self.policy)


CAUSES = [
    ("schedule", gettext_lazy("Schedule")),
    ("event", gettext_lazy("Cloudinary")),
    ("status", gettext_lazy("Status")),
    ("product", gettext_lazy("Shopify")),
    ("person", gettext_lazy("By hand")),
    ("api", gettext_lazy("API")),
    ("command", gettext_lazy("Command line")),
]
# What is asked for by somebody fires also while the rule is off.
ASKED = ("person", "api", "command")


class Firing(JobRow):
    """One time that a rule fired, or will: the work is to search, and to begin the run. What comes while it waits is merged into
    it; of one rule, one is at work (linking.rules.firing)."""

    AGAIN = Reason("rule.again")

    class Result(models.TextChoices):
        NONE = "", gettext_lazy("Waiting")
        RAN = "ran", gettext_lazy("Ran")
        SKIPPED = "skipped", gettext_lazy("Skipped")

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="firings")
    cause = models.CharField(max_length=10, choices=CAUSES)
    # Who wanted it, if it was a person or a key.
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    due = models.DateTimeField()
    # Asset ids that it is about, of those that the search finds; null: all.
    assets = StoredJSON(null=True, shape=lambda value: None if value is None else stored.texts(value))
    # So many others came while it waited; so many times of its schedule had passed while nobody looked.
    merged = models.PositiveIntegerField(default=0, db_default=0)
    missed = models.PositiveIntegerField(default=0, db_default=0)
    result = models.CharField(max_length=10, choices=Result.choices, blank=True, default="", db_default="")
    # What a person should know of one that ran.
    note = ReasonField(db_default="")
    created = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule"], condition=Q(state=JobState.RUNNING), name="a_rule_fires_once_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="firings_under_way")]

    def __str__(self) -> str:
        return f"firing {self.pk}"
