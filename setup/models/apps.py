from datetime import timedelta

from django.db import models
from django.utils import timezone

from setup.models.environments import Environment
from setup.security.secrets import EncryptedField, readable

# https://shopify.dev/docs/apps/build/webhooks: after a rotation Shopify may sign with the old secret for up to an hour.
FORMER_IS_GOOD = timedelta(hours=1)


class ShopifyApp(models.Model):
    """An app of Shopify's Dev Dashboard, by which an environment reaches stores."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="shopify_apps")
    client_id = models.CharField(max_length=255)
    client_secret = EncryptedField()
    former_secret = EncryptedField(blank=True)
    rotated = models.DateTimeField(null=True)
    # The one whose install page opens for "Install in Shopify".
    installs = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "client_id"], name="an_app_is_known_once"),
            models.UniqueConstraint(
                fields=["environment"], condition=models.Q(installs=True), name="one_app_installs_per_environment"
            ),
        ]

    def __str__(self) -> str:
        return self.client_id

    def learn(self, secret: str) -> None:
        """Another secret than the known one is a rotated one; the old is good for webhooks a while longer."""
        known = readable(self, "client_secret")
        if known and secret != known:
            self.former_secret, self.rotated = known, timezone.now()
        elif readable(self, "former_secret") is None:
            self.former_secret = ""  # its key was lost
        self.client_secret = secret

    @property
    def secrets(self) -> list[str]:
        """Those that a signature of now may be made with."""
        fresh = self.rotated is not None and timezone.now() - self.rotated < FORMER_IS_GOOD
        return [self.client_secret, *([self.former_secret] if fresh and self.former_secret else [])]
