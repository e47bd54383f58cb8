"""Search expressions, https://cloudinary.com/documentation/search_expressions: terms, AND, OR, NOT, parentheses.

What a term means is in terms.py. Operators are written in capitals; && || ! - + stand for them. Two terms side by side, with no
operator between them, are refused here: nobody has verified whether that means AND or OR.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sandbox.cloudinary import terms
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.records import Asset

Test = Callable[[Asset], bool]

TOKEN = re.compile(
    r"""\s*(?:
        (?P<mark>[()])
      | (?P<and>AND(?=[\s(]|$)|&&)
      | (?P<or>OR(?=[\s(]|$)|\|\|)
      | (?P<not>NOT(?=[\s(]|$)|!|-)
      | (?P<plus>\+)
      | (?P<field>[a-z_]+(?:\.(?:[\w-]|\.(?=[\w-]))+)?)(?P<operator>>=|<=|[:=><])\s*
      | (?P<range>[\[{]\s*(?:"(?:\\.|[^"\\])*"|[^\s"]+?)\s+TO\s+(?:"(?:\\.|[^"\\])*"|[^\s"]+?)\s*[\]}])
      | "(?P<quoted>(?:\\.|[^"\\])*)"
      | (?P<bare>(?:\\.|[^\s()"\\])+)
    )""",
    re.VERBOSE,
)
RESERVED = set("!{}[]^~?:=&><")


@dataclass(frozen=True)
class Matcher:
    """`lasting`: it means the same a moment later, which a span of time (`uploaded_at>1d`) does not."""

    test: Test
    lasting: bool = True


def matcher(expression: str, *, now: float, dynamic: bool = True) -> Matcher:
    """`dynamic`: the mode of the environment's folders. Raises Refused with the position of what cannot be read."""
    if not expression.strip():
        return Matcher(lambda asset: True)
    reader = Reader(expression, now, dynamic)
    return Matcher(reader.whole(), reader.lasting)


class Reader:
    def __init__(self, expression: str, now: float, dynamic: bool) -> None:
        self._tokens = list(tokens(expression))
        self._end = ("end", "", len(expression))
        self._at = 0
        self._now_is, self._dynamic = now, dynamic
        self.lasting = True

    def whole(self) -> Test:
        test = self._either()
        kind, _, place = self._now()
        if kind in ("field", "quoted", "bare", "not", "plus") or self._now()[:2] == ("mark", "("):
            raise Refused(400, f"Query Error (at position {place}): the sandbox wants AND or OR between two terms")
        if self._at < len(self._tokens):
            self._fail()
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._take("or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda asset: any(test(asset) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._take("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda asset: all(test(asset) for test in tests)

    def _one(self) -> Test:
        if self._take("not"):
            test = self._one()
            return lambda asset: not test(asset)
        if self._take("plus"):
            return self._one()
        if self._take("mark", "("):
            test = self._either()
            self._need(")")
            return test
        kind, text, _ = self._now()
        if kind == "field":
            self._at += 1
            field, operator = re.split(r"(>=|<=|[:=><])", text, maxsplit=1)[:2]
            return self._values(terms.Field(field, self._dynamic), operator)
        return terms.anywhere(self._value())

    def _values(self, field: terms.Field, operator: str) -> Test:
        if not self._take("mark", "("):
            return self._test(field, operator)
        tests = [self._test(field, operator)]
        while self._take("or"):
            tests.append(self._test(field, operator))
        self._need(")")
        return lambda asset: any(test(asset) for test in tests)

    def _test(self, field: terms.Field, operator: str) -> Test:
        kind, text, place = self._now()
        if kind == "range" and operator == ":":
            self._at += 1
            edges = re.findall(r'"(?:\\.|[^"\\])*"|[^\s"]+', text[1:-1])
            least, most = (terms.plain(edge.strip('"')) for edge in (edges[0], edges[2]))
            self.lasting &= not (terms.is_span(least) or terms.is_span(most))
            return terms.between(field, text[0], least, most, text[-1], now=self._now_is, place=place)
        value = self._value()
        self.lasting &= not terms.is_span(value)
        return terms.test(field, operator, value, now=self._now_is, place=place)

    def _value(self) -> str:
        kind, text, place = self._now()
        if kind == "not" and text == "-":  # a number below zero
            self._at += 1
            return "-" + self._value()
        if kind not in ("quoted", "bare"):
            self._fail()
        self._at += 1
        if text.startswith("*") or (kind == "bare" and RESERVED & set(re.sub(r"\\.", "", text))):
            raise Refused(400, f"Query Error (at position {place})")
        return text

    def _take(self, kind: str, text: str = "") -> bool:
        now = self._now()
        if now[0] != kind or (text and now[1] != text):
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
