"""A language in which every marked text has letters of its own: whatever still reads as English on a page is not marked.

It stands in for German while a test runs, so that the app chooses it as it chooses any language. A text comes out in wide
letters between ⟦ and ⟧; values, tags and entities within it stay as they are.
https://docs.djangoproject.com/en/5.2/topics/i18n/translation/
"""

import re
import string
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

from django.utils.translation import override, trans_real

from script.messages import VALUE

INSTEAD_OF = "de"
CONTEXT = (
    "\x04"  # stands between a text and its context: https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html
)
WIDE = str.maketrans({letter: chr(ord(letter) + 0xFEE0) for letter in string.ascii_letters})
KEPT = re.compile(rf"{VALUE.pattern}|<[^>]*>|&#?\w+;")
# Attributes that people read or hear, and the texts of buttons that are inputs.
READ = {"alt", "aria-label", "aria-description", "aria-valuetext", "placeholder", "title", "label"}
READ |= {"data-announce", "data-label", "data-none", "data-said", "data-text"}
SILENT = {"script", "style", "code", "kbd"}
# What is the same in every language: names, units, file formats, time zones, and what a transformation is made of.
NAMES = (
    r"AssetLink|Cloudinary|Shopify|Media Library|Dev Dashboard|Admin API|GraphQL|Console|English|Deutsch|SKUs?|CSV|Excel"
    r"|JSON Lines|JSON|UTC|PDF|ZIP|JPE?G|PNG|GIF|SVG|MP4|[KMG]i?B|px|URL|IDs?|Esc|Ctrl|Cmd|HTTP|Mac|SQLite|Django"
    r"|Python|PostgreSQL|Redis"
)
ZONES = re.compile(r"\b(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[\w/+-]+")
SAME = re.compile(
    rf"\b(?:{NAMES})\b|\b[0-9a-f]{{8}}-[0-9a-f-]{{27}}\b|https?://\S+|\S*_\S*|\S+@\S+|\w+(?:\.\w+)+(?:\+\w+)?"
)
WORD = re.compile(r"[A-Za-z]{2,}")


class Pseudo:
    """As much of a catalog of translations as Django asks for."""

    def gettext(self, message: str) -> str:
        text, at, parts = message.rpartition(CONTEXT)[2], 0, []
        for kept in KEPT.finditer(text):
            parts += [text[at : kept.start()].translate(WIDE), kept.group()]
            at = kept.end()
        return f"⟦{''.join(parts)}{text[at:].translate(WIDE)}⟧"

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)

    def language(self) -> str:
        return INSTEAD_OF

    to_language = language


@contextmanager
def pseudo(language: Pseudo | None = None) -> Iterator[None]:
    """Who chose German reads this language meanwhile, and so does this thread."""
    was = trans_real._translations.get(INSTEAD_OF)
    trans_real._translations[INSTEAD_OF] = language or Pseudo()
    try:
        with override(INSTEAD_OF):
            yield
    finally:
        if was is None:
            del trans_real._translations[INSTEAD_OF]
        else:
            trans_real._translations[INSTEAD_OF] = was


def is_english(text: str, data: Iterable[str] = ()) -> bool:
    """Whether words of it are neither translated, nor data, nor the same in every language."""
    text = ZONES.sub("", text)
    for known in sorted(data, key=len, reverse=True):
        if known in text and WORD.search(known):
            text = re.sub(rf"(?<!\w){re.escape(known)}(?!\w)", "", text)
    return bool(WORD.search(SAME.sub("", text)))


class Shown(HTMLParser):
    """The texts of a page that people read or hear, in order: `texts`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        known = dict(attrs)
        button = tag == "input" and known.get("type") in ("submit", "button", "reset")
        self.texts += [value for name, value in attrs if value and (name in READ or (button and name == "value"))]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._silent -= tag in SILENT

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(" ".join(data.split()))
