"""What a list of Choose Assets shows of an asset besides its name and state."""

from linking.domain.assets import Asset
from linking.pages.choose_tiles import facts_of


def test_a_line_has_the_first_keys_the_format_the_size_and_that_it_is_a_swatch():
    asset = Asset("a", "front", format="png", width=1200, height=900)
    assert facts_of(asset, ["FF-1", "FF-2", "FF-3"], "swatch") == "FF-1 · FF-2 · PNG · 1,200 × 900 · swatch"


def test_what_is_not_known_leaves_no_gap():
    assert facts_of(Asset("a", "front", format="", width=0, height=0), [], "") == ""
