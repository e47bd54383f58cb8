"""A check of links finds what is not as runs left it, keeps it in rows, and writes nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linking.links import checking
from linking.models import DriftFinding, LeftGallery, Link, LinkCheck, ProductSync, Sync
from setup.security.actors import Actor
from tests.linking.checked import add, check, describe, drift, medium_of, reverse, take_out
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    shelf = [product("A-1", title="Oak chair", pictures=1), product("B-2", title="Elm table", pictures=1)]
    found = scene(shelf, [asset("front", "A-1", 1), asset("side", "A-1", 2), asset("top", "B-2", 3)])
    found.sync = found.run(found.select("front", "side", "top"))
    return found


def test_what_a_run_left_has_not_drifted(place):
    written = len(place.mutations())
    check(place)
    assert drift(place) == set()
    assert len(place.mutations()) == written
    assert {row.product_id for row in LeftGallery.objects.all()} == {link.product_id for link in Link.objects.all()}
    assert all(alt is not None for row in LeftGallery.objects.all() for _, alt in row.media)


def test_each_change_is_found_by_its_name_and_another_check_replaces_it(place):
    place.elsewhere_app("FilesUpdate", files=[{"id": medium_of("top"), "alt": "Somebody’s"}])
    reverse(place, "product-a-1")
    add(place, "product-a-1", place.shop.product_with("product-b-2").media[0])
    check(place)
    found = {("product-a-1", "reordered", 1), ("product-a-1", "foreign", 1), ("top", "alt", 1)}
    assert drift(place) == found
    known = DriftFinding.objects.get(kind="alt")
    assert (known.now, known.title, known.key) == ("Somebody’s", "Elm table", "B-2")
    take_out(place, "side")
    check(place)
    assert drift(place) == (found - {("product-a-1", "reordered", 1)}) | {("side", "missing", 1)}


def test_a_product_and_an_asset_that_are_gone_and_a_newer_version_are_found(place):
    assets = place.world.environments[0].assets
    front = Link.objects.get(name="front").asset_id
    place.meddle("PUT", f"/world/assets/{front}", {"redraw": True})
    del assets[Link.objects.get(name="side").asset_id]
    place.delete_product("product-b-2")
    check(place)
    assert drift(place) == {("front", "version", 1), ("side", "asset", 1), ("product-b-2", "product", 1)}


def test_what_a_later_run_did_is_no_drift(place):
    check(place)
    place.run(place.select("front", "side", link_mode="prepend"))
    check(place)
    assert drift(place) == set()
    place.run(place.select("side", link_mode="prepend"))
    check(place)
    assert place.assets_in("product-a-1")[:2] == ["side", "front"]
    assert drift(place) == set()


@pytest.mark.full
def test_undoing_and_unlinking_leave_nothing_that_has_drifted(place):
    later = place.run(place.select("side", link_mode="prepend"))
    place.undo(later)
    check(place)
    assert drift(place) == set()
    place.undo(place.sync)
    check(place)
    assert drift(place) == set()


def test_how_a_gallery_was_left_is_known_after_its_run_is_gone(place):
    check(place)
    Sync.objects.all().delete()
    assert not ProductSync.objects.exists()
    reverse(place, "product-a-1")
    describe(place, "top", "Somebody’s")
    check(place)
    assert drift(place) == {("product-a-1", "reordered", 1), ("top", "alt", 1)}


def test_an_alt_text_that_we_wrote_by_another_product_is_no_drift(scene):
    place = scene([product("A-1"), product("B-2")], [asset("front", "A-1", 1, context={"alt": "Old"})])
    place.run(place.select("front"))
    front = place.world.environments[0].assets[Link.objects.get().asset_id]
    front.metadata["sku"], front.context["alt"] = "B-2", "New"
    place.run(place.select("front", alt_policy="overwrite"))
    assert Link.objects.count() == 2
    assert len({link.medium_id for link in Link.objects.all()}) == 1
    check(place)
    assert drift(place) == set()
    Sync.objects.all().delete()
    check(place)
    assert drift(place) == set(), "it is kept in mind"


def test_what_has_no_links_any_more_has_no_findings(place):
    take_out(place, "top")
    check(place)
    assert drift(place) == {("top", "missing", 1)}
    Link.objects.filter(name="top").delete()
    check(place)
    assert drift(place) == set()
    assert LeftGallery.objects.count() == 1


def test_what_is_removed_from_the_list_of_links_has_no_findings(place):
    place.delete_product("product-b-2")
    take_out(place, "side")
    describe(place, "front", "Somebody’s")
    check(place)
    kept = {("front", "alt", 1)}
    assert drift(place) == kept | {("side", "missing", 1), ("product-b-2", "product", 1)}
    checking.forget_gone(Actor(place.member))
    assert drift(place) == kept


def test_a_product_is_looked_at_whole_however_little_is_looked_at_in_one_go(place, monkeypatch):
    monkeypatch.setattr("linking.links.checking.PER_LOOK", 1)
    monkeypatch.setattr("linking.links.checking.SLICE", 0)
    reverse(place, "product-a-1")
    check(place)
    assert drift(place) == {("product-a-1", "reordered", 1)}
    assert LinkCheck.objects.get().looked == 3


def test_a_check_leaves_half_of_the_hour_to_people_and_goes_on_later(place, monkeypatch):
    monkeypatch.setattr("linking.links.checking.PER_LOOK", 1)
    spending = place.world.environments[0].spending
    spent = spending.limit - spending.remaining
    place.world.settings.change({"hourly_limit": 2 * spent + 1})  # a call later, half of it is gone
    check(place)
    row = LinkCheck.objects.get()
    assert (row.state, row.looked, row.problem.code) == ("waiting", 2, "links.spares")
    assert timezone.now() < row.not_before < timezone.now() + timedelta(hours=2)
    place.world.settings.change({"hourly_limit": 5000})
    LinkCheck.objects.update(not_before=None)
    checking.check_links(row.pk)
    row.refresh_from_db()
    assert (row.state, row.looked, str(row.problem)) == ("done", 3, "")


def test_a_check_that_is_not_old_is_not_made_again_by_itself(place):
    check(place)
    now = timezone.now()
    assert checking.put(place.environment, now=now, older=timedelta(days=1)) == []
    assert checking.put(place.environment, now=now, among=[]) == []
    LinkCheck.objects.update(begun=now - timedelta(days=2))
    assert len(checking.put(place.environment, now=now, among=place.stores, older=timedelta(days=1))) == 1
