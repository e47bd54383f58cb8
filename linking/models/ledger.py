from collections.abc import Collection, Mapping, Sequence

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from linking.domain import stored
from linking.models.indexes import beginnings
from linking.models.jobs import JobRow
from setup.models import Environment, Store
from setup.reason_field import ReasonField
from setup.reasons import Reason
from setup.spelling import forms
from setup.stored_json import StoredJSON
from setup.words import gettext_lazy

# What a rendition is for. Others than a gallery's picture (a thumbnail, a list's, a channel's) have rows of their own beside it.
GALLERY = "gallery"
# Of a link: the metafield of the product, or of some of its variants, names the asset's file.
SWATCH = "swatch"


class StoreFileQuerySet(models.QuerySet["StoreFile"]):
    def for_galleries(self) -> "StoreFileQuerySet":
        return self.filter(role=GALLERY)

    def void(self, rows: Sequence["StoreFile"]) -> None:
        """Their files turned out to be others: what is really theirs is looked for by its name."""
        for row in rows:
            row.state, row.file_id, row.pending_id, row.sent = StoreFile.State.SENT, "", "", timezone.now()
        pks = [row.pk for row in rows]
        for at in range(0, len(pks), 500):
            found = self.filter(pk__in=pks[at : at + 500])
            found.update(state=StoreFile.State.SENT, file_id="", pending_id="", sent=timezone.now())

    def name_as_shown(self, names: Mapping[int, str]) -> None:
        """Of files (pk) that nobody has asked for yet: by the names that a plan has shown."""
        pks = list(names)
        for at in range(0, len(pks), 500):
            rows = self.filter(pk__in=pks[at : at + 500], state=StoreFile.State.PLANNED, attempt=1, sent=None)
            other = [row for row in rows if row.name != names[row.pk]]
            for row in other:
                row.name = names[row.pk]
            self.bulk_update(other, ["name"])

    def give_back(self, store_id: int, file_ids: Sequence[str]) -> None:
        """Of these files, those of somebody else that no gallery has adopted any more: they are foreign again, even where we put
        them into another gallery. What comes next is a file of our own."""
        adopting = Link.objects.in_galleries().filter(store=store_id, medium_id=OuterRef("file_id")).exclude(adopted="")
        rows = self.for_galleries().filter(store=store_id, adopted=True).filter(~Exists(adopting))
        for at in range(0, len(file_ids), 500):
            found = rows.filter(file_id__in=file_ids[at : at + 500])
            found.update(state=StoreFile.State.PLANNED, file_id="", sent=None, adopted=False)


class StoreFile(models.Model):
    """A rendition as a file in a store. The row is written before the file is asked for, so a crash cannot hide it."""

    class State(models.TextChoices):
        PLANNED = "planned"
        UPLOADING = "uploading"  # a video's bytes are on their way; a run that finds it so starts it again
        STAGED = "staged"  # they have all arrived, until `staged_until`
        SENT = "sent"  # asked for; the answer may never have come
        UPLOADED = "uploaded"  # Shopify answered `pending_id` and works on it
        LATE = "late"  # the same, longer than a run waits; the next one looks
        READY = "ready"
        FAILED = "failed"

    class Kind(models.TextChoices):
        IMAGE = "image"  # Shopify fetches it from Cloudinary
        VIDEO = "video"  # streamed through us into a staged upload
        FILE = "file"  # anything that is just kept; Shopify fetches it

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.IMAGE, db_default=Kind.IMAGE)
    asset_id = models.CharField(max_length=255)
    version = models.BigIntegerField()
    # Identifies the rendition, also in the file's name (linking.domain.filenames).
    mark = models.CharField(max_length=40)
    role = models.CharField(max_length=40, default=GALLERY, db_default=GALLERY)
    name = models.CharField(max_length=255)
    # A file that failed keeps its name, so the next try is asked for under another.
    attempt = models.PositiveIntegerField(default=1, db_default=1)
    source_url = models.URLField(max_length=2048)
    # When Cloudinary last said that the asset stands there; null: nobody knows.
    addressed = models.DateTimeField(null=True)
    alt = models.CharField(max_length=512, blank=True)
    # The file: only after its own name was read with our mark. From then on the id is what identifies it.
    file_id = models.CharField(max_length=255, blank=True)
    # An id of the answer to `call` (one fileCreate). Which of the call's rows it belongs to shows in the file's name.
    pending_id = models.CharField(max_length=255, blank=True)
    call = models.CharField(max_length=32, blank=True)
    # False for rows of earlier versions, whose ids were given out by order: proved when the file is read next.
    proved = models.BooleanField(default=True, db_default=True)
    # Marks that the file's name may carry as well: of versions whose content this one has replaced in place.
    former_marks = StoredJSON(default=list, db_default=[])
    # Somebody else made the file, under a name of theirs: a run found it to show this (linking.syncing.adopting). It is ours as
    # long as a link has `adopted`, and only in galleries with a link to it. Its content is never replaced in place.
    adopted = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PLANNED, db_default=State.PLANNED)
    problem = ReasonField()
    sent = models.DateTimeField(null=True)
    # A video's staged upload, as a source for the file; how often it was begun; since when it is waited for: Cloudinary
    # still makes it, or Shopify has no room for it.
    staged_url = models.CharField(max_length=2048, blank=True)
    staged_until = models.DateTimeField(null=True)
    uploads = models.PositiveIntegerField(default=0, db_default=0)
    awaited = models.DateTimeField(null=True)

    objects = StoreFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "mark", "role"], name="a_rendition_is_one_file_per_store_and_role")
        ]
        indexes = [models.Index(fields=["store", "file_id"]), models.Index(fields=["store", "asset_id"])]

    @property
    def file_name(self) -> str:
        words, mark, rest = self.name.rpartition("-al")
        return self.name if self.attempt == 1 else f"{words}-{self.attempt}{mark}{rest}"

    @property
    def unasked(self) -> bool:
        """Whether nobody has asked Shopify for it yet: until then it may be called otherwise."""
        return self.state == self.State.PLANNED and self.attempt == 1 and self.sent is None

    def may_be(self, mark: str) -> bool:
        """Whether a file whose name carries this mark can be this row's."""
        return mark == self.mark or (isinstance(self.former_marks, list) and mark in self.former_marks)


class LinkQuerySet(models.QuerySet["Link"]):
    def in_galleries(self) -> "LinkQuerySet":
        return self.filter(role=GALLERY)

    def in_stores(self, environment: Environment, asset_ids: Collection[str]) -> "LinkQuerySet":
        """Where these assets are because of us, whatever for, as far as is known."""
        return self.filter(environment=environment, asset_id__in=asset_ids, gone="")

    def swatches_of(self, store: Store, product_ids: Collection[str]) -> "LinkQuerySet":
        return self.filter(role=SWATCH, store=store, product_id__in=product_ids)

    def of_sku(self, store: Store, sku: str) -> list["Link"]:
        """What galleries hold for this SKU, as far as runs have seen whose it is. Two queries, each by an index."""
        rows = LinkedVariant.objects.filter(store=store, sku__in={sku, *forms(sku)})
        found = dict.fromkeys(rows.values_list("product_id", "variant_id"))
        links = self.in_galleries().filter(store=store, product_id__in={product for product, _ in found})
        return [
            link
            for link in links.exclude(variants=None).order_by("pk")
            if link.variants is not None  # what is damaged is not known
            and (not link.variants or any((link.product_id, variant) in found for variant in link.variants))
        ]


class Link(models.Model):
    """This asset is in this gallery because of us; by another role, it is of this product."""

    class Gone(models.TextChoices):
        PRODUCT = "product", gettext_lazy("Product deleted")
        FILE = "file", gettext_lazy("File deleted")
        GALLERY = "gallery", gettext_lazy("Taken out of the gallery")
        ASSET = "asset", gettext_lazy("Asset deleted")

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="links")
    product_id = models.CharField(max_length=255)
    asset_id = models.CharField(max_length=255)
    medium_id = models.CharField(max_length=255)
    linked = models.DateTimeField(auto_now=True)
    # The store's, so that the newest links of an environment are read in order from one index.
    environment = models.ForeignKey(
        Environment, null=True, on_delete=models.CASCADE, related_name="links", db_constraint=False
    )
    # What people know it by, as the latest run saw it.
    key = models.CharField(max_length=1000, blank=True)
    name = models.CharField(max_length=500, blank=True)
    thumbnail = models.CharField(max_length=2048, blank=True)
    title = models.CharField(max_length=500, blank=True)
    handle = models.CharField(max_length=300, blank=True)
    # The variants that it was linked for: those that carried its key (linking.models.LinkedVariant has their SKUs). Empty: all of
    # the product's, as its key was the product's. Null: no run has seen it yet.
    # They only grow while the link is there: a run that finds the asset by another key adds its variants, and only those that the
    # product has no more go; `key` is the latest run's. Undo brings back what they were, but it does not touch products whose
    # gallery its run found as it should be, and leaves their links as they are.
    # Of a swatch: the owners of the metafields that name it, which are variants or the product itself.
    variants = StoredJSON(null=True, shape=stored.ids_or_none)
    role = models.CharField(max_length=40, default=GALLERY, db_default=GALLERY)
    gone = models.CharField(max_length=10, choices=Gone.choices, blank=True)
    # The mark of the rendition that the medium counts as, if it was there before AssetLink. Its file's name says nothing, so this
    # and its id do; several products may have a file each of the same asset.
    adopted = models.CharField(max_length=40, blank=True, default="", db_default="")

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "product_id", "asset_id", "role"], name="an_asset_is_linked_once_per_role"
            )
        ]
        indexes = [
            models.Index(fields=["environment", "id"], name="links_newest_first"),
            models.Index(fields=["environment", "gone"], name="links_that_are_gone"),
            models.Index(fields=["asset_id"], name="links_by_asset"),
            *(beginnings(name, "environment") for name in ("key", "name", "title", "handle")),
        ]


class LinkedVariant(models.Model):
    """A variant of a product with links, and its SKU, as the latest look at the product saw them: a plan that is older than
    `seen` changes nothing.

    A table, as JSON has no index that SQLite and Postgres share; per product and not per link, as a product of 2,048 variants
    and 250 pictures would have half a million rows. If the key is a variant's, its carriers are kept; if it is the product's, all
    variants are, up to 2,048, Shopify's own limit. They outlive the links as long as a run may be undone
    (linking.operations.retention)."""

    # Shopify allows as many variants of a product; beyond so many that carry one key, a link stands for all that are known.
    MOST, MOST_CARRIERS = 2048, 250

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="linked_variants")
    product_id = models.CharField(max_length=255)
    variant_id = models.CharField(max_length=255)
    sku = models.CharField(max_length=255, blank=True, db_default="")
    # When the store showed it so; null counts as older than anything.
    seen = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "product_id", "variant_id"], name="a_variant_has_one_sku")
        ]
        indexes = [models.Index(fields=["store", "sku"], name="variants_by_sku")]


class LinkCheck(JobRow):
    """Whether what a store's links name is still there, and as runs left it; as a job it is the looking
    (linking.links.checking)."""

    AGAIN = Reason("job.check_again")

    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="link_check")
    # Releases before this one went by the links' pks.
    reached = models.BigIntegerField(default=0, db_default=0)
    # The last product that was looked at, how many links were, and since when.
    reached_product = models.CharField(max_length=255, blank=True, default="", db_default="")
    begun = models.DateTimeField(null=True)
    looked = models.PositiveIntegerField(default=0, db_default=0)
    finished = models.DateTimeField(null=True)
