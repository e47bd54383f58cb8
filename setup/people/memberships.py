"""What somebody is in an environment: by invitation, by a provider's groups, by an admin's choice."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from setup.models import Environment, Identity, Invitation, Member, Person, Store
from setup.models.members import ADMIN, MEMBER
from setup.people import invitations
from setup.people.who import Standing, granted, stronger
from setup.security import audit, sessions
from setup.security.launch import SIGNED_IN
from setup.words import _

MAY = ("granted_role", "by_groups", "groups_issuer", "bounded")


class NotPossible(Exception):
    """The text says why, and what to do first."""


def of(person: Person) -> list[Member]:
    """Where they may enter, the one that they were in last first."""
    rows = person.members.filter(removed=None).select_related("environment", "person")
    return sorted(rows, key=lambda row: (row.last_sign_in is None, -_seconds(row.last_sign_in), row.pk))


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def accept(invitation: Invitation, person: Person, *, now: datetime) -> Member | None:
    """None if somebody else was faster, or an admin has removed this person since the invitation was made. It never takes a role
    away: who is more already stays so."""
    member = person.members.filter(environment=invitation.environment).first()
    late = member and member.removed and not member.by_groups and invitation.created <= member.removed
    if late or not invitation.is_open(now) or not invitations.use_up(invitation, now=now):
        return None
    if member is None or member.removed:
        member = member or new(person, invitation.environment)
        member.granted_role, member.by_groups, member.removed = invitation.role, False, None
        bound(member, list(invitation.stores.all()) if invitation.bounded else None, "removed")
    elif (role := stronger(member.role, invitation.role)) != member.role:
        member.granted_role, member.by_groups = role, False
        bound(member, list(invitation.stores.all()) if invitation.bounded else None)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=member)
    audit.record(member, "member.accept", member, {}, described(member))
    return member


def new(person: Person, environment: Environment) -> Member:
    """The caller gives them a role and saves."""
    name = {"name": person.name, "email": person.email}
    return Member(environment=environment, person=person, external_id=f"{SIGNED_IN}{person.key}", **name)


def bound(member: Member, stores: Collection[Store] | None, *also: str) -> None:
    """Saves what the member may do, and what is named `also`: nothing else, since somebody may remove them or end their sessions
    at this moment. `stores`: those that they may write to; None: all."""
    member.bounded = stores is not None
    member.save(update_fields=[*MAY, *also] if member.pk else None)
    mine = [store for store in stores or () if store.environment_id == member.environment_id]
    member.writable_stores.set(mine)
    member.__dict__.pop("bounds", None)


def keep_in_step(person: Person, issuer: str, groups: Iterable[str], *, now: datetime) -> None:
    """With the provider's groups, in those environments that its groups are about. What an admin decided stays, and so does what
    another provider's groups give, unless these give more; who is in no group any more may not come in."""
    rules = settings.GROUP_ROLES
    wanted = granted(rules, issuer, groups)
    about = {cloud_name for of, _, cloud_name, _ in rules if of == issuer}
    for environment in Environment.objects.filter(cloud_name__in=about):
        member = person.members.filter(environment=environment).first()
        role = wanted.get(environment.cloud_name, "")
        if member is None and role:
            member = new(person, environment)
            member.by_groups = True
        if member is None or not member.by_groups or (is_of_another(member, issuer) and not gives_more(role, member)):
            continue
        before, given_by = described(member) if member.pk else {}, member.groups_issuer
        member.granted_role, member.removed = role or member.granted_role, None if role else (member.removed or now)
        member.groups_issuer = issuer
        changes = before != described(member)
        if changes or given_by != issuer:
            removed = [] if before.get("removed", False) == bool(member.removed) else ["removed"]
            member.save(update_fields=["granted_role", "groups_issuer", *removed] if member.pk else None)
        if changes:
            audit.record(member, "member.groups", member, before, described(member))


def is_of_another(member: Member, issuer: str) -> bool:
    """Whether the role is one of another provider, whose groups are still about this environment."""
    theirs = (member.groups_issuer, member.environment.cloud_name)
    return theirs[0] not in ("", issuer) and any((of, cloud) == theirs for of, _, cloud, _ in settings.GROUP_ROLES)


def gives_more(role: str, member: Member) -> bool:
    return bool(role) and (member.removed is not None or stronger(member.granted_role, role) != member.granted_role)


def standing(member: Member) -> Standing:
    """`asked` is looked up only where it matters."""
    return Standing(bool(member.removed), member.by_groups, asked(member) if member.by_groups else None)


def asked(member: Member) -> datetime | None:
    """When the person last signed in with the provider whose groups give their role."""
    about = {of for of, _, cloud_name, _ in settings.GROUP_ROLES if cloud_name == member.environment.cloud_name}
    issuers = [member.groups_issuer] if member.groups_issuer else about
    mine = Identity.objects.filter(person=member.person_id, issuer__in=issuers)
    return mine.aggregate(at=Max("last_used"))["at"]


def settle(member: Member, *, now: datetime) -> bool:
    """Whether somebody who comes in now may come as this member. A role by groups that the provider has not confirmed for long
    gives no more than the Console does; and where they have never come from there, it lets nobody in."""
    if not standing(member).lapsed(now):
        return True
    if not member.last_launch:
        return False
    launched = Member(environment=member.environment, roles=member.roles).role
    if stronger(launched, member.granted_role) != launched:
        before, member.granted_role = described(member), ""
        member.__dict__.pop("bounds", None)
        member.save(update_fields=["granted_role"])
        audit.record(member, "member.groups", member, before, described(member))
    return True


def change(member: Member, role: str, stores: Collection[Store] | None, *, anyway: bool = False) -> None:
    """By an admin. `role`: one of GRANTED, or empty: as launches say. `anyway`: also the last admin. Raises NotPossible."""
    after = Member(environment=member.environment, roles=member.roles, granted_role=role)
    if not role and not member.last_launch:
        raise NotPossible(
            _("{person} has never opened AssetLink from the Console, so no role comes from there.").format(
                person=member
            )
        )
    with transaction.atomic():
        if after.role != ADMIN and not anyway:
            check_not_last(member)
        member.by_groups = member.by_groups and role == member.granted_role
        member.granted_role = role
        bound(member, stores if after.role == MEMBER else None)
        if after.role != ADMIN:
            invitations.withdraw_made_by(member, now=timezone.now())


def remove(member: Member, *, now: datetime, anyway: bool = False) -> None:
    """Their runs and selections stay, and so does their name there. `anyway`: also the last admin. Raises NotPossible."""
    with transaction.atomic():
        if not anyway:
            check_not_last(member)
        sessions.end_all(member, now=now)
        invitations.withdraw_all(member, now=now)
        Member.objects.filter(pk=member.pk).update(removed=now, by_groups=False)
    member.refresh_from_db()


def let_in_again(member: Member) -> None:
    """As what they were. It is the admin's decision from then on: no group takes it back."""
    Member.objects.filter(pk=member.pk).update(removed=None, by_groups=False)
    member.refresh_from_db()


def check_not_last(member: Member) -> None:
    """Raises NotPossible for the only admin who can sign in. Within a transaction: of two admins who remove each other at once,
    one is the last."""
    Environment.objects.select_for_update().get(pk=member.environment_id)
    if is_last_admin(member):
        text = _("{person} is the last admin here who can sign in. Make somebody else an admin first.")
        raise NotPossible(text.format(person=member))


def is_last_admin(member: Member) -> bool:
    """Whether nobody is left who can sign in as an admin, if this one cannot any more."""
    if not member.is_admin or member.person_id is None:
        return False
    others = member.environment.members.filter(removed=None, person__isnull=False).exclude(pk=member.pk)
    return not any(other.is_admin for other in others.filter(Q(granted_role=ADMIN) | Q(granted_role="")))


def described(member: Member) -> dict[str, object]:
    """For the audit log."""
    found: dict[str, object] = {"role": member.role}
    if member.bounds is not None and member.role == MEMBER:
        rows = member.environment.stores.filter(pk__in=member.bounds).in_order()
        found["stores"] = [str(store) for store in rows]
    if member.removed:
        found["removed"] = True
    return found
