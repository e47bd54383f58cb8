"""A run's page: what it says, what it offers, and that undo, retry and confirmation do what their buttons say."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from linking.models import ChangeRow, StoreSync, Sync
from sandbox.catalog.records import Picture, Product
from setup.reasons import said
from tests.linking.visits import enter, field_of, text_of
from tests.scenes import Variant, asset, part_of, picture, product


def page_of(client, place, sync):
    return enter(client, place.member).get(f"/syncs/{sync.key}/")


def more(client, row):
    """What a gallery's row opens."""
    return client.get(f"/syncs/{row.part.sync.key}/lines/{row.pk}/")


def press(client, sync, verb: str, page=None, **data) -> Sync:
    """What pressing a button does; the run that the browser is sent to. The token comes from the page; what a plan takes away is
    confirmed."""
    scope = data.pop("scope", "all")
    if verb == "apply":
        data.setdefault("unlinks", sync.losses()[0])
    if page is not None:
        data["token"] = next(found for found in field_of(page, "token") if found.endswith(f"-{scope}"))
    answer = client.post(f"/syncs/{sync.key}/{verb}/", data)
    assert answer.status_code == 302, answer.content
    return Sync.objects.get(key=answer["Location"].split("/")[2])


def shirt(*shown_by: tuple[int, ...]) -> Product:
    there = [Picture(picture(at), f"old-{at}.jpg", f"Old {at}", list(shown)) for at, shown in enumerate(shown_by)]
    sizes = (Variant("Red", sku="red"), Variant("Blue", sku="blue"))
    return Product(handle="shirt", title="Shirt", variants=sizes, pictures=there)


def test_a_plan_that_takes_media_away_wants_their_number_confirmed(client, scene):
    place = scene([product("a", pictures=3), product("b", pictures=2)], [asset("fa", "a"), asset("fb", "b", 1)])
    sync = place.run(place.select(link_mode="reset"), dry_run=True)
    page = page_of(client, place, sync)
    assert "Remove 5 pictures" in text_of(page)
    assert "5 pictures leave 2 galleries" in text_of(page)
    assert re.search(r'<input[^>]*type="checkbox"[^>]*name="unlinks" value="5" required', page.content.decode())


@pytest.mark.parametrize("reported", [{}, {"unlinks": "2"}, {"unlinks": "0"}, {"unlinks": "3x"}])
@pytest.mark.cases(2)
def test_another_number_is_refused_and_nothing_is_written(client, scene, reported):
    place = scene([product("a", pictures=3)], [asset("fa", "a")])
    sync = place.run(place.select(link_mode="reset"), dry_run=True)
    enter(client, place.member)
    answer = client.post(f"/syncs/{sync.key}/apply/", reported, follow=True)
    assert "Confirm that 3 pictures leave their galleries; nothing was written." in text_of(answer)
    assert part_of(sync).state == StoreSync.State.PLANNED
    assert place.mutations() == []


def test_the_right_number_applies_the_plan_as_shown(client, scene):
    place = scene([product("a", pictures=3)], [asset("fa", "a")])
    sync = place.run(place.select(link_mode="reset"), dry_run=True)
    [reported] = field_of(page_of(client, place, sync), "unlinks")
    place.finish(press(client, sync, "apply", unlinks=reported))
    assert place.assets_in("product-a") == ["fa"]


def test_the_button_of_a_destructive_mode_shows_a_plan_first(client, scene):
    place = scene([product("a", pictures=1)], [asset("fa", "a")])
    chosen = place.select(link_mode="mirror")
    place.run(chosen, dry_run=True)  # the store has answered
    enter(client, place.member, chosen)
    answer = client.post(f"/selections/{chosen.key}/syncs/", {"token": "t"})
    made = Sync.objects.get(key=answer["Location"].split("/")[2])
    assert made.dry_run
    place.finish(made)
    assert place.mutations() == []


def test_an_adding_plan_is_applied_without_a_confirmation(client, scene):
    place = scene([product("a", pictures=1)], [asset("fa", "a")])
    sync = place.run(place.select(), dry_run=True)
    page = page_of(client, place, sync)
    assert "removes none" in text_of(page)
    assert "confirm-unlinks" not in page.content.decode()
    place.finish(press(client, sync, "apply"))
    assert place.assets_in("product-a") == ["product-a-0", "fa"]


def test_undo_shows_the_way_back_and_apply_goes_it(client, scene):
    place = scene([product("a", title="Oak chair", pictures=2)], [asset("fa", "a")])
    before = place.gallery("product-a")
    sync = place.run(place.select(link_mode="reset"))
    shown = place.finish(press(client, sync, "undo", page_of(client, place, sync)))
    page = text_of(page_of(client, place, shown))
    for words in (
        "Undo: dry run",
        "Undo of the run of",
        "Puts 2 pictures back",
        "removes 1 picture from 1 gallery",
        "Apply this plan",
    ):
        assert words in page
    assert place.gallery("product-a") != before
    back = place.finish(press(client, shown, "apply"))
    assert place.gallery("product-a") == before
    assert "Undone" in text_of(page_of(client, place, back))


def test_a_button_pressed_twice_makes_one_run(client, scene):
    place = scene([product("a"), product("b")], [asset("fa", "a"), asset("fb", "b", 1)])
    sync = place.run(place.select())
    page = page_of(client, place, sync)
    assert press(client, sync, "undo", page) == press(client, sync, "undo", page)
    assert Sync.objects.count() == 2


def test_every_undo_button_has_a_token_of_its_own(client, scene):
    place = scene([product("a"), product("b")], [asset("fa", "a"), asset("fb", "b", 1)], stores=2)
    tokens = field_of(page_of(client, place, place.run(place.select())), "token")
    assert len(tokens) >= 2
    assert len(set(tokens)) == len(tokens)


def test_a_single_product_can_be_undone(client, scene):
    place = scene([product("a"), product("b")], [asset("fa", "a"), asset("fb", "b", 1)])
    sync = place.run(place.select())
    row = part_of(sync).products.get(handle="product-b")
    page_of(client, place, sync)
    shown = place.finish(press(client, sync, "undo", more(client, row), scope=f"product{row.pk}", product=row.pk))
    assert "only 1 product" in text_of(page_of(client, place, shown))
    place.finish(press(client, shown, "apply"))
    assert (place.assets_in("product-a"), place.assets_in("product-b")) == (["fa"], [])
    page = page_of(client, place, sync).content.decode()
    assert "Undone in part by" in page
    back, other = (more(client, one).content.decode() for one in (row, part_of(sync).products.get(handle="product-a")))
    assert "undo-product" not in back  # it is back already
    assert other.count('id="undo-product') == 1


@pytest.mark.full
def test_a_single_store_can_be_undone(client, scene):
    shelf = [product(str(at)) for at in range(8)]
    place = scene(shelf, [asset(f"f{at}", str(at), at) for at in range(8)], stores=2)
    sync = place.run(place.select())
    page = page_of(client, place, sync)
    assert page.content.decode().count("Undo this store:") == 2
    north, south = sync.parts.all()
    shown = place.finish(press(client, sync, "undo", page, scope=f"store{north.store_id}", store=north.store_id))
    assert [part.store for part in shown.parts.all()] == [north.store]
    place.finish(press(client, shown, "apply"))
    again = page_of(client, place, sync).content.decode()
    assert f'id="undo-store{north.store_id}"' not in again
    assert f'id="undo-store{south.store_id}"' in again


def test_a_run_that_is_undone_says_by_whom_and_offers_no_undo(client, scene):
    place = scene([product("a")], [asset("fa", "a")])
    sync = place.run(place.select())
    back = place.undo(sync)
    page = page_of(client, place, sync)
    assert "Undone by the run of" in text_of(page)
    assert f'href="/syncs/{back.key}/"' in page.content.decode()
    assert "undo-" not in page.content.decode()


@pytest.mark.full
def test_an_undo_that_was_only_shown_is_not_called_done(client, scene):
    place = scene([product("a")], [asset("fa", "a")])
    sync = place.run(place.select())
    place.finish(press(client, sync, "undo", page_of(client, place, sync)))
    page = text_of(page_of(client, place, sync))
    assert "Its undo is shown, not applied, by the run of" in page
    assert "Undone" not in page


@pytest.mark.full
def test_an_undo_that_found_everything_changed_is_not_called_done(client, scene):
    place = scene([product("a", pictures=1)], [asset("fa", "a")])
    sync = place.run(place.select())
    shown = place.finish(press(client, sync, "undo", page_of(client, place, sync)))
    place.delete_file(place.shop.product_with("product-a").media[0])
    back = place.finish(press(client, shown, "apply"))
    assert "Not undone" in text_of(page_of(client, place, back))
    assert "Undone by" not in text_of(page_of(client, place, sync))


def test_an_undo_that_left_a_gallery_alone_is_called_done_in_part(client, scene):
    place = scene([product("a", pictures=1), product("b")], [asset("fa", "a"), asset("fb", "b", 1)])
    sync = place.run(place.select())
    shown = place.finish(press(client, sync, "undo", page_of(client, place, sync)))
    place.delete_file(place.shop.product_with("product-a").media[0])
    back = place.finish(press(client, shown, "apply"))
    page = text_of(page_of(client, place, back))
    assert "Undone in part" in page
    assert "1 of 2 galleries is done. 1 gallery needs your attention." in page
    assert "Undone in part by the run of" in text_of(page_of(client, place, sync))


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.cases(1)
def test_what_changed_nothing_offers_no_undo(client, scene, dry_run):
    place = scene([product("a")], [asset("fa", "a")])
    chosen = place.select()
    if not dry_run:
        place.run(chosen)
    again = place.run(chosen, dry_run=dry_run)
    assert "undo-" not in page_of(client, place, again).content.decode()
    answer = client.post(f"/syncs/{again.key}/undo/", {"token": "t"}, follow=True)
    assert "undone" in text_of(answer)
    assert Sync.objects.filter(kind="undo").count() == 0


@pytest.mark.parametrize("reported", [{"product": "x"}, {"product": "999999"}, {"store": "x"}, {"store": "999999"}])
@pytest.mark.cases(1)
def test_undo_of_a_product_or_store_that_is_not_in_the_run_undoes_nothing(client, scene, reported):
    place = scene([product("a")], [asset("fa", "a")])
    sync = place.run(place.select())
    enter(client, place.member)
    assert client.post(f"/syncs/{sync.key}/undo/", reported | {"token": "t"}).status_code == 404
    assert not Sync.objects.filter(kind="undo").exists()


def test_retry_is_offered_for_failures_and_tries_these_only(client, scene):
    place = scene([product("a"), product("b")], [asset("fa", "a"), asset("fb", "b", 1)])
    place.world.faults.add(service="shopify", kind="media_fails", match="fa", code="IMAGE_PROCESSING_FAILURE")
    sync = place.run(place.select())
    again = place.finish(press(client, sync, "retry", page_of(client, place, sync), scope="retry"))
    assert [row.handle for row in part_of(again).products.all()] == ["product-a"]
    assert "Tries again what failed in the run of" in text_of(page_of(client, place, again))
    assert "Tried again by the run of" in text_of(page_of(client, place, sync))
    assert "Retry failed" not in text_of(page_of(client, place, again))


def test_a_stopped_store_can_be_tried_again(client, scene):
    place = scene([product("a")], [asset("fa", "a")])
    token, place.shop.access_token = place.shop.access_token, "another"
    sync = place.run(place.select())
    assert "Retry failed" in text_of(page_of(client, place, sync))
    place.shop.access_token = token
    place.stores[0].answered()
    place.finish(press(client, sync, "retry", page_of(client, place, sync), scope="retry"))
    assert place.assets_in("product-a") == ["fa"]


def test_variants_that_lose_or_get_a_picture_are_named(client, scene):
    place = scene([shirt((0,), (1,))], [asset("new", "red", 1)])
    sync = place.run(place.select(link_mode="reset", variant_pictures=True), dry_run=True)
    assert "the picture of variant Blue" in text_of(page_of(client, place, sync))
    page = text_of(more(client, part_of(sync).products.get()))
    assert "Variant Red gets another picture" in page
    assert "Variant Blue loses its picture" in page
    assert "takes over" not in page  # it is the person's wish
    sync = place.run(place.select(link_mode="reset"), dry_run=True)
    page = text_of(more(client, part_of(sync).products.get()))
    assert "gets another picture Its picture leaves the gallery; the first one of red takes over." in page


@pytest.mark.full
def test_a_variant_that_gets_its_picture_back_is_named_in_the_undo(client, scene):
    place = scene([shirt((0,), (1,))], [asset("new", "red", 1)])
    sync = place.run(place.select(link_mode="reset"))
    shown = place.finish(press(client, sync, "undo", page_of(client, place, sync)))
    assert "2 variant pictures change" in text_of(page_of(client, place, shown))
    page = text_of(more(client, part_of(shown).products.get()))
    assert "Variant Red gets its picture back" in page
    assert "Variant Blue gets its picture back" in page


def test_a_plan_of_variants_pictures_alone_can_be_applied(client, scene):
    place = scene([shirt((0,))], [asset("new", "red", 1)])
    place.run(place.select())
    sync = place.run(place.select(variant_pictures=True), dry_run=True)
    page = page_of(client, place, sync).content.decode()
    assert (
        '<button id="apply" class="button button-main button-primary" aria-describedby="effect">' in page
    )  # not disabled
    assert "This plan changes nothing" not in page


def test_alt_texts_are_shown_before_and_after(client, scene):
    place = scene([product("a")], [asset("front", "a", 1, context={"alt": "Oak & beech"})])
    place.run(place.select())
    medium = place.shop.product_with("product-a").media[0]
    place.elsewhere("FileUpdate", files=[{"id": medium, "alt": "By <hand>"}])
    sync = place.run(place.select(alt_policy="overwrite"), dry_run=True)
    assert "Alt text: “Oak &amp; beech”" in page_of(client, place, sync).content.decode()
    html = more(client, part_of(sync).products.get()).content.decode()
    assert "<del>By &lt;hand&gt;</del> → <ins>Oak &amp; beech</ins>" in html


def test_nothing_to_apply_is_said_and_the_button_is_off(client, scene):
    place = scene([product("a")], [asset("fa", "a")])
    chosen = place.select()
    place.run(chosen)
    page = page_of(client, place, place.run(chosen, dry_run=True)).content.decode()
    assert "This plan changes nothing." in page
    assert re.search(r'id="apply"[^>]* disabled', page)


def test_a_store_in_which_nothing_was_to_be_linked_says_so(client, scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    sync = place.run(place.select(), dry_run=True)
    page = enter(client, place.member)
    assert "There was no asset to" not in text_of(page.get(f"/syncs/{sync.key}/"))
    part_of(sync).changes.all().delete()
    assert "There was no asset to link here." in text_of(page.get(f"/syncs/{sync.key}/"))
    sync.parts.update(state=StoreSync.State.ABORTED)
    assert "There was no asset to" not in text_of(page.get(f"/syncs/{sync.key}/"))


@pytest.mark.full
def test_history_tells_kind_and_origin(client, scene):
    place = scene([product("a")], [asset("fa", "a")])
    place.world.faults.add(service="shopify", kind="media_fails", match="fa", code="IMAGE_PROCESSING_FAILURE")
    sync = place.run(place.select())
    place.undo(place.retry(sync))
    answer = enter(client, place.member).get("/syncs/")
    page = text_of(answer)
    assert re.search(r"Undo of \d", page)
    assert re.search(r"Retry, Append of \d", page)
    assert f'id="origin-{Sync.objects.first().pk}"' in answer.content.decode()


@pytest.mark.parametrize("follow", ["", "undone", "planned", "failed"])
@pytest.mark.cases(1)
def test_a_runs_page_asks_the_database_little(client, scene, django_assert_max_num_queries, follow):
    shelf = [product(str(at), pictures=2) for at in range(8)]
    place = scene(shelf, [asset(f"f{at}", str(at), at) for at in range(9)], stores=2)
    if follow == "failed":
        place.world.faults.add(service="shopify", kind="media_fails", match="f1", code="IMAGE_PROCESSING_FAILURE")
    sync = place.run(place.select(link_mode="reset"), dry_run=follow == "planned")
    if follow == "undone":
        place.undo(sync)
    page_of(client, place, sync)  # the first page of a session keeps its CSRF token
    like = ChangeRow.objects.filter(part__sync=sync).first().pk
    filters = (f"?kind=add&q=product&like={like}", f"products/?kind=add&q=product&like={like}")
    for name in ("", "products/", "products/?page=2", "products/?unlinked=1", *filters):
        with django_assert_max_num_queries(13 if follow == "failed" else 12):
            assert client.get(f"/syncs/{sync.key}/{name}").status_code == 200
    with django_assert_max_num_queries(12):
        client.get("/syncs/")


@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.cases(1)
def test_a_page_of_galleries_is_light_and_what_it_leaves_out_follows(client, scene, heavy):
    """As with 1,000 assets for 250 products; heavy if each of them has an alt text that changes."""
    shelf = [product(f"S{at:02}", title=f"Product number {at} of the shelf", pictures=2) for at in range(45)]
    place = scene(shelf, [asset(f"p{at}-side", f"S{at % 45:02}", at % 4) for at in range(180)])
    if heavy:
        place.run(place.select())
    sync = place.run(place.select(link_mode="prepend"), dry_run=True)
    if heavy:
        text = "The alt text of the asset, as somebody wrote it"
        ChangeRow.objects.filter(part__sync=sync).update(alt_before=text, alt_after=text[:30], outcome="pending")
    page = page_of(client, place, sync)
    assert len(page.content) < 100 * 1024
    seen: list[str] = []
    while True:
        html = page.content.decode()
        seen += re.findall(r'<h3 id="t\d+">([^<]*)</h3>', html)
        following = re.search(r'hx-get="([^"]*page=[^"]*)" hx-trigger="intersect once"', html)
        if not following:
            break
        page = client.get(following[1].replace("&amp;", "&"))
    assert seen == [f"Product number {at} of the shelf" for at in range(45)]


def test_the_progress_of_a_busy_run_asks_the_database_little(client, scene, django_assert_max_num_queries):
    shelf = [product(str(at)) for at in range(8)]
    place = scene(shelf, [asset(f"f{at}", str(at), at) for at in range(8)], stores=2)
    sync = place.run(place.select())
    ago = timezone.now() - timedelta(seconds=1)
    sync.parts.update(state=StoreSync.State.APPLYING, lease_until=timezone.now() + timedelta(minutes=1), started=ago)
    ChangeRow.objects.filter(name="f1").update(outcome="failed", reason=said("Shopify could not process the picture."))
    page_of(client, place, sync)
    for name in ("", "progress/"):
        with django_assert_max_num_queries(12):
            assert client.get(f"/syncs/{sync.key}/{name}").status_code == 200


def test_galleries_that_lose_pictures_stand_on_top_of_a_plan(client, scene):
    place = scene([product("a"), product("b", pictures=1)], [asset("one", "a", 1), asset("two", "b", 2)])
    sync = place.run(place.select(link_mode="reset"), dry_run=True)
    assert [row.title for row in part_of(sync).products.all()] == ["Product a", "Product b"]
    html = page_of(client, place, sync).content.decode()
    assert re.findall(r'<h3 id="t\d+">([^<]*)</h3>', html) == ["Product b", "Product a"]
