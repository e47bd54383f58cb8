from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from setup.captions.offer import AUTO, WISHES, AddOn, is_offered, quota
from setup.security.secrets import EncryptedField
from setup.shapes import mapping
from setup.stored_json import StoredJSON, launch_roles, seen, texts
from setup.words import gettext_lazy

# Those that may be a default: Reset and Mirror, which take media away, are chosen again for every run.
LINK_MODES = [
    ("append", gettext_lazy("Append")),
    ("prepend", gettext_lazy("Prepend")),
    ("position", gettext_lazy("Specific Position")),
    ("in_place", gettext_lazy("In-Place Overwrite")),
    ("overwrite_and_add", gettext_lazy("Overwrite and Add")),
]
# What happens to the alt text of a picture that is in a gallery already.
ALT_POLICIES = [
    ("keep", gettext_lazy("Keep")),
    ("fill", gettext_lazy("Fill empty")),
    ("overwrite", gettext_lazy("Overwrite")),
]
# Who may do something with the run of somebody else. A value that is none of these is the narrow one (linking.rights).
EVERYBODY, ADMINS = "everybody", "admins"
RIGHTS = [
    (EVERYBODY, gettext_lazy("Everybody")),
    (ADMINS, gettext_lazy("Who started it, and admins")),
]


class Environment(models.Model):
    """A product environment: one Cloudinary cloud, and the tenant. Nothing crosses from one to another."""

    cloud_name = models.CharField(max_length=255, unique=True)
    external_id = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    api_key = models.CharField(max_length=255)
    api_secret = EncryptedField()
    upload_prefix = models.URLField(default="https://api.cloudinary.com", db_default="https://api.cloudinary.com")
    # Empty: pictures come from res.cloudinary.com.
    delivery_base = models.URLField(blank=True)
    launch_issuer = models.CharField(max_length=255)
    launch_secret = EncryptedField()
    # After a rotation the Console may go on with the secret before it until then.
    former_launch_secret = EncryptedField(blank=True)
    former_launch_until = models.DateTimeField(null=True, blank=True)
    # q_auto keeps pictures small; c_limit on both sides stays below Shopify's 20 megapixels for any ratio.
    image_transformation = models.CharField(
        max_length=1000, default="c_limit,w_4472,h_4472/q_auto", db_default="c_limit,w_4472,h_4472/q_auto"
    )
    # Full HD: far below Shopify's 4K and, at up to ten minutes, its 1 GB.
    video_transformation = models.CharField(
        max_length=1000, default="c_limit,w_1920,h_1080,q_auto", db_default="c_limit,w_1920,h_1080,q_auto"
    )
    # An asset with this value in this field is a swatch. Empty: what says so itself is one (setup.swatch_rules), unless an admin
    # wants none.
    swatch_field = models.CharField(max_length=300, blank=True)
    swatch_value = models.CharField(max_length=255, blank=True)
    no_swatches = models.BooleanField(default=False, db_default=False)
    files_transformation = models.CharField(
        max_length=1000, default="c_limit,w_4472,h_4472/q_auto", db_default="c_limit,w_4472,h_4472/q_auto"
    )
    # What files are called in Shopify (setup.file_names); empty: as the asset.
    file_name_template = models.CharField(max_length=200, blank=True, default="", db_default="")
    # Of videos in Files; empty: as in galleries.
    files_video_transformation = models.CharField(max_length=1000, blank=True, default="", db_default="")
    # Names of named transformations, without `t_`, among which members choose per run.
    allowed_transformations = StoredJSON(default=list, db_default=[], blank=True, shape=texts)
    # What new selections begin with.
    default_cloudinary_field = models.CharField(max_length=300, default="metadata:sku", db_default="metadata:sku")
    default_shopify_field = models.CharField(max_length=400, default="sku", db_default="sku")
    # Empty: as selected, or by a field `sequence` if there is one.
    default_order_field = models.CharField(max_length=300, blank=True)
    default_link_mode = models.CharField(max_length=20, choices=LINK_MODES, default="append", db_default="append")
    # Upper and lower case and spaces make no difference when keys are compared.
    default_fold = models.BooleanField(default=False, db_default=False)
    # How far a variant's picture and a swatch reach (linking.domain.options).
    default_variant_reach = models.CharField(max_length=300, default="color", db_default="color")
    # Where an asset's alt text is read; empty: assets bring none.
    alt_field = models.CharField(max_length=300, blank=True, default="context:alt", db_default="context:alt")
    alt_policy = models.CharField(max_length=10, choices=ALT_POLICIES, default="keep", db_default="keep")
    # Whether AI captions are offered, as an admin wants it (setup.captions.offer).
    captions = models.CharField(max_length=10, choices=WISHES, default=AUTO, db_default=AUTO)
    # What that was before: read by the last release only, and the next one drops it.
    ai_captions = models.BooleanField(default=False, db_default=False)
    # What is known of Cloudinary's add-on for them (AddOn.read), and since when somebody has been asking it.
    add_on = StoredJSON(default=dict, db_default={}, blank=True, shape=mapping)
    add_on_asking = models.DateTimeField(null=True, blank=True)
    # Who may do that with a run that somebody else started.
    others_abort = models.CharField(max_length=20, choices=RIGHTS, default=EVERYBODY, db_default=EVERYBODY)
    others_retry = models.CharField(max_length=20, choices=RIGHTS, default=EVERYBODY, db_default=EVERYBODY)
    others_apply = models.CharField(max_length=20, choices=RIGHTS, default=ADMINS, db_default=ADMINS)
    others_undo = models.CharField(max_length=20, choices=RIGHTS, default=ADMINS, db_default=ADMINS)
    # What roles of launches mean here, as admins said: {slug: {"role": "member" or "viewer", "stores": [pk, …] or null for all}}.
    # It comes with the environment, so that no request asks for it by itself.
    launch_roles = StoredJSON(default=dict, db_default={}, blank=True, shape=launch_roles)
    # What is shown in stores besides what is public and approved: assets whose moderation has not ended, and private and
    # authenticated ones by signed addresses.
    allow_pending = models.BooleanField(default=False, db_default=False)
    allow_restricted = models.BooleanField(default=False, db_default=False)
    # The metadata field with the last day on which an asset may be shown; empty: there is none.
    expiration_field = models.CharField(max_length=300, blank=True, default="", db_default="")
    # In which schedules of rules are meant, and days end: an IANA name, which is looked up when it is used (setup.zones).
    time_zone = models.CharField(max_length=64, default="UTC", db_default="UTC")
    # What Cloudinary was seen to have: {"fields": […], "transformations": […], "presets": […]} (setup.cloudinary.surroundings).
    seen = StoredJSON(default=dict, db_default={}, blank=True, shape=seen)
    seen_at = models.DateTimeField(null=True, blank=True)
    # What admins chose of the parts that Cloudinary is prepared with: {slug of the part: {choice: value}} (setup.preparing).
    preparing = StoredJSON(default=dict, db_default={}, blank=True, shape=mapping)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["cloud_name"]

    def __str__(self) -> str:
        return self.name or self.cloud_name

    def launch_secrets(self, *, now: datetime) -> list[str]:
        """Those that a launch of now may be signed with, the present one first."""
        former = self.former_launch_until is not None and now < self.former_launch_until
        return [self.launch_secret, *([self.former_launch_secret] if former else [])]

    @property
    def offers_captions(self) -> bool:
        return is_offered(self.captions, AddOn.read(self.add_on), timezone.now())

    @property
    def captions_quota(self) -> str:
        """What is left of it, in words; empty where Cloudinary does not tell."""
        return quota(AddOn.read(self.add_on), timezone.now())

    def defaults(self) -> dict[str, Any]:
        """What a new selection begins with, by the names of its fields."""
        return {
            "cloudinary_field": self.default_cloudinary_field,
            "shopify_field": self.default_shopify_field,
            "order_field": self.default_order_field,
            "link_mode": self.default_link_mode,
            "fold": self.default_fold,
            "alt_policy": self.alt_policy,
            "variant_reach": self.default_variant_reach,
        }
