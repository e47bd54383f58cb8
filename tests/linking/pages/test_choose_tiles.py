"""What a list of Choose Assets shows of an asset besides its name and state."""

import pytest

from linking.domain.assets import Asset
from linking.domain.showing import Allowed, Shut, shut, withheld
from linking.pages.choose import withheld_said
from linking.pages.choose_tiles import StateWords, facts_of
from linking.picker.ledger import NOWHERE
from linking.picker.ticking import Count


def test_a_line_has_the_first_keys_the_format_the_size_and_that_it_is_a_swatch():
    asset = Asset("a", "front", format="png", width=1200, height=900)
    assert facts_of(asset, ["FF-1", "FF-2", "FF-3"], "swatch") == "FF-1 · FF-2 · PNG · 1,200 × 900 · swatch"


def test_what_is_not_known_leaves_no_gap():
    assert facts_of(Asset("a", "front", format="", width=0, height=0), [], "") == ""


@pytest.mark.parametrize(
    ("known", "name", "kind"),
    [
        ({"restricted": True}, "Restricted", Shut.RESTRICTED),
        ({"delivery_type": "private"}, "Restricted", Shut.RESTRICTED),
        ({"windows": ((50, 60),)}, "Expired", Shut.RESTRICTED),
        ({"windows": ((200, 300),)}, "Restricted", Shut.RESTRICTED),
        ({"moderation": ("queued",)}, "In moderation", Shut.UNAPPROVED),
        ({"moderation": ("approved", "rejected")}, "Rejected", Shut.UNAPPROVED),
        ({"moderation": ("strange",)}, "Not approved", Shut.UNAPPROVED),
        ({"placeholder": True}, "No file", Shut.LACKING),
    ],
)
def test_what_may_not_be_shown_is_called_by_its_reason(known, name, kind):
    trouble = withheld(Asset("a", "front", **known), Allowed(), now=100)
    code, state, why = StateWords().of(NOWHERE, trouble, "No SKU")
    assert (code, state, why, shut(trouble)) == ("shut", name, str(trouble), kind)


def test_what_was_not_selected_is_counted_by_why():
    count = Count(3, {}, 0, 0, withheld={Shut.UNAPPROVED: 1, Shut.RESTRICTED: 1200})
    assert withheld_said(count) == [
        "1,200 restricted assets are not selected.",
        "1 asset is not selected, as moderation has not approved it.",
    ]
