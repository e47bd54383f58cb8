"""Proxies in front that do not do what the settings say: named once per process in the log, since every request would say it."""

import logging
import threading

from django.conf import settings
from django.http import HttpRequest

from setup.security.origin import hops_of

log = logging.getLogger(__name__)
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded")
UNTRUSTED = (
    "A request has %s, and TRUSTED_PROXIES is 0: its client counts as %s. If that is a proxy of yours, set TRUSTED_PROXIES to "
    "the number of proxies: until then all people behind it share one limit, and the audit log has its address."
)
TOO_FEW = (
    "X-Forwarded-For has %d of the %d addresses that TRUSTED_PROXIES expects: its client counts as %s. Set TRUSTED_PROXIES to "
    "the number of proxies that add to it, or have them add to it; and let nobody reach AssetLink past them."
)

_named: set[str] = set()
_lock = threading.Lock()


def warn_once(text: str, *values: object) -> None:
    """A line of warning for each text and process."""
    with _lock:
        known = text in _named
        _named.add(text)
    if not known:
        log.warning(text, *values)


def look(request: HttpRequest) -> None:
    """Whether what proxies say is what the settings expect."""
    peer, proxies = request.META.get("REMOTE_ADDR") or "a socket", settings.TRUSTED_PROXIES
    if not proxies:
        if names := [name for name in FORWARDED if name in request.headers]:
            warn_once(UNTRUSTED, " and ".join(names), peer)
    elif (found := len(hops_of(request))) < proxies:
        warn_once(TOO_FEW, found, proxies, peer)
