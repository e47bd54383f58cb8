"""What a file's name says of it, by a pattern that people write: `{sku}_{sequence}`.

A placeholder stands for what is read there, everything else for itself. A pattern with `/` also reads the folders right above a
file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import re2

from linking.domain.keying import QUIET
from setup.spelling import composed
from setup.words import _, enumeration

MOST = 100  # characters of a pattern
LONGEST_SKU = 255
# What each stands for; `any` may stand more than once, and is not read.
PLACEHOLDERS = {"sku": r"[^/]+", "sequence": r"\d{1,6}", "type": r"[^/]+?", "any": r"[^/]*"}
READ = ("sku", "sequence", "type")
PLACE = re.compile(r"\{([^{}]*)\}")
USUAL = "{sku}_{sequence}"


class BadNamePattern(ValueError):
    """A pattern that reads nothing; the text says why and what to write instead."""


@dataclass(frozen=True)
class Named:
    """What one name says; `sequence` is None where the pattern reads none."""

    sku: str
    sequence: int | None = None
    type: str = ""


@dataclass(frozen=True)
class NamePattern:
    text: str

    @classmethod
    def parse(cls, text: str) -> "NamePattern":
        """Raises BadNamePattern."""
        pattern = cls(composed(text).strip())
        if len(pattern.text) > MOST:
            raise BadNamePattern(_("The pattern is longer than {most} characters.").format(most=MOST))
        names = PLACE.findall(pattern.text)
        known = enumeration([f"{{{name}}}" for name in PLACEHOLDERS])
        for name in names:
            if name not in PLACEHOLDERS:
                text = _("AssetLink does not know {placeholder}. It knows {known}.")
                raise BadNamePattern(text.format(placeholder=f"{{{name}}}", known=known))
            if name in READ and names.count(name) > 1:
                raise BadNamePattern(_("{placeholder} may stand once.").format(placeholder=f"{{{name}}}"))
        if "sku" not in names:
            raise BadNamePattern(_("The pattern needs {sku}, where the name has the SKU.").format(sku="{sku}"))
        if re.search(r"[{}]", PLACE.sub("", pattern.text)):
            raise BadNamePattern(
                _("A brace in the pattern is open. Write for example {example}.").format(example=USUAL)
            )
        if re.search(r"\}\{", pattern.text):
            raise BadNamePattern(_("Put a character between two placeholders, such as _ or -."))
        return pattern

    @cached_property
    def _compiled(self) -> Any:
        parts = PLACE.split(self.text)
        groups = {name: f"(?P<{name}>{PLACEHOLDERS[name]})" for name in READ} | {"any": PLACEHOLDERS["any"]}
        body = "".join(groups[part] if at % 2 else re2.escape(part) for at, part in enumerate(parts))
        return re2.compile(f"^{body}$", QUIET)

    @cached_property
    def _opening(self) -> Any:
        """What a name begins with. Each placeholder ends where the sign behind it first stands."""
        parts = PLACE.split(self.text)
        groups = {name: f"(?P<{name}>{PLACEHOLDERS[name].rstrip('?')}?)" for name in READ} | {"any": "[^/]*?"}
        return re2.compile(
            "^" + "".join(groups[part] if at % 2 else re2.escape(part) for at, part in enumerate(parts)), QUIET
        )

    @property
    def is_open(self) -> bool:
        """Whether it ends with a placeholder, so that nothing says where a beginning ends."""
        return self.text.endswith("}")

    def read(self, path: str) -> Named | None:
        """`path`: folders and the file's name, with or without its extension. None where the name does not fit."""
        return self.read_stem(stem_of(composed(path)))

    def read_stem(self, stem: str, *, begins: bool = False) -> Named | None:
        """The same of a path whose last part has no extension, or of the beginning of that part."""
        depth = self.text.count("/") + 1
        parts = stem.split("/")[-depth:]
        if len(parts) < depth:
            return None
        found = (self._opening if begins else self._compiled).match("/".join(parts))
        if found is None:
            return None
        said = {name: value for name, value in found.groupdict().items() if value is not None}
        sku = said.get("sku", "").strip()
        if not sku or len(sku) > LONGEST_SKU:
            return None
        sequence = said.get("sequence")
        return Named(sku, int(sequence) if sequence else None, said.get("type", "").strip())


def stem_of(path: str) -> str:
    """Without the extension, if it has one that looks like one."""
    return re.sub(r"(?<=[^/])\.[A-Za-z0-9]{2,5}$", "", path)


@dataclass(frozen=True)
class Tried:
    """How many names fit, how many SKUs that gives, and some that do not fit."""

    fits: int
    skus: int
    misses: Sequence[str]
    missed: int


def tried(pattern: NamePattern, paths: Sequence[str], most: int = 5) -> Tried:
    """What the pattern makes of these names."""
    found = {path: pattern.read(path) for path in paths}
    misses = [path for path, named in found.items() if named is None]
    skus = {named.sku for named in found.values() if named}
    return Tried(len(found) - len(misses), len(skus), misses[:most], len(misses))
