"""Delivery of pictures that can be transparent, move, lie on their side or are made for print."""

import pytest
from PIL import Image

from tests.pictures import moving, saved
from tests.sandbox.cloudinary.test_delivery import get as get  # the fixture
from tests.sandbox.cloudinary.test_delivery import opened
from tests.sandbox.world.factories import asset

LOGO = b"""<?xml version="1.0"?><!-- a logo -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10" width="300" height="100">
<circle cx="5" cy="5" r="4" fill="navy"/><path d="M0 0"/></svg>"""


def see_through(answer) -> bool:
    return opened(answer).convert("RGBA").getpixel((39, 19))[3] == 0


@pytest.mark.parametrize("source", ["AVIF", "TIFF", "WEBP", "ICO", "PNG"])
@pytest.mark.parametrize(("form", "kept"), [("png", True), ("webp", True), ("jpg", False)])
def test_transparency_stays_in_a_form_that_can_be_transparent(get, source, form, kept):
    deliver = get(asset("a", content=saved(source)))
    path = f"image/upload/f_{form},c_limit,w_4472,h_4472/q_auto/v1/a.{form}"
    picture = opened(deliver(path)).convert("RGBA")
    assert (picture.getpixel((0, 0))[3] == 0) == kept


@pytest.mark.parametrize("declared", ["psd", "heic", "ai", "eps"])
def test_a_format_that_nothing_here_can_write_is_declared_and_has_real_pixels(get, declared):
    deliver = get(asset("a", content=saved("PNG"), declared=declared))
    assert see_through(deliver("image/upload/f_webp,c_limit,w_4472,h_4472/q_auto/v1/a.webp"))
    assert deliver(f"image/upload/f_{declared}/v1/a.{declared}").status == 400


def test_an_svg_comes_as_it_is_or_drawn_on_nothing(get):
    deliver = get(asset("a", content=LOGO))
    answer = deliver("image/upload/v1/a.svg")
    assert (answer.data, answer.headers["Content-Type"].partition(";")[0]) == (LOGO, "image/svg+xml")
    picture = opened(deliver("image/upload/f_png/v1/a.png"))
    assert picture.size == (300, 100)
    assert (picture.getpixel((50, 50)), picture.getpixel((200, 50))[3]) == ((0, 0, 128, 255), 0)


@pytest.mark.parametrize("source", ["GIF", "WEBP", "PNG", "AVIF"])
@pytest.mark.parametrize(
    ("wish", "frames"),
    [
        ("f_gif,w_20", 3),
        ("f_webp,w_20", 1),
        ("f_webp,w_20/fl_awebp", 3),
        ("f_webp,fl_animated", 3),
        ("f_png,w_20", 1),
        ("f_png,w_20/fl_apng", 3),
        ("f_jpg,w_20", 1),
    ],
)
def test_frames_stay_only_where_the_form_can_and_the_address_asks(get, source, wish, frames):
    deliver = get(asset("a", content=moving(source)))
    assert getattr(opened(deliver(f"image/upload/{wish}/v1/a")), "n_frames", 1) == frames


@pytest.mark.parametrize("source", ["JPEG", "TIFF"])
@pytest.mark.parametrize(
    ("wish", "mode"), [("f_jpg,w_20", "CMYK"), ("f_jpg,w_20/cs_srgb", "RGB"), ("f_png,w_20", "RGB"), ("f_webp", "RGB")]
)
def test_a_jpeg_of_a_picture_for_print_is_for_print_unless_the_address_asks_for_srgb(get, source, wish, mode):
    deliver = get(asset("a", content=saved(source, "CMYK", (255, 0, 0, 0))))
    assert opened(deliver(f"image/upload/{wish}/v1/a")).mode == mode


def test_a_picture_that_lies_on_its_side_is_delivered_upright(get):
    exif = Image.Exif()
    exif[0x0112] = 6
    deliver = get(asset("a", content=saved("JPEG", "RGB", "red", exif=exif)))
    assert opened(deliver("image/upload/f_jpg,c_limit,w_4472,h_4472/q_auto/v1/a")).size == (20, 40)
    assert opened(deliver("image/upload/f_jpg,c_limit,w_10/v1/a")).size == (10, 20)
