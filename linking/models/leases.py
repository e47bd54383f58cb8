from django.db import models

from linking.models.syncs import StoreSync
from setup.models import Store


class StoreLease(models.Model):
    """One writer per shop: the store sync that may write, until when, and the fence that every takeover raises. Of the rows of
    one shop, which several environments may have connected, at most one is held (linking.syncing.lease)."""

    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="lease")
    part = models.ForeignKey(StoreSync, null=True, on_delete=models.SET_NULL, related_name="+")
    owner = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0, db_default=0)
