"""Search expressions, https://cloudinary.com/documentation/search_expressions: fields, AND, OR, NOT, parentheses.

`field:value` finds the word in the value, `field=value` the whole value; a value may end in *; quotes keep it together.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.records import Asset

Test = Callable[[Asset], bool]

TOKEN = re.compile(
    r"""\s*(?:
        (?P<mark>[()])
      | (?P<word>AND|OR|NOT)(?=[\s(]|$)
      | (?P<minus>-)
      | (?P<field>[a-z_]+(?:\.[\w.-]+)?)(?P<operator>>=|<=|[:=><])\s*
      | "(?P<quoted>(?:\\.|[^"\\])*)"
      | (?P<bare>(?:\\.|[^\s()"\\])+)
    )""",
    re.VERBOSE,
)
RESERVED = set("!{}[]^~?:=&><")
PLAIN = ("resource_type", "type", "format", "public_id", "asset_id", "display_name", "asset_folder")
NUMBERS = ("bytes", "width", "height", "duration")


def matcher(expression: str) -> Test:
    """Raises Refused with the position of what cannot be read."""
    if not expression.strip():
        return lambda asset: True
    return Reader(expression).whole()


class Reader:
    def __init__(self, expression: str) -> None:
        self._tokens = list(tokens(expression))
        self._end = ("end", "", len(expression))
        self._at = 0

    def whole(self) -> Test:
        test = self._either()
        if self._at < len(self._tokens):
            self._fail()
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._take("word", "OR"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda asset: any(test(asset) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._take("word", "AND") or self._starts():
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda asset: all(test(asset) for test in tests)

    def _starts(self) -> bool:
        kind, text = self._now()[:2]
        return kind in ("field", "quoted", "bare", "minus") or (kind, text) in (("mark", "("), ("word", "NOT"))

    def _one(self) -> Test:
        if self._take("word", "NOT") or self._take("minus", "-"):
            test = self._one()
            return lambda asset: not test(asset)
        if self._take("mark", "("):
            test = self._either()
            self._need(")")
            return test
        kind, text, place = self._now()
        if kind == "field":
            self._at += 1
            field, operator = re.split(r"(>=|<=|[:=><])", text, maxsplit=1)[:2]
            return self._values(field, operator, place)
        value = self._value()
        return lambda asset: any(contains(text_of(known), value) for known in everything(asset))

    def _values(self, field: str, operator: str, place: int) -> Test:
        if field not in PLAIN + NUMBERS + ("tags", "created_at", "uploaded_at") and "." not in field:
            raise Refused(400, f"Query Error (at position {place})")
        if not self._take("mark", "("):
            value = self._value()
            return lambda asset: compare(asset, field, operator, value)
        wanted = [self._value()]
        while self._take("word", "OR"):
            wanted.append(self._value())
        self._need(")")
        return lambda asset: any(compare(asset, field, operator, value) for value in wanted)

    def _value(self) -> str:
        kind, text, place = self._now()
        if kind not in ("quoted", "bare"):
            self._fail()
        self._at += 1
        if text.startswith("*") or (kind == "bare" and RESERVED & set(re.sub(r"\\.", "", text))):
            raise Refused(400, f"Query Error (at position {place})")
        return text

    def _take(self, kind: str, text: str) -> bool:
        if self._now()[:2] != (kind, text):
            return False
        self._at += 1
        return True

    def _need(self, mark: str) -> None:
        if not self._take("mark", mark):
            self._fail()

    def _now(self) -> tuple[str, str, int]:
        return self._tokens[self._at] if self._at < len(self._tokens) else self._end

    def _fail(self) -> None:
        raise Refused(400, f"Query Error (at position {self._now()[2]})")


def tokens(expression: str) -> Iterator[tuple[str, str, int]]:
    """(kind, text, position)."""
    at, length = 0, len(expression.rstrip())
    while at < length:
        found = TOKEN.match(expression, at)
        if not found:
            raise Refused(400, f"Query Error (at position {at})")
        kind = str(found.lastgroup).replace("operator", "field")
        text = found["field"] + found["operator"] if kind == "field" else found[kind]
        yield kind, text, at
        at = found.end()


def compare(asset: Asset, field: str, operator: str, value: str) -> bool:
    known = values_of(asset, field)
    if operator == ":":
        return any(contains(text_of(one), value) for one in known)
    if operator == "=":
        return any(equals(text_of(one), value) for one in known) or (value == "" and not known)
    try:
        wanted = float(value)
        return any(ordered(float(one), operator, wanted) for one in known if isinstance(one, int | float))
    except ValueError:
        raise Refused(400, f"Query Error: {value} is not a number") from None


def values_of(asset: Asset, field: str) -> list[Any]:
    """What the asset has there; empty if nothing."""
    room, _, key = field.partition(".")
    if room == "metadata":
        value = asset.metadata.get(key)
        return value if isinstance(value, list) else [] if value is None else [value]
    if room == "context":
        return [asset.context[key]] if key in asset.context else []
    if field == "tags":
        return list(asset.tags)
    value = getattr(asset, "created_at" if field == "uploaded_at" else field, None)
    return [] if value is None else [value]


def everything(asset: Asset) -> list[Any]:
    metadata = [one for value in asset.metadata.values() for one in (value if isinstance(value, list) else [value])]
    return [asset.public_id, asset.display_name, asset.asset_folder, *asset.tags, *asset.context.values(), *metadata]


def text_of(value: Any) -> str:
    return str(value).lower()


def plain(value: str) -> str:
    """Without its backslashes, and in lower case."""
    return re.sub(r"\\(.)", r"\1", value).lower()


def equals(known: str, value: str) -> bool:
    if value.endswith("*") and not value.endswith("\\*"):
        return known.startswith(plain(value[:-1]))
    return known == plain(value)


def contains(known: str, value: str) -> bool:
    """As a word, or as the beginning of the whole with a * at the end."""
    return equals(known, value) or any(equals(word, value) for word in re.split(r"[\s/_\-,.]+", known))


def ordered(known: float, operator: str, wanted: float) -> bool:
    if operator.endswith("="):
        return known >= wanted if operator == ">=" else known <= wanted
    return known > wanted if operator == ">" else known < wanted
