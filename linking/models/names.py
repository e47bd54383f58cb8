from django.db import models
from django.db.models import Q

LONGEST_NAME = 100


class Named(models.Model):
    """Something under a name: a person's own, or shared in the environment. Each kind has an `environment` and an `owner`: null
    where it is shared and belongs to nobody; it outlives those who made it."""

    owner_id: int | None
    # In NFC, without blanks around it.
    name = models.CharField(max_length=LONGEST_NAME)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def shared(self) -> bool:
        return self.owner_id is None


def names_of_their_own(kind: str) -> list[models.BaseConstraint]:
    """Of those that are shared in one environment, and of one person's."""
    return [
        models.UniqueConstraint(
            fields=["environment", "name"], condition=Q(owner=None), name=f"a_shared_{kind}_has_a_name_of_its_own"
        ),
        models.UniqueConstraint(
            fields=["owner", "name"], condition=Q(owner__isnull=False), name=f"an_own_{kind}_has_a_name_of_its_own"
        ),
    ]
