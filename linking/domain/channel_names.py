"""Names of files that every system takes, and that differ on each: also where case, or how a letter is composed, makes no
difference. https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""

import re
import unicodedata

LONGEST = 120  # characters without the extension; bytes in UTF-8 are at most as many as BYTES
BYTES = 200
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{one}{n}" for one in ("com", "lpt") for n in "0123456789¹²³"
}


def safe(text: str) -> str:
    """A name without its extension; `file` where nothing is left."""
    text = "".join(
        sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) not in ("Cc", "Cf", "Cs")
    )
    text = _cut(FORBIDDEN.sub("-", text).strip(" ."), LONGEST).strip(" .") or "file"
    return f"_{text}" if is_reserved(text) else text


def is_reserved(name: str) -> bool:
    """Windows takes these for devices, whatever extension follows."""
    return name.partition(".")[0].rstrip(" ").casefold() in RESERVED


def same(name: str) -> str:
    """Equal for names that are one on some system."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded).casefold()


def _cut(text: str, most: int) -> str:
    text = text[:most]
    while len(text.encode()) > BYTES:
        text = text[:-1]
    return text


class Names:
    """Of one export, given out one after another: a number makes those differ that would be the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, wanted: str, extension: str) -> str:
        stem = safe(wanted)
        name, key = f"{stem}.{extension}", same(f"{stem}.{extension}")
        at = self._next.get(key, 2)
        while same(name) in self._taken:
            name, at = f"{stem}-{at}.{extension}", at + 1
        self._next[key] = at
        self._taken.add(same(name))
        return name
