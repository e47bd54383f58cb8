import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from django.db import models

from linking.domain import stored
from linking.domain.assets import Asset
from linking.domain.bounds import Bound
from linking.domain.fields import CloudinaryField, ShopifyField, field_label, label_in
from linking.domain.galleries import LinkMode
from linking.domain.keying import Keying, compiled
from linking.domain.options import COLOR
from linking.domain.ordering import GroupOrder, Order, orders_by
from linking.models.jobs import JobRow, JobState
from linking.models.per_store import PerStore
from setup.models import Environment, Member, Store
from setup.models.environments import ALT_POLICIES, LINK_MODES
from setup.reason_field import ReasonField
from setup.reasons import ReasonEncoder
from setup.stored_json import StoredJSON
from setup.words import gettext_lazy

# As setup names those that may be a default, and after them those that take media away, which no selection begins with.
MODES = [
    *LINK_MODES,
    (LinkMode.RESET.value, gettext_lazy("Reset")),
    (LinkMode.MIRROR.value, gettext_lazy("Mirror")),
]
# How groups that enter one product stand in its gallery.
GROUP_ORDERS = [
    (GroupOrder.VARIANTS.value, gettext_lazy("As the product’s variants")),
    (GroupOrder.KEY.value, gettext_lazy("By key")),
    (GroupOrder.LIST.value, gettext_lazy("As in the list")),
]
VIEWS = [("compact", gettext_lazy("Compact")), ("regular", gettext_lazy("Regular"))]
ALT_SOURCES = [("typed", "Typed"), ("field", "From a field"), ("ai", "AI")]
CAPTION_STATES = [("asked", "Asked"), ("offered", "Offered"), ("rejected", "Rejected"), ("failed", "Failed")]

# How the key is read, and everything else that a person sets for a run: named alike in a selection and in its runs.
KEY_SETTINGS = ("cloudinary_field", "pattern", "separator", "fold")
ORDER_SETTINGS = ("order_field", "order_descending", "then_field", "then_descending", "group_order")
RUN_SETTINGS = (
    "shopify_field",
    *ORDER_SETTINGS,
    "link_mode",
    "position",
    "alt_policy",
    "transformation",
    "variant_pictures",
    "variant_reach",
    "store_settings",
    "bound",
)


class Unreadable(ValueError):
    """A selection with settings of another release, or damaged ones; the text says which."""


class SelectionChain(models.Model):
    """What was selected at once and is more than one page takes: selections that are its parts, with the same settings. A group
    is in one part only; a run is of all of them (linking.selection.chaining)."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    # How the keys were read by which the assets are split (Keying as a code); empty: their details are still being read.
    keying = models.CharField(max_length=700, blank=True, db_default="")
    # So many assets a part has at most, but where a group alone has more.
    most = models.PositiveIntegerField(default=1000, db_default=1000)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created"]


class Selection(PerStore, JobRow):
    """The assets of one launch with the person's arrangement of them: a draft kept on the server.

    As a job it is the fetching of the assets' details.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="selections")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="selections")
    # Of more assets than a page takes: the chain that it is a part of, and which one, from 1; 0 for a part that is not needed
    # for now (linking.selection.chaining).
    chain = models.ForeignKey(SelectionChain, null=True, on_delete=models.CASCADE, related_name="selections")
    part = models.PositiveIntegerField(default=0, db_default=0)
    stores = models.ManyToManyField(Store, related_name="selections", blank=True)
    cloudinary_field = models.CharField(max_length=300, default="metadata:sku", db_default="metadata:sku")
    # While it is read for another field: the one before (linking.selection.embedding).
    field_before = models.CharField(max_length=300, blank=True, default="", db_default="")
    # How the key is taken from the field's value (linking.domain.keying).
    pattern = models.CharField(max_length=300, blank=True)
    separator = models.CharField(max_length=10, blank=True)
    fold = models.BooleanField(default=False, db_default=False)
    shopify_field = models.CharField(max_length=400, default="sku", db_default="sku")
    order_field = models.CharField(max_length=300, blank=True)
    order_descending = models.BooleanField(default=False, db_default=False)
    # Where the first field tells no difference; only with one.
    then_field = models.CharField(max_length=300, blank=True, default="", db_default="")
    then_descending = models.BooleanField(default=False, db_default=False)
    group_order = models.CharField(
        max_length=20, choices=GROUP_ORDERS, default=GroupOrder.VARIANTS.value, db_default=GroupOrder.VARIANTS.value
    )
    link_mode = models.CharField(
        max_length=20, choices=MODES, default=LinkMode.APPEND.value, db_default=LinkMode.APPEND.value
    )
    position = models.PositiveIntegerField(default=1, db_default=1)
    alt_policy = models.CharField(max_length=10, choices=ALT_POLICIES, default="keep", db_default="keep")
    # A named transformation for pictures, of those that an admin allows; empty: the environment's default.
    transformation = models.CharField(max_length=255, blank=True)
    # A key found on a variant (sku, barcode) makes the group's first image that variant's picture.
    variant_pictures = models.BooleanField(default=False, db_default=False)
    # How far such a picture, and a swatch, reaches: to all variants of the same colour, of the same value of another option
    # (`option:<name>`), or only to those that carry the key (`matched`; linking.domain.options).
    variant_reach = models.CharField(max_length=300, default=COLOR, db_default=COLOR)
    # Which products a run is for (linking.domain.bounds); {}: all that match.
    bound = StoredJSON(default=dict, db_default={}, shape=stored.bound)
    # [{"code": "metadata:sku", "label": "SKU", "filled": 7, "sort": "text", "values": []}, …] as the environment offers them,
    # read with the assets (linking.selection.fetching).
    offered_fields = StoredJSON(default=list, db_default=[], shape=stored.offered_fields)
    # What the person, or somebody of the environment, used last (selection.last_settings); {}: nothing, taken, or declined.
    offer = StoredJSON(default=dict, db_default={}, shape=stored.offer)
    view = models.CharField(max_length=10, choices=VIEWS, default="compact", db_default="compact")
    # Counts up with every change: an edit that was made on an older state is refused and shown the fresh one.
    version = models.PositiveIntegerField(default=0, db_default=0)
    # The last change, for the toast that takes it back: {"text": …, "back": {…}} (linking.selection.arrangement).
    last_change = StoredJSON(default=dict, db_default={}, shape=stored.last_change, encoder=ReasonEncoder)
    # Who handed the assets over and what they say of them, where they came by an address (linking.selection.addresses).
    said_by = models.CharField(max_length=255, blank=True, default="", db_default="")
    said_note = models.CharField(max_length=1000, blank=True, default="", db_default="")
    # Since when somebody reads what its assets are now, and when that was read last, or could not be
    # (linking.selection.rereading).
    rereading = models.DateTimeField(null=True)
    reread = models.DateTimeField(null=True)
    # Counts up with everything that is kept of what its assets are, so that nobody shows an older state.
    assets_version = models.PositiveIntegerField(default=0, db_default=0)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created"]

    @staticmethod
    def of_chain(pk: int) -> "models.QuerySet[Selection]":
        """The parts that have assets, in order."""
        return Selection.objects.filter(chain=pk, part__gt=0).order_by("part")

    def whole(self) -> "models.QuerySet[Selection]":
        """It alone, or all parts of its chain in order."""
        return Selection.objects.filter(pk=self.pk) if self.chain_id is None else self.of_chain(self.chain_id)

    def others(self) -> "list[Selection]":
        """The other parts of its chain, in order, with the person and the environment that are known already."""
        if self.chain_id is None:
            return []
        found = list(self.whole().exclude(pk=self.pk))
        for one in found:
            one.chain, one.member, one.environment = self.chain, self.member, self.environment
        return found

    @property
    def is_spare(self) -> bool:
        """Whether its chain has no need of it for now."""
        return self.chain_id is not None and not self.part

    @property
    def fetched(self) -> bool:
        """Whether the details of all of its assets are there, and a chain is split by them."""
        return self.state == JobState.DONE and (self.chain is None or bool(self.chain.keying))

    @property
    def keying(self) -> Keying:
        return Keying(CloudinaryField.parse(self.cloudinary_field), self.pattern, self.separator, self.fold)

    @property
    def match_by(self) -> ShopifyField:
        return ShopifyField.parse(self.shopify_field)

    @property
    def product_bound(self) -> Bound:
        """The products that a run is for."""
        return Bound.of(self.bound)

    @property
    def orders(self) -> tuple[Order, ...]:
        """What the assets of a group are ordered by; of none, they stand as selected."""
        return orders_by({name: getattr(self, name) for name in ORDER_SETTINGS}, self.offered_fields)

    @property
    def mode(self) -> LinkMode:
        return LinkMode(self.link_mode)

    def field_label(self, code: str) -> str:
        """A Cloudinary field as people call it."""
        return field_label(code, self.offered_fields)

    def labelled_fields(self) -> list[dict[str, Any]]:
        """`offered_fields`, labelled in the reader's language."""
        return [{**one, "label": label_in(one["code"], one["label"])} for one in self.offered_fields]

    def check_readable(self) -> None:
        """Raises Unreadable if its settings are none that a person could have chosen."""
        try:
            compiled(self.keying.pattern)
            _ = self.match_by, self.orders, self.mode, GroupOrder(self.group_order)
        except ValueError as error:
            raise Unreadable(str(error)) from None

    def rows(self) -> "list[SelectedRow]":
        """All of its assets in order, as values. One query."""
        values = SelectedAsset.objects.filter(selection=self).order_by("place").values_list(*SelectedRow._fields)
        return [SelectedRow._make(row) for row in values]

    def store_choices(self) -> dict[Store, bool]:
        """The stores that people have to do with, and whether the selection is meant for each: never for one that its member may
        not write to. One query."""
        chosen = Selection.stores.through.objects.filter(selection=self, store=models.OuterRef("pk"))
        stores = self.environment.stores.shown().annotate(chosen=models.Exists(chosen)).in_order()
        bounds = self.bounds
        for store in stores:
            store.is_forbidden = bounds is not None and store.pk not in bounds
        return {store: bool(getattr(store, "chosen")) and not store.is_forbidden for store in stores}  # noqa: B009

    @property
    def bounds(self) -> frozenset[int] | None:
        """Keys of the stores that its member may write to; None: all."""
        if self.member.environment_id == self.environment_id:
            self.member.environment = self.environment
        return self.member.bounds

    def choose_stores(self, known: Mapping[Store, bool], ticked: Collection[str]) -> dict[Store, bool]:
        """Exactly the stores whose pks are `ticked`. `known`: whether each is chosen; answers the same as it is now. A tick at
        one that was broken off meanwhile is not kept. What was done before other stores were chosen is not taken back any more:
        the caller saves the row."""
        now = {store: str(store.pk) in ticked and store.is_open for store in known}
        if new := [store for store in known if now[store] and not known[store]]:
            self.stores.add(*new)
        if gone := [store for store in known if known[store] and not now[store]]:
            self.stores.remove(*gone)
        if lost := [store for store in known if store.is_forbidden and getattr(store, "chosen", False)]:
            self.stores.remove(*lost)
        if new or gone:
            self.last_change = {}
        return now


class SelectedAsset(models.Model):
    """One asset of a selection. `details` is empty until fetched, and stays so if Cloudinary no longer has the asset. From then
    on it tells what is delivered now, and what people arranged by as it was selected (linking.domain.present)."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="assets")
    place = models.PositiveIntegerField()
    asset_id = models.CharField(max_length=255)
    details = StoredJSON(default=dict, db_default={}, shape=stored.details)
    # The address of a small picture, made with the details: pages show it a thousand times.
    thumbnail = models.CharField(max_length=2048, blank=True)
    excluded = models.BooleanField(default=False, db_default=False)
    # The alt text that was decided on, and where it came from. Null: no wish, the asset's own counts. Empty: decorative, none on
    # purpose. What a person typed or accepted is set in the stores; what a field gave is subject to the policy.
    alt = models.CharField(max_length=512, null=True)  # noqa: DJ001 - empty on purpose and undecided differ
    alt_source = models.CharField(max_length=10, choices=ALT_SOURCES, blank=True)
    # What Cloudinary's captioning proposes, until somebody accepts or rejects it; or why it has nothing.
    caption = models.TextField(blank=True)
    caption_state = models.CharField(max_length=10, choices=CAPTION_STATES, blank=True)
    caption_problem = ReasonField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["selection", "asset_id"], name="an_asset_is_selected_once")]
        # With all that a person edits, so that nobody reads past the details of a thousand assets to get it.
        indexes = [
            models.Index(
                fields=["selection", "place", "excluded", "alt_source", "caption_state", "alt"], name="edits_of_assets"
            )
        ]

    @property
    def known(self) -> bool:
        """Whether its details are there."""
        return bool(self.details)

    @property
    def asset(self) -> Asset:
        """As fetched."""
        return Asset.of(self.details, self.asset_id)

    @staticmethod
    def details_of(asset: Asset) -> dict:
        return asdict(asset)


class SelectedRow(NamedTuple):
    """A SelectedAsset as values: pages read a thousand for every fragment, and models take twice the time to be made."""

    pk: int
    place: int
    asset_id: str
    details: dict
    thumbnail: str
    excluded: bool
    alt: str | None
    alt_source: str
    caption_state: str

    @property
    def known(self) -> bool:
        """Whether its details are there."""
        return bool(self.details)

    @property
    def asset(self) -> Asset:
        """As fetched."""
        return Asset.of(self.details, self.asset_id)


class BriefRow(NamedTuple):
    """A SelectedAsset as lists show it. `asset`: with those fields that are asked for (linking.selection.extracts); `known`:
    whether its details are there."""

    pk: int
    place: int
    asset_id: str
    asset: Asset
    known: bool
    thumbnail: str
    excluded: bool = False
    alt: str | None = None
    alt_source: str = ""
    caption_state: str = ""


AnyRow = SelectedAsset | SelectedRow | BriefRow


class SelectionExtract(models.Model):
    """What lists show of a selection's assets, made of their details (linking.selection.extracts). Where there is none for the
    selection's present state, it is made again. `stamp`: of which state; `body`: JSON."""

    selection = models.OneToOneField(Selection, on_delete=models.CASCADE, related_name="+")
    stamp = models.CharField(max_length=100)
    body = models.TextField()


class GroupArrangement(models.Model):
    """What a person decided for one group. It belongs to the way of grouping, so that going back to that brings it back."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="arrangements")
    keying = models.CharField(max_length=700)
    # Keying.same of the group's key.
    key = models.CharField(max_length=1000)
    excluded = models.BooleanField(default=False, db_default=False)
    # Asset ids as ordered by hand; empty: by the ordering field. Others follow in its order.
    order = StoredJSON(default=list, db_default=[], shape=stored.texts)
    # Store pk (as text) -> product ids, where the match alone does not decide: several products, or a suggestion.
    picks = StoredJSON(default=dict, db_default={}, shape=stored.picks)
    # Store pk (as text) -> what a person decided beyond that: chosen products as the store described them, which it need not
    # offer any more, and matching ones that are excluded (linking.domain.by_hand).
    by_hand = StoredJSON(default=dict, db_default={}, shape=stored.by_hand, encoder=ReasonEncoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["selection", "keying", "key"], name="a_group_is_arranged_once")]

    def merge(self, other: "GroupArrangement") -> None:
        """Take over what the other decided for the same group, as far as this row leaves it open: the order of its assets behind
        ours, and products in stores where nobody chose here. What one of them excludes is excluded: nobody has to find
        something linked that was not to be, and including it takes one press."""
        chosen = {*self.picks, *self.by_hand}
        self.excluded = self.excluded or other.excluded
        self.order = list(dict.fromkeys([*self.order, *other.order]))
        self.picks = {store: ids for store, ids in other.picks.items() if store not in chosen} | self.picks
        self.by_hand = {store: one for store, one in other.by_hand.items() if store not in chosen} | self.by_hand
