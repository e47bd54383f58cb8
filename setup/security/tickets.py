"""Tickets: what we hand to a browser so that it brings it back in a form, once, and soon. Signed, and bound to a purpose.

A ticket does not say who brings it: the view that takes one looks that the form was ours (setup.security.origin.from_ourselves).
"""

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction

from setup.models import UsedLaunch


def issue(purpose: str, known: Mapping[str, Any]) -> str:
    """`known`: what JSON takes; anybody who holds the ticket can read it."""
    return signing.dumps({**known, "id": uuid.uuid4().hex, "at": time.time()}, salt=purpose, compress=True)


def redeem(purpose: str, text: str, *, seconds: int) -> dict[str, Any] | None:
    """What is known by a ticket of ours that is fresh and used for the first time; `at`: when it was issued."""
    try:
        known = signing.loads(text, salt=purpose, max_age=seconds)
    except signing.BadSignature:
        return None
    try:
        with transaction.atomic():
            until = datetime.now(UTC) + timedelta(seconds=seconds)
            UsedLaunch.objects.create(issuer=purpose, token_id=known["id"], expires=until)
    except IntegrityError:
        return None
    return known
