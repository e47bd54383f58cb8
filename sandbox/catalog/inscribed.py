"""Pictures that carry something of themselves: IPTC, XMP and EXIF, written into the bytes of a JPEG as programs write them."""

import struct
from collections.abc import Mapping, Sequence
from html import escape

from PIL import Image

RECORD, CHARSET = b"\x1c\x02", b"\x1c\x01\x5a\x00\x03\x1b%G"  # application records, and the code for UTF-8 before them
PHOTOSHOP, XMP, EXIF = b"Photoshop 3.0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Exif\0\0"
DC = "http://purl.org/dc/elements/1.1/"


def inscribed(
    content: bytes,
    *,
    iptc: Mapping[int, Sequence[str | bytes]] = {},
    xmp: Mapping[str, Sequence[str]] = {},
    exif: Mapping[int, str | bytes] = {},
) -> bytes:
    """The same picture. `iptc`: values by data set, bytes as they are and texts as UTF-8; `xmp`: values of properties of Dublin
    Core; `exif`: by tag."""
    parts = [_exif(exif)] if exif else []
    parts += [_segment(0xE1, XMP + _packet(xmp))] if xmp else []
    parts += [_segment(0xED, PHOTOSHOP + _resource(iptc))] if iptc else []
    return content[:2] + b"".join(parts) + content[2:]


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _exif(values: Mapping[int, str | bytes]) -> bytes:
    known = Image.Exif()
    for tag, value in values.items():
        known[tag] = value
    body = known.tobytes()
    return _segment(0xE1, body if body.startswith(EXIF) else EXIF + body)


def _packet(values: Mapping[str, Sequence[str]]) -> bytes:
    held = "".join(
        f"<dc:{name}><rdf:Bag>{''.join(f'<rdf:li>{escape(one)}</rdf:li>' for one in texts)}</rdf:Bag></dc:{name}>"
        for name, texts in values.items()
    )
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:dc="{DC}">{held}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def _resource(values: Mapping[int, Sequence[str | bytes]]) -> bytes:
    """Photoshop's resource of IPTC: of even length."""
    texts = [(dataset, one) for dataset, own in values.items() for one in own]
    body = CHARSET if all(isinstance(one, str) for _, one in texts) else b""
    for dataset, one in texts:
        held = one.encode() if isinstance(one, str) else one
        body += RECORD + struct.pack(">BH", dataset, len(held)) + held
    return b"8BIM\x04\x04\0\0" + struct.pack(">I", len(body)) + body + b"\0" * (len(body) % 2)
