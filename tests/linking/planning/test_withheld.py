"""Assets that may not be shown, from the Admin API's answer to the pages before a run, its report and what a store gets."""

import pytest

from linking.cloudinary.captions import NoCaption, Refusal, caption
from linking.models import ChangeRow
from linking.selection.alt_texts.asking import suggest, suggestible
from sandbox.catalog.withheld import KINDS
from setup.cloudinary.client import CloudinaryClient
from tests import pressing
from tests.linking.visits import ask_and_answer, open_page
from tests.scenes import FIELDS, MetadataField, asset, product

REASONS = {
    "private": "delivery type in Cloudinary is private",
    "authenticated": "delivery type in Cloudinary is authenticated",
    "access-mode": "access is restricted in Cloudinary",
    "embargo": "Cloudinary restricts access to it until 1 Jan 2099, 00:00 UTC",
    "expired": "Cloudinary restricts access to it since 31 Jan 2026, 00:00 UTC",
    "pending": "moderation status in Cloudinary is “pending”",
    "queued": "moderation status in Cloudinary is “pending”",
    "rejected": "Moderation in Cloudinary rejected it",
    "placeholder": "only a placeholder",
}
ALLOWED = {"private": "signed address", "authenticated": "signed address"}
ALLOWED |= dict.fromkeys(("pending", "queued"), "before its moderation ended")


@pytest.fixture
def place(scene):
    some = [asset(kind, "a", at, **known) for at, (kind, known) in enumerate(KINDS.items(), 1)]
    return scene([product("a", pictures=1)], [asset("open", "a"), *some])


def allow(place) -> None:
    place.environment.allow_pending = place.environment.allow_restricted = True
    place.environment.save()


def lines(sync) -> dict[str, ChangeRow]:
    return {row.name: row for row in ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="")}


def test_it_is_named_with_its_reason_on_both_pages_before_a_run(client, place):
    selection = place.select()
    ask_and_answer(selection)
    board = open_page(client, place, selection)
    files = open_page(client, place, selection, "upload")
    for kind, words in REASONS.items():
        assert words in board, kind
        assert words in files, kind
    assert "Link 1 asset in 1 group to 1 product" in board
    assert "Upload 1 asset to 1 store" in files


def test_a_run_leaves_it_out_and_links_the_rest(place):
    sync = place.run(place.select())
    found = lines(sync)
    assert {name: row.outcome for name, row in found.items()} == {"open": "done"} | dict.fromkeys(KINDS, "skipped")
    assert all(words in str(found[kind].reason) for kind, words in REASONS.items())
    assert len(place.gallery("product-a")) == 2


def test_an_asset_whose_last_day_is_over_is_named_on_the_page_and_left_out_of_runs(client, scene):
    days = {"old": "2026-01-31", "good": "2099-12-31", "undated": ""}
    place = scene(
        [product("a")],
        [
            asset(name, "a", at, metadata={"expiration": day} if day else {})
            for at, (name, day) in enumerate(days.items())
        ],
        fields=[*FIELDS, MetadataField("expiration", "Expiration", "date")],
    )
    place.environment.expiration_field = "metadata:expiration"
    place.environment.save()
    selection = place.select()
    ask_and_answer(selection)
    words = "It expired at 1 Feb 2026, 00:00 UTC"
    assert words in open_page(client, place, selection)
    found = lines(place.run(selection))
    assert {name: row.outcome for name, row in found.items()} == {"old": "skipped", "good": "done", "undated": "done"}
    assert words in str(found["old"].reason)


def test_an_upload_leaves_it_out_as_well(place):
    sync = place.finish(pressing.upload(place.select(), "t1", dry_run=False))
    assert {name for name, row in lines(sync).items() if row.outcome == "done"} == {"open"}


def test_what_an_admin_allows_is_linked_and_the_report_says_so(place):
    allow(place)
    found = lines(place.run(place.select()))
    assert {name for name, row in found.items() if row.outcome == "done"} == {"open", *ALLOWED}
    assert all(words in str(found[kind].reason) for kind, words in ALLOWED.items())
    assert all(words in str(found[kind].reason) for kind, words in REASONS.items() if kind not in ALLOWED)
    again = lines(place.run(place.select()))
    assert {row.outcome for name, row in again.items() if name in ALLOWED} == {"unchanged"}


def test_a_new_version_of_what_is_allowed_takes_nothing_away_and_asks_nobody(place):
    allow(place)
    place.run(place.select("private", "pending"))
    for known in list(place.world.environments[0].assets.values()):
        place.world.environments[0].overwrite(known)
    sync = place.run(place.select("private", "pending"), dry_run=True)
    assert ChangeRow.objects.filter(part__sync=sync).losses() == (0, 0)
    assert {row.change for row in lines(sync).values()} == {"replace"}


def test_no_ai_is_asked_about_it(place):
    selection = place.select()
    names = [row.asset.name for row in suggestible(selection.assets.all())]
    assert names == ["open"]
    _, asked = suggest(selection, selection.assets.all(), now=selection.created)
    assert asked == 1
    rejected = next(row.asset for row in selection.assets.all() if row.asset.name == "rejected")
    with pytest.raises(NoCaption, match="Moderation in Cloudinary rejected it") as refusal:
        caption(CloudinaryClient(place.environment), rejected)
    assert refusal.value.refusal == Refusal.ASSET
