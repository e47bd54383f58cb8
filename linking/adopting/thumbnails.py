"""Small pictures of both worlds, fetched to be compared: few at a time, none large or slow, from the hosts of both services and
no other, whatever an answer names or redirects to. What does not come is not known; nothing follows from that."""

import socket
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from linking.adopting.grids import look_of
from linking.domain.adopting import Look

# https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Image
SHOPIFY = "cdn.shopify.com"
SIDE, LARGER = 256, 512  # pixels, at most
MOST_BYTES = 512 * 1024
AT_ONCE, SECONDS = 8, 8.0  # of one picture
TIMEOUT = urllib3.Timeout(connect=3, read=4)
HEADERS = {
    "User-Agent": "AssetLink",
    "Accept": "image/jpeg, image/png, image/webp;q=0.1",
    "Accept-Encoding": "identity",
}


Name = TypeVar("Name", bound=Hashable)
Made = TypeVar("Made")
# So often a run is heard while pictures come.
STEP = 0.5


class Flight(threading.local):
    """What this thread fetches. A service that sends a byte now and then keeps every timeout of a socket; at the deadline its
    connection is shut, whether it is at headers, chunks or the body."""

    def __init__(self) -> None:
        self.deadline = Deadline()


class Deadline:
    def __init__(self) -> None:
        self.over = False
        self.connection: socket.socket | None = None

    def pass_(self) -> None:
        self.over = True
        if self.connection is not None:
            with suppress(OSError):  # it has ended by itself
                socket.socket.shutdown(self.connection, socket.SHUT_RDWR)


FLIGHT = Flight()


class Watched(HTTPConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override] # as urllib3 has it
        FLIGHT.deadline.connection = self.sock
        return super().getresponse()


class WatchedSecurely(HTTPSConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override] # as urllib3 has it
        FLIGHT.deadline.connection = self.sock
        return super().getresponse()


class Plain(urllib3.HTTPConnectionPool):
    ConnectionCls = Watched


class Secure(urllib3.HTTPSConnectionPool):
    ConnectionCls = WatchedSecurely


POOL = urllib3.PoolManager(num_pools=8, maxsize=AT_ONCE, timeout=TIMEOUT, retries=False)
POOL.pool_classes_by_scheme = {"http": Plain, "https": Secure}


def fetched(
    addresses: Mapping[Name, str], hosts: Iterable[str], *, until: float, pause: Callable[[], object] = lambda: None
) -> dict[Name, Look | None]:
    """What each of these looks like, by its name."""
    return read(look_of, addresses, hosts, until=until, pause=pause)


def read(
    make: Callable[[bytes], Made | None],
    addresses: Mapping[Name, str],
    hosts: Iterable[str],
    *,
    until: float,
    pause: Callable[[], object] = lambda: None,
) -> dict[Name, Made | None]:
    """What is made of each of these, by its name; None for what could not be fetched or read. What was not begun by `until` (of
    the monotonic clock) is missing. `hosts`: those that may be asked besides Shopify's, with their ports. `pause` is called now
    and then, and what it raises ends it."""
    known = frozenset(hosts)
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="thumbnails")
    try:
        look = partial(_made, make, known, until)
        asked = {name: pool.submit(look, url) for name, url in addresses.items()}
        open_, over = set(asked.values()), until + 2 * SECONDS
        while open_ and time.monotonic() < over:
            _, open_ = wait(open_, timeout=STEP)
            pause()
        answers = {name: future.result() for name, future in asked.items() if future.done()}
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return {name: found[0] for name, found in answers.items() if found is not None}


def _made(
    make: Callable[[bytes], Made | None], hosts: frozenset[str], until: float, url: str
) -> tuple[Made | None] | None:
    """None: there was no time for it."""
    if time.monotonic() > until:
        return None
    content = fetch(url, hosts)
    return (make(content) if content else None,)


def fetch(url: str, hosts: frozenset[str]) -> bytes | None:
    """The bytes behind an address, None if they do not come whole, in time and small. Redirects are not followed."""
    if not is_allowed(url, hosts):
        return None
    deadline = FLIGHT.deadline = Deadline()
    watch = threading.Timer(SECONDS, deadline.pass_)
    watch.name = "thumbnails deadline"
    watch.daemon = True
    watch.start()
    try:
        found = _content(url)
    finally:
        watch.cancel()
    return None if deadline.over else found


def _content(url: str) -> bytes | None:
    try:
        answer = POOL.request("GET", url, headers=HEADERS, redirect=False, preload_content=False)
    except (urllib3.exceptions.HTTPError, OSError, ValueError):
        return None
    try:
        if answer.status != 200:
            return None
        found = bytearray()
        for piece in answer.stream(64 * 1024, decode_content=False):
            found += piece
            if len(found) > MOST_BYTES:
                return None
        return bytes(found)
    except (urllib3.exceptions.HTTPError, OSError, ValueError):
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
