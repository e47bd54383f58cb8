"""Unlinking names every variant that loses its picture: in the plan, on the page, in the report; and undo gives it back."""

import csv
import io

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linking.models import Link, ProductSync
from linking.reporting.content import Content
from linking.reporting.writing import WRITERS
from sandbox.catalog.records import Picture, Product
from tests import pressing
from tests.linking.syncing.test_undo import state_of
from tests.linking.syncing.test_variants import shown
from tests.linking.visits import enter, text_of
from tests.scenes import Variant, asset, part_of, picture
from tests.tiers import drawn

State = ProductSync.State
SIZES = (Variant("Red", sku="red"), Variant("Blue", sku="blue"), Variant("Green", sku="green"))


def shirt(*old: str, sizes=SIZES) -> Product:
    """Three variants, and pictures that the store has of its own."""
    there = [Picture(picture(200 + at), f"{name}.jpg", name, []) for at, name in enumerate(old)]
    return Product(handle="shirt", title="Shirt", variants=sizes, pictures=there)


@pytest.fixture
def place(scene):
    """Red shows r1, Blue b1, Green nothing; r2 and the store's own picture are shown by none."""
    assets = [asset("r1", "red", 1, context={"alt": "A red one"}), asset("r2", "red", 2), asset("b1", "blue", 3)]
    found = scene([shirt("own")], assets)
    found.run(found.select("r1", "r2", "b1", variant_pictures=True))
    assert shown(found) == ["r1", "b1", ""]
    return found


def unlink(place, *names: str):
    """Shown, not applied."""
    place.clicks += 1
    links = list(Link.objects.filter(name__in=names))
    return place.finish(pressing.unlink(place.member, links, f"unlink-{place.clicks}"))


def reported(sync) -> dict[str, str]:
    """Variant -> what the plan makes of it."""
    changes = part_of(sync).products.get().variants
    return {change["title"]: "stays" if change["after"] else "loses" for change in changes}


def report(sync) -> dict[str, str]:
    """Asset -> what the report says of variants."""
    out = io.BytesIO()
    WRITERS["csv"](Content(sync, timezone.now()), out)
    rows = csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline=""))
    return {row["Asset"]: row["Pictures of variants"] for row in rows}


def give(place, variant: str, medium: str) -> None:
    """Somebody gives a variant another picture, in the Shopify admin."""
    product = place.shop.product_with("shirt")
    row = next(one for one in product.variants if one.title == variant)
    if row.picture:
        pairs = [{"variantId": row.id, "mediaIds": [row.picture]}]
        place.elsewhere("VariantDetach", productId=product.id, variantMedia=pairs)
    pairs = [{"variantId": row.id, "mediaIds": [medium]}]
    place.elsewhere("VariantAppend", productId=product.id, variantMedia=pairs)


def test_the_plan_names_the_variants_whose_picture_leaves_and_no_others(client, place):
    written = len(place.mutations())
    plan = unlink(place, "r1", "r2")
    assert len(place.mutations()) == written
    assert reported(plan) == {"Red": "loses"}
    page = text_of(enter(client, place.member).get(f"/syncs/{plan.key}/"))
    assert "2 removed, the picture of variant Red" in page
    assert "Removes 2 pictures from 1 gallery and leaves 1 variant without a picture" in page
    assert "Blue" not in page
    assert report(plan) == {"r1": "No longer the picture of Red.", "r2": "", "b1": ""}


def test_the_page_can_show_these_galleries_alone(client, place):
    plan = unlink(place, "r1")
    page = text_of(enter(client, place.member).get(f"/syncs/{plan.key}/products/?kind=variants"))
    assert "the picture of variant Red" in page


def test_a_plan_that_takes_no_variants_picture_says_nothing_of_variants(client, place):
    plan = unlink(place, "r2")
    assert reported(plan) == {}
    assert "without a picture" not in text_of(enter(client, place.member).get(f"/syncs/{plan.key}/"))


def test_what_leaves_the_gallery_leaves_its_variants_without_a_call_of_its_own(place):
    written = len(place.mutations())
    done = place.apply(unlink(place, "r1", "b1"))
    assert shown(place) == ["", "", ""]
    assert [entry["operation"] for entry in place.mutations()[written:]] == ["fileUpdate"]
    assert report(done)["r1"] == "No longer the picture of Red."


@pytest.mark.full
def test_undo_brings_the_pictures_of_variants_back(place):
    before = state_of(place, "shirt")
    back = place.undo(place.apply(unlink(place, "r1", "b1")))
    assert state_of(place, "shirt") == before
    assert shown(place) == ["r1", "b1", ""]
    assert part_of(back).products.get().state == State.DONE
    assert report(back)["r1"] == "Picture of Red."


@pytest.mark.full
def test_undone_once_more_the_variants_lose_them_again(place):
    done = place.apply(unlink(place, "r1"))
    after = state_of(place, "shirt")
    place.undo(place.undo(done))
    assert state_of(place, "shirt") == after


def test_undo_leaves_a_variant_the_picture_that_somebody_gave_it_since(place):
    done = place.apply(unlink(place, "r1", "b1"))
    own = place.shop.product_with("shirt").media[0]
    give(place, "Red", own)
    place.undo(done)
    assert shown(place) == ["own", "b1", ""]


@pytest.mark.full
def test_undo_names_a_variant_that_was_given_since_what_leaves_by_it(place):
    done = place.apply(unlink(place, "r1", "r2", "b1"))
    again = place.run(place.select("r2"))
    give(place, "Green", Link.objects.get(name="r2").medium_id)
    back = place.finish(pressing.undo(again, place.member, "u"))
    assert reported(back) == {"Green": "loses"}
    assert report(back)["r2"] == "No longer the picture of Green."
    place.apply(back)
    place.undo(done)
    assert shown(place) == ["r1", "b1", ""]


@pytest.mark.full
def test_a_variant_that_shows_the_picture_only_since_the_plan_was_shown_keeps_its_product_as_it_is(place):
    plan = unlink(place, "r1")
    medium = Link.objects.get(name="r1").medium_id
    give(place, "Green", medium)
    before = state_of(place, "shirt")
    row = part_of(place.apply(plan)).products.get()
    assert (row.state, "the picture of a variant changed" in str(row.reason)) == (State.REFUSED, True)
    assert state_of(place, "shirt") == before


def test_a_variant_that_shows_another_picture_since_the_plan_was_shown_keeps_its_product_as_it_is(place):
    plan = unlink(place, "r1")
    give(place, "Red", place.shop.product_with("shirt").media[0])
    assert part_of(place.apply(plan)).products.get().state == State.REFUSED
    assert shown(place) == ["own", "b1", ""]


@pytest.mark.full
def test_of_very_many_variants_every_one_is_named_and_gets_its_picture_back(client, scene):
    many = tuple(Variant(f"Size {at:03}", sku="red") for at in range(260))
    place = scene([shirt(sizes=many)], [asset("r1", "red", 1)])
    place.run(place.select())
    medium = place.shop.product_with("shirt").media[0]
    for at in (0, 21, 255, 259):
        give(place, f"Size {at:03}", medium)
    before = state_of(place, "shirt")
    plan = unlink(place, "r1")
    assert list(reported(plan)) == ["Size 000", "Size 021", "Size 255", "Size 259"]
    place.undo(place.apply(plan))
    assert state_of(place, "shirt") == before


@pytest.mark.full
def test_more_variants_than_have_room_for_a_picture_are_named_all_the_same(client, scene):
    many = tuple(Variant(f"Size {at:03}", sku="red") for at in range(25))
    place = scene([shirt(sizes=many)], [asset("r1", "red", 1)])
    place.run(place.select(variant_pictures=True))
    plan = unlink(place, "r1")
    row = part_of(plan).products.get()
    page = text_of(enter(client, place.member).get(f"/syncs/{plan.key}/lines/{row.pk}/"))
    assert [at for at in range(25) if f"Size {at:03} loses its picture" not in page] == []
    assert report(plan)["r1"] == f"No longer the picture of {', '.join(one.title for one in many)}."


NAMES = ["p", "q", "r"]


@settings(max_examples=drawn(3, 32), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    old=st.integers(0, 2),
    shown_by=st.lists(st.integers(-1, 4), min_size=3, max_size=3),
    leaving=st.sets(st.sampled_from(NAMES), min_size=1),
)
def test_undo_of_any_unlinking_brings_gallery_and_variants_back_exactly(scene, old, shown_by, leaving):
    place = scene(
        [shirt(*(f"own-{at}" for at in range(old)))],
        [asset(name, "red", at, context={"alt": f"Alt {name}"}) for at, name in enumerate(NAMES)],
    )
    place.run(place.select(*NAMES, link_mode="prepend", alt_policy="overwrite"))
    media = place.shop.product_with("shirt").media
    for variant, at in zip(("Red", "Blue", "Green"), shown_by, strict=True):
        if 0 <= at < len(media):
            give(place, variant, media[at])
    found = state_of(place, "shirt")
    gone = set(Link.objects.filter(name__in=leaving).values_list("medium_id", flat=True))
    plan = unlink(place, *leaving)
    losing = {v.title for v in place.shop.product_with("shirt").variants if v.picture in gone}
    assert reported(plan) == dict.fromkeys(losing, "loses")
    place.undo(place.apply(plan))
    assert state_of(place, "shirt") == found
