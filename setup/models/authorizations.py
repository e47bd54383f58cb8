import uuid

from django.db import models

from setup.models.apps import ShopifyApp
from setup.models.environments import Environment
from setup.models.members import Member
from setup.models.stores import Store
from setup.reason_field import ReasonField
from setup.reasons import NONE, Reason


class Authorization(models.Model):
    """One attempt to install the app in a store: begun in the Console's frame, carried through in a window of its own.

    That window has another cookie jar than the frame (its top-level site is another one), so the attempt itself ties both
    together: a ticket of one use opens the window, a cookie of that window and the state bring it back. Only hashes are kept.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting for Shopify"
        DONE = "done", "Connected"
        FAILED = "failed", "Failed"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="authorizations")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="authorizations")
    domain = models.CharField(max_length=255)
    # Null: the app that the server's settings name.
    app = models.ForeignKey(ShopifyApp, null=True, on_delete=models.CASCADE, related_name="+")
    ticket_hash = models.CharField(max_length=64, unique=True)
    state_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - unique once it is there
    browser_hash = models.CharField(max_length=64, blank=True)
    expires = models.DateTimeField(db_index=True)
    opened = models.DateTimeField(null=True)
    used = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING, db_default=Status.WAITING)
    problem = ReasonField()
    store = models.ForeignKey(Store, null=True, on_delete=models.SET_NULL, related_name="+")

    def end(self, status: Status, *, problem: Reason = NONE, store: Store | None = None) -> None:
        self.status, self.problem, self.store = status, problem, store
        self.save(update_fields=["status", "problem", "store"])
