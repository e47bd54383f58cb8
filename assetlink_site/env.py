"""How variables of the environment become settings: what one is, and how all of them are read at once.

`assetlink_site/variables.py` declares them, `assetlink_site/forms.py` has their forms. A secret NAME can be read from the file
that NAME_FILE names, as Docker, Kubernetes and systemd hand secrets over.
"""

import dataclasses
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured

from assetlink_site.forms import Form, Wrong

CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
UNDECODABLE = re.compile(r"[\ud800-\udfff]")  # bytes of the environment that are no UTF-8, as Python hands them over
BOM = "\ufeff"
LONGEST = 100  # characters of a path in a message
LARGEST = 64 * 1024  # bytes of a file that holds one secret
T = TypeVar("T")
D = TypeVar("D")


class SettingsWrong(ImproperlyConfigured):
    """Settings that cannot work: a sentence for each, which names the variable, says what to do, and shows no secret."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Variable:
    name: str
    form: Form[Any]
    default: Any
    meaning: str  # Markdown, for docs/operator/settings.md
    group: str
    secret: bool
    example: str
    default_words: str
    needed: str  # what to do if it is empty; "" if it may be

    def read(self, environ: Mapping[str, str]) -> Any:
        """Raises Wrong with a whole sentence."""
        text, source = self.text_of(environ)
        if not text:
            return self.default
        hidden = self.secret or "@" in text  # a password that somebody wrote into an address
        shown = "cannot be used" if hidden else f"is {text[:40]!r}"
        if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
            raise Wrong(f"{self.name}{source} is in quotation marks, which are taken for a part of it: remove them.")
        if UNDECODABLE.search(text):
            raise Wrong(f"{self.name}{source} has bytes that are no UTF-8 text: write it again.")
        if CONTROLS.search(" ".join(text.split()) if self.form.lines else text):
            raise Wrong(f"{self.name}{source} has a line break or another control character within: write it again.")
        try:
            return self.form.read(text)
        except Wrong as error:
            raise Wrong(f"{self.name}{source} {shown}: {error}.") from None

    def text_of(self, environ: Mapping[str, str]) -> tuple[str, str]:
        """Its text, and for a message ` (from FILE)`. What is empty or blank counts as not set: compose files and unit files hand
        over empty variables for those that nobody filled in."""
        text = environ.get(self.name, "").strip().removeprefix(BOM)
        path = environ.get(f"{self.name}_FILE", "").strip() if self.secret else ""
        if not path:
            return text, ""
        if text:
            raise Wrong(f"{self.name} and {self.name}_FILE are both set: remove one of them.")
        return self._in_file(path), f" (from {cut(path)})"

    def _in_file(self, path: str) -> str:
        named = f"{self.name}_FILE names {cut(path)}, which"
        if not is_path(path):  # a secret that was put there by mistake is not shown
            named = f"{self.name}_FILE must be the path of a file ({self.name} takes the value itself). What it names"
        try:
            found = content(path)
            text = found.decode("utf-8-sig").strip()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise Wrong(f"{named} cannot be read ({why}): mount it, or let this process's user read it.") from None
        if not text and (self.default or self.default_words):  # which would take its place in silence
            raise Wrong(f"{named} is empty: write the value into it.")
        if len(found) > LARGEST:
            raise Wrong(f"{named} is larger than {LARGEST:,} bytes: it must hold the secret and nothing else.")
        return text


def content(path: str) -> bytes:
    """The beginning of a regular file; a pipe would be waited for. Raises OSError, ValueError."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(0, "Is a directory" if stat.S_ISDIR(mode) else "it is no regular file")
        return file.read(LARGEST + 1)


def is_path(given: str) -> bool:
    """Whether it looks like one, or leads to something."""
    try:
        return given.startswith(("/", "./", "../")) or Path(given).exists()
    except (OSError, ValueError):
        return False


def cut(path: str) -> str:
    """In one line, and not too long for a message."""
    shown = path if path.isprintable() else ascii(path)[1:-1]
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def variable(form: Form[T], default: D, meaning: str, *, group: str, **known: Any) -> T | D:
    """A field of the declaration; its name in small letters is the variable's. Known besides: secret, example, default_words,
    needed."""
    metadata = {"form": form, "meaning": meaning, "group": group, "known": known}
    return dataclasses.field(default=default, repr=not known.get("secret"), metadata=metadata)


def variables_of(declaration: type) -> list[Variable]:
    found = []
    for field in dataclasses.fields(declaration):
        known: dict[str, Any] = {"secret": False, "example": "", "default_words": "", "needed": ""}
        known |= field.metadata["known"]
        found.append(
            Variable(
                name=field.name.upper(),
                form=field.metadata["form"],
                default=field.default,
                meaning=field.metadata["meaning"],
                group=field.metadata["group"],
                **known,
            )
        )
    return found


def read(declaration: type[T], environ: Mapping[str, str]) -> T:
    """An instance of it. Raises SettingsWrong, which names every fault, not only the first."""
    values, faults = {}, []
    for one in variables_of(declaration):
        try:
            values[one.name.lower()] = one.read(environ)
        except Wrong as error:
            faults.append(str(error))
    if faults:
        raise SettingsWrong(faults)
    return declaration(**values)


def missing(declaration: type, values: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that has to be set and is not; it names the file that should hold it and is empty."""
    needed = [one for one in variables_of(declaration) if one.needed and not values[one.name.lower()]]
    return [f"{_lacking(one.name, environ)}: {one.needed}." for one in needed]


def _lacking(name: str, environ: Mapping[str, str]) -> str:
    path = environ.get(f"{name}_FILE", "").strip()
    return f"{name} is not set ({path} is empty)" if path else f"{name} is not set"
