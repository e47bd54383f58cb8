"""Searches under a name: everybody keeps their own, admins share them, and one is there from the start."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from linking.domain.searching import KEY, Filters, Where
from linking.models import SavedSearch
from linking.models.names import LONGEST_NAME
from setup.models import Environment, Member
from setup.security.actors import Actor
from setup.spelling import plain
from setup.swatch_rules import letters
from setup.words import _

# Of one person, and shared in one environment.
MOST = 50
# A status by which a workflow says that something of an asset is missing.
LACKING = "requiresdata"


class CannotSave(Exception):
    """The text says why, and what to do."""


@dataclass(frozen=True)
class Search:
    """As the list shows it. `pk`: 0 for the one that is built in; `mine`: whether the member may change it."""

    name: str
    query: str
    pk: int = 0
    shared: bool = True
    mine: bool = False


def searches_of(member: Member) -> list[Search]:
    """The one that is built in, the member's own, and those that are shared. One query."""
    return [Search(_("Requires data"), requires_data(member.environment).query), *_kept(member)]


def _kept(member: Member) -> Iterator[Search]:
    for row in visible_to(member):
        yield Search(row.name, row.query, row.pk, row.shared, may_change(member, row))


def visible_to(member: Member) -> QuerySet[SavedSearch]:
    found = SavedSearch.objects.filter(Q(owner=member) | Q(owner=None), environment=member.environment_id)
    return found.order_by("name", "pk")


def may_change(member: Member, search: SavedSearch) -> bool:
    return member.is_admin if search.shared else search.owner_id == member.pk


def requires_data(environment: Environment) -> Filters:
    """Assets that a workflow marks so, by any list with such a value; where there is none, those without a key."""
    for field in environment.seen.get("fields", []):
        if (value := _lacking(field.get("values", ()))) and KEY.fullmatch(str(field["id"])):
            return Filters(fields=(Where(f"metadata:{field['id']}", (value,)),))
    code = environment.default_cloudinary_field
    if code.startswith(("metadata:", "context:")):
        return Filters(fields=(Where(code, without=True),))
    return Filters(fields=(Where("metadata:sku", without=True),))


def _lacking(values: Sequence[Sequence[str]]) -> str:
    return next((id for id, label in values if LACKING in (letters(id), letters(label))), "")


def save(actor: Actor, name: str, asked: Mapping[str, Sequence[str]], *, shared: bool) -> SavedSearch:
    """Raises CannotSave."""
    member, named, filters = actor.member, plain(name), Filters.of(asked)
    if shared and not member.is_admin:
        raise CannotSave(_("Only admins can share searches."))
    if not named or len(named) > LONGEST_NAME:
        raise CannotSave(_("Give the search a name of at most {most} characters.").format(most=LONGEST_NAME))
    owner: dict[str, Any] = {"owner": None if shared else member}
    there = SavedSearch.objects.filter(environment=member.environment, **owner)
    if there.count() >= MOST:
        raise CannotSave(_("There are {most} saved searches already. Delete one first.").format(most=MOST))
    try:
        with transaction.atomic():
            made = SavedSearch.objects.create(environment=member.environment, name=named, query=filters.query, **owner)
    except IntegrityError:
        raise CannotSave(_("There is a saved search of this name. Choose another name.")) from None
    if shared:
        actor.record("search.add", f"search {named}", {"query": filters.query})
    return made


def delete(actor: Actor, search: SavedSearch) -> None:
    """Raises CannotSave."""
    if not may_change(actor.member, search):
        raise CannotSave(_("Only admins can delete shared searches."))
    search.delete()
    if search.shared:
        actor.record("search.delete", f"search {search.name}", {})
