"""Where a launch was posted from, as the browser says it: https://fetch.spec.whatwg.org/#origin-header

A launch is a form that another site posts, so no CSRF token can guard it: without a look at its origin, any page could sign
somebody in as somebody else. LAUNCH_ORIGINS names the Console's, as a policy's frame-ancestors would.
"""

from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings

from setup.security.launch import LaunchRefused, environment_of
from setup.words import gettext_lazy

UNNAMED = ("", "null")  # by old browsers and programs; by frames and pages that keep their origin to themselves
STANDARD = {"http": 80, "https": 443}
FOREIGN = gettext_lazy(
    "This launch came from {origin}, which is not the Console of this AssetLink. Nobody was signed in. If you opened "
    "AssetLink there on purpose, ask the people who run it to add that address to LAUNCH_ORIGINS."
)


def certain(origin: str, token: str) -> bool:
    """True for an origin that is named in full. False where the person has to confirm: the browser named none, or one that
    only a wildcard covers, below which anybody's files may be delivered. Raises LaunchRefused for every other one."""
    if origin in UNNAMED:
        return False
    normal = _normal(origin)
    if normal in {_normal(known) for known in settings.LAUNCH_ORIGINS if "*" not in known}:
        return True
    if any(_covers(known.lower(), normal) for known in settings.LAUNCH_ORIGINS if "*" in known):
        return False
    refusal = LaunchRefused(FOREIGN.format(origin=origin[:200]), "origin")
    with suppress(LaunchRefused):
        refusal.environment = environment_of(token)
    raise refusal


def _normal(origin: str) -> str:
    """Small letters, no slash at the end, and no port where it goes without saying; as it came if it is no origin."""
    text = origin.lower().rstrip("/")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return text
    return text.removesuffix(f":{port}") if port is not None and port == STANDARD.get(parts.scheme) else text


def _covers(pattern: str, origin: str) -> bool:
    """`https://*.example.com` covers what is below example.com, on the port that it names."""
    scheme, _, host = pattern.rstrip("/").partition("://")
    known, _, place = origin.partition("://")
    return host.startswith("*.") and scheme == known and place.endswith(host[1:]) and place != host[1:]
