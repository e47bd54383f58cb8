"""Whole numbers as strangers write them: in forms, addresses and headers."""

LARGEST = 2**63 - 1  # what the databases' widest column of whole numbers holds
DIGITS = len(str(LARGEST))


def whole(text: str | None, *, most: int = LARGEST) -> int | None:
    """The number that a text of plain digits writes, from 0 to `most`; None for everything else.

    Never `int()` alone: it raises for more than 4,300 digits, and what it returns for fewer may fit no column and no float.
    """
    if not text or len(text) > DIGITS or not (text.isascii() and text.isdecimal()):
        return None
    found = int(text)
    return found if found <= most else None


def row_number(text: str | None) -> int:
    """The number by which a page names a row; -1, which no row has, for what is none."""
    found = whole(text)
    return -1 if found is None else found
