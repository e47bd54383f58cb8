from collections.abc import Callable

from django.db import models, transaction

from setup.models.apps import ShopifyApp
from setup.models.environments import Environment
from setup.models.members import Member
from setup.natural_order import natural
from setup.reason_field import ReasonField
from setup.reasons import NONE, Reason
from setup.security.secrets import EncryptedField
from setup.stored_json import StoredJSON, texts
from setup.words import gettext_lazy


class StoreQuerySet(models.QuerySet["Store"]):
    def shown(self) -> "StoreQuerySet":
        """Those that people still have to do with; the others are history."""
        return self.exclude(status=Store.Status.DISCONNECTED)

    def writable_by(self, member: Member) -> "StoreQuerySet":
        """Those that they may write to, connected or not."""
        mine = self.filter(environment=member.environment_id)
        return mine if member.bounds is None else mine.filter(pk__in=member.bounds)

    def open_to(self, member: Member) -> "StoreQuerySet":
        return self.writable_by(member).filter(status=Store.Status.CONNECTED)

    def in_order(self) -> list["Store"]:
        """As people look for them: by the names that pages show."""
        return sorted(self, key=lambda store: natural(str(store)))


class Store(models.Model):
    """A Shopify store that is or was connected. The row outlives the connection, because history refers to it."""

    class Status(models.TextChoices):
        CONNECTED = "connected", gettext_lazy("Connected")
        BROKEN = "broken", gettext_lazy("Needs attention")
        PAUSED = "paused", gettext_lazy("Paused")
        DISCONNECTED = "disconnected", gettext_lazy("Disconnected")

    class Way(models.TextChoices):
        TOKEN = "token", gettext_lazy("Access token")
        CREDENTIALS = "credentials", gettext_lazy("Client ID and secret")
        INSTALL = "install", gettext_lazy("Installed in Shopify")

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="stores")
    domain = models.CharField(max_length=255)
    # As the store calls itself, and as people here call it, if they wish.
    name = models.CharField(max_length=255, blank=True)
    label = models.CharField(max_length=100, blank=True)
    # Empty: the real service, at the store's own domain. The sandbox is another base URL.
    api_base = models.URLField(blank=True)
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.CONNECTED, db_default=Status.CONNECTED
    )
    problem = ReasonField()
    plan = models.CharField(max_length=100, blank=True)
    # Points that Shopify gives back per second; 0: not known yet.
    rate = models.FloatField(default=0, db_default=0)
    storefront_url = models.URLField(blank=True)
    admin_url = models.URLField(blank=True)
    scopes = StoredJSON(default=list, db_default=[], shape=texts)
    checked = models.DateTimeField(null=True)
    connected = models.DateTimeField(null=True)

    # How we get in. `app`, null with the way INSTALL: the app that the server's settings name.
    way = models.CharField(max_length=20, choices=Way.choices, default=Way.TOKEN, db_default=Way.TOKEN)
    app = models.ForeignKey(ShopifyApp, null=True, on_delete=models.SET_NULL, related_name="stores")
    access_token = EncryptedField()
    refresh_token = EncryptedField(blank=True)
    # Another number is another token: who was refused looks whether he has the present one.
    token_serial = models.PositiveIntegerField(default=0, db_default=0)
    token_granted = models.DateTimeField(null=True)
    token_renew = models.DateTimeField(null=True)
    token_expires = models.DateTimeField(null=True)
    refresh_expires = models.DateTimeField(null=True)
    # When it is looked at next whether what we subscribed to is still there; null: it never was (setup.shopify.subscriptions).
    subscriptions_due = models.DateTimeField(null=True)
    # Whether rules wait for its products (linking.rules.products.collecting), so that it has to report them.
    product_topics = models.BooleanField(default=False, db_default=False)
    # Who is asking Shopify for the next token, so that only one does.
    renewing_by = models.CharField(max_length=32, blank=True)
    renewing_until = models.DateTimeField(null=True)

    objects = StoreQuerySet.as_manager()

    class Meta:
        ordering = ["name", "domain"]
        constraints = [models.UniqueConstraint(fields=["environment", "domain"], name="a_store_is_connected_once")]

    def __str__(self) -> str:
        return self.label or self.name or self.domain

    def of_shop(self) -> "models.QuerySet[Store]":
        """All rows of the shop: it may be connected in several environments, of which none may learn of another."""
        return type(self).objects.filter(domain=self.domain)

    @property
    def handle(self) -> str:
        return self.domain.removesuffix(".myshopify.com")

    @property
    def admin_base(self) -> str:
        """A sandbox has its stores' admins below one address, as it has their install pages."""
        own = f"{self.api_base}/store/{self.domain}/admin" if self.api_base else ""
        return (self.admin_url or own or f"https://admin.shopify.com/store/{self.handle}").rstrip("/")

    @property
    def files_admin_url(self) -> str:
        return f"{self.admin_base}/content/files"

    def product_admin_url(self, product_id: str) -> str:
        return f"{self.admin_base}/products/{product_id.rsplit('/', 1)[-1]}"

    @property
    def renewable(self) -> bool:
        """Whether we can get another token without a person."""
        return self.way == self.Way.CREDENTIALS or bool(self.refresh_token)

    # Of a row that is read for a member who may not write to the store; no column.
    is_forbidden = False

    @property
    def is_open(self) -> bool:
        """Whether it can be written to now, by whom it was read for."""
        return self.status == self.Status.CONNECTED and not self.is_forbidden

    @property
    def obstacle(self) -> Reason:
        """Why nobody can use the store now, or not who it was read for, and what to do; empty if there is nothing in the way."""
        if self.is_forbidden:
            return NOT_YOURS
        if self.status == self.Status.CONNECTED:
            return NONE
        return self.problem if self.status == self.Status.BROKEN else OBSTACLES[self.Status(self.status)]

    def break_off(self, problem: Reason) -> None:
        """The store refused us as a whole; nothing is asked of it until an admin has looked."""
        mine = type(self).objects.filter(pk=self.pk)
        with transaction.atomic():
            broke_off = mine.filter(status=self.Status.CONNECTED).update(status=self.Status.BROKEN)
            mine.exclude(status=self.Status.DISCONNECTED).update(problem=problem)
            for hear in hearers if broke_off else ():
                hear(self, problem)

    def answered(self) -> None:
        """The store lets us in: nothing is in the way any more, but for what people decided."""
        mine = type(self).objects.filter(pk=self.pk)
        mine.filter(status=self.Status.BROKEN).update(status=self.Status.CONNECTED)
        mine.exclude(status=self.Status.DISCONNECTED).update(problem=NONE)
        self.refresh_from_db(fields=["status", "problem"])

    def pause(self) -> None:
        """Nothing is written from now on, and nobody is offered the store."""
        usable = [self.Status.CONNECTED, self.Status.BROKEN]
        type(self).objects.filter(pk=self.pk, status__in=usable).update(status=self.Status.PAUSED)
        self.refresh_from_db(fields=["status"])

    def resume(self) -> None:
        mine = type(self).objects.filter(pk=self.pk, status=self.Status.PAUSED)
        mine.filter(problem="").update(status=self.Status.CONNECTED)
        mine.exclude(problem="").update(status=self.Status.BROKEN)
        self.refresh_from_db(fields=["status"])

    def forget_tokens(self, status: Status, problem: Reason) -> None:
        """Nobody gets in any more, also who holds the old token: he asks for the serial before he writes."""
        with transaction.atomic():
            row = type(self).objects.select_for_update().get(pk=self.pk)
            row.access_token = row.refresh_token = ""
            row.token_renew = row.token_expires = row.refresh_expires = None
            row.status, row.problem, row.token_serial = status, problem, row.token_serial + 1
            row.save()
        self.refresh_from_db()


# Who hears of a store that breaks off, within that transaction. Other rooms register themselves: arrows point this way.
hearers: list[Callable[[Store, Reason], None]] = []
NOT_YOURS = Reason("store.not_yours")
OBSTACLES = {
    Store.Status.PAUSED: Reason("store.paused"),
    Store.Status.DISCONNECTED: Reason("store.disconnected"),
}
