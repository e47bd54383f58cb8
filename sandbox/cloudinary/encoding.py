"""The text form of key-value pairs: a=1|b=["x","y"], with = and | escaped by a backslash."""

import re

from sandbox.cloudinary.errors import Refused


def decoded_pairs(text: str) -> dict[str, str]:
    """Raises Refused."""
    pairs: dict[str, str] = {}
    for piece in split(text, "|"):
        key, *rest = split(piece, "=")
        if not key or not rest:
            raise Refused(400, f"Invalid pair: {piece!r}. It must be key=value")
        pairs[unescaped(key).strip()] = unescaped("=".join(rest))
    return pairs


def split(text: str, separator: str) -> list[str]:
    """At every separator without a backslash before it."""
    return re.split(rf"(?<!\\){re.escape(separator)}", text)


def unescaped(text: str) -> str:
    return re.sub(r'\\([=|"])', r"\1", text)
