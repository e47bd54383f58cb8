"""What operators say about a product environment, checked before it is kept."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

# A signature of HS256 wants a secret of at least 32 bytes: https://www.rfc-editor.org/rfc/rfc7518#section-3.2
SHORTEST = 32
LONGEST_ADDRESS = 200  # what the columns hold


class Unusable(ValueError):
    """The text says which value it is, and what it has to be."""


def address(name: str, text: str, *, path: bool = False) -> str:
    """Without a slash at its end; empty stays empty. `path`: it may have one. Raises Unusable."""
    found = text.strip().rstrip("/")
    if not found:
        return ""
    try:
        parts = urlsplit(found)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    fine = host and port != 0 and parts.scheme in ("http", "https") and not (parts.username or parts.password)
    if not fine or parts.query or parts.fragment or set(found) & set(" ;,'\"\\<>") or (parts.path and not path):
        kind = "https://media.example.com" + ("/path" if path else "")
        raise Unusable(f"{name} is {text[:60]!r}: it must be an address such as {kind}, without ? and #.")
    if len(found) > LONGEST_ADDRESS:
        raise Unusable(f"{name} has {len(found)} characters: {LONGEST_ADDRESS} are the most.")
    return found


def issuer(text: str) -> str:
    """Raises Unusable."""
    if not text or text != text.strip() or len(text) > 255 or not text.isprintable():
        raise Unusable(
            "The launch issuer is what the Console writes into `iss`: 1 to 255 characters, no blanks around."
        )
    return text


def launch_secret(text: str, name: str) -> str:
    """`name`: where it comes from. Raises Unusable, without a word of the secret."""
    if len(text) < SHORTEST:
        raise Unusable(f"{name} has less than {SHORTEST} characters.")
    if not text.isprintable():
        raise Unusable(f"{name} has characters that nobody can see: it must be one line of text.")
    return text


def launch_secret_in(path: str) -> str:
    """The first line of a file, without the line break. Raises Unusable."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}.") from None
    return launch_secret(text.rstrip("\r\n"), path)


def is_shown(place: str, sources: Sequence[str] | None = None) -> bool:
    """Whether IMAGE_SOURCES, or `sources`, lets browsers show pictures of that address."""
    allowed = settings.IMAGE_SOURCES if sources is None else sources
    parts = urlsplit(place)
    host = parts.netloc.lower()
    for known in allowed:
        scheme, _, there = known.lower().rstrip("/").rpartition("://")
        if scheme in ("", parts.scheme) and (there in ("*", host) or (there[:2] == "*." and host.endswith(there[1:]))):
            return True
    return f"{parts.scheme}:" in allowed
