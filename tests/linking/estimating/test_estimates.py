"""What is counted before the button is pressed is what a dry run shows a moment later, and writes nothing anywhere."""

from dataclasses import replace

import pytest
from django.utils import timezone

from linking import queue
from linking.domain.estimates import Counted
from linking.domain.estimates import count as counted_of
from linking.estimating import asking, counting, reading, seen
from linking.estimating.counting import NOT_PLANNED, line_of
from linking.models import ChangeRow, Estimate, Link, MediumLook, ProductSync, SeenGallery, StoreFile, StoreSync, Sync
from linking.models.estimates import KEPT, UNWATCHED
from linking.models.selections import MODES
from linking.operations import retention
from linking.pages.run.pictures import pictures_of
from sandbox.catalog.records import Picture, Product
from tests import photos
from tests.linking.estimating.estimated import changed, estimated, matched, points
from tests.linking.visits import enter, text_of
from tests.scenes import Variant, asset, product


def numbers(selection) -> Counted:
    row = estimated(selection)
    assert (row.state, row.problem.code, row.result["left"]) == ("done", "", [])
    return Counted.read(row.result["counted"])


def shown(sync: Sync) -> Counted:
    """The same of a dry run's rows."""
    total = Counted()
    for part in sync.parts.all():
        lines = list(part.changes.select_related("product"))
        rows = part.products.all()
        total += counted_of(
            map(line_of, lines),
            galleries=len(rows),
            refused=sum(row.state in NOT_PLANNED for row in rows),
            alts=sum(line.alt_after is not None and line.change in ("keep", "move") for line in lines),
            swatches=pictures_of(sync)[part.pk].sums.swatches,
        )
    return total


def rows() -> list:
    models = (Sync, StoreSync, ProductSync, ChangeRow, Link, StoreFile)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("mode", [code for code, _ in MODES])
@pytest.mark.cases(3)
def test_every_link_mode_counts_what_its_dry_run_shows(place, mode):
    selection = matched(place.select(link_mode=mode, position=2, alt_policy="overwrite"))
    written, before = place.mutations(), rows()
    counted = numbers(selection)
    assert (place.mutations(), rows()) == (written, before)
    sync = place.run(selection, dry_run=True)
    # What nobody has looked at yet only the estimate counts.
    assert replace(counted, unlooked=0) == shown(sync)
    assert (counted.taken, counted.losing) == sync.losses()
    assert (counted.galleries, counted.unread) == (5, 0)  # South has not all of the products


def test_what_is_there_is_adopted_once_somebody_has_looked_and_may_be_until_then(client, scene):
    there = [Picture(photos.encoded_again(photos.photo(1)), "1.jpg", ""), Picture(photos.photo(9), "own.jpg", "")]
    filled = Product(handle="a", title="A", variants=(Variant(sku="a"),), pictures=there)
    empty = Product(handle="b", title="B", variants=(Variant(sku="b"),))
    assets = [asset(name, name[0], content=photos.photo(seed)) for name, seed in (("a1", 1), ("a2", 2), ("b1", 3))]
    found = scene([filled, empty], assets)
    client, selection = enter(client, found.member), matched(found.select())
    first = numbers(selection)
    assert (first.added, first.adopted, first.unlooked) == (3, 0, 2), "nobody can be waiting for the empty gallery"
    assert not MediumLook.objects.exists(), "an estimate looks at no picture"
    page = text_of(client.get(f"/selections/{selection.key}/estimate/"))
    assert "Adds up to 3 pictures , removes none" in page
    assert "2 of the added pictures come into galleries whose own pictures AssetLink has not looked at yet" in page
    sync = found.run(selection, dry_run=True)
    again = numbers(changed(selection))
    assert again == shown(sync)
    assert (again.added, again.adopted, again.unlooked) == (2, 1, 0)
    page = text_of(client.get(f"/selections/{selection.key}/estimate/"))
    assert "Adds 2 pictures ," in page
    assert "adopts 1 that is there already, removes none" in page


def test_the_page_asks_looks_and_stops(client, place):
    selection = matched(place.select(link_mode="in_place"))
    client, address = enter(client, place.member), f"/selections/{selection.key}/estimate/"
    first = client.get(f"/selections/{selection.key}/").content.decode()
    assert 'class="estimate counting takes-out" hx-post=' in first
    assert "May remove pictures" in first, "the link mode says so before anything is counted"
    assert not Estimate.objects.exists(), "a page asks nothing before it has rested"
    client.post(address)
    estimated(selection)
    answer = client.get(address)
    text, html = text_of(answer), answer.content.decode()
    assert "removes 5 pictures from 3 of 5 galleries" in text
    assert "Counting took 17 points in 2 requests." in text
    assert 'class="estimate known takes-out"' in html
    assert "hx-trigger" not in html, "it looks no more"
    assert "removes 5 pictures" in answer["HX-Trigger"], "it is announced"
    assert client.post(address).content.decode() == html, "asked twice it costs nothing"
    assert Estimate.objects.get().points == 17


@pytest.mark.parametrize(("mode", "more"), [("append", False), ("append", True), ("in_place", False)])
@pytest.mark.cases(2)
def test_what_a_run_will_cost_is_said_before(scene, mode, more):
    """`more`: pictures of variants, and swatches."""
    brought = [asset(f"f{at}", f"s{at}", at) for at in range(12)]
    brought += [asset(f"w{at}", f"s{at}", at, tags=("swatch",)) for at in range(12 * more)]
    built = scene([product(f"s{at}", pictures=2) for at in range(12)], brought)
    # What a run waits for is in no estimate: an order that shows at once needs no look at its job.
    built.world.settings.change({"media_seconds": [0.0, 0.0], "reorder_seconds": 0.0})
    selection = matched(built.select(link_mode=mode, variant_pictures=more))
    said = estimated(selection).result["run"]
    part = built.run(selection).parts.get()
    assert abs(said["mutations"] - part.mutations) <= more  # the first run of a store defines the metafield
    assert abs(said["points"] - part.points) <= part.points / 5
    assert abs(said["requests"] - part.requests) <= part.requests / 4


def test_a_swatch_that_a_run_has_set_is_set_no_more(place):
    selection = matched(place.select(link_mode="append"))
    assert numbers(selection).swatches == 2, "in each store once"
    sync = place.run(selection)
    assert numbers(selection).swatches == 0
    place.undo(sync)
    assert numbers(selection).swatches == 2


def test_other_settings_cost_nothing_until_a_run_has_written(place):
    selection = matched(place.select())
    before = points(place)
    assert estimated(selection).points == points(place) - before > 0
    before = points(place)
    for mode in ("reset", "mirror", "append"):
        assert (estimated(changed(selection, link_mode=mode)).points, points(place)) == (0, before)
    place.run(selection)
    again = estimated(selection)
    assert (again.points > 0, Counted.read(again.result["counted"]).changes_nothing) == (True, True)


def test_a_question_has_so_many_points_and_what_is_left_is_the_least(client, scene, monkeypatch):
    monkeypatch.setattr(reading, "PER_READ", 2)
    monkeypatch.setattr(reading, "BUDGET", 45)
    built = scene(
        [product(f"s{at}", pictures=1) for at in range(9)], [asset(f"f{at}", f"s{at}", at) for at in range(9)]
    )
    selection, before = matched(built.select(link_mode="reset")), points(built)
    row = estimated(selection)
    counted = Counted.read(row.result["counted"])
    assert 0 < counted.unread == 9 - counted.galleries
    assert row.points == points(built) - before <= 45
    page = text_of(enter(client, built.member).get(f"/selections/{selection.key}/"))
    assert f"Removes at least {counted.galleries} pictures from {counted.galleries} galleries" in page
    estimated(changed(selection))  # each change goes on with what was read before
    further = Counted.read(estimated(changed(selection)).result["counted"])
    assert further.galleries > counted.galleries


@pytest.mark.parametrize("edit", ["an edit", "a store ticked off", "another question"])
@pytest.mark.cases(1)
def test_what_was_counted_while_somebody_edited_is_forgotten(place, monkeypatch, edit):
    selection = matched(place.select())
    row, plain = asking.ask(selection), counting.as_run

    def meanwhile(chosen):
        monkeypatch.setattr(counting, "as_run", plain)
        if edit == "a store ticked off":
            selection.stores.remove(place.stores[0])
        changed(selection)
        if edit == "another question":
            asking.ask(selection)
        return plain(chosen)

    monkeypatch.setattr(counting, "as_run", meanwhile)
    assert counting.count(row.pk) is False
    row.refresh_from_db()
    assert (row.counted, row.state) == ("", "waiting" if edit == "another question" else "done")
    assert estimated(selection).counted, "what is asked for the state of now is counted"


def test_work_that_waits_goes_first_and_nothing_is_read_twice(place, monkeypatch):
    selection = matched(place.select())
    row, before = asking.ask(selection), points(place)
    monkeypatch.setattr(queue, "others_wait", lambda: True)
    assert counting.count(row.pk) is True, "one store a slice"
    assert counting.count(row.pk) is False
    row.refresh_from_db()
    assert (row.state, row.points, row.requests) == ("done", points(place) - before, 2)


def test_without_a_queue_nothing_is_counted_and_the_buttons_stay(client, place):
    selection = matched(place.select())
    client = enter(client, place.member)
    said = client.post(f"/selections/{selection.key}/estimate/").content.decode()
    assert "Not counted yet" in said
    assert "hx-trigger" not in said
    page = client.get(f"/selections/{selection.key}/").content.decode()
    assert 'id="link-assets"' in page
    Estimate.objects.update(asked=timezone.now() - timezone.timedelta(minutes=1))
    assert Estimate.objects.get().state == "waiting", "the sweeper asks for it when the queue is back"


def test_galleries_are_kept_for_minutes_and_for_their_store_alone(place):
    estimated(matched(place.select()))
    assert set(SeenGallery.objects.values_list("store", flat=True)) == {store.pk for store in place.stores}
    ids = list(SeenGallery.objects.filter(store=place.stores[0]).values_list("product_id", flat=True))
    assert set(seen.known(place.stores[0], ids, now=timezone.now())) == set(ids)
    assert not set(seen.known(place.stores[1], ids, now=timezone.now())) - set(
        SeenGallery.objects.filter(store=place.stores[1]).values_list("product_id", flat=True)
    )
    count = SeenGallery.objects.count()
    SeenGallery.objects.update(seen=timezone.now() - KEPT)
    assert seen.known(place.stores[0], ids, now=timezone.now()) == {}
    assert retention.clean(now=timezone.now(), seconds=60)[0]["galleries of estimates"] == count


def test_nothing_is_enqueued_for_what_nobody_looks_at(client, place, monkeypatch):
    monkeypatch.setattr(queue, "others_wait", lambda: True)
    monkeypatch.setattr(queue, "answers", lambda: True)
    selection = matched(place.select())
    client, address = enter(client, place.member), f"/selections/{selection.key}/estimate/"
    row = asking.ask(selection)
    Estimate.objects.update(looked=timezone.now() - UNWATCHED)
    assert client.get(address).status_code == 204
    assert counting.count(row.pk) is True, "the page looks"
    before = points(place)
    Estimate.objects.update(looked=timezone.now() - UNWATCHED)
    assert counting.count(row.pk) is False, "nobody does any more"
    row.refresh_from_db()
    assert (row.state, row.counted, points(place)) == ("done", "", before)
    assert "hx-post=" in client.get(address).content.decode(), "who comes back has it counted"
    assert estimated(selection).counted
