"""Two members become one: everything that was the one's is the other's from then on."""

from datetime import datetime

from django.db import IntegrityError, models, transaction
from django.db.models.fields.reverse_related import ManyToOneRel

from setup.models import Member, Person
from setup.models.members import ADMIN, MEMBER
from setup.people import memberships
from setup.people.who import RANK, Membership, Refused, survivor
from setup.security import sessions

MOST_NAMES = 1000
MERGED = ("person", "name", "email", "language", "asset_fields", "hints_dismissed", "last_sign_in")


class CannotJoin(Exception):
    """`reason`: why."""

    def __init__(self, reason: Refused) -> None:
        super().__init__(reason)
        self.reason = reason


def join_person(member: Member, person: Person, *, now: datetime) -> Member:
    """The launched member is who signs in as this person; what the person had there already moves to it. Raises CannotJoin."""
    if member.person_id is not None and member.person_id != person.pk:
        raise CannotJoin(Refused.JOINED)
    other = person.members.filter(environment=member.environment).select_related("environment", "person").first()
    if other is not None and other.pk != member.pk:
        return join(member, other, now=now)
    member.person = person
    member.save(update_fields=["person"])
    return member


def join(one: Member, other: Member, *, now: datetime) -> Member:
    """Of one environment; the one that launches bring stays. Raises CannotJoin."""
    found = survivor(_as_membership(one), _as_membership(other))
    if isinstance(found, Refused):
        raise CannotJoin(found)
    stays, goes = (one, other) if found.member == one.pk else (other, one)
    with transaction.atomic():
        sessions.end_all(goes, now=now)
        for field in fields_of_members():
            move(field, goes, stays)
        _merge(stays, goes)
    return stays


def _as_membership(member: Member) -> Membership:
    return Membership(member.pk, member.environment_id, member.person_id, member.last_launch is not None)


def fields_of_members() -> list[models.ForeignKey]:
    """All that name a member, whatever the model. What a member may write to is not moved, but weighed (_merge)."""
    own = Member.writable_stores.through
    relations = Member._meta.get_fields(include_hidden=True)
    fields = [one.field for one in relations if isinstance(one, ManyToOneRel) and one.related_model is not own]
    return [field for field in fields if isinstance(field, models.ForeignKey)]


def move(field: models.ForeignKey, goes: Member, stays: Member) -> None:
    """At once where nothing stands in the way, else row by row."""
    rows = field.model._base_manager.filter(**{field.name: goes})
    try:
        with transaction.atomic():
            rows.update(**{field.name: stays})
    except IntegrityError:
        for row in rows.order_by("pk"):
            move_one(field, row, stays)


def move_one(field: models.ForeignKey, row: models.Model, stays: Member) -> None:
    """What has a name gets a free one. Of what each member has once, the one of the member who stays is kept."""
    model = type(row)
    name = getattr(row, "name", None)
    column = model._meta.get_field("name") if isinstance(name, str) else None
    longest = column.max_length or 0 if isinstance(column, models.CharField) else 0
    for n in range(1, MOST_NAMES if longest else 2):
        more = f" ({n})" if n > 1 else ""
        named = {"name": f"{name[: longest - len(more)]}{more}"} if longest and n > 1 and name else {}
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**{field.name: stays}, **named)
                return
        except IntegrityError:
            continue
    row.delete()


def _merge(stays: Member, goes: Member) -> None:
    """Each of them was one's own, so the stronger role counts, and the wider bounds of two that are equal."""
    (granted, given_by), bounds = _weighed(stays, goes)
    stays.person, person = goes.person or stays.person, goes.person
    stays.granted_role = granted
    stays.by_groups, stays.groups_issuer = given_by.by_groups, given_by.groups_issuer
    for name in ("name", "email", "language"):
        setattr(stays, name, getattr(stays, name) or getattr(goes, name))
    if stays.asset_fields is None:
        stays.asset_fields = goes.asset_fields
    stays.hints_dismissed = list(dict.fromkeys([*stays.hints_dismissed, *goes.hints_dismissed]))
    stays.last_sign_in = max(filter(None, (stays.last_sign_in, goes.last_sign_in)), default=None)
    stores = None if bounds is None else list(stays.environment.stores.filter(pk__in=bounds))
    if person is not None:  # an environment has one member of a person: the other one goes first
        Member.objects.filter(pk=goes.pk).update(person=None)
    memberships.bound(stays, stores, *MERGED)
    goes.delete()


def _weighed(stays: Member, goes: Member) -> tuple[tuple[str, Member], frozenset[int] | None]:
    """((granted role, whose it was), bounds)."""
    ours, theirs = RANK[stays.role], RANK[goes.role]
    if ours > theirs:
        return (stays.granted_role, stays), stays.bounds if stays.bounded else None
    if theirs > ours:
        return (goes.granted_role or goes.role, goes), goes.bounds if goes.role == MEMBER else None
    if stays.role == ADMIN or stays.role != MEMBER:
        return (stays.granted_role, stays), None
    if stays.bounds is None or goes.bounds is None:
        return (stays.granted_role or (MEMBER if stays.bounds is not None else ""), stays), None
    return (stays.granted_role, stays), stays.bounds | goes.bounds
