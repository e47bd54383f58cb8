"""What Shopify takes: pixels, bytes and minutes, computed before anything is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.limits import (
    GB,
    IMAGE_FITS,
    MB,
    VIDEO_FITS,
    VIDEO_FITS_UPRIGHT,
    image_trouble,
    image_weight_trouble,
    output_seconds,
    output_size,
    video_trouble,
    video_weight_trouble,
)
from setup.reasons import NONE

SIDES = st.integers(1, 30_000)


@pytest.mark.parametrize(
    ("transformation", "size"),
    [
        ("f_jpg,q_auto", (6000, 4000)),
        ("c_limit,w_3000,h_3000/q_auto", (3000, 2000)),
        ("c_limit,w_3000", (3000, 2000)),
        ("c_limit,h_1000", (1500, 1000)),
        ("c_limit,w_9000,h_9000", (6000, 4000)),
        ("c_fit,w_9000,h_9000", (9000, 6000)),
        ("c_mfit,w_300,h_300", (6000, 4000)),
        ("c_scale,w_300", (300, 200)),
        ("w_300,h_300", (300, 300)),
        ("w_0.5", (3000, 2000)),
        ("c_fill,w_800,h_800", (800, 800)),
        ("c_pad,w_7000,h_7000,b_white", (7000, 7000)),
        ("c_crop,w_9000,h_1000", (6000, 1000)),
        ("c_limit,w_3000,h_3000/c_fill,w_10,h_20", (10, 20)),
        ("fl_lossy,f_png/e_sharpen:80", (6000, 4000)),
    ],
)
def test_the_size_of_a_rendition_follows_from_its_transformation(transformation, size):
    assert output_size(6000, 4000, transformation) == size


@pytest.mark.parametrize(
    "transformation",
    [
        "t_product",
        "c_fill,ar_1:1,w_500",
        "a_90",
        "w_500,dpr_2.0",
        "w_auto",
        "if_w_gt_100/w_50/if_end",
        "l_logo/fl_layer_apply",
        "$w_100/w_$w",
        "e_trim",
        "fl_relative,w_0.5",
        "c_imagga_scale,w_5,h_5",
    ],
)
def test_a_size_that_the_text_does_not_tell_is_unknown_and_refuses_nothing(transformation):
    assert output_size(6000, 4000, transformation) is None
    assert image_trouble(60_000, 40_000, transformation) == NONE


@given(SIDES, SIDES)
def test_what_is_suggested_fits_whatever_the_picture(width, height):
    assert image_trouble(width, height, f"f_jpg,{IMAGE_FITS}") == NONE


@given(SIDES, SIDES)
def test_what_is_suggested_fits_whatever_the_video(width, height):
    trouble = str(video_trouble(width, height, 10, "f_mp4"))
    if trouble:
        [fits] = [text for text in (VIDEO_FITS, VIDEO_FITS_UPRIGHT) if text in trouble]
        assert video_trouble(width, height, 10, f"f_mp4,{fits}") == NONE


@given(SIDES, SIDES, st.integers(1, 6000), st.integers(1, 6000))
def test_a_limit_never_enlarges_and_is_never_exceeded(width, height, wide, high):
    size = output_size(width, height, f"c_limit,w_{wide},h_{high}")
    assert size is not None
    assert size[0] <= min(width, wide)
    assert size[1] <= min(height, high)


@pytest.mark.parametrize(
    ("size", "fits"), [((5000, 5000), True), ((5001, 10), False), ((5000, 5001), False), ((4472, 6708), False)]
)
def test_pictures_have_at_most_5000_on_a_side_and_25_megapixels(size, fits):
    trouble = str(image_trouble(*size, "f_jpg"))
    assert (trouble == "") is fits
    if not fits:
        assert f"{size[0]} x {size[1]}" in trouble
        assert IMAGE_FITS in trouble


@pytest.mark.parametrize(
    ("size", "fits"), [((3840, 2160), True), ((2160, 3840), True), ((4096, 2160), True), ((3840, 2400), False)]
)
def test_videos_are_at_most_4k_lying_or_upright(size, fits):
    assert (video_trouble(*size, 10, "f_mp4") == NONE) is fits


def test_a_video_too_large_names_the_rendition_that_would_fit():
    assert "c_limit,w_3840,h_2160" in str(video_trouble(7680, 4320, 10, "f_mp4"))
    assert "c_limit,w_2160,h_3840" in str(video_trouble(4320, 7680, 10, "f_mp4"))


def test_a_video_lasts_at_most_ten_minutes():
    assert video_trouble(100, 100, 600, "f_mp4") == NONE
    trouble = str(video_trouble(100, 100, 600.2, "f_mp4"))
    assert "10:01" in trouble
    assert "du_600" in trouble
    assert video_trouble(100, 100, 600.2, "f_mp4,du_600") == NONE
    assert video_trouble(100, 100, None, "f_mp4") == NONE


@pytest.mark.parametrize(
    ("cut", "seconds"),
    [
        ("so_10", 90),
        ("eo_30", 30),
        ("so_10,eo_30", 20),
        ("du_5", 5),
        ("so_95/du_30", 5),
        ("t_short", None),
        ("so_10p", None),
    ],
)
def test_a_cut_shortens_what_is_played(cut, seconds):
    assert output_seconds(100, cut) == seconds


def test_weight_is_reported_with_what_would_be_lighter():
    assert image_weight_trouble(20 * MB) == video_weight_trouble(GB) == NONE
    assert "21 MB" in str(image_weight_trouble(20 * MB + 1))
    assert "1,025 MB" in str(video_weight_trouble(GB + 1))
    assert "w_1280,h_720" in str(video_weight_trouble(GB + 1))


def test_a_number_that_no_picture_has_tells_nothing():
    assert output_size(100, 100, f"c_fill,h_5,w_{'9' * 400}") is None
    assert output_seconds(20.0, f"du_{'9' * 400}") is None
