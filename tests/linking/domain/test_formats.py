"""What a picture becomes on its way to a shop keeps transparency, frames and colours, and marks stay what they were."""

import pytest

from linking.domain.formats import form_of


@pytest.mark.parametrize(
    ("formats", "extension"),
    [
        ("jpg jpeg jpe bmp pdf cr2 indd whatever", "jpg"),
        ("png svg ai eps ico", "png"),
        ("webp psd tif tiff avif heic heif jp2 jxl", "webp"),
        ("gif", "gif"),
    ],
)
def test_what_can_be_transparent_becomes_what_can_be_too_and_only_drawings_a_png(formats, extension):
    assert {form_of(format).extension for format in formats.split()} == {extension}


@pytest.mark.parametrize(
    ("format", "besides"),
    [
        ("jpg", "/cs_srgb"),
        ("tif", "/cs_srgb"),
        ("psd", "/cs_srgb"),
        ("ai", "/cs_srgb"),
        ("webp", "/fl_awebp"),
        ("avif", "/fl_awebp"),
        ("png", "/fl_apng"),
        ("heic", ""),
        ("gif", ""),
        ("svg", ""),
    ],
)
def test_an_address_asks_for_frames_and_colours_that_might_get_lost(format, besides):
    assert form_of(format).asked("f_x,c_limit,w_9/q_auto") == f"f_x,c_limit,w_9/q_auto{besides}"


@pytest.mark.parametrize("own", ["f_jpg,cs_icc:shop.icc,w_9", "f_jpg,w_9/cs_keep_cmyk"])
def test_a_colour_space_of_an_admins_own_stays(own):
    assert form_of("jpg").asked(own) == own
    assert form_of("jpg").asked("f_jpg,l_docs_x") == "f_jpg,l_docs_x/cs_srgb"
