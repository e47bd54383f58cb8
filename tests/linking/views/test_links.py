"""Links: what is in which gallery because of us; and unlinking, a run like any other."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from linking.links.checking import check_links
from linking.models import ChangeRow, Link, LinkCheck, ProductSync, StoreFile, Sync
from setup.models import Environment, Member
from setup.reasons import said
from tests import pressing
from tests.linking.visits import enter, text_of
from tests.scenes import asset, part_of, product

State = ProductSync.State


@pytest.fixture
def place(scene):
    shelf = [product("A-1", title="Oak chair", pictures=1), product("B-2", title="Elm table")]
    found = scene(shelf, [asset("front", "A-1", 1), asset("side", "A-1", 2), asset("top", "B-2", 3)])
    found.sync = found.run(found.select("front", "side", "top"))
    return found


@pytest.fixture
def found(client):
    """found(place, q="x"): the names of the linked assets that are shown, in order."""

    def visit(place, **asked) -> list[str]:
        answer = enter(client, place.member).get("/links/", asked)
        pks = re.findall(r'name="link" value="(\d+)"', answer.content.decode())
        return [Link.objects.get(pk=pk).name for pk in pks]

    return visit


def unlink(client, place, *names: str, **fields) -> Sync:
    """Tick the links of these assets, and let it be planned."""
    pks = list(Link.objects.filter(name__in=names).values_list("pk", flat=True))
    place.clicks += 1
    sent = {"link": pks, "token": f"t{place.clicks}", **fields}
    answer = enter(client, place.member).post("/links/unlink/", sent)
    return place.finish(Sync.objects.get(key=answer["Location"].rstrip("/").rpartition("/")[2]))


def test_a_row_tells_asset_key_product_store_and_since_when(client, place):
    answer = enter(client, place.member).get("/links/")
    for reported in ("front", "A-1", "Oak chair", "Elm table", "North", "Linked", "UTC"):
        assert reported in text_of(answer), reported
    assert Link.objects.get(name="top").thumbnail.split("?")[0] in answer.content.decode().replace("&amp;", "&")


@pytest.mark.parametrize("text", ["B-2", "b-2", "elm", "product-b", "top", "Top"])
@pytest.mark.cases(1)
def test_links_are_found_by_how_a_key_a_product_or_an_asset_begins(place, found, text):
    assert found(place, q=text) == ["top"]
    assert len(found(place)) == 3


def test_viewers_are_offered_nothing_that_they_may_not_do(client, place):
    Link.objects.update(gone=Link.Gone.ASSET)
    offered = {'id="check-links"', 'id="clean-links"', 'id="unlink-picked"', 'name="link"', 'id="again"'}
    for role, shown in (("member", offered), ("viewer", set())):
        Member.objects.update(granted_role=role)
        visitor = enter(client, Member.objects.get())
        pages = "".join(visitor.get(path).content.decode() for path in ("/links/", f"/syncs/{place.sync.key}/"))
        assert {one for one in offered if one in pages} == shown, role


def test_links_are_found_by_an_assets_id_and_by_store(place, found):
    link = Link.objects.get(name="side")
    assert found(place, q=link.asset_id) == ["side"]
    assert len(found(place, store=link.store_id)) == 3
    assert found(place, store=link.store_id + 1) == found(place, q="nothing") == []


@pytest.mark.parametrize("text", ["B-2", "elm", "f", "o"])
@pytest.mark.cases(1)
def test_texts_that_very_many_links_begin_with_are_found_all_the_same(place, found, monkeypatch, text):
    few = found(place, q=text)
    monkeypatch.setattr("linking.pages.text_search.MANY", 0)
    assert found(place, q=text) == few != []


def test_older_links_follow_where_the_shown_ones_end(client, place):
    known = {"store": place.stores[0], "environment": place.environment, "medium_id": "m", "product_id": "p"}
    Link.objects.bulk_create(Link(asset_id=str(at), name=str(at), **known) for at in range(110))
    enter(client, place.member)
    seen, address = [], "/links/"
    for _ in range(3):
        html = client.get(address, headers={"HX-Request": "true"}).content.decode()
        seen += [int(pk) for pk in re.findall(r'name="link" value="(\d+)"', html)]
        address = next(iter(re.findall(r'hx-get="([^"]*before[^"]*)"', html)), "")
    assert seen == list(Link.objects.order_by("-pk").values_list("pk", flat=True))
    assert address == ""


def test_links_of_another_environment_are_neither_shown_nor_unlinked(client, place):
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    eve = Member.objects.create(environment=other, external_id="e", name="Eve")
    enter(client, eve)
    for query in ("", "?q=front", f"?store={place.stores[0].pk}"):
        assert "front" not in re.sub(r'value="[^"]*"', "", client.get(f"/links/{query}").content.decode())
    count = Sync.objects.count()
    reported = client.post("/links/unlink/", {"link": [Link.objects.first().pk]}, follow=True)
    assert "You chose nothing" in text_of(reported)
    assert Sync.objects.count() == count


def test_the_page_asks_the_database_a_few_times_only(client, place, django_assert_max_num_queries):
    known = {"store": place.stores[0], "environment": place.environment, "medium_id": "m", "product_id": "p"}
    Link.objects.bulk_create(Link(asset_id=str(at), name="oak", gone="file", **known) for at in range(110))
    before = Link.objects.order_by("-pk")[20].pk
    enter(client, place.member).get("/links/")
    for asked in ("", "?q=oak", "?gone=1&q=oak", f"?store={place.stores[0].pk}"):
        with django_assert_max_num_queries(12):
            client.get(f"/links/{asked}")
    with django_assert_max_num_queries(12):
        client.get(f"/links/?before={before}", headers={"HX-Request": "true"})
    client.post("/links/check/")
    with django_assert_max_num_queries(12):
        client.get("/links/checks/", headers={"HX-Request": "true"})


def test_the_run_that_unlinks_asks_the_database_a_few_times_only(client, place, django_assert_max_num_queries):
    plan = unlink(client, place, "front", "side", "top")
    client.get("/links/")  # the session is written once in a while
    for path in ("", "products/", "products/?kind=unlink", "products/?kind=variants"):
        with django_assert_max_num_queries(12):
            client.get(f"/syncs/{plan.key}/{path}")
    done = place.apply(plan)
    place.undo(done)
    for path in ("", "products/?q=oak", f"lines/{part_of(done).products.first().pk}/"):
        with django_assert_max_num_queries(12):
            assert client.get(f"/syncs/{done.key}/{path}").status_code == 200


# Unlinking


def test_unlinking_is_shown_before_anything_is_written(client, place):
    written = len(place.mutations())
    shown = unlink(client, place, "side")
    assert (shown.kind, shown.dry_run) == ("unlink", True)
    assert len(place.mutations()) == written
    page = text_of(client.get(f"/syncs/{shown.key}/"))
    assert "Unlink: dry run" in page
    assert "Apply this plan" in page
    lines = part_of(shown).changes
    assert list(lines.values_list("change", "outcome")) == [
        ("keep", "unchanged"),  # a picture that nobody linked has no line
        ("unlink", "pending"),
    ]


def test_what_is_unlinked_leaves_the_gallery_and_the_ledger_and_stays_in_the_store(client, place):
    files = set(place.shop.files)
    done = place.apply(unlink(client, place, "side"))
    assert part_of(done).products.get().state == State.DONE
    assert place.assets_in("product-a-1") == ["product-a-1-0", "front"]
    assert set(Link.objects.values_list("name", flat=True)) == {"front", "top"}
    assert set(place.shop.files) == files
    assert StoreFile.objects.count() == 3
    assert "Unlinked" in text_of(client.get(f"/syncs/{done.key}/"))


def test_all_that_fits_is_unlinked_at_once(client, place):
    place.apply(unlink(client, place, all="1", q="oak"))
    assert place.assets_in("product-a-1") == ["product-a-1-0"]
    assert [link.name for link in Link.objects.all()] == ["top"]


@pytest.mark.full
def test_unlinking_is_undone_like_any_run(client, place):
    before = place.gallery("product-a-1")
    done = place.apply(unlink(client, place, "front", "side"))
    place.undo(done)
    assert place.gallery("product-a-1") == before
    assert set(Link.objects.values_list("name", flat=True)) == {"front", "side", "top"}


def test_a_gallery_that_moved_since_it_was_shown_is_refused(client, place):
    shown = unlink(client, place, "side", "top")
    place.delete_file(place.shop.product_with("product-a-1").media[0])
    done = place.apply(shown)
    states = {row.handle: row.state for row in part_of(done).products.all()}
    assert states == {"product-a-1": State.REFUSED, "product-b-2": State.DONE}
    assert place.assets_in("product-a-1") == ["front", "side"]
    assert place.assets_in("product-b-2") == []


@pytest.mark.full
def test_what_left_meanwhile_and_a_product_that_is_gone_are_said(client, place):
    gone = Link.objects.get(name="side").medium_id
    place.delete_file(gone)
    place.delete_product("product-b-2")
    shown = unlink(client, place, "front", "side", "top")
    reported = {line.name: str(line.reason) for line in part_of(shown).changes.exclude(reason="")}
    assert reported == {
        "front": "Chosen for unlinking.",
        "side": "It is no longer in this gallery; somebody took it out.",
        "top": "The product no longer exists in the store.",
    }
    place.apply(shown)
    assert place.assets_in("product-a-1") == ["product-a-1-0"]


def test_unlinking_that_failed_is_tried_again_and_shown_first(client, place):
    shown = unlink(client, place, "side")
    place.delete_file(place.shop.product_with("product-a-1").media[0])
    failed = place.apply(shown)
    assert "AssetLink unlinked nothing." in text_of(client.get(f"/syncs/{failed.key}/"))
    again = place.retry(failed)
    assert (again.kind, again.dry_run) == ("unlink", True)
    place.apply(again)
    assert place.assets_in("product-a-1") == ["front"]


def test_one_press_of_the_button_makes_one_run(client, place):
    first = unlink(client, place, "side", token="same")
    assert unlink(client, place, "side", token="same") == first
    assert unlink(client, place, "front", token="same") != first, "who goes back and ticks another wants another run"


@pytest.mark.full
def test_who_presses_apply_a_moment_after_somebody_else_is_not_asked_to_wait(client, place):
    shown = unlink(client, place, "side")
    for _ in range(2):
        pressing.apply(shown)  # both saw it as planned
    assert part_of(place.finish(shown)).products.get().state == State.DONE


def test_more_than_a_run_takes_is_refused_with_a_word(client, place, monkeypatch):
    monkeypatch.setattr("linking.views.links.AT_ONCE", 2)
    count = Sync.objects.count()
    pks = list(Link.objects.values_list("pk", flat=True))
    answer = enter(client, place.member).post("/links/unlink/", {"link": pks}, follow=True)
    assert "You found more than 2 links" in text_of(answer)
    assert Sync.objects.count() == count


def test_links_of_a_store_that_is_not_connected_cannot_be_unlinked(place):
    place.stores[0].break_off(said("gone"))
    with pytest.raises(pressing.CannotStart, match="not connected"):
        pressing.unlink(place.member, list(Link.objects.all()), "t")


def test_links_of_a_store_that_is_not_connected_stay_out_and_it_is_said(client, scene):
    place = scene([product("a")], [asset("front", "a", 1)], stores=2)
    place.run(place.select())
    north, south = place.stores
    south.break_off(said("gone"))
    pks = list(Link.objects.values_list("pk", flat=True))
    answer = enter(client, place.member).post("/links/unlink/", {"link": pks, "token": "t"}, follow=True)
    assert "1 link stays: its store is not connected (South)." in text_of(answer)
    assert [part.store for part in Sync.objects.get(kind="unlink").parts.all()] == [north]


def test_an_unlinking_that_is_aborted_before_it_is_planned_names_every_link_all_the_same(place):
    sync = pressing.unlink(place.member, list(Link.objects.all()), "t")
    Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
    place.finish(sync)
    reported = {line.name: (line.change, line.outcome) for line in part_of(sync).changes.all()}
    assert reported == dict.fromkeys(("front", "side", "top"), ("skip", "aborted"))


@pytest.mark.full
def test_a_later_run_keeps_the_names_that_the_ledger_has_of_others_links(place):
    ChangeRow.objects.update(name="")
    place.run(place.select("front"))
    assert Link.objects.get(name="side").thumbnail


# Checking


def check(client, place) -> None:
    """Press Check links, and let the job go on to its end: of links that are no longer so young that Shopify may show what was
    before them."""
    Link.objects.update(linked=timezone.now() - timedelta(minutes=1))
    assert enter(client, place.member).post("/links/check/").status_code == 302
    for row in LinkCheck.objects.filter(state="waiting"):
        while check_links(row.pk):
            pass


def gone(place) -> dict[str, str]:
    return dict(Link.objects.exclude(gone="").values_list("name", "gone"))


def test_links_whose_product_file_place_or_asset_is_gone_are_marked(client, place):
    written = len(place.mutations())
    check(client, place)
    assert gone(place) == {}
    assert len(place.mutations()) == written
    place.delete_file(Link.objects.get(name="front").medium_id)
    side = Link.objects.get(name="side")
    place.elsewhere_app("FilesUpdate", files=[{"id": side.medium_id, "referencesToRemove": [side.product_id]}])
    place.delete_product("product-b-2")
    check(client, place)
    assert gone(place) == {"front": "file", "side": "gallery", "top": "product"}
    assert "3 links are broken: the product, the file or the asset is gone" in text_of(client.get("/links/"))


def test_a_link_whose_asset_is_gone_is_marked_and_can_still_be_unlinked(client, place):
    assets = place.world.environments[0].assets
    del assets[Link.objects.get(name="side").asset_id]
    check(client, place)
    assert gone(place) == {"side": "asset"}
    place.apply(unlink(client, place, "side"))
    assert place.assets_in("product-a-1") == ["product-a-1-0", "front"]


def test_what_is_gone_is_shown_alone_and_forgotten_in_the_ledger_only(client, place, found):
    place.delete_product("product-b-2")
    check(client, place)
    assert found(place, gone="1") == ["top"]
    written = len(place.mutations())
    assert "AssetLink removed 1 broken link from this list." in text_of(client.post("/links/clean/", follow=True))
    assert set(Link.objects.values_list("name", flat=True)) == {"front", "side"}
    assert len(place.mutations()) == written


def test_a_check_goes_on_where_it_stopped(client, place, monkeypatch):
    monkeypatch.setattr("linking.links.checking.PER_LOOK", 1)
    monkeypatch.setattr("linking.links.checking.SLICE", 0)
    enter(client, place.member).post("/links/check/")
    row = LinkCheck.objects.get()
    slices = 1
    while check_links(row.pk):
        slices += 1
    row.refresh_from_db()
    assert (row.state, row.looked, slices) == ("done", 3, 3), "product by product"


def test_a_store_that_does_not_answer_is_said_and_nothing_is_marked(client, place):
    place.world.faults.add(service="shopify", kind="http_401", times=99)
    check(client, place)
    assert gone(place) == {}
    assert LinkCheck.objects.get().problem


def test_links_of_others_are_neither_checked_nor_forgotten(client, place):
    Link.objects.update(gone="file")
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    eve = Member.objects.create(environment=other, external_id="e", name="Eve")
    enter(client, eve)
    client.post("/links/clean/")
    client.post("/links/check/")
    assert Link.objects.count() == 3
    assert not LinkCheck.objects.exists()
