"""Where a request comes from, and the id by which log and audit know it."""

import ipaddress
import re
import uuid

from django.conf import settings
from django.http import HttpRequest

GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


def address_of(request: HttpRequest) -> str | None:
    """The client's IP address: the peer's, or what the outermost of TRUSTED_PROXIES saw; None if that is no address."""
    hops, proxies = hops_of(request), settings.TRUSTED_PROXIES
    named = hops[-proxies] if proxies and len(hops) >= proxies else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(named))
    except ValueError:
        return None


def hops_of(request: HttpRequest) -> list[str]:
    """What proxies say of who called them, the outermost first."""
    return [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]


def id_of(request: HttpRequest) -> str:
    """The proxy's id if there is a proxy and it sent a plain one, otherwise one of our own."""
    known = getattr(request, "request_id", "")
    if not known:
        given = request.headers.get("X-Request-Id", "") if settings.TRUSTED_PROXIES else ""
        known = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        request.request_id = known  # type: ignore[attr-defined]
    return known


def from_ourselves(request: HttpRequest) -> bool:
    """By what browsers say of a form's origin; who says nothing is no browser of now."""
    site = request.headers.get("Sec-Fetch-Site")
    ours = f"{request.scheme}://{request.get_host()}"
    return site == "same-origin" if site else request.headers.get("Origin") == ours
