"""A server that answers a store's client whatever a test wishes, over real HTTP on a free port of this machine."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from setup.models import Store
from setup.shopify.client import ShopifyClient
from tests.servers import listening

COST = {
    "requestedQueryCost": 2,
    "actualQueryCost": 2,
    "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 1990, "restoreRate": 100.0},
}


@dataclass(frozen=True)
class Answer:
    """`body`: bytes as they are, anything else as JSON. `length` tells another length than it has. With `drip` the connection
    stays open until the peer goes: these bytes come again and again, none if it is empty. `bare`: the body is all that is sent,
    with its own status line and headers, if it has any."""

    body: object = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    drip: bytes | None = None
    bare: bool = False

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    """A request: the operation's name (or the path of what is no GraphQL), its variables, and the token that it came with."""

    name: str
    variables: dict
    token: str


Rule = Callable[[Asked], Answer]


class Peer:
    """`answers`: a rule, or answers one after another, the last one for ever. `asked`: what came."""

    def __init__(self) -> None:
        self.rule: Rule = lambda asked: Answer({"data": {}})
        self.asked: list[Asked] = []
        self.gone = threading.Event()
        self.url = ""
        self.waits: list[float] = []

    def answers(self, *answers: Answer | Rule) -> None:
        left = list(answers)
        self.asked, self.waits = [], []

        def rule(asked: Asked) -> Answer:
            answer = left.pop(0) if len(left) > 1 else left[0]
            return answer(asked) if callable(answer) else answer

        self.rule = rule

    @property
    def store(self) -> Store:
        """Never saved: nothing that is asked of it touches the database."""
        return Store(domain="north.myshopify.com", api_base=self.url, access_token="shpat_1")

    def client(self, **known: Callable) -> ShopifyClient:
        return ShopifyClient(self.store, pause=lambda seconds, reason: self.waits.append(seconds), **known)

    @property
    def names(self) -> list[str]:
        return [asked.name for asked in self.asked]


@contextmanager
def listening_peer() -> Iterator[Peer]:
    peer = Peer()
    with listening(handler_of(peer)) as peer.url:
        try:
            yield peer
        finally:
            peer.gone.set()


def handler_of(peer: Peer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.endswith("graphql.json"):
                sent = json.loads(body)
                self.ask(sent["operationName"], sent["variables"])
            else:
                self.ask(self.path, {})

        def do_GET(self) -> None:
            self.ask(self.path, {})

        def ask(self, name: str, variables: dict) -> None:
            asked = Asked(name, variables, self.headers.get("X-Shopify-Access-Token", ""))
            peer.asked.append(asked)
            self.give(peer.rule(asked))

        def give(self, answer: Answer) -> None:
            content = answer.content
            if answer.bare:
                self.close_connection = True
                self.write(content, answer.drip)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.drip is None:
                self.send_header("Content-Length", str(len(content) if answer.length is None else answer.length))
            self.end_headers()
            self.close_connection = answer.drip is not None or answer.length is not None
            self.write(content, answer.drip)

        def write(self, content: bytes, drip: bytes | None) -> None:
            with suppress(OSError):  # the client has had enough
                self.wfile.write(content)
                while drip is not None and not peer.gone.wait(0.01):
                    self.wfile.write(drip)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def good(data: object, **extensions: object) -> Answer:
    return Answer({"data": data, "extensions": {"cost": COST, **extensions}})


def refused(*codes: str | None, data: object = None, **more: object) -> Answer:
    """HTTP 200 with an entry of `errors` for every code."""
    errors = [{"message": f"About {code}.", "extensions": {"code": code} if code else {}} for code in codes]
    return Answer(
        {"errors": errors, "extensions": {"cost": COST}, **({"data": data} if data is not None else {}), **more}
    )
