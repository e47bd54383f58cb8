"""The page of a dry run says what galleries seem to have already, shows it in pairs, and plans again as a person decides."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linking.models import Link, Sync
from linking.pages.run import there
from setup.models import Store
from tests import photos
from tests.linking.syncing.test_adopting import filled, shot
from tests.linking.visits import enter, text_of
from tests.scenes import asset, part_of

# Of the page that was drawn once, whatever is pressed on it.
TOKEN = "t-there"


@pytest.fixture
def place(scene):
    """One picture that is there for sure, one that is likely (another detail), and one that is not."""
    theirs = filled("a", (photos.encoded_again(photos.photo(1)), "1.jpg"), (photos.photo(2), "2.jpg"))
    return scene(
        [theirs],
        [shot("front", "a", 1), asset("back", "a", content=photos.faded(photos.photo(2))), shot("side", "a", 3)],
    )


def shown(client, place) -> Sync:
    enter(client, place.member)
    return place.run(place.select("front", "back", "side"), dry_run=True)


def decided(client, place, sync: Sync, **form) -> Sync:
    answer = client.post(reverse("sync-there", args=[sync.key]), {"token": TOKEN, **form})
    assert answer.status_code == 302, answer.content
    made = Sync.objects.latest("pk")
    assert made.pk != sync.pk
    return place.finish(made)


def changes(sync: Sync) -> dict[str, str]:
    return {line.name: line.change for line in part_of(sync).changes.all() if line.name}


def test_the_page_says_how_many_seem_to_be_there(client, place):
    sync = shown(client, place)
    page = client.get(reverse("sync", args=[sync.key])).content.decode()
    assert "These 2 pictures seem to be there already" in page
    assert "Adopt the sure one" in page
    assert "adopts 1" in page
    assert changes(sync) == {"front": "keep", "back": "add", "side": "add"}


def test_pairs_stand_side_by_side_with_what_speaks_for_them(client, place):
    sync = shown(client, place)
    pairs = client.get(reverse("sync-there", args=[sync.key])).content.decode()
    assert pairs.count('name="adopt"') == 2
    assert pairs.count("checked") == 1
    assert "same picture" in pairs
    assert "nearly the same picture" in pairs


@pytest.mark.parametrize(
    ("every", "wanted"),
    [
        ("none", {"front": "add", "back": "add", "side": "add"}),
        ("likely", {"front": "keep", "back": "keep", "side": "add"}),
        ("sure", {"front": "keep", "back": "add", "side": "add"}),
    ],
)
def test_one_choice_is_for_all(client, place, every, wanted):
    again = decided(client, place, shown(client, place), every=every)
    assert again.dry_run
    assert changes(again) == wanted


def test_each_picture_has_a_tick_of_its_own(client, place):
    sync = shown(client, place)
    (row,) = part_of(sync).products.all()
    values = {one["likeness"]: f"{row.pk} {one['medium']}" for one in row.lookalikes}
    pairs = client.get(reverse("sync-there", args=[sync.key])).content.decode()
    [fields] = re.findall('name="shown" value="([^"]*)"', pairs)
    assert set(fields.split(",")) == set(values.values())
    again = decided(client, place, sync, shown=fields, adopt=[values["likely"]])
    assert changes(again) == {"front": "add", "back": "keep", "side": "add"}
    place.apply(again)
    assert list(Link.objects.exclude(adopted="").values_list("name", flat=True)) == ["back"]
    assert len(place.gallery("product-a")) == 4


def test_thousands_of_ticks_are_no_more_fields_than_are_taken(client, place, settings):
    sync = shown(client, place)
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    ticks = [f"1 gid://shopify/MediaImage/{at}" for at in range(most * 9 // 10)]
    pages = [",".join(ticks[at : at + 24]) for at in range(0, len(ticks), 24)]
    answer = client.post(reverse("sync-there", args=[sync.key]), {"token": TOKEN, "shown": pages, "adopt": ticks})
    assert answer.status_code == 302


def test_what_was_applied_is_not_planned_again(client, place):
    sync = place.apply(shown(client, place))
    client.post(reverse("sync-there", args=[sync.key]), {"token": "t", "every": "none"})
    assert Sync.objects.count() == 1


def test_who_goes_back_and_decides_otherwise_gets_another_plan(client, place):
    sync = shown(client, place)
    one = decided(client, place, sync, every="likely")
    two = decided(client, place, sync, every="none")
    assert changes(two) == {"front": "add", "back": "add", "side": "add"}
    assert one.pk != two.pk
    known = Sync.objects.count()
    pressed = client.post(reverse("sync-there", args=[sync.key]), {"token": TOKEN, "every": "likely"})
    assert (pressed.url, Sync.objects.count()) == (reverse("sync", args=[one.key]), known), "one press makes one run"


@pytest.mark.parametrize("status", ["paused", "disconnected", "broken"])
@pytest.mark.cases(1)
def test_without_one_of_its_stores_nothing_is_planned_and_which_one_is_said(client, scene, status):
    theirs = filled("a", (photos.encoded_again(photos.photo(1)), "1.jpg"))
    place = scene([theirs], [shot("front", "a", 1)], stores=2)
    enter(client, place.member)
    sync = place.run(place.select(), dry_run=True)
    assert sync.parts.count() == 2
    Store.objects.filter(pk=place.stores[1].pk).update(status=status)
    form = {"token": TOKEN, "every": "none"}
    answer = client.post(reverse("sync-there", args=[sync.key]), form, follow=True)
    said = (
        f"{place.stores[1]} cannot be used at the moment, so nothing was planned. Ask an admin to connect or resume it"
    )
    assert said in text_of(answer)
    assert Sync.objects.count() == 1


def test_the_report_and_links_say_that_it_was_adopted(client, place):
    sync = place.apply(shown(client, place))
    page = client.get(reverse("sync", args=[sync.key])).content.decode()
    assert "dopted 1 picture that stood there" in page
    assert "front" in client.get(reverse("links")).content.decode()
    assert "Adopted" in client.get(reverse("links")).content.decode()


def test_the_filter_of_the_page_narrows_the_pairs(client, scene):
    found = scene(
        [filled(sku, (photos.encoded_again(photos.photo(at)), "1.jpg")) for at, sku in enumerate("ab", 1)],
        [shot("front", "a", 1), shot("other", "b", 2)],
    )
    enter(client, found.member)
    sync = found.run(found.select("front", "other"), dry_run=True)
    address = reverse("sync-there", args=[sync.key])
    assert client.get(address).content.decode().count('name="adopt"') == 2
    assert client.get(address, {"q": "Product b"}).content.decode().count('name="adopt"') == 1
    assert client.get(address, {"kind": "adopt"}).content.decode().count('name="adopt"') == 2
    assert "No pair among the galleries" in client.get(address, {"kind": "unlink"}).content.decode()


def test_a_page_of_pairs_reads_the_galleries_of_its_own_pairs_only(client, scene, monkeypatch):
    found = scene(
        [filled(sku, (photos.encoded_again(photos.photo(at)), "1.jpg")) for at, sku in enumerate("ab", 1)],
        [shot("front", "a", 1), shot("other", "b", 2)],
    )
    enter(client, found.member)
    sync = found.run(found.select("front", "other"), dry_run=True)
    monkeypatch.setattr(there, "PER_PAGE", 1)
    address = reverse("sync-there", args=[sync.key])
    with CaptureQueriesContext(connection) as asked:
        pages = [client.get(address, {"page": page}).content.decode() for page in "12"]
    assert [re.findall('value="[^"]*" checked', page) != [] for page in pages] == [True, True]
    galleries = [one["sql"] for one in asked if '"before"' in one["sql"]]
    assert len(galleries) == 2
    assert all(re.search(r'"id" IN \(\d+\)', sql) for sql in galleries), galleries


def test_adopted_is_a_state_of_the_list_and_undo_says_that_it_ends(client, scene):
    found = scene(
        [filled("a", (photos.encoded_again(photos.photo(1)), "1.jpg"), (photos.photo(9), "own.jpg"))],
        [shot("front", "a", 1), shot("back", "a", 2)],
    )
    enter(client, found.member)
    selection = found.select("front", "back")
    plan = client.get(reverse("sync", args=[found.run(selection, dry_run=True).key])).content.decode()
    assert "Adopts 1</label>" in plan
    assert '<li class="mark-adopt">1\u00a0adopted</li>' in plan
    assert '<li class="mark-adopt">Adopted</li>' in plan, "the legend"
    run = found.run(selection)
    assert "Adopted 1</label>" in client.get(reverse("sync", args=[run.key])).content.decode()
    back = found.undo(run)
    said = client.get(reverse("sync", args=[back.key])).content.decode()
    assert "ended the adoption of 1 picture" in said
    assert "Pictures no longer adopted" in said
    assert "No longer adopted 1</label>" in said
