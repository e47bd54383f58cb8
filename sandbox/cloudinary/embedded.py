"""What a file carries of itself (IPTC, XMP, EXIF), read from its bytes: in answers that ask for `media_metadata`, or for
`image_metadata` as it was called before.

https://cloudinary.com/documentation/admin_api#get_details_of_a_single_resource_by_asset_id. Names are ExifTool's, in one flat
object. Not verified on the real service: the names and shapes of single values; whether searches carry as much as the details of
an asset, which the setting `embedded_in_search` turns off; what videos have, which is nothing here.
"""

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin

from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.records import Asset

NAMES = ("media_metadata", "image_metadata")
ON = (True, "1", "true")
# https://www.iptc.org/std/photometadata/specification: record 2, by data set.
IPTC = {5: "ObjectName", 15: "Category", 20: "SupplementalCategories", 25: "Keywords", 40: "SpecialInstructions"}
IPTC |= {80: "By-line", 103: "OriginalTransmissionReference", 105: "Headline", 110: "Credit", 115: "Source"}
IPTC |= {116: "CopyrightNotice", 120: "Caption-Abstract"}
CHARSET, UTF_8 = (1, 90), b"\x1b%G"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
LISTS = tuple(f"{RDF}{name}" for name in ("Bag", "Seq", "Alt"))


def shown(environment: Environment, asset: Asset, asked: Any) -> dict[str, Any]:
    """Under each name that is asked for: `asked` is the query, the form or the list of a call."""
    names = [name for name in NAMES if (asked.get(name) in ON if hasattr(asked, "get") else name in asked)]
    if not names or asset.resource_type != "image":
        return {}
    found = of_file(environment.world.blobs.path(asset.blob))
    return dict.fromkeys(names, found) if found else {}


@lru_cache(maxsize=4096)
def of_file(path: Path) -> dict[str, Any]:
    """Of a blob, which never changes."""
    return of_bytes(path.read_bytes())


def of_bytes(content: bytes) -> dict[str, Any]:
    """What cannot be read has nothing. XMP's values go before IPTC's, and those before EXIF's."""
    try:
        with Image.open(BytesIO(content)) as picture:
            packet = picture.info.get("xmp") or b""
            return exif(picture) | iptc(picture) | xmp(packet if isinstance(packet, bytes) else packet.encode())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return {}


def exif(picture: Image.Image) -> dict[str, Any]:
    known = picture.getexif()
    values = {**known, **known.get_ifd(ExifTags.IFD.Exif)}
    named = {str(ExifTags.TAGS[tag]): said(value) for tag, value in values.items() if tag in ExifTags.TAGS}
    return {name: value for name, value in named.items() if value and name not in ("ExifOffset", "GPSInfo")}


def said(value: Any) -> str:
    if isinstance(value, bytes):
        if value.startswith((b"ASCII\0\0\0", b"UNICODE\0")):
            value = value[8:]
        return value.decode("utf-16-le" if b"\0" in value[1::2] else "latin-1", "replace")
    return str(value)


def iptc(picture: ImageFile.ImageFile) -> dict[str, Any]:
    """Without a code for UTF-8 the bytes count as Latin-1, whatever they are."""
    known = IptcImagePlugin.getiptcinfo(picture) or {}
    charset = "utf-8" if known.get(CHARSET) == UTF_8 else "latin-1"
    found: dict[str, Any] = {}
    for (record, dataset), value in known.items():
        if record == 2 and dataset in IPTC:
            texts = [one.decode(charset, "replace") for one in (value if isinstance(value, list) else [value])]
            found[IPTC[dataset]] = texts if len(texts) > 1 else texts[0]
    return found


def xmp(packet: bytes) -> dict[str, Any]:
    """Properties of its descriptions, as attributes and as elements, without the prefix of their schema."""
    try:
        root = ElementTree.fromstring(packet.strip(b"\0 \r\n\t")) if packet else None  # noqa: S314 - our own pictures
    except ElementTree.ParseError:
        return {}
    found: dict[str, Any] = {}
    for one in root.iter(f"{RDF}Description") if root is not None else ():
        found |= {bare(name): value for name, value in one.attrib.items() if not name.startswith(RDF)}
        for child in one:
            if value := listed(child):
                found[bare(child.tag)] = value
    return found


def listed(element: ElementTree.Element) -> str | list[str]:
    for kind in LISTS:
        if (held := element.find(kind)) is not None:
            texts = [entry.text or "" for entry in held]
            return texts if len(texts) > 1 else texts[0] if texts else ""
    return (element.text or "").strip()


def bare(name: str) -> str:
    """In ExifTool's spelling: `dc:subject` is Subject."""
    tail = name.rpartition("}")[2]
    return tail[:1].upper() + tail[1:]
