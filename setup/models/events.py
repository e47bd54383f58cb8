from django.db import models
from django.db.models import Q

from setup.models.environments import Environment
from setup.models.members import Member
from setup.models.stores import Store
from setup.security.secrets import EncryptedField

KEPT = 7  # days for which an event is known again; Cloudinary repeats one for twenty minutes


class EventAddress(models.Model):
    """Where an environment's events come in."""

    environment = models.OneToOneField(Environment, on_delete=models.CASCADE, related_name="event_address")
    # The part of the address that nobody guesses. What lets an event in is its signature.
    token = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)
    # The latest one that was dealt with: rows of events do not stay.
    last_event = models.DateTimeField(null=True)


class EventSecret(models.Model):
    """The secret of an API key that Cloudinary signs events with, if that is another than the environment's own."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="event_secrets")
    # What people know it by: its last characters.
    hint = models.CharField(max_length=8)
    secret = EncryptedField()
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")


class CloudinaryEvent(models.Model):
    """An event that was believed, as it came. The unique insert is what ignores a repeat."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="events")
    # Of what was signed.
    digest = models.CharField(max_length=64)
    type = models.CharField(max_length=60, blank=True)
    # JSON, an object; emptied when it is settled.
    body = models.TextField(blank=True)
    received = models.DateTimeField()
    settled = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["environment", "digest"], name="an_event_is_kept_once")]
        indexes = [
            models.Index(fields=["environment", "received"], name="events_by_time"),
            models.Index(fields=["environment", "id"], condition=Q(settled=None), name="events_to_settle"),
            models.Index(fields=["settled"], name="events_settled"),
        ]


class ProductEvent(models.Model):
    """A store's report of a product that is new or has changed. The unique insert is what ignores a repeat: what happened once
    has one id, of however many products, topics and subscriptions."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="product_events")
    event_id = models.CharField(max_length=100)
    product_id = models.CharField(max_length=60)
    received = models.DateTimeField()
    settled = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "event_id", "product_id"], name="a_product_event_is_kept_once")
        ]
        indexes = [
            models.Index(fields=["store", "id"], condition=Q(settled=None), name="product_events_to_settle"),
            models.Index(fields=["settled"], name="product_events_settled"),
        ]
