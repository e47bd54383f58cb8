"""Why something did not work, or what is being done, as a code with values: worded only where somebody reads it.

Rows, errors and rules hold a `Reason`. Its words stand in tables (code -> template), each beside what gives these reasons:
`linking/domain/reasons.py`, `setup/shopify/errors.py`, `setup/cloudinary/client.py`. `worded` is the one place that reads them.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from inspect import signature
from math import isfinite
from string import Formatter
from typing import Any, Union

from setup.words import _

Value = Union[str, int, float, "Reason", Sequence[Union[str, int, float, "Reason"]]]
# Fields by name, or a function whose parameters are the fields: for plurals, and for parts that may be missing. A text is looked
# up in the reader's language (script/messages takes it from the table); a function marks its texts itself. `{text:ended}` and
# `{text:clause}` put another's words at the end of the sentence, and within it.
Template = str | Callable[..., str]

CODE = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+")
# A text that is no reason: a sentence of an older release. Nothing writes it but what was read so.
FOREIGN = "reason.foreign"
JOINED, SAID = "reason.joined", "reason.said"
DEEPEST = 20
# Bits. Python writes no number of many more as decimals: https://docs.python.org/3/library/stdtypes.html#int-max-str-digits
LONGEST_NUMBER = 8192


class Reason:
    """A code with values: texts, numbers, other reasons, or short lists of these. Frozen and hashable; false without a code.
    True and false are the numbers 1 and 0, as everywhere in Python.

    `said` is the name of a value that holds a service's own words. As text it is what a person reads.
    """

    __slots__ = ("_hash", "code", "pairs")
    _hash: int
    code: str
    pairs: tuple[tuple[str, Any], ...]

    def __init__(self, code: str = "", /, **values: Value) -> None:
        pairs = tuple(sorted((name, _checked(value)) for name, value in values.items()))
        for name, value in (("code", code), ("pairs", pairs), ("_hash", hash((code, pairs)))):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"A Reason does not change: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"A Reason does not change: {name}")

    def __reduce__(self) -> tuple[Any, ...]:
        return decoded, (encoded(self),)

    def __copy__(self) -> "Reason":
        return self

    def __deepcopy__(self, memo: object) -> "Reason":
        return self

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.pairs)

    @property
    def text(self) -> str:
        """In words."""
        return worded(self)

    def within(self) -> Iterator["Reason"]:
        """This one, and the reasons among its values."""
        yield self
        for _name, value in self.pairs:
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, Reason):
                    yield from one.within()

    def __bool__(self) -> bool:
        return bool(self.code)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reason):
            return NotImplemented
        return self is other or (self.code == other.code and self.pairs == other.pairs)

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return worded(self)

    def __format__(self, spec: str) -> str:
        return format(worded(self), spec)

    def __repr__(self) -> str:
        return f"Reason({encoded(self)!r})"


NONE = Reason()


def _checked(value: Any) -> Any:
    """As it is kept: lists as tuples, whole numbers as such, texts as any database takes them."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, Reason):
        return value
    if isinstance(value, int):
        return int(value) if value.bit_length() <= LONGEST_NUMBER else hex(value)
    if type(value) is float and isfinite(value):
        return int(value) if value.is_integer() else value
    if isinstance(value, list | tuple) and not any(isinstance(one, list | tuple) for one in value):
        return tuple(map(_checked, value))
    raise TypeError(f"A Reason cannot hold {value!r}")


def joined(*reasons: Reason) -> Reason:
    """One after the other, as sentences are. Empty ones are left out."""
    given = [one for one in reasons if one]
    return Reason(JOINED, parts=given) if len(given) > 1 else next(iter(given), NONE)


def said(words: str) -> Reason:
    """A service's own words, as they are."""
    return Reason(SAID, said=words) if words else NONE


class Reasoned(Exception):
    """An error that says why. `text`: the same in words, for logs and for pages that show it at once."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def text(self) -> str:
        return str(self.reason)


# As rows keep it


@lru_cache(maxsize=8192)
def encoded(reason: Reason) -> str:
    """`code`, or `code {"name": value, …}` with sorted names: equal reasons are equal texts, and no reason is no text."""
    if reason.code == FOREIGN:
        return str(reason.values.get("said", ""))
    if not reason.pairs:
        return reason.code
    return f"{reason.code} {_json(reason)}"


def _json(reason: Reason) -> str:
    values = {name: _plain(value) for name, value in reason.pairs}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Reason):
        return {"code": value.code, "values": {name: _plain(one) for name, one in value.pairs}}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


@lru_cache(maxsize=8192)
def decoded(text: str) -> Reason:
    """What `encoded` made a text of. Never raises: whatever else it is, it comes back as it was, and reads as it is."""
    code, _space, values = text.partition(" ")
    if CODE.fullmatch(code) and code != FOREIGN:
        try:
            reason = _reason(code, json.loads(values) if values else {})
            if encoded(reason) == text:
                return reason
        except (ValueError, TypeError, AttributeError, RecursionError):
            pass
    return Reason(FOREIGN, said=text) if text else NONE


def _reason(code: str, values: dict[str, Any], depth: int = 0) -> Reason:
    if depth > DEEPEST:
        raise ValueError(code)
    return Reason(code, **{name: _value(value, depth) for name, value in values.items()})


def _value(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        return _reason(value["code"], value["values"], depth + 1) if value.keys() == {"code", "values"} else None
    return [_value(one, depth) for one in value] if isinstance(value, list) else value


class ReasonEncoder(json.JSONEncoder):
    """For JSON that holds reasons: each as its text in rows."""

    def default(self, o: Any) -> Any:
        return encoded(o) if isinstance(o, Reason) else super().default(o)


# In words

_words: dict[str, Template] = {}


class Unfit(Exception):
    """A table that cannot be: the text says why."""


def register(table: Mapping[str, Template]) -> None:
    """Make the words of these codes known. Raises Unfit for a code that is known, or is none, and for a template whose fields are
    not names."""
    for code, template in table.items():
        if code in _words:
            raise Unfit(f"{code} is known already.")
        if not CODE.fullmatch(code):
            raise Unfit(f"{code} is no code.")
        fields_of(template)
    _words.update(table)


def codes() -> Mapping[str, Template]:
    """All that is known."""
    return dict(_words)


def fields_of(template: Template) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the values that it needs, and of those that it can do without. Raises Unfit."""
    if isinstance(template, str):
        try:
            found = [name for _text, name, _spec, _form in Formatter().parse(template) if name is not None]
        except ValueError as error:
            raise Unfit(f"{template}: {error}") from None
        if not all(name.isidentifier() for name in found):
            raise Unfit(f"{template}: fields have names.")
        return frozenset(found), frozenset()
    known = signature(template).parameters.values()
    if any(one.kind not in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY) for one in known):
        raise Unfit(f"{template}: fields have names.")
    needed = frozenset(one.name for one in known if one.default is one.empty)
    return needed, frozenset(one.name for one in known) - needed


# What putting together can raise when codes or values are of another release, huge, or nested without end.
UNWORDED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def worded(reason: Reason) -> str:
    """As a person reads it, in the language that is active. Never raises: codes and values may be of another release."""
    if not reason:
        return ""
    values: dict[str, Any] = {}
    try:
        values = {name: _shown(value) for name, value in reason.pairs}
        template = _words.get(reason.code)
        if template is not None:
            return _(template).format(**values) if isinstance(template, str) else template(**values)
    except UNWORDED:
        pass
    plain = ((name, ", ".join(value) if isinstance(value, tuple) else value) for name, value in values.items())
    listed = ", ".join(f"{name}: {value}" for name, value in plain)
    code = f"{reason.code} ({listed})" if listed else reason.code
    return _("This release of AssetLink has no words for it: {code}.").format(code=code)


class Words(str):
    """Another's words, for templates that put them into a sentence."""

    def __format__(self, spec: str) -> str:
        known = {"ended": ended, "clause": clause}.get(spec)
        return known(self) if known else super().__format__(spec)


def _shown(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(str, value))
    words = worded(value) if isinstance(value, Reason) else value
    return Words(words) if isinstance(words, str) else words


# Parts of sentences, for templates


def ended(text: object) -> str:
    """Another's words as the end of a sentence: with one full stop, and never nothing."""
    words = str(text).strip()
    return words if words.endswith(("!", "?", "…")) else f"{clause(words)}."


def clause(text: object) -> str:
    """The same within a sentence."""
    return str(text).strip().rstrip(". ") or _("no reason was given")


def with_text(lead: str, then: str = "") -> Template:
    """A sentence whose end is the value `text`."""
    return lambda text: f"{lead}: {ended(text)}{then}"


def with_said(lead: str, then: str = "") -> Template:
    """A sentence whose end is the value `said`."""
    return lambda said: f"{lead}: {ended(said)}{then}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 try`, `1,000 tries`. `many`: where it is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _foreign(said: str) -> str:
    """A sentence says itself. Of a code whose values are damaged, its code is what can be said."""
    code, _space, rest = said.partition(" ")
    if CODE.fullmatch(code) and (not rest or rest.startswith("{")):
        return _("What AssetLink keeps of the reason cannot be read: {code}.").format(code=code)
    return said


def _joined(parts: Sequence[str]) -> str:
    return " ".join(parts)


register({FOREIGN: _foreign, JOINED: _joined, SAID: "{said}"})
