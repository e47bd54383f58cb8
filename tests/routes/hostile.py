"""Requests as no page of ours sends them, drawn by a seed: the same every time, and others for every route and role.

What a view reads is learned by watching it read (`Names`): no list of fields has to be kept.
"""

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import cycle
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.http import QueryDict

from setup.numbers import LARGEST

HUGE = "9" * 5000  # more digits than Python reads
NUMBERS = [
    *(str(found) for found in (0, 1, 2**31, 2**32, LARGEST, LARGEST + 1, 10**18, -1, -(2**63) - 1)),
    *("9" * 310, HUGE, "٣", "²", "1e400", "NaN", "-Infinity", " 1", "+1", "1_0", "0x1", "1.5", "0" * 400 + "1"),
]
TEXTS = [
    *(
        "",
        " ",
        "a\0b",
        "\0",
        "\ud800",
        "\ufffe",
        "\ufeff=1",
        "\u202ex",
        "\u2028",
        "\x1b[31m",
        "e\u0301",
        "a\r\nX-Odd: 1",
    ),
    *("x" * 400, "x" * 4000, "😀" * 700, "x " * 2000, "%s%n", "%00", "{{ 1|add:1 }}", "{0.__class__}", "<xss a='1'>"),
    *("'; DROP TABLE x --", "../../etc/passwd", "http://[", "//evil.example", "javascript:alert(1)", "None", "null"),
    *("(a+)+$", "[", "(?P<", "\\", "(?:" * 200, "*", "?", "metadata:", "context:\0", "tags:x", "metafield:a.b.c", ":"),
    *("0001-01-01", "9999-12-31", "2026-02-31", "1-9999999999", "9," * 900, "-", "1-", ",", "[" * 2000, '{"a":' * 500),
    *("gid://shopify/Product/" + "9" * 400, "csv", "t_x", "north.myshopify.com", "=1+1", ";=1+1"),
]
# As bytes that are no text, or not the one that they seem to be.
BYTES = [b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"%", b"%zz", b"%u0041", b"%00", b"%ED%A0%80", b"%ff", b"\0"]
METHODS = ["GET"] * 6 + ["POST"] * 10 + ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "odd"]
FORM = "application/x-www-form-urlencoded"
TYPES = [
    *(
        "application/json",
        "text/plain",
        "",
        "x",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "a/b; c*=d''%",
    ),
    *("multipart/form-data; boundary=é", "multipart/mixed; boundary=x", "multipart/form-data; boundary=" + "x" * 500),
    *(
        f"{FORM}; charset={name}"
        for name in ("utf-16", "base64", "undefined", "nonsense", "unicode_escape", "\0", "idna")
    ),
    *(f"multipart/form-data; boundary=x; charset={name}" for name in ("base64", "unicode_escape", "rot13", "utf-7")),
    *(f"text/plain; charset={name}" for name in ("base64", "raw_unicode_escape", "punycode", "utf-16", "hex")),
]
ADDRESSES = [
    "http://[",
    "https://[::1",
    "http://x:99999/",
    "http://\x7f/",
    "null",
    "//",
    "http://x:y@z/",
    "%",
    "http://é/",
]
HEADERS: dict[str, Sequence[str]] = {
    "HX_REQUEST": ["true", "false", "x"],
    "HX_CURRENT_URL": ADDRESSES,
    "HX_CURRENT_URL_URI_AUTOENCODED": ["true", "x"],
    "HX_TRIGGER": ["filters", "x" * 3000, "%ff"],
    "HX_TRIGGER_URI_AUTOENCODED": ["true"],
    "HX_PROMPT": ["\0", "%"],
    "HX_TARGET": ["\xff", ""],
    "TRIGGERING_EVENT": ["{", "[" * 3000, "null", '"\\ud800"'],
    "REFERER": ADDRESSES,
    "ORIGIN": ADDRESSES,
    "SEC_FETCH_SITE": ["same-origin", "none", "cross-site", "\xff"],
    "ACCEPT": [
        "*/*;q=x",
        "application/openmetrics-text; version=x",
        "application/openmetrics-text;version=1;escaping=x",
    ],
    "ACCEPT_ENCODING": ["gzip;q=9", "\xff", ""],
    "ACCEPT_LANGUAGE": ["x" * 600, "*", "\xff"],
    "AUTHORIZATION": ["Bearer", "Bearer \xff", "Basic =", HUGE],
    "COOKIE": ["=", ";;", 'a="\\000"', "\xff", "x" * 4000],
    "IF_MODIFIED_SINCE": ["x", "Thu, 99 Jan 0001 00:00:00 GMT", "0"],
    "IF_NONE_MATCH": ["*", '"', "W/x"],
    "RANGE": ["bytes=", f"bytes={HUGE}-", "bytes=-1", "bytes=5-1,x"],
    "X_FORWARDED_FOR": ["\0", "999.1.1.1", ",", "::" * 99],
    "X_FORWARDED_PROTO": ["https", "x"],
    "X_REQUEST_ID": ["\n", "x" * 500],
    "HOST": ["[", "a b", "evil.example", "x:99999", "\xff", ""],
    "X_SHOPIFY_TOPIC": ["app/uninstalled", "shop/redact", "\0", "x" * 500],
    "X_SHOPIFY_WEBHOOK_ID": ["\0", "x" * 500],
    "X_SHOPIFY_SHOP_DOMAIN": ["north.myshopify.com", "\0", "x" * 300 + ".myshopify.com"],
    "X_SHOPIFY_HMAC_SHA256": ["", "x", "=" * 44, "\xff"],
}
FIELD = re.compile(r"[a-z]\w+|[a-wyz]", re.ASCII)  # and nothing that was only drawn
LENGTHS = [HUGE, "-1", "x", "", "0", "1"]


@dataclass
class Names:
    """What a view has read of requests so far, by route."""

    known: dict[str, dict[str, None]] = field(default_factory=dict)
    reading: dict[str, None] = field(default_factory=dict)

    def of(self, route: str) -> list[str]:
        self.reading = self.known.setdefault(route, {})
        return list(self.reading)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While fields are looked up, their names are learned."""
        with pytest.MonkeyPatch.context() as patch:
            for name in ("__getitem__", "__contains__", "getlist"):
                patch.setattr(QueryDict, name, self._noting(getattr(QueryDict, name)), raising=False)
            yield

    def _noting(self, read: Callable) -> Callable:
        def noting(found: QueryDict, name: Any, *rest: Any, **more: Any) -> Any:
            if isinstance(name, str) and FIELD.fullmatch(name):
                self.reading[name] = None
            return read(found, name, *rest, **more)

        return noting


@dataclass(frozen=True)
class Sent:
    """A request as it comes in from the server: everything that WSGI has of it."""

    method: str
    path: bytes
    query: str = ""
    body: bytes = b""
    type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    length: str | None = None

    def with_headers(self, **known: str) -> "Sent":
        return replace(self, headers={**self.headers, **known})

    def with_form(self, **known: str) -> "Sent":
        """With these fields beside what is there, where that is a form."""
        form = encoded(list(known.items()))
        body = self.body + b"&" + form if self.type == FORM else form
        return replace(self, method="POST", type=FORM, body=body, length=None)

    def environ(self, cookie: str = "") -> dict[str, Any]:
        known = {f"HTTP_{name}": value for name, value in self.headers.items()}
        if cookie:
            known["HTTP_COOKIE"] = f"{cookie}; {known['HTTP_COOKIE']}" if "HTTP_COOKIE" in known else cookie
        if self.type is not None:
            known["CONTENT_TYPE"] = self.type
        if self.length is not None or self.body:
            known["CONTENT_LENGTH"] = str(len(self.body)) if self.length is None else self.length
        return {
            "REQUEST_METHOD": self.method,
            "PATH_INFO": self.path.decode("latin-1"),
            "QUERY_STRING": self.query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "SCRIPT_NAME": "",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **known,
        }

    def __str__(self) -> str:
        shown = {name: value[:60] for name, value in self.headers.items()}
        return f"{self.method} {self.path[:200]!r} ?{self.query[:200]} {self.type} {self.body[:300]!r} {shown}"


@dataclass
class Drawing:
    """Draws requests to one route. `path`: as in the URL table; `own`: what stands in its places and fields of right;
    `names`: what is known to be read."""

    seed: str
    path: str
    places: Mapping[str, Any]
    own: Mapping[str, Sequence[str]]

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.methods = list(METHODS)
        values = [*NUMBERS, *TEXTS]
        self.dice.shuffle(values)
        self.odd_values = cycle(values)  # each of them comes before one comes again

    def keep_to(self, allowed: str) -> None:
        """To these methods, but for the odd time."""
        self.methods = [known for known in METHODS if known in allowed] or self.methods

    def sent(self, names: Sequence[str]) -> Sent:
        dice = self.dice
        method = dice.choice(METHODS if dice.random() < 0.04 else self.methods)
        fields = self.fields(names)
        others = self.fields(names) if dice.random() < 0.3 else []
        headers = {
            name: dice.choice(HEADERS[name]) for name in dice.sample(list(HEADERS), dice.choice([0, 0, 1, 1, 2, 5]))
        }
        if dice.random() < 0.4:
            headers["HX_REQUEST"] = "true"
        length = dice.choice(LENGTHS) if dice.random() < 0.02 else None
        if method == "POST" or dice.random() < 0.1:
            type, body = self.body(fields)
            return Sent(method, self.address(), encoded(others).decode("latin-1"), body, type, headers, length)
        return Sent(method, self.address(), self.query(fields), headers=headers, length=length)

    def address(self) -> bytes:
        """Mostly a place that is there; otherwise ids of every kind."""
        path = b""
        for part in self.path.split("/")[1:]:
            path += b"/" + (self.place(part) if "<" in part else part.encode())
        return path

    def place(self, part: str) -> bytes:
        before, _, rest = part.partition("<")
        name, _, after = rest.partition(">")
        if self.dice.random() < 0.8:
            return f"{before}{self.places[name.rpartition(':')[2]]}{after}".encode()
        return self.dice.choice([*map(odd, NUMBERS), *map(odd, TEXTS[:20]), *BYTES]).replace(b"/", b"")[:3000]

    def fields(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """What is read with values of right, but for one or two; some twice, some that nobody reads."""
        dice = self.dice
        asked = [name for name in names if dice.random() < 0.85]
        wrong = set(dice.sample(asked, min(len(asked), dice.choice([0, 1, 1, 1, 2, 4]))))
        found = [(name, next(self.odd_values) if name in wrong else self.right_value(name)) for name in asked]
        if dice.random() < 0.05:
            found += [(name, next(self.odd_values)) for name in (*asked[:3], "x\0", "\ud800")]
        return found

    def right_value(self, name: str) -> str:
        return self.dice.choice(self.own.get(name) or ["1", "x", ""])

    def query(self, fields: Sequence[tuple[str, str]]) -> str:
        text = encoded(fields).decode("latin-1")
        return text + self.dice.choice(BYTES).decode("latin-1") if self.dice.random() < 0.1 else text

    def body(self, fields: Sequence[tuple[str, str]]) -> tuple[str | None, bytes]:
        dice, form = self.dice, encoded(fields)
        kind = dice.random()
        if kind < 0.72:
            return FORM, form
        if kind < 0.78:
            return FORM, form + b"&x=" + dice.choice(BYTES) + b"&" + dice.choice(BYTES)
        if kind < 0.84:
            return multipart(fields, files=dice.random() < 0.6)
        if kind < 0.88:
            return "multipart/form-data; boundary=x", multipart(fields, files=True)[1][: dice.randrange(1, 200)]
        if kind < 0.9:
            return "application/json", dice.choice(
                [b"[" * 100_000, b'{"a":' * 9000, json.dumps(dict(fields)).encode(), b"\xff"]
            )
        if kind < 0.91:
            return FORM, b"&".join(b"x=1" for _ in range(3100))
        if kind < 0.92:
            return FORM, b"value=" + b"x" * 600_000
        return dice.choice(TYPES), form


def odd(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def encoded(fields: Sequence[tuple[str, str]]) -> bytes:
    return "&".join(f"{quote_from_bytes(odd(name))}={quote_from_bytes(odd(value))}" for name, value in fields).encode()


def multipart(fields: Sequence[tuple[str, str]], *, files: bool) -> tuple[str, bytes]:
    """With `files` every second text comes as a file."""
    parts = []
    for at, (name, value) in enumerate(fields):
        file = b'; filename="x.csv"' if files and at % 2 else b""
        parts.append(
            b'--x\r\nContent-Disposition: form-data; name="' + odd(name) + b'"' + file + b"\r\n\r\n" + odd(value)
        )
    return "multipart/form-data; boundary=x", b"\r\n".join([*parts, b"--x--\r\n"])
