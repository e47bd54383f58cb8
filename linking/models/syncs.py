import uuid
from datetime import datetime, timedelta
from typing import TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q

from linking.domain import stored
from linking.domain.options import COLOR
from linking.domain.ordering import GroupOrder
from linking.domain.per_store import StoreSettings
from linking.domain.plan import NEW_VERSIONS as SAME_ASSET
from linking.domain.plan import Change
from linking.domain.results import NEED_YOU, Result, result_of
from linking.domain.waiting import Wait
from linking.models import outcomes
from linking.models.indexes import beginnings
from linking.models.ledger import StoreFile
from linking.models.per_store import PerStore
from linking.models.rules import Firing, Rule
from linking.models.selections import GROUP_ORDERS, MODES, Selection, SelectionChain
from setup.models import Environment, Member, Store
from setup.models.environments import ALT_POLICIES
from setup.reason_field import ReasonField
from setup.stored_json import StoredJSON
from setup.words import gettext_lazy

KINDS = [
    ("link", gettext_lazy("Link")),
    ("undo", gettext_lazy("Undo")),
    ("upload", gettext_lazy("Upload")),
    ("unlink", gettext_lazy("Unlink")),
]
# What an upload does with an asset whose earlier version it brought: a new file, or the old file's content replaced.
NEW_VERSIONS = [("add", gettext_lazy("Add as new")), ("replace", gettext_lazy("Replace the file’s content"))]


class Sync(PerStore):
    """A plan being applied, or only shown (a dry run)."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The form carries it: pressing a button many times makes one sync.
    token = models.CharField(max_length=64)
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="syncs")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="syncs")
    selection = models.ForeignKey(Selection, null=True, on_delete=models.SET_NULL, related_name="syncs")
    # A run of a chain is of all of its parts; `selection` is the one whose button was pressed.
    chain = models.ForeignKey(SelectionChain, null=True, on_delete=models.SET_NULL, related_name="+")
    dry_run = models.BooleanField(default=False, db_default=False)
    # Applying a plan that was shown: products that moved since are refused instead of planned again.
    as_shown = models.BooleanField(default=False, db_default=False)
    # What a program confirmed before there was a plan: so many media may leave galleries, of an upload so many files may get
    # another content. Null: it confirmed nothing, as people do who see the plan first (linking.syncing.gate).
    confirmed = models.PositiveIntegerField(null=True)
    cloudinary_field = models.CharField(max_length=300)
    keying = models.CharField(max_length=700, blank=True)
    # The selection as it was arranged when the button was pressed (linking.selection.arrangement.freeze).
    arrangement = StoredJSON(default=dict, db_default={})
    # It began before the details of its selection's assets were read: then it is arranged (linking.syncing.arranging).
    to_arrange = models.BooleanField(default=False, db_default=False)
    shopify_field = models.CharField(max_length=400)
    order_field = models.CharField(max_length=300, blank=True)
    order_descending = models.BooleanField(default=False, db_default=False)
    then_field = models.CharField(max_length=300, blank=True, default="", db_default="")
    then_descending = models.BooleanField(default=False, db_default=False)
    # Runs of releases that did not ask for it took groups as in the list.
    group_order = models.CharField(
        max_length=20, choices=GROUP_ORDERS, default=GroupOrder.LIST.value, db_default=GroupOrder.LIST.value
    )
    link_mode = models.CharField(max_length=20, choices=MODES)
    position = models.PositiveIntegerField(default=1, db_default=1)
    alt_policy = models.CharField(max_length=10, choices=ALT_POLICIES, default="keep", db_default="keep")
    transformation = models.CharField(max_length=255, blank=True)
    variant_pictures = models.BooleanField(default=False, db_default=False)
    variant_reach = models.CharField(max_length=300, default=COLOR, db_default=COLOR)
    bound = StoredJSON(default=dict, db_default={}, shape=stored.bound)  # linking.domain.bounds
    new_versions = models.CharField(max_length=10, choices=NEW_VERSIONS, default="add", db_default="add")
    # The run that this one undoes, or whose failures it tries again; `only`: [[store pk, product id], …], empty is all.
    kind = models.CharField(max_length=10, choices=KINDS, default="link", db_default="link")
    origin = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="followers")
    only = StoredJSON(default=list, db_default=[])
    # What made it without a person, and how far it may go (linking.domain.policies), as it was then; {}: a person, or a program.
    rule = models.ForeignKey(Rule, null=True, on_delete=models.SET_NULL, related_name="runs")
    firing = models.ForeignKey(Firing, null=True, on_delete=models.SET_NULL, related_name="runs")
    policy = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    created = models.DateTimeField(auto_now_add=True)
    abort_requested = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created"]
        constraints = [models.UniqueConstraint(fields=["environment", "token"], name="a_button_makes_one_sync")]
        indexes = [models.Index(fields=["environment", "id"], name="history_newest_first")]

    def lock(self) -> None:
        """Until the transaction ends, nobody else asks this run to abort, and none of its plans is shown."""
        type(self).objects.select_for_update().only("pk").get(pk=self.pk)

    @property
    def busy(self) -> bool:
        return any(part.busy for part in self.parts.all())

    def is_of_some(self, store_id: int) -> bool:
        """Whether it is about some products of this store. Of a store of which none is named it is about all: what it tries again
        had planned nothing there."""
        return any(isinstance(pair, list) and pair[:1] == [store_id] for pair in stored.entries(self.only))

    def concerns(self, store_id: int, product_id: str) -> bool:
        return not self.is_of_some(store_id) or [store_id, product_id] in self.only

    def losses(self) -> tuple[int, int]:
        """How many media would leave galleries, as planned, and how many galleries."""
        return ChangeRow.objects.filter(part__sync=self).losses()

    def replaces(self) -> int:
        """How many files of an upload would get another content, as planned."""
        return ChangeRow.objects.filter(part__sync=self).replacing().count()

    @property
    def to_confirm(self) -> int:
        """What has to be confirmed before its plan is applied, as planned: media that leave galleries, or an upload's files."""
        return self.replaces() if self.kind == "upload" else self.losses()[0]


class StoreSyncQuerySet(models.QuerySet["StoreSync"]):
    def busy(self) -> "StoreSyncQuerySet":
        return self.filter(state__in=BUSY)

    def unclaimed(self, *, now: datetime) -> "StoreSyncQuerySet":
        """Those that should be worked on, and nobody does: never begun, their entry in the queue lost, or their worker dead."""
        patience = timedelta(seconds=settings.LEASE_SECONDS / 2)
        return self.busy().filter(Q(lease_until=None) | Q(lease_until__lt=now), enqueued_at__lt=now - patience)

    def at_gate(self) -> "StoreSyncQuerySet":
        """Those that are planned and wait for the other stores of their run (linking.syncing.gate)."""
        return self.filter(state=StoreSync.State.PLANNING, waits__has_key=Wait.PLANS.value)

    def unresponsive(self, *, now: datetime) -> "StoreSyncQuerySet":
        """Those whose worker has had time to hear an abort, and has not. One that began after it only tells what was done."""
        asked = {"sync__abort_requested__lt": now - timedelta(seconds=settings.ABORT_SECONDS)}
        return self.busy().filter(**asked, lease_until__gte=now, taken__lt=F("sync__abort_requested"))


class StoreSync(models.Model):
    """The part of a sync that concerns one store."""

    class State(models.TextChoices):
        PLANNING = "planning", gettext_lazy("Planning")
        PLANNED = "planned", gettext_lazy("Planned")
        APPLYING = "applying", gettext_lazy("Linking")
        DONE = "done", gettext_lazy("Done")
        ABORTED = "aborted", gettext_lazy("Aborted")
        FAILED = "failed", gettext_lazy("Stopped")

    sync = models.ForeignKey(Sync, on_delete=models.CASCADE, related_name="parts")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="syncs")
    state = models.CharField(max_length=20, choices=State.choices, default=State.PLANNING, db_default=State.PLANNING)
    # What it is doing right now, for the person who watches.
    doing = ReasonField()
    problem = ReasonField()
    # The lease: who works on it, since and until when, and in which job of the queue.
    owner = models.CharField(max_length=64, blank=True)
    job_id = models.CharField(max_length=64, blank=True)
    taken = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0, db_default=0)
    enqueued_at = models.DateTimeField(auto_now_add=True)
    setbacks = models.PositiveIntegerField(default=0, db_default=0)
    # Since when the store does not answer, and how often work broke off in our own hands since something was last settled.
    away_since = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0, db_default=0)
    # What is waited for (linking.waiting.Waits): files of an upload that do not show yet, plans of other stores.
    waits = StoredJSON(default=dict, db_default={})
    requests = models.PositiveIntegerField(default=0, db_default=0)
    mutations = models.PositiveIntegerField(default=0, db_default=0)
    points = models.PositiveIntegerField(default=0, db_default=0)
    throttled = models.PositiveIntegerField(default=0, db_default=0)
    waited = models.FloatField(default=0, db_default=0)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    # What came of it when it last ended: outcome -> lines, and whether something failed, was refused or is unconfirmed.
    outcome_counts = StoredJSON(null=True)
    # The same in what people count: pictures (linking.domain.sentences.Sums), and galleries by state. Null: it has not ended, or
    # under a release that kept none (linking.models.pictures).
    pictures = StoredJSON(null=True)
    galleries = StoredJSON(null=True)
    troubled = models.BooleanField(default=False, db_default=False)

    objects = StoreSyncQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sync", "store"], name="a_store_is_synced_once_per_sync")]

    @property
    def busy(self) -> bool:
        return self.state in BUSY

    @property
    def settings(self) -> StoreSettings:
        return self.sync.for_store(self.store_id)

    @property
    def result(self) -> Result:
        """What came of it, in a word, as its lines were counted at its end."""
        return result_of(self.state, str(self.get_state_display()), self.outcome_counts or {}, trouble=self.troubled)

    def rows(self) -> "models.QuerySet[StoreSync]":
        return StoreSync.objects.filter(pk=self.pk)

    def brings_videos(self) -> bool:
        """Whether it has videos to upload, as far as it is planned."""
        pending = ChangeRow.Outcome.PENDING
        return self.changes.filter(outcome=pending, file__kind=StoreFile.Kind.VIDEO).exists()

    def spend(self, **amounts: float) -> None:
        """Add to the counters, in the database, so that no addition is lost."""
        self.rows().update(**{name: F(name) + amount for name, amount in amounts.items()})


BUSY = (StoreSync.State.PLANNING, StoreSync.State.APPLYING)


class ProductSyncQuerySet(models.QuerySet["ProductSync"]):
    def amiss_as_a_whole(self) -> "ProductSyncQuerySet":
        """Galleries that need somebody for a reason that none of their lines has: their order, or their variants' pictures."""
        lines = ChangeRow.objects.filter(product=OuterRef("pk"), outcome__in=outcomes.AMISS).order_by()
        rows = self.filter(state__in=NEED_YOU).exclude(reason="")
        return rows.filter(~Exists(lines.filter(reason=OuterRef("reason"))), ~SUMMED | ~Exists(lines))


class ProductSync(models.Model):
    """One gallery: as it was, as planned, and how far it got. `before` and `after` are lists of slots (see planning)."""

    class State(models.TextChoices):
        PLANNED = "planned", gettext_lazy("Planned")
        WORKING = "working", gettext_lazy("Linking")
        DONE = "done", gettext_lazy("Done")
        UNCHANGED = "unchanged", gettext_lazy("Unchanged")
        PARTIAL = "partial", gettext_lazy("Done in part")
        REFUSED = "refused", gettext_lazy("Refused")
        FAILED = "failed", gettext_lazy("Failed")
        ABORTED = "aborted", gettext_lazy("Aborted")

    part = models.ForeignKey(StoreSync, on_delete=models.CASCADE, related_name="products")
    place = models.PositiveIntegerField(default=0, db_default=0)
    product_id = models.CharField(max_length=255)
    title = models.CharField(max_length=500, blank=True)
    handle = models.CharField(max_length=300, blank=True)
    keys = StoredJSON(default=list, db_default=[], shape=stored.texts)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PLANNED, db_default=State.PLANNED)
    reason = ReasonField()
    fingerprint = models.CharField(max_length=64, blank=True)
    before = StoredJSON(default=list, db_default=[])
    after = StoredJSON(default=list, db_default=[])
    # The galleries' order that a person may compare: what the person's groups brought, in order.
    incoming = StoredJSON(default=list, db_default=[])
    # Variants whose picture changes: [{"id", "title", "before": medium or null, "after": {"medium"} or {"file"} or null}, …]
    variants = StoredJSON(default=list, db_default=[])
    # What the gallery seems to have already of what comes (linking.domain.adopting, stored.lookalikes).
    lookalikes = StoredJSON(default=list, db_default=[], shape=stored.lookalikes)
    # Swatches of it that earlier runs set and that this one leaves where they are: [{"asset", "name", "url"}, …]
    swatches = StoredJSON(default=list, db_default=[])
    # Which variants its assets are linked for: {"variants": [[id, SKU], …], "whole": those are all of the product's, "seen":
    # when the store showed them, "assets": {asset id: variant ids, none for all of them, null for not known}, "before": the same
    # of the links that were there}.
    carriers = StoredJSON(default=dict, db_default={}, shape=stored.carriers)
    # The fingerprint of the gallery as this run left it: undo goes back only from there.
    result = models.CharField(max_length=64, blank=True)
    settled = models.DateTimeField(null=True)
    # When its gallery was read for the plan.
    seen = models.DateTimeField(null=True)
    # What was asked of Shopify and does not show yet (linking.waiting.Waits), also after the run: what may have happened.
    waits = StoredJSON(default=dict, db_default={})
    # The job of the last order that was asked for, until Shopify says that it is over. It belongs to the store and the
    # product: the next run awaits it.
    job = models.CharField(max_length=255, blank=True)
    ordered = models.DateTimeField(null=True)

    objects = ProductSyncQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [models.UniqueConstraint(fields=["part", "product_id"], name="a_product_is_synced_once_per_run")]
        indexes = [beginnings("title", "part"), beginnings("handle", "part"), models.Index(fields=["product_id"])]

    @property
    def open(self) -> bool:
        return self.state in OPEN


# A reason that only counts what the reasons of lines tell.
SUMMED = Q(reason="gallery.failed") | Q(reason__startswith="gallery.failed ")
OPEN = (ProductSync.State.PLANNED, ProductSync.State.WORKING)


class ChangeRowQuerySet(models.QuerySet["ChangeRow"]):
    def taking_away(self) -> "ChangeRowQuerySet":
        """Lines that, as planned, take a picture out of a gallery: it is unlinked, or another asset's picture takes its place. A
        new version of the same asset takes nothing away."""
        leaving = Q(change=Change.UNLINK) | Q(change=Change.REPLACE) & ~Q(reason__in=SAME_ASSET)
        return self.filter(leaving, owner_id="", product__isnull=False, outcome=ChangeRow.Outcome.PENDING)

    def replacing(self) -> "ChangeRowQuerySet":
        """Lines of an upload that, as planned, give a file another content."""
        return self.filter(change=Change.REPLACE, product=None, outcome=ChangeRow.Outcome.PENDING)

    def losses(self) -> tuple[int, int]:
        """How many media these lines take out of galleries, and out of how many."""
        found = self.taking_away().aggregate(media=Count("pk"), galleries=Count("product", distinct=True))
        return found["media"], found["galleries"]


class ChangeRow(models.Model):
    """One line of a plan and of the report: what was planned for this asset in this product, and what came of it."""

    Outcome: TypeAlias = outcomes.Outcome

    part = models.ForeignKey(StoreSync, on_delete=models.CASCADE, related_name="changes")
    product = models.ForeignKey(ProductSync, null=True, on_delete=models.CASCADE, related_name="changes")
    place = models.PositiveIntegerField(default=0, db_default=0)
    key = models.CharField(max_length=1000, blank=True)
    # The product or variant whose metafield names this asset; empty for places of a gallery.
    owner_id = models.CharField(max_length=255, blank=True)
    # Empty for a medium that is none of our assets.
    asset_id = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=500, blank=True)
    thumbnail = models.CharField(max_length=2048, blank=True)
    change = models.CharField(max_length=10, choices=outcomes.CHANGES)
    medium_id = models.CharField(max_length=255, blank=True)
    replaces = models.CharField(max_length=255, blank=True)
    position_before = models.PositiveIntegerField(null=True)
    position_after = models.PositiveIntegerField(null=True)
    file = models.ForeignKey(StoreFile, null=True, on_delete=models.SET_NULL, related_name="changes")
    # The file that it brought, kept here once a newer version has taken it over in the ledger (linking.syncing.publishing).
    brought = models.CharField(max_length=255, blank=True)
    # What the plan that showed this calls the file: another plan may call it otherwise since.
    planned_name = models.CharField(max_length=255, blank=True, default="", db_default="")
    # A medium that is there already may get another alt text; null: it stays as it is.
    alt_before = models.TextField(blank=True)
    alt_after = models.CharField(max_length=512, null=True)  # noqa: DJ001 - empty and unchanged differ
    outcome = models.CharField(
        max_length=10, choices=Outcome.choices, default=Outcome.PENDING, db_default=Outcome.PENDING
    )
    reason = ReasonField()
    # What has changed of the asset in Cloudinary since it was selected, and that somebody chose the product.
    note = ReasonField(db_default="")

    objects = ChangeRowQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        indexes = [
            models.Index(fields=["part", "outcome"]),
            beginnings("key", "part"),
            beginnings("name", "part"),
            models.Index(fields=["asset_id", "part"], name="asset_id_and_part"),
        ]

    @property
    def sigil(self) -> str:
        return Change(self.change).sigil

    @property
    def file_name(self) -> str:
        """Of a medium that no selected asset is, as its address in the store has it."""
        return self.thumbnail.partition("?")[0].rsplit("/", 1)[-1]

    @property
    def name_of_file(self) -> str:
        """What the file that it brings is called, or will be once the plan is applied."""
        if self.file is None:
            return ""
        return self.planned_name if self.planned_name and self.file.unasked else self.file.name

    @property
    def arrival(self) -> str:
        """The id of the medium that it brought; empty as long as there is none."""
        return self.brought or (self.file.file_id if self.file else "")

    @property
    def named_file(self) -> str:
        """Of a swatch: the file that the metafield shall name; an undone one goes back to the one before, or to none."""
        return self.file.file_id if self.file else self.replaces

    @property
    def medium(self) -> str:
        """The id of the medium that it tells of: what it brought, not what made room for that."""
        return self.arrival if self.file else self.medium_id
