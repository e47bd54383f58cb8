import uuid
from dataclasses import asdict

from django.db import models

from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField, ShopifyField
from linking.domain.galleries import LinkMode
from linking.models.jobs import JobRow
from setup.models import Environment, Member, Store

MODES = [
    (LinkMode.APPEND.value, "Append"),
    (LinkMode.PREPEND.value, "Prepend"),
    (LinkMode.POSITION.value, "Specific Position"),
    (LinkMode.IN_PLACE.value, "In-Place Overwrite"),
    (LinkMode.OVERWRITE_AND_ADD.value, "Overwrite and Add"),
    (LinkMode.RESET.value, "Reset"),
    (LinkMode.MIRROR.value, "Mirror"),
]


# What happens to the alt text of a picture that is in the gallery already.
ALT_POLICIES = [
    ("keep", "Keep"),
    ("fill", "Fill empty"),
    ("overwrite", "Overwrite"),
]


class Selection(JobRow):
    """The assets of one launch with the person's arrangement of them: a draft kept on the server.

    As a job it is the fetching of the assets' details.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="selections")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="selections")
    stores = models.ManyToManyField(Store, related_name="selections", blank=True)
    cloudinary_field = models.CharField(max_length=300, default="metadata:sku")
    shopify_field = models.CharField(max_length=400, default="sku")
    order_field = models.CharField(max_length=300, blank=True)
    link_mode = models.CharField(max_length=20, choices=MODES, default=LinkMode.APPEND.value)
    position = models.PositiveIntegerField(default=1)
    alt_policy = models.CharField(max_length=10, choices=ALT_POLICIES, default="keep")
    # A key found on a variant (sku, barcode) makes the group's first image that variant's picture.
    variant_pictures = models.BooleanField(default=False)
    # [{"code": "metadata:sku", "label": "SKU"}, …] as the environment offers them, read with the assets.
    offered_fields = models.JSONField(default=list)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created"]

    @property
    def group_by(self) -> CloudinaryField:
        return CloudinaryField.parse(self.cloudinary_field)

    @property
    def match_by(self) -> ShopifyField:
        return ShopifyField.parse(self.shopify_field)

    @property
    def order_by(self) -> CloudinaryField | None:
        return CloudinaryField.parse(self.order_field) if self.order_field else None

    @property
    def mode(self) -> LinkMode:
        return LinkMode(self.link_mode)


class SelectedAsset(models.Model):
    """One asset of a selection. `details` is empty until fetched, and stays so if Cloudinary no longer has the asset."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="assets")
    place = models.PositiveIntegerField()
    asset_id = models.CharField(max_length=255)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["selection", "asset_id"], name="an_asset_is_selected_once")]

    @property
    def asset(self) -> Asset:
        """As fetched. A JSON list of tags or set values becomes a tuple again."""
        known = dict(self.details)
        known["tags"] = tuple(known.get("tags", ()))
        metadata = known.get("metadata", {})
        known["metadata"] = {key: tuple(v) if isinstance(v, list) else v for key, v in metadata.items()}
        return Asset(**known)

    @staticmethod
    def details_of(asset: Asset) -> dict:
        return asdict(asset)
