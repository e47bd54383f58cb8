from django.db import models
from django.db.models import Q

from linking.domain import stored
from linking.models.presets import LONGEST_NAME
from setup.models import Environment, Member
from setup.stored_json import StoredJSON


class Ticked(models.Model):
    """What a member has ticked in Choose Assets, and where they were: a draft, kept until it is cleared."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="ticked")
    # [[asset id, resource type, [key, …]], …] in the order in which they were ticked. The last two are what the page showed, for
    # its numbers alone: a selection reads every asset again.
    assets = StoredJSON(default=list, db_default=[], shape=stored.ticked)
    # The last search, as an address says it.
    query = models.TextField(blank=True, default="", db_default="")
    changed = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{len(self.assets)} of {self.member}"


class SavedSearch(models.Model):
    """A search of the Media Library under a name: a person's own, or shared in the environment."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="searches")
    # Null: it is shared, and belongs to nobody. It outlives those who made it.
    owner = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="searches")
    # In NFC, without blanks around it.
    name = models.CharField(max_length=LONGEST_NAME)
    # As the address of the page says it (linking.domain.searching.Filters).
    query = models.TextField(blank=True, default="", db_default="")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "name"], condition=Q(owner=None), name="a_shared_search_has_a_name_of_its_own"
            ),
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(owner__isnull=False), name="an_own_search_has_a_name_of_its_own"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shared(self) -> bool:
        return self.owner_id is None
