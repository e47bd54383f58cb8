"""Launches that were refused, written down for those who look after AssetLink."""

import logging
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest

from setup.security import audit, limits
from setup.security.launch import LaunchRefused
from setup.security.origin import address_of

log = logging.getLogger(__name__)
LONGEST_ORIGIN = 200


def note(request: HttpRequest, refusal: LaunchRefused) -> None:
    """In the audit log, if it names an environment of ours; of very many only some. In the log where it came from, if that
    is why: those who run AssetLink may have to add it to the settings."""
    origin = request.headers.get("Origin", "")[:LONGEST_ORIGIN]
    if refusal.code == "origin":
        log.warning("A launch from %s was refused: LAUNCH_ORIGINS does not name it.", origin)
    if refusal.environment is None:
        return
    with suppress(limits.TooMany):
        limits.spend_as("refusal", f"a{address_of(request)}", settings.LIMITS["refusal"])
        where = {"origin": origin} if origin else {}
        audit.record(request, "launch.refused", refusal.code, {}, where, environment=refusal.environment)
