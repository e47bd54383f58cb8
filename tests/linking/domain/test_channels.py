import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.assets import Asset
from linking.domain.channels import PRESETS, BadChannel, Profile, Rendition, columns_of, columns_text, naming


@pytest.mark.parametrize("code", PRESETS)
def test_a_preset_is_kept_and_read_as_it_is(code):
    profile = PRESETS[code][1]
    assert Profile.of(profile.kept()) == profile
    assert columns_of(columns_text(profile.columns)) == profile.columns


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_an_asset_goes_where_it_is_large_enough(width, height):
    one, asset = Rendition("a", 2000, 2000, least=1000, tall=500), Asset("a", "a", width=width, height=height)
    assert bool(one.trouble(asset)) == (width < 1000 or height < 500)
    inside = Rendition("b", 600, 400, "limit").size_of(asset)
    assert inside[0] <= min(600, width)
    assert inside[1] <= min(400, height)


def test_a_video_is_no_picture():
    assert Rendition("a", 1, 1).trouble(Asset("a", "a", "video", width=9, height=9)).code == "channel.no_picture"


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"renditions": 7},
        {"renditions": [{"x": 1}], "naming": "a", "columns": []},
        {**PRESETS["email"][1].kept(), "naming": "{x}"},
        {**PRESETS["email"][1].kept(), "renditions": [{"name": "a", "width": 0, "height": 5}]},
        {**PRESETS["email"][1].kept(), "renditions": [{"name": "a", "width": 5, "height": 5, "ground": "red,l_x"}]},
    ],
)
def test_what_cannot_be_used_is_refused(kept):
    with pytest.raises(BadChannel):
        Profile.of(kept)


@pytest.mark.parametrize("text", ["", "{", "{sku", "{colour}", "a" * 201])
def test_a_template_that_cannot_do_is_refused(text):
    with pytest.raises(BadChannel):
        naming(text)
