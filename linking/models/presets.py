from django.db import models
from django.db.models import Q

from linking.domain import stored
from setup.models import Environment, Member, Store
from setup.stored_json import StoredJSON

LONGEST_NAME = 100


class Preset(models.Model):
    """Settings of Link to Products under a name: a person's own, or shared in the environment. One that is shared may be what
    new selections begin with."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="presets")
    # Null: it is shared, and belongs to nobody. It outlives those who made it.
    owner = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="presets")
    # In NFC, without blanks around it.
    name = models.CharField(max_length=LONGEST_NAME)
    # {name of KEY_SETTINGS or RUN_SETTINGS: value}; whether a value is possible is looked at whenever it is used
    # (linking.selection.taking_over.POSSIBLE).
    settings = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    # The stores that it ticks; none: it leaves them as they are.
    stores = models.ManyToManyField(Store, related_name="+", blank=True)
    is_default = models.BooleanField(default=False, db_default=False)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "name"], condition=Q(owner=None), name="a_shared_preset_has_a_name_of_its_own"
            ),
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(owner__isnull=False), name="an_own_preset_has_a_name_of_its_own"
            ),
            models.UniqueConstraint(
                fields=["environment"], condition=Q(is_default=True), name="an_environment_begins_with_one_preset"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(owner=None), name="only_a_shared_preset_is_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shared(self) -> bool:
        return self.owner_id is None
