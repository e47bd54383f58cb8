from django.db import models
from django.db.models import Q

from linking.domain import stored
from linking.models.names import Named, names_of_their_own
from setup.models import Environment, Member, Store
from setup.stored_json import StoredJSON


class Preset(Named):
    """Settings of Link to Products under a name: a person's own, or shared in the environment. One that is shared may be what
    new selections begin with."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="presets")
    owner = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="presets")
    # {name of KEY_SETTINGS or RUN_SETTINGS: value}; whether a value is possible is looked at whenever it is used
    # (linking.selection.taking_over.POSSIBLE).
    settings = StoredJSON(default=dict, db_default={}, shape=stored.mapping)
    # The stores that it ticks; none: it leaves them as they are.
    stores = models.ManyToManyField(Store, related_name="+", blank=True)
    is_default = models.BooleanField(default=False, db_default=False)
    changed = models.DateTimeField(auto_now=True)

    class Meta(Named.Meta):
        constraints = [
            *names_of_their_own("preset"),
            models.UniqueConstraint(
                fields=["environment"], condition=Q(is_default=True), name="an_environment_begins_with_one_preset"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(owner=None), name="only_a_shared_preset_is_default"
            ),
        ]
