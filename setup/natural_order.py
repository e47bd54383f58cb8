"""The order in which people count: numbers by their value whatever their length, dates by time, words as in a dictionary."""

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from setup.spelling import plain

DIGITS = re.compile(r"(\d+)")
# At the very beginning a number may have a sign and decimals; 1.2.3 has none, as it counts chapters.
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?!\.?\d)")
ACCENTS = re.compile("[\u0300-\u036f]+")
FRACTION = re.compile("[\u00bc-\u00be\u2150-\u215e]")
BLANKS = re.compile(r"\s+")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
# Dates that can be read in one way only: a day and a month as mere numbers with slashes cannot.
DAY_FIRST = re.compile(rf"(\d{{1,2}})(?:st|[nr]d|th)?[ -]{MONTH},?[ -](\d{{4}})", re.ASCII)
MONTH_FIRST = re.compile(rf"{MONTH} (\d{{1,2}})(?:st|[nr]d|th)?,? (\d{{4}})", re.ASCII)
DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d.*", re.ASCII)

Part = tuple[int, Decimal, str]
Natural = tuple[tuple[Part, ...], tuple[Part, ...]]
NONE = Decimal(0)


@lru_cache(maxsize=8192)
def natural(text: str) -> Natural:
    """A sort key: `01, 02, 02a, 03, 10`; numbers before words. Case, accents and blanks at the edges decide nothing, but that
    accents do where all else is equal."""
    text = FRACTION.sub(_decimals, plain(text))
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u2212", "-")
    text = unicodedata.normalize("NFC", dated(BLANKS.sub(" ", text)))
    bare = unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    return _parts(bare), _parts(text)


def _decimals(found: re.Match[str]) -> str:
    """What is added to a whole number before it: 38½ is 38.5."""
    part = f"{unicodedata.numeric(found[0]):.6f}"
    before = found.string[found.start() - 1 : found.start()]
    return part[1:] if before.isdecimal() else part


def _parts(text: str) -> tuple[Part, ...]:
    first = NUMBER.match(text)
    rest = text[first.end() :] if first else text
    # Decimal and not int: Python refuses to read integers of more than 4,300 digits, and floats are not exact.
    found = [(0, Decimal(first[0]), "")] if first else []
    more = ((0, Decimal(part), "") if part.isdecimal() else (1, NONE, part) for part in DIGITS.split(rest) if part)
    return (*found, *more)


def dated(text: str) -> str:
    """A date or moment as ISO writes it, moments in UTC; everything else as it is. `text`: in lower case."""
    try:
        if MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text.upper())
            return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat()[:26].removesuffix("+00:00")
        if found := DOTTED.fullmatch(text):
            day, month, year = found.groups()
        elif found := DAY_FIRST.fullmatch(text):
            day, month, year = found[1], _number(found[2]), found[3]
        elif found := MONTH_FIRST.fullmatch(text):
            month, day, year = _number(found[1]), found[2], found[3]
        else:
            return text
        return datetime(int(year), int(month), int(day)).strftime("%Y-%m-%d")
    except (ValueError, OverflowError):
        return text


def _number(month: str) -> str:
    return str(1 + MONTHS.index(month[:3]))
