"""Why something did not work, or what is being done, as a code with values: worded only where somebody reads it.

Rows, errors and rules hold a `Reason`. Its words stand in tables (code -> template), each beside what gives these reasons:
`linking/domain/reasons.py`, `setup/shopify/errors.py`, `setup/cloudinary/client.py`. `worded` is the one place that reads them.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from inspect import signature
from math import isfinite
from string import Formatter
from typing import Any, Union

from setup.words import _, enumeration, ngettext, number, quoted

Value = Union[str, int, float, "Reason", Sequence[Union[str, int, float, "Reason"]]]


@dataclass(frozen=True, slots=True)
class Counted:
    """A text for one and a text for many: of the number that the value `by` is, or that it has members."""

    one: str
    many: str
    by: str = "count"


@dataclass(frozen=True, slots=True)
class Given:
    """A text where the value `by` is there, and another where it is missing, empty or 0."""

    by: str
    text: "str | Counted"
    without: "str | Counted"


# Texts with fields by name, or a function whose parameters are the fields. Texts are looked up in the reader's language
# (script/messages takes them from the tables); a function marks its texts itself. `Words`, `Whole` and `Names` tell how a field
# may be written.
Template = str | Counted | Given | Callable[..., str]

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


def texts_of(template: Template) -> Iterator[str | tuple[str, str]]:
    """What of it is translated, one and many as a pair. Nothing of a function, which marks its texts itself."""
    if isinstance(template, str):
        yield template
    elif isinstance(template, Counted):
        yield template.one, template.many
    elif isinstance(template, Given):
        yield from texts_of(template.text)
        yield from texts_of(template.without)


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
    if isinstance(template, Counted):
        return fields_of(template.one)[0] | fields_of(template.many)[0] | {template.by}, frozenset()
    if isinstance(template, Given):
        needed = fields_of(template.without)[0]
        return needed - {template.by}, (fields_of(template.text)[0] | {template.by}) - needed
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
            return _put(template, values)
    except UNWORDED:
        pass
    plain = ((name, ", ".join(value) if isinstance(value, tuple) else value) for name, value in values.items())
    listed = ", ".join(f"{name}: {value}" for name, value in plain)
    code = f"{reason.code} ({listed})" if listed else reason.code
    return _("This release of AssetLink has no words for it: {code}.").format(code=code)


def _put(template: Template, values: Mapping[str, Any]) -> str:
    if isinstance(template, str):
        return _(template).format(**values)
    if isinstance(template, Counted):
        return ngettext(template.one, template.many, _amount(values[template.by])).format(**values)
    if isinstance(template, Given):
        return _put(template.text if values.get(template.by) else template.without, values)
    return template(**values)


def _amount(value: object) -> int:
    if isinstance(value, tuple):
        return len(value)
    if isinstance(value, int):
        return value
    raise TypeError(f"{value!r} is no amount")


class Words(str):
    """Another's words: `{text:ended}` ends a sentence with them, `{text:clause}` stands within it."""

    def __format__(self, spec: str) -> str:
        known = {"ended": ended, "clause": clause}.get(spec)
        return known(self) if known else super().__format__(spec)


class Whole(int):
    """A number: `{count:,}` as the language groups its digits, `{status}` as it is."""

    def __format__(self, spec: str) -> str:
        return number(self) if spec == "," else super().__format__(spec)


class Names(tuple[str, ...]):
    """Several: `{names:and}` as `a, b and c`, `{names:quoted}` the same in quotation marks."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if spec == "quoted":
            return enumeration([quoted(name) for name in self])
        return enumeration(list(self)) if spec == "and" else super().__format__(spec)


def _shown(value: Any) -> Any:
    if isinstance(value, tuple):
        return Names(map(str, value))
    if isinstance(value, int):
        return Whole(value)
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


# A full stop ends a sentence if no small letter and no number follows it: `until 15 Jan. 2027` goes on.
SENTENCE_ENDS = re.compile(r"(?<=[.!?…]) +(?=[^\Wa-z\d_]|[“„«(⟦])")


def first_sentence(text: object) -> tuple[str, str]:
    """The first one of a text, without its full stop, and what follows."""
    first, *rest = SENTENCE_ENDS.split(str(text).strip(), maxsplit=1)
    return first.rstrip("."), "".join(rest)


def _foreign(said: str) -> str:
    """A sentence says itself. Of a code whose values are damaged, its code is what can be said."""
    code, _space, rest = said.partition(" ")
    if CODE.fullmatch(code) and (not rest or rest.startswith("{")):
        return _("What AssetLink keeps of the reason cannot be read: {code}.").format(code=code)
    return said


def _joined(parts: Sequence[str]) -> str:
    return " ".join(parts)


register({FOREIGN: _foreign, JOINED: _joined, SAID: "{said}"})
