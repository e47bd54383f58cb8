import io

import pytest
from PIL import Image, ImageChops, ImageStat

from sandbox.catalog.drawing import clips, studio
from sandbox.catalog.drawing.colors import COLORS, rgb
from sandbox.catalog.drawing.lettering import legible
from sandbox.catalog.goods import GOODS
from sandbox.cloudinary.contents import measure


def opened(content):
    return Image.open(io.BytesIO(content)).convert("RGB")


def small(content):
    return opened(content).resize((50, 62))


def difference(one, other):
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("shape", studio.SHAPES)
def test_every_shape_is_drawn_large_enough_to_be_seen(shape):
    left, top, right, bottom = studio.sprite(shape, "clay", 0).getbbox()
    assert (right - left > 300, bottom - top > 400) == (True, True)


def test_views_of_a_thing_differ_at_thumbnail_size():
    thumbnails = [small(studio.photo("mug", "clay", 1, view, "Mug")) for view in studio.VIEWS]
    pairs = [(one, other) for at, one in enumerate(thumbnails) for other in thumbnails[:at]]
    assert min(difference(one, other) for one, other in pairs) > 3


def test_colours_of_a_thing_differ_at_thumbnail_size():
    clay, fjord = (small(studio.photo("mug", color, 0, "front", "Mug")) for color in ("clay", "fjord"))
    assert difference(clay, fjord) > 20


def test_a_picture_is_always_the_same():
    assert studio.photo("bowl", "sky", 0, "front", "Bowl") == studio.photo("bowl", "sky", 0, "front", "Bowl")


def test_a_swatch_is_of_its_colour():
    middle = opened(studio.chip("moss", "Moss")).resize((1, 1)).getpixel((0, 0))
    assert max(abs(a - b) for a, b in zip(middle, rgb("moss"), strict=True)) < 14


def test_a_clip_is_two_seconds_of_h264():
    known = measure(clips.clip("bowl", "sky", 0))
    assert (known.resource_type, known.format, known.height, known.duration) == ("video", "mp4", 480, 2.0)


def test_goods_name_shapes_colours_and_styles_that_exist():
    assert {good.shape for good in GOODS} == set(studio.SHAPES)
    assert {color for good in GOODS for color in good.colors} <= set(COLORS)
    assert len({good.number for good in GOODS}) == len({good.title for good in GOODS}) == 60


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Måne Pendant · Ivory", "Mane Pendant · Ivory"),
        ("Ku\u0308che \u00bd Ø, Łódź – “groß”", 'Kuche 1/2 O, Lodz - "gross"'),
        ("日本\u200b\n x", "x"),
    ],
)
def test_words_on_pictures_are_written_as_far_as_the_font_goes(text, shown):
    """Anything else would be a row of empty boxes."""
    assert legible(text) == shown
