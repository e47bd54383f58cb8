from django.db import models

from linking.domain import stored
from setup.models import Environment
from setup.stored_json import StoredJSON


class Channel(models.Model):
    """A target that is no store. `settings`: a Profile of linking.domain.channels, as it is kept."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="channels")
    name = models.CharField(max_length=100)  # in NFC
    settings = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["environment", "name"], name="a_channel_has_a_name_of_its_own")]

    def __str__(self) -> str:
        return self.name
