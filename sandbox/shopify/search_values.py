"""How the values of search fields are compared. A matcher takes a field's name and a term and gives a test of entries."""

import json
import operator
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sandbox.shopify.search_index import Entry, tokens
from sandbox.shopify.search_syntax import Term

Test = Callable[[Entry], bool]
Matcher = Callable[[str, Term], Test]

COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "": operator.eq}
NUMBER = re.compile(r"-?\d+(\.\d+)?")


class InvalidValue(ValueError):
    """The field does not take this value: the term is ignored, with a warning."""


def text(name: str, term: Term) -> Test:
    """Unquoted: all tokens occur (match_all). Quoted: they occur in a row (match_phrase), which is not equality."""
    return _text(name, term, near=False)


def near(name: str, term: Term) -> Test:
    """The same, and an unquoted value finds longer words too: 200 finds 2001."""
    return _text(name, term, near=True)


def _text(name: str, term: Term, near: bool) -> Test:
    prefix = not term.quoted and (near or term.value.endswith("*"))
    wanted = tokens(term.value)
    if not wanted:
        return lambda entry: False
    if term.quoted:
        return lambda entry: any(in_a_row(wanted, found) for found in entry.tokens(name))
    return lambda entry: any(all_in(wanted, found, prefix) for found in entry.tokens(name))


def in_a_row(wanted: Sequence[str], found: Sequence[str]) -> bool:
    size = len(wanted)
    return any(found[at : at + size] == wanted for at in range(len(found) - size + 1))


def all_in(wanted: Sequence[str], found: Sequence[str], prefix: bool) -> bool:
    if prefix and not any(word.startswith(wanted[-1]) for word in found):
        return False
    return all(word in found for word in (wanted[:-1] if prefix else wanted))


def comma_list(name: str, term: Term) -> Test:
    """Equal to one of the listed values, case ignored."""
    if not term.quoted and term.value.endswith("*"):
        start = term.value[:-1].casefold()
        return lambda entry: any(value.casefold().startswith(start) for value in entry.values(name))
    wanted = {part.strip().casefold() for part in term.value.split(",")}
    return lambda entry: any(value.casefold() in wanted for value in entry.values(name))


def numbers(name: str, term: Term) -> Test:
    """Whole numbers or the numbers of global ids: one, a comma list, or a range."""
    wanted = [_number(part) for part in term.value.split(",")]
    compare = COMPARE[term.comparator]
    return lambda entry: any(compare(int(value), number) for value in entry.values(name) for number in wanted)


def _number(part: str) -> int:
    tail = part.strip().rpartition("/")[2]
    if not tail.isdigit():
        raise InvalidValue(part)
    return int(tail)


def times(name: str, term: Term) -> Test:
    """Moments; a mere date is its midnight, UTC."""
    try:
        wanted = _moment(term.value)
    except ValueError as error:
        raise InvalidValue(term.value) from error
    compare = COMPARE[term.comparator]
    return lambda entry: any(compare(_moment(value), wanted) for value in entry.values(name))


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def one_of(accepted: Sequence[str]) -> Matcher:
    """One of a closed set, case ignored; a comma list is any of them."""

    def matcher(name: str, term: Term) -> Test:
        wanted = {part.strip().upper() for part in term.value.split(",")}
        if not wanted <= set(accepted):
            raise InvalidValue(term.value)
        return lambda entry: any(value in wanted for value in entry.values(name))

    return matcher


def field(other: str, matcher: Matcher) -> Matcher:
    """Looks into another field than the one that is named."""
    return lambda name, term: matcher(other, term)


def metafield(kind: str) -> Matcher:
    """Exact and with regard to case; `*` at the end is a prefix for text, comparators work on numbers."""

    def matcher(name: str, term: Term) -> Test:
        wanted, is_text = term.value, "text" in kind
        if term.comparator or (not is_text and NUMBER.fullmatch(wanted)):
            return _compared(name, term)
        if is_text and wanted.endswith("*") and not term.quoted:
            return lambda entry: any(v.startswith(wanted[:-1]) for v in _elements(entry.values(name), kind))
        return lambda entry: wanted in _elements(entry.values(name), kind)

    return matcher


def _compared(name: str, term: Term) -> Test:
    if not NUMBER.fullmatch(term.value):
        raise InvalidValue(term.value)
    wanted, compare = float(term.value), COMPARE[term.comparator]
    return lambda entry: any(NUMBER.fullmatch(v) and compare(float(v), wanted) for v in entry.values(name))


def _elements(stored: list[str], kind: str) -> list[str]:
    """A list metafield is kept as JSON; each element counts."""
    return [e for value in stored for e in json.loads(value)] if kind.startswith("list.") else stored
