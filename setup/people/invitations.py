"""Invitations: made by admins and by who runs the installation, accepted once by who proves the address or opens the link."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from setup.models import Environment, Invitation, Member, Store
from setup.models.members import ADMIN, VIEWER
from setup.people.who import spelled

GOOD_FOR = timedelta(days=7)
RELATED = ("environment", "made_by__environment")  # what says whether one is open


def make(
    environment: Environment,
    role: str,
    *,
    email: str = "",
    stores: Collection[Store] | None = None,
    made_by: Member | None = None,
    now: datetime,
) -> tuple[Invitation, str]:
    """And the address of one use that opens it, which nobody can show again. `stores`: those that a member may write to; None:
    all. An open invitation of the environment to the same e-mail address ends: there is one at a time."""
    known = spelled(email)
    if known:
        pending(environment, now=now).filter(email=known).delete()
    token = secrets.token_urlsafe(32)
    bounded = stores is not None and role not in (ADMIN, VIEWER)
    made = Invitation.objects.create(
        environment=environment,
        email=known,
        role=role,
        bounded=bounded,
        token_hash=hashed(token),
        made_by=made_by,
        expires=now + GOOD_FOR,
    )
    if bounded and stores is not None:
        made.stores.set(store for store in stores if store.environment_id == environment.pk)
    return made, f"{settings.APP_URL}{reverse('invitation', args=[token])}"


def pending(environment: Environment, *, now: datetime) -> QuerySet[Invitation]:
    return environment.invitations.filter(accepted=None, expires__gt=now).order_by("-created")


def open_ones(environment: Environment, *, now: datetime) -> list[Invitation]:
    """As a list shows them."""
    rows = pending(environment, now=now).select_related(*RELATED).prefetch_related("stores")
    return [one for one in rows if one.is_open(now)]


def opened_by(token: str, *, now: datetime) -> Invitation | None:
    """The open one that this is the address of."""
    found = Invitation.objects.select_related(*RELATED).filter(token_hash=hashed(token)).first()
    return found if found and found.is_open(now) else None


def to_address(email: str, *, now: datetime) -> list[Invitation]:
    """Open ones, of whatever environments, to an address that was proved just now."""
    if not email:
        return []
    rows = Invitation.objects.select_related(*RELATED).filter(email=email, accepted=None, expires__gt=now)
    return [one for one in rows.order_by("created") if one.is_open(now)]


def use_up(invitation: Invitation, *, now: datetime) -> bool:
    """Of two who accept it at the same moment, one does."""
    return bool(Invitation.objects.filter(pk=invitation.pk, accepted=None, expires__gt=now).update(accepted=now))


def withdraw_all(member: Member, *, now: datetime) -> None:
    """Those that would bring a removed member back: to an address that they have proved, and those that they have made."""
    withdraw_made_by(member, now=now)
    if member.person and member.person.email_verified:
        pending(member.environment, now=now).filter(email=member.person.email).delete()


def withdraw_made_by(member: Member, *, now: datetime) -> None:
    """Of who is no admin any more."""
    pending(member.environment, now=now).filter(made_by=member).delete()


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
