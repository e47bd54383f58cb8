"""Fields that AssetLink fills are made read-only in the Console, and opened again: people there see them and cannot change them;
programs still can.

https://cloudinary.com/documentation/metadata_api#update_a_metadata_field_by_external_id, `restrictions`
"""

from collections.abc import Iterable

import cloudinary.api

from setup.cloudinary.client import CloudinaryClient, rows_of
from setup.security.actors import Actor
from setup.shapes import listed, mapping, text

LOCK = "readonly_ui"


def lock(actor: Actor, ids: Iterable[str], *, locked: bool) -> list[str]:
    """Labels of those that were not so before. Nothing else of a field changes. Raises CloudinaryError."""
    client, wanted = CloudinaryClient(actor.environment), set(ids)
    done = []
    for row in listed(rows_of(client.read(cloudinary.api.list_metadata_fields), "metadata_fields")):
        id, restrictions = text(row.get("external_id")), mapping(row.get("restrictions"))
        if id not in wanted or (restrictions.get(LOCK) is True) == locked:
            continue
        label = text(row.get("label")) or id
        given = {"label": label, "restrictions": {**restrictions, LOCK: locked}}
        client.call(cloudinary.api.update_metadata_field, id, given)
        actor.record("setup.lock", id, {LOCK: locked}, before={LOCK: not locked})
        done.append(label)
    return done
