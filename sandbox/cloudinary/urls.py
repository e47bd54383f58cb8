"""Delivery URLs taken apart: [s--signature--/][transformation/][v123/]public_id[.extension]."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from sandbox.cloudinary.transformation import FORMATS, LOOKS_LIKE, VALUES

SIGNATURE = re.compile(r"s--([\w-]{8}|[\w-]{32})--")
VERSION = re.compile(r"v\d+")
EXTENSIONS = (
    *FORMATS,
    "tif",
    "bmp",
    "svg",
    "pdf",
    "heic",
    "heif",
    "jxl",
    "jp2",
    "ico",
    "mp3",
    "tiff",
    "psd",
    "ai",
    "eps",
)


@dataclass(frozen=True)
class Address:
    """`name`: the public ID, perhaps with an extension; `signed`: what the signature is over."""

    signature: str | None
    transformation: str
    name: str
    signed: str

    def readings(self) -> list[tuple[str, str]]:
        """(public ID, extension), likeliest first: public IDs may hold dots, too."""
        stem, dot, extension = self.name.rpartition(".")
        whole = (self.name, "")
        if dot and stem and extension.lower() in EXTENSIONS:
            return [(stem, extension.lower()), whole]
        return [whole]


def parse(rest: str) -> Address:
    """`rest`: the raw path behind the delivery type, still escaped."""
    parts = rest.split("/")
    signature = SIGNATURE.fullmatch(parts[0])
    if signature:
        parts = parts[1:]
    versions = [at for at, part in enumerate(parts[:-1]) if VERSION.fullmatch(part)]
    cut = versions[0] if versions else leading(parts)
    transformation, name = parts[:cut], parts[cut + 1 :] if versions else parts[cut:]
    return Address(
        signature=signature and signature[1],
        transformation=unquote("/".join(transformation)),
        name=unquote("/".join(name)),
        signed="/".join((*transformation, *name)),
    )


def leading(parts: list[str]) -> int:
    """Without a version in the URL, how many parts look like components of a transformation."""
    for at, part in enumerate(parts[:-1]):
        if not LOOKS_LIKE.fullmatch(part) or part.partition("_")[0] not in VALUES:
            return at
    return len(parts) - 1
