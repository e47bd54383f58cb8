"""The door to providers: within a time and a size, in JSON, and never to where an answer would send us."""

import http.client
import io
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3

from setup.shapes import mapping, parsed, text
from setup.shopify.transport import Reply, pieces
from setup.signing_in.turns import TURNS, Busy

TIMEOUT = urllib3.Timeout(connect=3, read=5)  # seconds, for each sign of life
DEADLINE, MOST = 8.0, 2**20  # for the whole of an answer
HEADERS = {"User-Agent": "AssetLink", "Accept": "application/json", "Accept-Encoding": "gzip"}


class Timely(io.RawIOBase):
    """What a socket receives, until a moment: a peer that sends a line of its head now and then gives a sign of life, and would
    be waited for without end."""

    def __init__(self, sock: socket.socket, seconds: float = DEADLINE) -> None:
        super().__init__()
        self._raw, self._sock = sock.makefile("rb", buffering=0), sock
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("The answer takes too long.")
        self._sock.settimeout(min(left, self._sock.gettimeout() or left))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *known: Any, **more: Any) -> None:
        super().__init__(sock, *known, **more)
        self.fp.close()
        self.fp = io.BufferedReader(Timely(sock))


class Plain(urllib3.connection.HTTPConnection):
    response_class = Response


class Secured(urllib3.connection.HTTPSConnection):
    response_class = Response


class PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = Plain


class SecuredPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = Secured


POOL = urllib3.PoolManager(num_pools=20, maxsize=4, timeout=TIMEOUT, retries=False)
POOL.pool_classes_by_scheme = {"http": PlainPool, "https": SecuredPool}


class Unanswered(Exception):
    """There is no answer that could be read. `away`: perhaps there is one in a while."""

    def __init__(self, details: str, *, away: bool) -> None:
        super().__init__(details)
        self.away = away


def get(url: str, *, bearer: str = "") -> dict[str, Any]:
    """A JSON object. Raises Unanswered."""
    reply = ask("GET", url, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})
    return read(reply, url)


def read(reply: Reply, url: str) -> dict[str, Any]:
    if reply.status != 200:
        raise Unanswered(f"{url} answered {reply.status}", away=is_passing(reply.status))
    found = parsed(reply.data)
    if not isinstance(found, dict):
        raise Unanswered(f"{url} answered no JSON object", away=False)
    return found


def is_passing(status: int) -> bool:
    return status in (408, 429) or status >= 500


def ask(method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
    """Whatever its status. Raises Unanswered."""
    try:
        with TURNS.one():
            return _asked(method, url, body, HEADERS | dict(headers or {}))
    except Busy:
        raise Unanswered(f"{url} keeps others waiting already", away=True) from None


def _asked(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
    """Raises Unanswered."""
    until = time.monotonic() + DEADLINE
    try:
        answer = POOL.request(method, url, body=body, headers=headers, redirect=False, preload_content=False)
        return Reply(answer.status, answer.headers, b"".join(pieces(answer, until=until, most=MOST)))
    except (urllib3.exceptions.HTTPError, ValueError) as error:  # an address or a header that is none
        raise Unanswered(f"{url}: {type(error).__name__}", away=True) from None


class Answer:
    """As authlib.oauth2.client reads one."""

    def __init__(self, reply: Reply, url: str) -> None:
        self._reply, self._url, self.status_code = reply, url, reply.status

    def json(self) -> dict[str, Any]:
        """A refusal is one in the words of RFC 6749, 5.2; whatever else comes with such a status is of something in between.
        Raises Unanswered."""
        found = mapping(parsed(self._reply.data))
        if is_passing(self.status_code) or not isinstance(found.get("error"), str):
            return read(self._reply, self._url)
        return {"error": found["error"], "error_description": text(found.get("error_description"))}

    def raise_for_status(self) -> None:
        read(self._reply, self._url)


class Session:
    """What authlib.oauth2.client.OAuth2Client posts with."""

    def post(
        self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: "Prepares", **_: Any
    ) -> Answer:
        # Authlib hands over one mapping for all clients, into which it would write a client's secret.
        url, sent, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return Answer(ask("POST", url, body=body.encode(), headers=sent), url)


class Prepares:
    prepare: Callable[[str, str, dict[str, str], str], tuple[str, dict[str, str], str]]
