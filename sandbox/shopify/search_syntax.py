"""The search language, https://shopify.dev/docs/api/usage/search-syntax: from a query string to a tree.

OR binds tighter than the blank, which is AND: `a OR b c` is (a OR b) AND c. Broken syntax is never an error.
"""

import re
from dataclasses import dataclass

BLANK, STOPS = re.compile(r"\s+"), set(" \t\r\n():")
COMPARATOR = re.compile(r"[<>]=?")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.Z+-]+")


@dataclass(frozen=True)
class Term:
    """`field:value`; field is None for a bare word. `broken` terms find nothing."""

    field: str | None
    value: str
    quoted: bool = False
    comparator: str = ""
    broken: bool = False


@dataclass(frozen=True)
class Not:
    part: "Node"


@dataclass(frozen=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    parts: tuple["Node", ...]


Node = Term | Not | And | Or
Token = str | Term  # "(", ")", "OR", "AND", "NOT", or a term


def parse(query: str) -> Node | None:
    """None for a query without any term."""
    return _Parser(_Lexer(query).tokens()).all()


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def tokens(self) -> list[Token]:
        found: list[Token] = []
        while self._skip_blanks():
            char = self.text[self.at]
            if char in "()":
                self.at += 1
                found.append(char)
            elif char == "-":
                self.at += 1
                found.append("NOT")
            elif char == ":":
                self.at += 1  # a colon without a field
            else:
                found.append(self._term())
        return found

    def _skip_blanks(self) -> bool:
        if blank := BLANK.match(self.text, self.at):
            self.at = blank.end()
        return self.at < len(self.text)

    def _term(self) -> Token:
        if self.text[self.at] in "\"'":
            return Term(None, self._quoted(), quoted=True)
        word = self._word()
        if self._peek() == ":":
            self.at += 1
            return self._valued(word)
        return word if word in ("OR", "AND", "NOT") else Term(None, word)

    def _valued(self, field: str) -> Term:
        comparator = ""
        if found := COMPARATOR.match(self.text, self.at):
            comparator, self.at = found[0], found.end()
        char = self._peek()
        if char and char in "\"'":
            return Term(field, self._quoted(), quoted=True, comparator=comparator)
        if char == "(":
            return Term(field, "", broken=True)
        if time := TIME.match(self.text, self.at):
            self.at = time.end()
            return Term(field, time[0], comparator=comparator)
        start = self.at
        value = self._word()
        if self._peek() == ":":  # the word is the next field's name
            self.at = start
            return Term(field, "", comparator=comparator)
        return Term(field, value, comparator=comparator)

    def _word(self) -> str:
        out = []
        while (char := self._peek()) and char not in STOPS:
            if char == "\\" and self.at + 1 < len(self.text):
                self.at += 1
                char = self.text[self.at]
            out.append(char)
            self.at += 1
        return "".join(out)

    def _quoted(self) -> str:
        quote, out = self.text[self.at], []
        self.at += 1
        while (char := self._peek()) and char != quote:
            if char == "\\" and self.at + 1 < len(self.text):
                self.at += 1
                char = self.text[self.at]
            out.append(char)
            self.at += 1
        self.at += 1
        return "".join(out)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at = tokens, 0

    def all(self) -> Node | None:
        parts: list[Node] = []
        while self.at < len(self.tokens):
            if self.tokens[self.at] == ")":
                self.at += 1  # closes nothing
            elif part := self._conjunction():
                parts.append(part)
        return _joined(And, parts)

    def _conjunction(self) -> Node | None:
        parts: list[Node] = []
        while self.at < len(self.tokens) and self.tokens[self.at] != ")":
            if self.tokens[self.at] in ("AND", "OR"):
                self.at += 1  # dangling
            elif part := self._alternatives():
                parts.append(part)
        return _joined(And, parts)

    def _alternatives(self) -> Node | None:
        parts = [self._single()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "OR":
            self.at += 1
            if self.at < len(self.tokens) and self.tokens[self.at] not in ("OR", "AND", ")"):
                parts.append(self._single())
        return _joined(Or, [part for part in parts if part])

    def _single(self) -> Node | None:
        token = self.tokens[self.at]
        self.at += 1
        if isinstance(token, Term):
            return token
        if token == "NOT":  # noqa: S105 a word of the language
            if self.at < len(self.tokens) and self.tokens[self.at] not in ("OR", "AND", ")"):
                part = self._single()
                return Not(part) if part else None
            return None
        inside = self._conjunction()  # "("
        if self.at < len(self.tokens):
            self.at += 1  # ")"; a missing one is accepted
        return inside


def _joined(kind: type[And] | type[Or], parts: list[Node]) -> Node | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else kind(tuple(parts))
