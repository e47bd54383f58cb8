"""Whatever bytes come in place of a picture: something that can be compared, or nothing."""

from io import BytesIO

import pytest
from PIL import Image

from linking.adopting.grids import look_of


def jpeg(exif: bytes = b"") -> bytes:
    found = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(found, "JPEG", **({"exif": exif} if exif else {}))
    return found.getvalue()


# A directory of one entry, whose type, number and place of values the cases set (TIFF 6.0, section 2).
HEAD = b"Exif\0\0II*\0\x08\0\0\0\x01\0"


@pytest.mark.parametrize(
    "entry",
    [
        b"\x12\x01\x02\0\x01\0\0\0\x06\0\0\0",  # the orientation as a text
        b"\x12\x01\x05\0\x01\0\0\0\xff\xff\xff\x7f",  # as a fraction behind the end
        b"\x12\x01\x03\0\x02\0\0\0\x06\0\x06\0",  # twice
        b"\x12\x01\x0c\0\x01\0\0\0\x1a\0\0\0",  # as a floating-point number of which half is missing
    ],
)
def test_a_damaged_orientation_raises_nothing(entry):
    look_of(jpeg(HEAD + entry + b"\0\0\0\0"))


@pytest.mark.parametrize("error", [TypeError, KeyError, MemoryError, Exception])
def test_whatever_a_reader_of_pictures_raises_is_no_picture(error, monkeypatch):
    def broken(*_):
        raise error("broken")

    monkeypatch.setattr("linking.adopting.grids.ImageOps.exif_transpose", broken)
    assert look_of(jpeg()) is None


def test_what_is_too_large_is_not_decoded():
    found = BytesIO()
    Image.new("L", (1001, 1000)).save(found, "PNG")
    assert look_of(found.getvalue()) is None


def test_what_is_no_picture_looks_like_nothing():
    assert [look_of(content) for content in (b"", b"<html>", jpeg()[:200])] == [None, None, None]
