"""The door to selections that somebody else puts together: an address of one use, which a member of the environment opens.

Who has it sees nothing by it alone: it opens for members of its environment only, once, and not for ever. The database keeps its
hash, so that nobody finds an address there.
"""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from linking.models import Selection, SelectionAddress
from linking.selection import making
from setup.models import Environment, Member
from setup.security import audit
from setup.security.actors import Actor

LASTS = timedelta(hours=24)
LONGEST_ID = 255
ASSET_ID = re.compile(r"[0-9a-f]{32}")
ASSET_IDS = "those of Cloudinary have 32 characters, each 0 to 9 or a to f."
LONGEST_NAME, LONGEST_NOTE = 255, 1000


class CannotHandOver(ValueError):
    """Says why."""


class State(Enum):
    READY = "ready"
    OPENED = "opened"
    EXPIRED = "expired"


class NotOpened(Exception):
    """Somebody else was quicker, or it was too late. Nothing was made."""


def hand_over(
    environment: Environment,
    asset_ids: Iterable[str],
    *,
    said_by: str,
    note: str = "",
    now: datetime,
    lasts: timedelta = LASTS,
    who: HttpRequest | None = None,
) -> tuple[SelectionAddress, str]:
    """The row, and the address, which nobody can read again. The assets keep their order, each stands there once. Raises
    CannotHandOver."""
    said_by, note = said_by.strip(), note.strip()
    if not said_by or len(said_by) > LONGEST_NAME or len(note) > LONGEST_NOTE:
        raise CannotHandOver(
            f"Say who hands the assets over, in at most {LONGEST_NAME} characters; a note has at most {LONGEST_NOTE:,}."
        )
    ids = usable(asset_ids)
    token = secrets.token_urlsafe(32)
    row = SelectionAddress.objects.create(
        environment=environment,
        token_hash=hashed(token),
        asset_ids=ids,
        said_by=said_by,
        note=note,
        expires=now + lasts,
    )
    audit.record(
        who or audit.OPERATOR,
        "selection.hand-over",
        "",
        {},
        {"said_by": said_by, "assets": len(ids)},
        environment=environment,
    )
    return row, settings.APP_URL.rstrip("/") + reverse("open", args=[token])


def is_asset_id(text: str) -> bool:
    """Whether Cloudinary could know an asset by it. Whether it does shows when the assets are read."""
    return ASSET_ID.fullmatch(text) is not None


def usable(asset_ids: Iterable[str]) -> list[str]:
    """Without doubles. Raises CannotHandOver."""
    ids = list(dict.fromkeys(filter(None, (one.strip() for one in asset_ids))))
    most = settings.LAUNCH_MAX_ASSETS
    if not ids:
        raise CannotHandOver("There is no asset id.")
    if len(ids) > most:
        raise CannotHandOver(f"These are {len(ids):,} assets. AssetLink takes at most {most:,} at a time.")
    if wrong := next((one for one in ids if len(one) > LONGEST_ID or not one.isprintable() or " " in one), None):
        raise CannotHandOver(f"{wrong[:60]!r} is no asset id.")
    return ids


def known_as(token: str, member: Member) -> SelectionAddress | None:
    """Of this member's environment; another environment's does not exist."""
    rows = SelectionAddress.objects.select_related("opened_by", "selection")
    return rows.filter(environment=member.environment_id, token_hash=hashed(token)).first()


def state_of(address: SelectionAddress, *, now: datetime) -> State:
    if address.opened is not None:
        return State.OPENED
    return State.READY if now < address.expires else State.EXPIRED


def open_for(actor: Actor, address: SelectionAddress) -> Selection:
    """A selection of the actor's, of a member of the address's environment. Of two people who open it at once one gets it.
    Raises NotOpened."""

    def use_up(selection: Selection) -> None:
        now = timezone.now()
        fresh = SelectionAddress.objects.filter(
            pk=address.pk, environment=actor.environment, opened=None, expires__gt=now
        )
        if not fresh.update(opened=now, opened_by=actor.member, selection=selection):
            raise NotOpened

    selection = making.make(actor, address.asset_ids, said_by=address.said_by, said_note=address.note, also=use_up)
    actor.record("selection.open", "", {"said_by": address.said_by, "assets": len(address.asset_ids)})
    return selection


def hashed(token: str) -> str:
    """It is as long as a key, so no slow hash is needed."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
