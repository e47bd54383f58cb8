from django.conf import settings
from django.db import models

from setup.secrets import EncryptedField


class Environment(models.Model):
    """A product environment: one Cloudinary cloud, and the tenant. Nothing crosses from one to another."""

    cloud_name = models.CharField(max_length=255, unique=True)
    external_id = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    api_key = models.CharField(max_length=255)
    api_secret = EncryptedField()
    upload_prefix = models.URLField(default="https://api.cloudinary.com")
    # Empty: pictures come from res.cloudinary.com.
    delivery_base = models.URLField(blank=True)
    launch_issuer = models.CharField(max_length=255)
    launch_secret = EncryptedField()
    # q_auto keeps pictures small; c_limit on both sides stays below Shopify's 20 megapixels for any ratio.
    image_transformation = models.CharField(max_length=1000, default="c_limit,w_4472,h_4472/q_auto")
    # Full HD: far below Shopify's 4K and, at up to ten minutes, its 1 GB.
    video_transformation = models.CharField(max_length=1000, default="c_limit,w_1920,h_1080,q_auto")
    # An asset with this value in this field is a swatch; empty: none is.
    swatch_field = models.CharField(max_length=300, blank=True)
    swatch_value = models.CharField(max_length=255, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["cloud_name"]

    def __str__(self) -> str:
        return self.name or self.cloud_name


class Member(models.Model):
    """A person of a product environment, with the roles that the last launch named."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="members")
    external_id = models.CharField(max_length=255)
    email = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    roles = models.JSONField(default=list)
    last_launch = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["environment", "external_id"], name="one_member_per_person")]

    def __str__(self) -> str:
        return self.name or self.email or self.external_id

    @property
    def is_admin(self) -> bool:
        """Roles come as slugs, display names or `cld::role::…` ids; unknown ones make no admin."""
        slugs = {role.rsplit("::", 1)[-1].strip().lower().replace(" ", "_") for role in self.roles}
        return not slugs.isdisjoint(settings.ADMIN_ROLES)
