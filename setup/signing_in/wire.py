"""The door to providers: within a time and a size, in JSON, and never to where an answer would send us."""

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3

from setup.shapes import mapping, parsed, text
from setup.shopify.transport import Reply, pieces
from setup.signing_in.turns import TURNS, Busy
from setup.timely import pools_within

TIMEOUT = urllib3.Timeout(connect=3, read=5)  # seconds, for each sign of life
DEADLINE, MOST = 8.0, 2**20  # for the whole of an answer
HEADERS = {"User-Agent": "AssetLink", "Accept": "application/json", "Accept-Encoding": "gzip"}
POOL = urllib3.PoolManager(num_pools=20, maxsize=4, timeout=TIMEOUT, retries=False)
POOL.pool_classes_by_scheme = pools_within(lambda: DEADLINE)


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
