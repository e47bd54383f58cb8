"""What files are called in Shopify: words of a template, made into letters, digits and hyphens that every address takes.

Pure, for the domain and for Setup. What makes a file name unique, our mark, follows the words (linking.domain.filenames).
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from anyascii import anyascii

from setup.spelling import composed, folded, plain
from setup.words import _, enumeration, quoted

DEFAULT = "{asset.name}"
# What an option's name follows: `{option.color}`.
OPTION = "option."
NAMES = ("asset.name", "product.title", "product.handle", "option.color", "key", "position")
MOST_TEMPLATE = 200
# Characters of the words. Shopify names no limit of a file name's length; with mark, number of the attempt, extension and the
# UUID that Shopify may append it stays below 255, which files have everywhere.
MOST, MOST_OF_DEFAULT = 100, 60
ANY = re.compile(r"\{([^{}]*)\}")
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"})
# Letters that German does not have, nor words that it borrowed from French: such a text's umlauts are no German ones.
NOT_GERMAN = re.compile(r"[åıışğőűõñáíóúýčďěňřšťžľłąęćńśźżăîșțøæœ]")
# Spanish writes ü where it is heard after g, with a vowel behind it.
HEARD = re.compile(r"(?<=g)ü(?=[eiéí])", re.IGNORECASE)
# Between a number and its fraction.
FRACTION = re.compile("(?<=[0-9])(?=[\u00bc-\u00be\u2150-\u215e])")


class BadTemplate(ValueError):
    """A template that cannot be used; the text says why and what to write instead."""


@dataclass(frozen=True)
class Template:
    """`parts`: texts as they are, and names of values, in turns: the first and the last are texts."""

    parts: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Template":
        """An empty one is the default. Raises BadTemplate."""
        text = plain(text) or DEFAULT
        if len(text) > MOST_TEMPLATE:
            raise BadTemplate(_("The template is longer than {most} characters.").format(most=MOST_TEMPLATE))
        parts = ANY.split(text)
        if any("{" in part or "}" in part for part in parts):
            raise BadTemplate(_("A brace is open or closed alone. Write a name as {example}.").format(example=DEFAULT))
        for name in parts[1::2]:
            if not _is_name(name):
                known = enumeration([f"{{{one}}}" for one in NAMES])
                said = _("There is no {name}. Write {known}.")
                raise BadTemplate(said.format(name=quoted(f"{{{name}}}"), known=known))
        return cls(tuple(plain(name) if at % 2 else name for at, name in enumerate(parts)))

    @property
    def of_product(self) -> bool:
        """Whether it depends on where the asset goes."""
        return any(name != "asset.name" for name in self.parts[1::2])

    def slug(self, value_of: Callable[[str], str]) -> str:
        """The words of one file. `value_of`: of a name, empty for none: then nothing is left of it, nor of signs around it."""
        return self.words(value_of) or slug(value_of("asset.name"), self._most) or "asset"

    def words(self, value_of: Callable[[str], str]) -> str:
        """What is left of the template itself; empty of nothing but signs."""
        # Each by itself: a colour may be in another language than a title.
        words = (ascii_of(value_of(part) if at % 2 else part) for at, part in enumerate(self.parts))
        return slug("".join(words), self._most)

    @property
    def _most(self) -> int:
        return MOST_OF_DEFAULT if self.parts == ("", "asset.name", "") else MOST


def _is_name(name: str) -> bool:
    name = plain(name)
    return name in NAMES or (name.startswith(OPTION) and bool(folded(name.removeprefix(OPTION))))


def slug(text: str, most: int = MOST) -> str:
    """Lower-case ASCII words joined by hyphens; empty if nothing is left. What is too long ends with a whole word, if that leaves
    more than half."""
    found = re.sub(r"[^a-z0-9]+", "-", ascii_of(text).lower()).strip("-")
    if len(found) <= most:
        return found
    cut = found[:most]
    whole = cut if found[most] == "-" else cut.rpartition("-")[0]
    return (whole if len(whole) > most // 2 else cut).strip("-")


def ascii_of(text: str) -> str:
    """As people of its language write it without their keyboard: in a German text ä is ae, elsewhere a. Other scripts go letter
    by letter (https://github.com/anyascii/anyascii), Chinese characters as Mandarin reads them, in Japanese texts, too."""
    text = composed(text)
    if not NOT_GERMAN.search(text.lower()):
        text = HEARD.sub("u", text).translate(GERMAN)
    signs = (
        " " if unicodedata.category(sign) == "So" else sign for sign in FRACTION.sub(" ", text)
    )  # emoji are no words
    return anyascii("".join(signs))
