"""Secrets that a page shows once: kept in the session, sealed, from the press of the button until the browser has followed the
redirect. So who loads that page again makes no second one."""

import time

from setup.security.guards import MemberRequest
from setup.security.secrets import SecretUnreadable, seal, tenant_of, unseal

KEPT = "shown-once"
GOOD_FOR = 600  # seconds


def keep(request: MemberRequest, name: str, secret: str) -> None:
    """`name`: whose secret it is."""
    sealed = str(seal(secret, tenant_of(request.member)))
    request.session[KEPT] = request.session.get(KEPT, {}) | {name: [sealed, time.time()]}


def take(request: MemberRequest, name: str) -> str:
    """And forget it; empty if there is none."""
    if request.method != "GET" or name not in (known := request.session.get(KEPT, {})):
        return ""
    sealed, at = known[name]
    request.session[KEPT] = {other: kept for other, kept in known.items() if other != name}
    if time.time() - at > GOOD_FOR:
        return ""
    try:
        return unseal(sealed, tenant_of(request.member))
    except SecretUnreadable:
        return ""
