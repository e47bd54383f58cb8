"""From an asset to its keys: the values of a field, split and cut as a person wishes, and when two keys are the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import re2  # matches in linear time, whatever pattern a person writes

from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from setup.spelling import composed, folded, plain
from setup.words import _, gettext_lazy, quoted

MAX_PATTERN = 300
MAX_SEPARATOR = 10
# Longer values name no product: stores take 255 characters for most fields, and an index of ours no more than this.
LONGEST = 1000
QUIET = re2.Options()
QUIET.log_errors = False
QUIET.max_mem = 1 << 20
# By what RE2 says before the colon, in English; what it names after it is a part of the pattern.
UNREADABLE = {
    "": gettext_lazy("AssetLink cannot read the pattern."),
    "bad repetition operator": gettext_lazy("AssetLink cannot read the pattern: {part} repeats a repetition."),
    "invalid character class range": gettext_lazy(
        "AssetLink cannot read the pattern: {part} is no range of characters."
    ),
    "invalid escape sequence": gettext_lazy("AssetLink cannot read the pattern: it does not know {part}."),
    "invalid named capture group": gettext_lazy(
        "AssetLink cannot read the pattern: the name in {part} cannot be used."
    ),
    "invalid perl operator": gettext_lazy("Patterns cannot look ahead or back: {part}."),
    "invalid repetition size": gettext_lazy(
        "AssetLink cannot read the pattern: {part} repeats too often, or its numbers are swapped."
    ),
    "missing )": gettext_lazy("AssetLink cannot read the pattern: a closing “)” is missing in {part}."),
    "missing ]": gettext_lazy("AssetLink cannot read the pattern: a closing “]” is missing in {part}."),
    "no argument for repetition operator": gettext_lazy(
        "AssetLink cannot read the pattern: nothing stands before {part} that it could repeat."
    ),
    "trailing \\": gettext_lazy("AssetLink cannot read the pattern: nothing follows the “\\” at its end."),
    "unexpected )": gettext_lazy("AssetLink cannot read the pattern: a “(” is missing before the “)” in {part}."),
}


class BadPattern(ValueError):
    """A pattern that cannot be used; the text says why and what to write instead."""


@dataclass(frozen=True)
class Keying:
    """`pattern` takes the key out of a value: its first group, or all that it finds. `separator` splits a value before that.
    `fold`: upper and lower case and spaces make no difference."""

    field: CloudinaryField
    pattern: str = ""
    separator: str = ""
    fold: bool = False

    @classmethod
    def parse(cls, code: str) -> "Keying":
        """The inverse of str(). Raises BadField or BadPattern."""
        field, _sign, rest = code.partition("\n")
        pattern, _sign, rest = rest.partition("\n")
        separator, _sign, fold = rest.partition("\n")
        return cls(CloudinaryField.parse(field), pattern, separator, fold == "fold")

    def __str__(self) -> str:
        """A code for rows: two selections with the same code put the same question."""
        parts = (str(self.field), self.pattern, self.separator, "fold" if self.fold else "")
        return "\n".join(parts).rstrip("\n")

    @property
    def settings(self) -> dict[str, Any]:
        """By the names of a selection's fields."""
        return {
            "cloudinary_field": str(self.field),
            "pattern": self.pattern,
            "separator": self.separator,
            "fold": self.fold,
        }

    @cached_property
    def _compiled(self) -> Any:
        return compiled(composed(self.pattern)) if self.pattern else None

    def keys(self, asset: Asset) -> tuple[str, ...]:
        """In order and composed, without empty ones and such as are too long for any store; of several that are the same the
        first."""
        values = self.field.values(asset)
        if not (
            self.pattern or self.separator or self.fold
        ):  # by far the most, and asked of a thousand assets for every view
            return tuple(dict.fromkeys(key for value in values if 0 < len(key := plain(value)) <= LONGEST))
        return self._distinct(key for value in values for key in self._parts(value))

    def spelled(self, asset: Asset) -> dict[str, str]:
        """Keys as the asset's values spell them, neither composed nor trimmed; each with what identifies it (`same`)."""
        values = self.field.values(asset)
        parts = (part for value in values for part in (value.split(self.separator) if self.separator else (value,)))
        return {key: self.same(key) for key in map(self.cut, parts) if key and len(key) <= LONGEST}

    def keys_in(self, value: str) -> tuple[str, ...]:
        """The keys that one value of the field gives."""
        return self._distinct(self._parts(value))

    def _parts(self, value: str) -> Iterator[str]:
        separator, value = composed(self.separator), plain(value)
        for part in value.split(separator) if separator else (value,):
            yield plain(self.cut(plain(part)))

    def _distinct(self, keys: Iterable[str]) -> tuple[str, ...]:
        found: dict[str, str] = {}
        for key in keys:
            if key and len(key) <= LONGEST and len(same := self.same(key)) <= LONGEST:
                found.setdefault(same, key)
        return tuple(found.values())

    def cut(self, value: str) -> str:
        """What the pattern finds in a value; empty if it finds nothing."""
        if self._compiled is None:
            return value
        found = self._compiled.search(value)
        if found is None:
            return ""
        return (found.group(1) if self._compiled.groups else found.group(0)) or ""

    def same(self, key: str) -> str:
        """Two keys are the same if this is."""
        return folded(key) if self.fold else plain(key)


@dataclass(frozen=True, slots=True)
class Example:
    """A value of the field, and the keys that it gives; neither if an asset has no value."""

    value: str = ""
    keys: tuple[str, ...] = ()


def examples(keying: Keying, assets: Iterable[Asset], most: int = 5) -> list[Example]:
    """What becomes of some values, of different ones if there are; up to two of them give no key."""
    found: dict[str, Example] = {}
    for asset in assets:
        for value in keying.field.values(asset) or ("",):
            found.setdefault(value, Example(value, keying.keys_in(value)))
    keyless = [one for one in found.values() if not one.keys][:2]
    keyed = [one for one in found.values() if one.keys][: most - len(keyless)]
    return [*keyed, *keyless]


def compiled(pattern: str) -> Any:
    """Raises BadPattern."""
    if len(pattern) > MAX_PATTERN:
        raise BadPattern(_("The pattern is longer than {most} characters.").format(most=MAX_PATTERN))
    if "\n" in pattern or "\r" in pattern:
        raise BadPattern(_("A pattern is a single line."))
    try:
        return re2.compile(pattern, QUIET)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        kind, _sign, part = text.partition(": ")
        raise BadPattern(str(UNREADABLE.get(kind, UNREADABLE[""])).format(part=quoted(part))) from None
