from django.db import models

from linking.domain import stored
from linking.models.names import Named, names_of_their_own
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


class SavedSearch(Named):
    """A search of the Media Library under a name: a person's own, or shared in the environment."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="searches")
    owner = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="searches")
    # As the address of the page says it (linking.domain.searching.Filters).
    query = models.TextField(blank=True, default="", db_default="")

    class Meta(Named.Meta):
        constraints = names_of_their_own("search")
