"""What takes pictures away asks: a run whose plan unlinks anything stops there, in whatever mode, and nothing is written."""

import re
from datetime import timedelta

import django_rq
import pytest
from django.utils import timezone

from linking import jobs
from linking.models import Link, StoreSync, Sync
from linking.syncing.gate import PLANS
from linking.syncing.work import Next, work
from setup.redis_client import client as redis_of_app
from tests import pressing
from tests.linking.visits import enter, field_of, text_of
from tests.scenes import asset, part_of, product
from tests.scenes import picture as content


def pressed(place, **chosen) -> Sync:
    """What the button does, without anybody's confirmation."""
    place.clicks += 1
    selection = chosen.pop("selection", None) or place.select(**chosen)
    return place.finish(pressing.link(selection, f"press-{place.clicks}", dry_run=False))


def states(sync) -> list[str]:
    return list(sync.parts.order_by("pk").values_list("state", flat=True))


def written_by(sync) -> int:
    return sum(sync.parts.values_list("mutations", flat=True))


def new_version(place, name: str) -> None:
    environment = place.world.environments[0]
    environment.overwrite(next(row for row in environment.assets.values() if row.display_name == name), content(99))


def confirmed(client, place, sync) -> Sync:
    """As a person confirms it on the page: the number stands in the checkbox."""
    page = enter(client, place.member).get(f"/syncs/{sync.key}/")
    [number] = field_of(page, "unlinks")
    client.post(f"/syncs/{sync.key}/apply/", {"unlinks": number})
    return place.finish(sync)


@pytest.mark.parametrize(
    ("mode", "after"),
    [
        ("in_place", ["fa", "product-a-1"]),
        ("overwrite_and_add", ["fa", "product-a-1"]),
        ("reset", ["fa"]),
    ],
)
@pytest.mark.cases(1)
def test_a_run_that_takes_pictures_away_stops_at_its_plan_and_asks(client, scene, mode, after):
    place = scene([product("a", pictures=2)], [asset("fa", "a")])
    sync = pressed(place, link_mode=mode)
    assert (sync.dry_run, states(sync), place.mutations()) == (True, ["planned"], [])
    gone = 2 - len(after) + 1
    pictures, leave = (
        ("1 picture", "picture leaves its gallery")
        if gone == 1
        else (f"{gone} pictures", "pictures leave their galleries")
    )
    page = enter(client, place.member).get(f"/syncs/{sync.key}/")
    assert f"removes {pictures} from 1 gallery" in text_of(page)
    assert re.search(rf"Tick to confirm: {gone} pictures? leaves? 1 gallery", text_of(page))
    answer = client.post(f"/syncs/{sync.key}/apply/", {"unlinks": "0"}, follow=True)
    assert f"Confirm that {gone} {leave}; nothing was written." in text_of(answer)
    assert place.mutations() == []
    done = confirmed(client, place, sync)
    assert (done.dry_run, states(done), place.assets_in("product-a")) == (False, ["done"], after)


@pytest.mark.parametrize("mode", ["append", "prepend", "position", "in_place", "overwrite_and_add"])
@pytest.mark.cases(1)
def test_a_new_version_replaces_the_old_one_and_asks_nobody(scene, mode):
    place = scene([product("a")], [asset("fa", "a")])
    pressed(place)
    old = place.gallery("product-a")
    new_version(place, "fa")
    sync = pressed(place, link_mode=mode)
    assert list(part_of(sync).changes.values_list("change", "outcome")) == [("replace", "done")]
    assert (sync.dry_run, states(sync), len(place.gallery("product-a"))) == (False, ["done"], 1)
    assert place.gallery("product-a") != old


@pytest.mark.parametrize("mode", ["append", "prepend", "position"])
@pytest.mark.cases(1)
def test_what_only_adds_asks_nobody(scene, mode):
    place = scene([product("a", pictures=2)], [asset("fa", "a")])
    sync = pressed(place, link_mode=mode)
    assert (sync.dry_run, states(sync)) == (False, ["done"])


def test_a_place_that_another_assets_picture_takes_counts_and_a_new_version_beside_it_does_not(scene):
    place = scene([product("a", pictures=2)], [asset("fa", "a"), asset("fb", "a", 1)])
    place.run(place.select("fa", link_mode="prepend"))
    new_version(place, "fa")
    sync = pressed(place, selection=place.select("fa", "fb", link_mode="in_place"))
    assert list(part_of(sync).changes.values_list("change", "name")) == [("replace", "fa"), ("replace", "fb")]
    assert (sync.dry_run, sync.losses()) == (True, (1, 1))


def test_a_misplaced_picture_that_the_plan_takes_out_counts(client, scene):
    place = scene([product("a")], [asset("fa", "a"), asset("fb", "b", 1), asset("fc", "a", 2)])
    place.run(place.select("fa"))
    wrong = next(row.asset_id for row in place.world.environments[0].assets.values() if row.display_name == "fb")
    Link.objects.update(asset_id=wrong)
    sync = pressed(place, selection=place.select("fc"))
    assert (sync.dry_run, sync.losses(), place.assets_in("product-a")) == (True, (1, 1), ["fa"])
    confirmed(client, place, sync)
    assert place.assets_in("product-a") == ["fc"]


def test_a_second_picture_of_the_same_asset_that_leaves_counts(scene):
    place = scene([product("a")], [asset("fa", "a")])
    place.finish(pressing.upload(place.select(), "one", dry_run=False))
    new_version(place, "fa")
    place.finish(pressing.upload(place.select(), "two", dry_run=False))
    shelf = [place.shop.product_with("product-a").id]
    place.elsewhere("FileUpdate", files=[{"id": id, "referencesToAdd": shelf} for id in place.shop.files])
    sync = pressed(place)
    assert (sync.dry_run, sync.losses(), len(place.gallery("product-a"))) == (True, (1, 1), 2)


def test_the_second_time_there_is_nothing_to_ask(scene):
    place = scene([product("a", pictures=2)], [asset("fa", "a")])
    chosen = place.select(link_mode="in_place")
    place.run(chosen)
    sync = pressed(place, selection=chosen)
    assert (sync.dry_run, states(sync)) == (False, ["done"])


def test_undo_and_unlink_name_the_numbers_and_ask(client, scene):
    place = scene([product("a"), product("b")], [asset("fa", "a"), asset("fb", "b", 1), asset("fc", "b", 2)])
    linked = pressed(place)
    written = len(place.mutations())
    undo = place.finish(pressing.undo(linked, place.member, "undo"))
    unlink = place.finish(pressing.unlink(place.member, list(Link.objects.filter(name="fa")), "unlink"))
    enter(client, place.member)
    for sync, words in ((undo, "3 pictures leave 2 galleries"), (unlink, "1 picture leaves 1 gallery")):
        assert words in text_of(client.get(f"/syncs/{sync.key}/"))
        client.post(f"/syncs/{sync.key}/apply/")
        assert states(sync) == ["planned"]
    assert len(place.mutations()) == written
    confirmed(client, place, unlink)
    assert place.assets_in("product-a") == []


@pytest.mark.full
def test_an_undo_that_only_brings_back_asks_nobody(client, scene):
    place = scene([product("a")], [asset("fa", "a")])
    pressed(place)
    gone = place.apply(place.finish(pressing.unlink(place.member, list(Link.objects.all()), "unlink")))
    back = place.finish(pressing.undo(gone, place.member, "undo"))
    page = enter(client, place.member).get(f"/syncs/{back.key}/")
    assert "confirm-unlinks" not in page.content.decode()
    client.post(f"/syncs/{back.key}/apply/")
    place.finish(back)
    assert place.assets_in("product-a") == ["fa"]


@pytest.mark.full
def test_trying_again_what_failed_asks_too(scene):
    place = scene([product("a", pictures=1)], [asset("fa", "a")])
    shown = pressed(place, link_mode="in_place")
    place.elsewhere("FileUpdate", files=[{"id": place.shop.product_with("product-a").media[0], "alt": "Changed"}])
    refused = place.apply(shown)
    assert part_of(refused).products.get().state == "refused"
    again = place.retry(refused)
    assert (again.dry_run, states(again), again.losses()) == (True, ["planned"], (1, 1))


# Several stores


def other_gallery(place) -> list[str]:
    """Of the second store."""
    shop = place.world.shops[place.stores[1].domain]
    return [shop.files[id].filename for id in shop.product_with("product-a").media]


def two_stores(scene, with_pictures: int):
    """In one of them the product has a picture."""
    place = scene([product("a", pictures=1)], [asset("fa", "a")], stores=2)
    shop = place.world.shops[place.stores[1 - with_pictures].domain]
    shop.product_with("product-a").media.clear()
    return place


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.cases(1)
def test_where_one_store_has_to_ask_nothing_is_written_in_any(client, scene, which):
    place = two_stores(scene, which)
    sync = pressed(place, link_mode="overwrite_and_add")
    assert (sync.dry_run, states(sync), written_by(sync)) == (True, ["planned", "planned"], 0)
    assert sync.losses() == (1, 1)
    done = confirmed(client, place, sync)
    assert states(done) == ["done", "done"]
    assert len(place.gallery("product-a")) == len(other_gallery(place)) == 1


def test_where_no_store_has_to_ask_all_are_written_once_they_are_planned(scene):
    place = scene([product("a", pictures=1)], [asset("fa", "a")], stores=2)
    sync = pressing.link(place.select(), "t", dry_run=False)
    first, second = sync.parts.order_by("pk")
    assert work(first.pk) == Next.WAIT
    first.refresh_from_db()
    assert (first.state, first.mutations) == ("planning", 0)
    assert str(first.doing) == "Planned. AssetLink writes nothing before it has planned South, too."
    assert work(second.pk) == Next.AGAIN
    place.finish(sync)
    assert (states(sync), sync.dry_run) == (["done", "done"], False)
    assert len(place.gallery("product-a")) == len(other_gallery(place)) == 2


def test_a_store_that_is_planned_is_enqueued_when_the_last_one_is(scene, queue):
    place = scene([product("a", pictures=1)], [asset("fa", "a")], stores=2)
    sync = pressing.link(place.select(), "t", dry_run=False)
    first, second = sync.parts.order_by("pk")
    jobs.sync(first.pk)
    known = django_rq.get_queue("default", connection=redis_of_app())
    known.empty()
    jobs.sync(second.pk)
    assert [job.args for job in known.jobs] == [[first.pk], [second.pk]]


def test_a_store_that_cannot_be_planned_holds_nobody_up_when_it_has_ended(scene):
    place = scene([product("a", pictures=1)], [asset("fa", "a")], stores=2)
    sync = pressing.link(place.select(), "t", dry_run=False)
    work(sync.parts.order_by("pk")[0].pk)
    place.world.faults.add(service="shopify", kind="http_402", store=place.stores[1].domain, times=None)
    place.finish(sync)
    assert states(sync) == ["done", "failed"]


def waited(part: StoreSync) -> None:
    long_ago = (timezone.now() - timedelta(hours=1)).isoformat()
    StoreSync.objects.filter(pk=part.pk).update(waits={PLANS: {"since": long_ago, "looks": 1}})


@pytest.mark.parametrize("takes_away", [False, True])
@pytest.mark.cases(1)
def test_a_store_that_is_planned_much_later_is_not_waited_for_and_does_not_take_away_unasked(scene, takes_away):
    place = two_stores(scene, 1)
    mode = "overwrite_and_add" if takes_away else "append"
    sync = pressing.link(place.select(link_mode=mode), "t", dry_run=False)
    first, second = sync.parts.order_by("pk")
    assert work(first.pk) == Next.WAIT
    waited(first)
    while work(first.pk) != Next.NOTHING:
        pass
    assert states(sync) == ["done", "planning"]
    place.finish(sync)
    second.refresh_from_db()
    sync.refresh_from_db()
    assert not sync.dry_run
    if not takes_away:
        assert (second.state, len(other_gallery(place))) == ("done", 2)
        return
    assert (second.state, second.mutations, len(other_gallery(place))) == ("failed", 0, 1)
    assert "1 medium would leave 1 gallery here, and nobody has confirmed that" in str(second.problem)
    again = place.retry(sync)
    assert (again.dry_run, again.losses(), states(again)) == (True, (1, 1), ["planned"])


def test_a_run_that_waits_for_its_other_store_is_aborted_with_nothing_written(scene):
    place = scene([product("a", pictures=1)], [asset("fa", "a")], stores=2)
    sync = pressing.link(place.select(), "t", dry_run=False)
    work(sync.parts.order_by("pk")[0].pk)
    Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
    place.finish(sync)
    for part in sync.parts.all():
        work(part.pk)
    assert (states(sync), written_by(sync)) == (["aborted", "aborted"], 0)


def test_two_runs_in_the_same_stores_never_wait_for_each_other(scene):
    """The younger one begins in a store that the older one has not begun in: it waits there, too."""
    place = scene([product("a")], [asset("fa", "a"), asset("fb", "a", 1)], stores=2)
    older = pressing.link(place.select("fa"), "older", dry_run=False)
    younger = pressing.link(place.select("fb"), "younger", dry_run=False)
    south = younger.parts.order_by("pk")[1]
    assert work(older.parts.order_by("pk")[0].pk) == Next.WAIT
    assert work(south.pk) == Next.WAIT
    south.refresh_from_db()
    assert str(south.doing) == "The store is busy; this run follows by itself."
    place.finish(older)
    place.finish(younger)
    assert states(older) == states(younger) == ["done", "done"]
    assert place.assets_in("product-a") == ["fa", "fb"]
