from django.db import models

from setup.models.environments import Environment
from setup.secrets import EncryptedField


class Store(models.Model):
    """A connected Shopify store."""

    class Status(models.TextChoices):
        CONNECTED = "connected", "Connected"
        BROKEN = "broken", "Needs attention"

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="stores")
    domain = models.CharField(max_length=255)
    name = models.CharField(max_length=255, blank=True)
    access_token = EncryptedField()
    # Empty: the real service, at the store's own domain. The sandbox is another base URL.
    api_base = models.URLField(blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.CONNECTED)
    problem = models.TextField(blank=True)
    plan = models.CharField(max_length=100, blank=True)
    storefront_url = models.URLField(blank=True)
    admin_url = models.URLField(blank=True)
    scopes = models.JSONField(default=list)
    checked = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "domain"]
        constraints = [models.UniqueConstraint(fields=["environment", "domain"], name="a_store_is_connected_once")]

    def __str__(self) -> str:
        return self.name or self.domain

    @property
    def handle(self) -> str:
        return self.domain.removesuffix(".myshopify.com")

    def product_admin_url(self, product_id: str) -> str:
        base = self.admin_url or f"https://admin.shopify.com/store/{self.handle}"
        return f"{base.rstrip('/')}/products/{product_id.rsplit('/', 1)[-1]}"

    def break_off(self, problem: str) -> None:
        """The store refused us as a whole; nothing is asked of it until an admin has looked."""
        type(self).objects.filter(pk=self.pk).update(status=self.Status.BROKEN, problem=problem)

    def recover(self) -> None:
        type(self).objects.filter(pk=self.pk).update(status=self.Status.CONNECTED, problem="")
