from django.db import models

from linking.models.selections import Selection
from setup.models import Environment, Member
from setup.stored_json import StoredJSON, texts


class SelectionAddress(models.Model):
    """An address that opens a selection, once: another tool, or who runs the installation, handed the assets over. Only its hash
    is kept (linking.selection.addresses)."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="selection_addresses")
    token_hash = models.CharField(max_length=64, unique=True)
    asset_ids = StoredJSON(default=list, db_default=[], shape=texts)
    # Who handed over what: the name of a tool or a person, as said when the address was made.
    said_by = models.CharField(max_length=255)
    note = models.CharField(max_length=1000, blank=True, default="", db_default="")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(db_index=True)
    opened = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    # What was made of it, the first part of a chain; null also once that is gone.
    selection = models.ForeignKey(Selection, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"{len(self.asset_ids):,} assets, handed over by {self.said_by}"
