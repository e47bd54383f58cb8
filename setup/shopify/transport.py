"""The wire to a store: the ShopifyAPI library's GraphQL class with timeouts, kept-alive connections and the answer's status.

The stock class has no timeout, opens a connection per call and shares headers between threads, so one store's token could
reach another's endpoint. Here every instance has its own endpoint and headers, and nothing is activated globally.
"""

import json
import math
import time
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import shopify
import urllib3
from django.conf import settings

from setup.shapes import mapping, parsed
from setup.shopify.domains import is_shop

TIMEOUT = urllib3.Timeout(connect=5, read=30)  # seconds, for each sign of life
POOL = urllib3.PoolManager(num_pools=50, maxsize=16, timeout=TIMEOUT, retries=False)
# For the whole of an answer: seconds from the request, and bytes when unpacked. The longest that we ask for, 100 galleries of
# 250 media, has about 8 MB.
DEADLINE, MOST = 50.0, 64 * 2**20
CHUNK = 64 * 1024


class Overlong(urllib3.exceptions.HTTPError):
    """An answer without end, in time or in size."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: urllib3.HTTPHeaderDict
    data: bytes

    def json(self) -> dict:
        """The body; an empty dict if it is no JSON object (proxies answer in HTML)."""
        return mapping(parsed(self.data))


def address(domain: str, base_url: str, path: str) -> tuple[str, dict[str, str]]:
    """The URL of a store's path and the headers that go with it. `base_url`: of a sandbox, whose one port serves all
    stores, distinguished by Host. Raises ValueError for anything but a Shopify store: no other host is ever asked."""
    if not is_shop(domain):
        raise ValueError(f"{domain!r} is no Shopify store.")
    headers = {"User-Agent": "AssetLink", "Accept-Encoding": "gzip"}
    return (f"{base_url}{path}", headers | {"Host": domain}) if base_url else (f"https://{domain}{path}", headers)


def post(
    url: str, body: bytes, headers: dict[str, str], *, timeout: urllib3.Timeout, deadline: float, most: int
) -> Reply:
    """The whole answer, or urllib3.exceptions.HTTPError."""
    until = time.monotonic() + deadline
    answer = POOL.request(
        "POST", url, body=body, headers=headers, redirect=False, preload_content=False, timeout=timeout
    )
    return Reply(answer.status, answer.headers, b"".join(pieces(answer, until=until, most=most)))


def _deadline(timeout: urllib3.Timeout) -> float:
    """Seconds for the whole of an answer. urllib3 takes `total` for the time until its first byte."""
    return timeout.total if isinstance(timeout.total, int | float) else DEADLINE


def pieces(answer: urllib3.BaseHTTPResponse, *, until: float = math.inf, most: float = math.inf) -> Generator[bytes]:
    """The body as it comes in, unpacked: at most `most` bytes, and none after `until` (of the monotonic clock). The connection
    goes back to its pool, closed unless all was read. Raises urllib3.exceptions.HTTPError, also for a gzip body without end."""
    size, whole = 0, False
    try:
        for piece in _unpacked(answer):
            size += len(piece)
            if size > most or time.monotonic() > until:
                raise Overlong(f"An answer without end: {size} bytes so far.")
            yield piece
        whole = True
    finally:
        if not whole:
            answer.close()
        answer.release_conn()


def _unpacked(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """An empty piece now and then, so that the caller can check its deadline."""
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise urllib3.exceptions.DecodeError(f"An answer in an encoding that was not asked for: {encoding[:40]}")
    unpack = Gunzip() if encoding == "gzip" else None
    while raw := answer.read1(CHUNK, decode_content=False):
        if unpack is None:
            yield raw
        else:
            yield from unpack(raw)
    if unpack is not None and unpack.midway:
        raise urllib3.exceptions.DecodeError("A gzip body that breaks off.")


class Gunzip:
    """Unpacks a gzip body, of one member or several, in pieces of bounded size: a few bytes may stand for many."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)
        self.midway = False

    def __call__(self, raw: bytes) -> Iterator[bytes]:
        self.midway = True
        piece = b""
        while raw or (len(piece) == CHUNK and self.midway):
            if self._stream.eof:
                self._stream = zlib.decompressobj(wbits=31)
            try:
                piece = self._stream.decompress(raw, CHUNK)
            except zlib.error as error:
                raise urllib3.exceptions.DecodeError(f"A broken gzip body: {error}") from None
            raw = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            self.midway = not self._stream.eof
            yield piece


class StoreGraphQL(shopify.GraphQL):
    """GraphQL Admin API of one store, https://shopify.dev/docs/api/admin-graphql/2026-10."""

    def __init__(self, domain: str, base_url: str = "") -> None:
        site = shopify.Session(domain, settings.SHOPIFY_API_VERSION).site
        path = f"{site.removeprefix(f'https://{domain}')}/graphql.json"
        self.endpoint, self.headers = address(domain, base_url, path)

    def execute(
        self,
        query: str,
        variables: dict | None = None,
        operation_name: str | None = None,
        *,
        token: str = "",
        timeout: urllib3.Timeout | None = None,
    ) -> Reply:
        """Raises urllib3.exceptions.HTTPError when no answer came. A timeout's `total` is for the whole of the answer."""
        body = {"query": query, "variables": variables or {}, "operationName": operation_name}
        headers = {**self.headers, "Content-Type": "application/json", "Accept": "application/json"}
        headers["X-Shopify-Access-Token"] = token
        sent, timeout = json.dumps(body).encode(), timeout or TIMEOUT
        return post(self.endpoint, sent, headers, timeout=timeout, deadline=_deadline(timeout), most=MOST)
