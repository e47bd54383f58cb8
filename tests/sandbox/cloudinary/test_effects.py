"""Effects of Prepare's transformations, drawn well enough that a picture shows what they do."""

import io

import pytest
from PIL import Image, ImageDraw

from sandbox.cloudinary.rendering import rendered
from sandbox.cloudinary.transformation import parse


def product(size=(200, 160), ground="#e8e8ea", color="#203080"):
    """A dark box in the middle of a plain ground."""
    board = Image.new("RGB", size, ground)
    ImageDraw.Draw(board).rectangle((60, 40, 140, 120), color)
    out = io.BytesIO()
    board.save(out, "PNG")
    return out.getvalue()


def drawn(text, content=None):
    made = Image.open(io.BytesIO(rendered(content or product(), parse(text, {}), "png")))
    return made.convert("RGBA")


def test_the_background_goes_and_the_product_stays():
    made = drawn("e_background_removal")
    assert made.size == (200, 160)
    assert (made.getpixel((5, 5))[3], made.getpixel((100, 80))) == (0, (32, 48, 128, 255))
    box = made.getchannel("A").getbbox()
    assert all(abs(one - other) <= 3 for one, other in zip(box, (60, 40, 141, 121), strict=True))


def test_a_ground_shows_where_the_background_was():
    made = drawn("e_background_removal/b_rgb:00ff00,c_pad,h_300,w_300")
    assert made.getpixel((8, 150))[:3] == (0, 255, 0)
    assert made.getpixel((150, 150))[:3] == (32, 48, 128)


def test_a_picture_of_nothing_but_ground_stays():
    plain = io.BytesIO()
    Image.new("RGB", (50, 50), "white").save(plain, "PNG")
    assert drawn("e_background_removal", plain.getvalue()).getpixel((5, 5))[3] == 255


@pytest.mark.parametrize("text", ["e_shadow", "e_background_removal/e_dropshadow"])
def test_a_shadow_lies_below_and_to_the_right(text):
    made = drawn(text)
    box = drawn(text.partition("/")[0]).getbbox() if "/" in text else (5, 5, 205, 165)
    right, left = box[2] + 6, box[0]
    middle = made.height // 2
    shade = [made.getpixel((x, middle))[3] for x in (min(right, made.width - 4), max(0, left - 3))]
    assert 0 < shade[0] < 255
    assert shade[1] < shade[0]


def test_padding_leaves_room_around_the_product():
    made = drawn("c_fit,h_184,w_184/b_white,c_lpad,h_200,w_200")
    edge = [made.getpixel(at)[:3] for at in ((100, 3), (3, 100), (196, 100), (100, 196))]
    assert edge == [(255, 255, 255)] * 4
    assert made.getpixel((12, 100))[:3] != (255, 255, 255)


@pytest.mark.parametrize(("angle", "corner"), [("auto_right", "left"), ("auto_left", "right")])
def test_a_picture_turns_only_where_the_format_asks_for_it(angle, corner):
    board = Image.new("RGB", (200, 100), "white")
    ImageDraw.Draw(board).rectangle((0, 60, 40, 99), "black")  # below, on the left
    out = io.BytesIO()
    board.save(out, "PNG")
    made = drawn(f"a_{angle},c_fit,h_200,w_100", out.getvalue())
    assert made.size == (100, 200)
    dark = {"left": (5, 5), "right": (95, 195)}[corner]
    assert made.getpixel(dark)[:3] == (0, 0, 0)
    assert drawn(f"a_{angle},c_fit,h_50,w_100", out.getvalue()).size == (100, 50)
