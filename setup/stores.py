"""The doors to a store that is connected: naming, pausing, resuming, disconnecting, each with its entry in the audit log."""

from django.db import transaction

from setup.drawn import Overtaken
from setup.models import Store
from setup.security.actors import Actor
from setup.shopify import connection


def rename(actor: Actor, store: Store, label: str, *, drawn: object = None) -> None:
    """As people call it; empty: as the store calls itself. `drawn`: the name that the person saw. Raises Overtaken."""
    with transaction.atomic():
        row = Store.objects.select_for_update().get(pk=store.pk)
        store.label = row.label
        if drawn is not None and row.label not in (drawn, label):
            raise Overtaken(["label"])
        before = {"name": str(store)}
        store.label = label
        store.save(update_fields=["label"])
    actor.record("store.rename", store.domain, {"name": str(store)}, before=before)


def pause(actor: Actor, store: Store) -> None:
    store.pause()
    actor.record("store.pause", store.domain)


def resume(actor: Actor, store: Store) -> None:
    store.resume()
    actor.record("store.resume", store.domain)


def disconnect(actor: Actor, store: Store) -> None:
    before = {"way": store.way, "status": store.status}
    connection.disconnect(store)
    actor.record("store.disconnect", store.domain, {"status": store.status}, before=before)
