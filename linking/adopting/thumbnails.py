"""Small pictures of both worlds, fetched to be compared: few at a time, none large or slow, from the hosts of both services and
no other, whatever an answer names or redirects to. What does not come is not known; nothing follows from that."""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import urllib3

from linking.adopting.grids import look_of
from linking.domain.adopting import Look

# https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Image
SHOPIFY = "cdn.shopify.com"
SIDE = 256  # pixels, at most
MOST_BYTES = 512 * 1024
AT_ONCE, SECONDS = 8, 8.0  # of one picture
TIMEOUT = urllib3.Timeout(connect=3, read=4)
POOL = urllib3.PoolManager(num_pools=8, maxsize=AT_ONCE, timeout=TIMEOUT, retries=False)
HEADERS = {
    "User-Agent": "AssetLink",
    "Accept": "image/jpeg, image/png, image/webp;q=0.1",
    "Accept-Encoding": "identity",
}


def fetched(addresses: Mapping[str, str], hosts: Iterable[str], *, until: float) -> dict[str, Look | None]:
    """What each of these looks like, by its name; None for what could not be fetched or read. What was not begun by `until` (of
    the monotonic clock) is missing. `hosts`: those that may be asked besides Shopify's, with their ports."""
    known = frozenset(hosts)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="thumbnails") as pool:
        asked = {name: pool.submit(_look, url, known, until) for name, url in addresses.items()}
        answers = {name: future.result() for name, future in asked.items()}
    return {name: found[0] for name, found in answers.items() if found is not None}


def _look(url: str, hosts: frozenset[str], until: float) -> tuple[Look | None] | None:
    """None: there was no time for it."""
    if time.monotonic() > until:
        return None
    content = fetch(url, hosts)
    return (look_of(content) if content else None,)


def fetch(url: str, hosts: frozenset[str]) -> bytes | None:
    """The bytes behind an address, None if they do not come whole, in time and small. Redirects are not followed."""
    if not is_allowed(url, hosts):
        return None
    until = time.monotonic() + SECONDS
    try:
        answer = POOL.request("GET", url, headers=HEADERS, redirect=False, preload_content=False)
    except (urllib3.exceptions.HTTPError, ValueError):
        return None
    try:
        if answer.status != 200:
            return None
        found = bytearray()
        for piece in answer.stream(64 * 1024, decode_content=False):
            found += piece
            if len(found) > MOST_BYTES or time.monotonic() > until:
                return None
        return bytes(found)
    except (urllib3.exceptions.HTTPError, OSError):
        return None
    finally:
        answer.close()


def is_allowed(url: str, hosts: frozenset[str]) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    return parts.netloc in hosts or (parts.netloc == SHOPIFY and parts.scheme == "https")
