"""What an asset is now, beside what it was when it was selected."""

import json
from dataclasses import asdict, replace

import pytest

from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from linking.domain.present import brought_up_to_date, said_of

FRONT = Asset("1", "shop/front", version=3, folder="shop", display_name="front", context={"alt": "Front"})
DETAILS = json.loads(json.dumps(asdict(FRONT)))  # as rows keep it


def after(*seen: Asset | None) -> dict:
    details = DETAILS
    for now in seen:
        details = brought_up_to_date(details, now)
    return details


def test_what_has_not_changed_is_not_named():
    assert after(FRONT, FRONT) == DETAILS | {"gone": False}
    assert not said_of(after(FRONT))


def test_what_was_arranged_by_stays_and_what_is_delivered_does_not():
    now = replace(
        FRONT, public_id="b", version=4, width=9, folder="spring", display_name="B", context={}, restricted=True
    )
    asset = Asset.of(after(now), "1")
    assert (asset.public_id, asset.version, asset.width, asset.restricted) == ("b", 4, 9, True)
    assert (asset.folder, asset.display_name, asset.context) == ("shop", "front", {"alt": "Front"})
    assert CloudinaryField.parse("public_id").values(asset) == ("shop/front",)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ([{"public_id": "shop/b"}], "Renamed from shop/front to shop/b in Cloudinary."),
        ([{"public_id": "x/b", "folder": "x"}], "Renamed from shop/front to x/b in Cloudinary."),
        ([{"public_id": "b"}, {"public_id": "c"}], "Renamed from shop/front to c in Cloudinary."),
        ([{"public_id": "b"}, {}], ""),
        ([{"folder": ""}], "Moved from folder shop to the root folder in Cloudinary."),
        ([{"delivery_type": "private"}], "Its delivery type changed from upload to private in Cloudinary."),
        ([{"version": 4}, {"version": 5}], "Replaced by a new version in Cloudinary."),
        ([{"display_name": "B"}], "Its display name changed from “front” to “B” in Cloudinary."),
        ([None], ""),
        ([None, {}], "Deleted in Cloudinary, then restored."),
        ([None, {"version": 4}, {"version": 4}], "Deleted in Cloudinary, then restored. "
         "Replaced by a new version in Cloudinary."),
    ],
)  # fmt: skip
def test_what_has_changed_since_it_was_selected_is_said(seen, words):
    assert str(said_of(after(*(one if one is None else replace(FRONT, **one) for one in seen)))) == words


def test_what_is_gone_keeps_what_people_know_it_by():
    asset = Asset.of(after(None), "1")
    assert (asset.gone, asset.name, Asset.of(after(None, FRONT), "1").gone) == (True, "front", False)


@pytest.mark.parametrize(
    "since", [None, 5, [], {"public_id": 3}, {"public_id": []}, {"public_id": ["a"]}, {"version": [1]}]
)
def test_whatever_is_kept_of_changes_is_read(since):
    details = DETAILS | {"since": since}
    assert str(said_of(details)) == ""
    assert Asset.of(details, "1").public_id == "shop/front"
    assert brought_up_to_date(details, FRONT).get("since") in (None, {})
