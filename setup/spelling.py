"""When two texts are the same, however they are written: in Unicode's composed form, without what nobody sees at their edges.

What only compatibility (NFKC) or case would make equal is not the same; people's searches find it nevertheless.
"""

import unicodedata
from itertools import chain

# Control characters, blanks of every kind, and what takes no room: soft hyphen, zero-width spaces and joiners, marks of
# direction, the byte order mark.
UNSEEN_RANGES = (
    *((0x00, 0x20), (0x7F, 0xA0), (0xAD, 0xAD), (0x61C, 0x61C), (0x1680, 0x1680), (0x180E, 0x180E), (0x2000, 0x200F)),
    *((0x2028, 0x202F), (0x205F, 0x2064), (0x2066, 0x206F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
UNSEEN = "".join(map(chr, chain.from_iterable(range(first, last + 1) for first, last in UNSEEN_RANGES)))
NOTHING = dict.fromkeys(map(ord, UNSEEN))
WEIGHTLESS = {code: None for code in NOTHING if not chr(code).isspace()}
# Marks that Vietnamese keyboards write by themselves behind a letter with its hat: neither composed nor decomposed.
TONES = "\u0300\u0301\u0303\u0309\u0323"


def composed(text: str) -> str:
    """In NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def plain(text: str) -> str:
    """Two texts are the same if this is."""
    return composed(text).strip(UNSEEN)


def folded(text: str) -> str:
    """As `plain`, with neither blanks nor anything else unseen, upper and lower case alike, and so are letters that only
    compatibility tells apart."""
    while True:
        bare = unicodedata.normalize("NFKC", text).casefold().translate(NOTHING)
        if bare == text:
            return bare
        text = bare  # where a blank was, letters may compose only now


def weighty(text: str) -> str:
    """Without what takes no room anywhere."""
    return text if text.isascii() else text.translate(WEIGHTLESS)


def searched(text: str) -> str:
    """As people's searches compare: as `folded`, but with the blanks."""
    return composed(weighty(unicodedata.normalize("NFKC", text).casefold()))


def forms(text: str) -> tuple[str, ...]:
    """How a service that does not normalise may keep the same text: composed, decomposed, and as it is typed in Vietnamese."""
    found = plain(text)
    if found.isascii():
        return (found,)
    return tuple(dict.fromkeys((found, unicodedata.normalize("NFD", found), _typed(found))))


def _typed(text: str) -> str:
    """With tones apart from letters that have another mark as well; where there is none, as it is."""
    letters = [unicodedata.normalize("NFD", letter) for letter in text]
    if all(len(letter) < 3 or not _tones(letter) for letter in letters):
        return text
    return "".join(composed("".join(sign for sign in one if sign not in TONES)) + _tones(one) for one in letters)


def _tones(letter: str) -> str:
    return "".join(sign for sign in letter if sign in TONES)
