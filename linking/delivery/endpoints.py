"""Delivery endpoints of an environment: made, changed, switched and removed by admins. All of it is in the audit log, none of it
with a key."""

import secrets
import string
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from linking.delivery.answering import EVERYBODY, hashed
from linking.models import DeliveredProduct, DeliveryEndpoint
from linking.models.jobs import JobState
from setup.models import Environment, Store
from setup.security import audit
from setup.security.guards import MemberRequest
from setup.words import _

AT_MOST = 20  # of an environment
LETTERS = string.ascii_lowercase + string.digits


class CannotUse(ValueError):
    """The text says why, for people."""


def add(environment: Environment, store: Store, name: str, *, who: MemberRequest | None) -> DeliveryEndpoint:
    """Switched off, and for everybody once it is on. Raises CannotUse."""
    if store.environment_id != environment.pk:
        raise CannotUse(_("Choose a store of this environment."))
    with transaction.atomic():
        Environment.objects.select_for_update().only("pk").get(pk=environment.pk)
        if environment.delivery_endpoints.count() >= AT_MOST:
            raise CannotUse(_("An environment has 20 delivery endpoints at most. Remove one first."))
        endpoint = DeliveryEndpoint.objects.create(
            environment=environment,
            store=store,
            name=name,
            slug="".join(secrets.choice(LETTERS) for _place in range(12)),
            state=JobState.DONE,
            created_by=who.member if who else None,
        )
        _record(who, "endpoint.add", endpoint, after={"store": str(store)})
    return endpoint


def change(endpoint: DeliveryEndpoint, *, who: MemberRequest | None, **fields: object) -> None:
    """Its name, origins, prefix of tags or field of spin sets."""
    before = {name: getattr(endpoint, name) for name in fields}
    changed = {name: value for name, value in fields.items() if before[name] != value}
    if not changed:
        return
    with transaction.atomic():
        DeliveryEndpoint.objects.filter(pk=endpoint.pk).update(**changed)
        _record(who, "endpoint.change", endpoint, before={name: before[name] for name in changed}, after=changed)


def switch(endpoint: DeliveryEndpoint, *, on: bool, who: MemberRequest | None) -> bool:
    """Whether it was the other way. On, the documents of all linked products are built; off, none is kept."""
    with transaction.atomic():
        if not DeliveryEndpoint.objects.filter(pk=endpoint.pk, on=not on).update(on=on):
            return False
        if on:
            DeliveredProduct.objects.mark_all(endpoint, now=timezone.now())
        else:
            DeliveredProduct.objects.filter(endpoint=endpoint).delete()
        _record(who, "endpoint.on" if on else "endpoint.off", endpoint)
    return True


def new_key(endpoint: DeliveryEndpoint, *, who: MemberRequest | None) -> str:
    """From now on nobody gets an answer without it. The one before opens nothing any more."""
    key = f"al_media_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        DeliveryEndpoint.objects.filter(pk=endpoint.pk).update(key_hash=hashed(key))
        _record(who, "endpoint.key", endpoint)
    return key


def open_to_all(endpoint: DeliveryEndpoint, *, who: MemberRequest | None) -> bool:
    """Without a key from now on. Whether there was one."""
    with transaction.atomic():
        if not DeliveryEndpoint.objects.filter(pk=endpoint.pk).exclude(key_hash="").update(key_hash=""):
            return False
        _record(who, "endpoint.open", endpoint)
    return True


def remove(endpoint: DeliveryEndpoint, *, who: MemberRequest | None) -> None:
    with transaction.atomic():
        _record(who, "endpoint.remove", endpoint)
        endpoint.delete()


def origins(text: str) -> list[str]:
    """One a line, as browsers write them; `*` alone is everybody. Raises CannotUse."""
    found: Sequence[str] = list(dict.fromkeys(line.strip().rstrip("/") for line in text.splitlines() if line.strip()))
    for one in found:
        try:
            parts = urlsplit(one)
            whole = parts.scheme in ("http", "https") and parts.hostname and one == f"{parts.scheme}://{parts.netloc}"
        except ValueError:
            whole = False
        if one != EVERYBODY and (not whole or "@" in one):
            raise CannotUse(_("{text} is no address of a site. Write it as https://shop.example.com.").format(text=one))
    return [EVERYBODY] if EVERYBODY in found else [one.lower() for one in found]


def _record(
    who: MemberRequest | None,
    action: str,
    endpoint: DeliveryEndpoint,
    *,
    before: dict | None = None,
    after: dict | None = None,
) -> None:
    subject = f"endpoint {endpoint.name}"
    audit.record(who or audit.OPERATOR, action, subject, before or {}, after or {}, environment=endpoint.environment)
