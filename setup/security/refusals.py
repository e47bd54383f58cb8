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
    """In the log; and in the audit log, if it names an environment of ours. Of very many from one address only some: a 403 in
    the access log is left of the rest."""
    origin = request.headers.get("Origin", "")[:LONGEST_ORIGIN]
    with suppress(limits.TooMany):
        limits.spend_as("refusal", f"a{address_of(request)}", settings.LIMITS["refusal"])
        log.warning(*line_of(refusal, origin))
        if refusal.environment is not None:
            where = {"origin": origin} if origin else {}
            audit.record(request, "launch.refused", refusal.code, {}, where, environment=refusal.environment)


def line_of(refusal: LaunchRefused, origin: str) -> tuple[str, ...]:
    """Those who run AssetLink may have to change the settings, the environment or a clock."""
    if refusal.code == "origin":
        return "A launch from %s was refused: LAUNCH_ORIGINS does not name it.", origin
    whose = f"of {refusal.environment.cloud_name} " if refusal.environment else ""
    return "A launch %swas refused (%s)%s.", whose, refusal.code, f": {refusal.details}" if refusal.details else ""
