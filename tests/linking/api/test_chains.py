"""More assets than one page takes, by one request: a chain of selections, with one run and one report."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from linking import jobs, queue
from linking.models import Selection, SelectionAddress, StoreSync, Sync
from linking.reporting.writing import write_report
from tests.linking.visits import enter
from tests.scenes import asset, product

SKUS = "abcd"
NAMES = [f"p{at:02}" for at in range(12)]
ALL = {"assets": [], "search": "public_id:shop/*"}


@pytest.fixture
def place(scene, settings):
    """Three assets for each of four products; a page takes five. Nothing of it is as the environment's defaults are."""
    settings.SELECTION_MAX_ASSETS = 5
    return scene(
        [product(sku, pictures=1) for sku in SKUS],
        [asset(name, shade=at, tags=[f"product-{SKUS[at % 4]}"]) for at, name in enumerate(NAMES)],
    )


BY_TAG = {
    "match": {"cloudinary_field": "tags", "shopify_field": "handle"},
    "mode": "prepend",
    "order_by": [{"field": "display_name", "descending": True}],
}


def galleries(place) -> dict[str, list[str]]:
    return {sku: place.assets_in(f"product-{sku}") for sku in SKUS}


OLD = {sku: [f"product-{sku}-0"] for sku in SKUS}
LINKED = {sku: [NAMES[at + 8], NAMES[at + 4], NAMES[at], *OLD[sku]] for at, sku in enumerate(SKUS)}


def test_a_search_becomes_one_run_of_all_parts_by_the_requests_own_settings(place, program):
    one = program(place)
    known = one.run(**ALL, **BY_TAG, dry_run=False)
    assert (Selection.objects.exclude(part=0).count(), Sync.objects.count()) == (4, 1)
    assert (known["state"], known["percent"], known["counts"]["done"]) == ("done", 100, 12)
    assert galleries(place) == LINKED


def test_a_field_that_no_asset_has_is_not_replaced_by_another(scene, program, settings):
    settings.SELECTION_MAX_ASSETS = 2
    place = scene([product(sku) for sku in SKUS], [asset(f"f{sku}", sku) for sku in SKUS])
    match = {"cloudinary_field": "context:nothing", "shopify_field": "sku"}
    known = program(place).run(**ALL, match=match, dry_run=False)
    assert (known["counts"]["done"], known["counts"]["skipped"]) == (0, 4)


def test_it_is_planned_applied_reported_and_taken_back_as_one(place, program):
    one = program(place)
    planned = one.run(**ALL, **BY_TAG)
    assert (planned["state"], planned["counts"]["pending"], galleries(place)) == ("planned", 12, OLD)
    one.finish(one.post(f"/runs/{planned['id']}/apply", {}))
    assert galleries(place) == LINKED
    report = f"/runs/{planned['id']}/report.csv"
    assert one.get(report).status_code == 202
    write_report(Sync.objects.get().reports.get().pk)
    lines = b"".join(one.get(report).streaming_content).decode().splitlines()
    assert [sum(f",{name}," in line for line in lines) for name in NAMES] == [1] * 12
    back = one.finish(one.post(f"/runs/{planned['id']}/undo"))
    assert back["removals"] == 12
    one.finish(one.post(f"/runs/{back['id']}/apply", {"removals": 12}))
    assert galleries(place) == OLD


def test_it_is_aborted_as_one(place, program):
    one = program(place)
    begun = one.post("/runs", one.wanted(**ALL, **BY_TAG, dry_run=False)).json()
    answer = one.post(f"/runs/{begun['id']}/abort")
    assert (one.finish(answer)["state"], galleries(place)) == ("aborted", OLD)


@contextmanager
def entries(monkeypatch) -> Iterator[list[tuple[str, int]]]:
    """What is enqueued."""
    found: list[tuple[str, int]] = []
    with monkeypatch.context() as patch:
        patch.setattr(queue, "enqueue", lambda kind, pk: found.append((kind, pk)))
        patch.setattr(jobs, "enqueue", lambda kind, pk: found.append((kind, pk)))
        yield found


def test_the_run_goes_on_when_its_last_part_was_read_in_whatever_order(place, program, monkeypatch):
    one = program(place)
    with entries(monkeypatch) as enqueued:
        begun = one.post("/runs", one.wanted(**ALL, **BY_TAG))
        assert begun.status_code == 202
        first, *others = Selection.objects.order_by("part")
        assert [entry for entry in enqueued if entry[0] == "sync"] == []  # there is nothing to be planned yet
        jobs.fetch(first.pk)
        for part in others:
            enqueued.clear()
            jobs.fetch(part.pk)
        assert ("sync", StoreSync.objects.get().pk) in enqueued


def test_of_more_than_a_launch_takes_nothing_begins_and_their_number_is_said(place, program, settings):
    settings.LAUNCH_MAX_ASSETS = 11
    one = program(place)
    refused = one.post("/runs", one.wanted(**ALL))
    said = "The search finds 12 assets; a run takes at most 11."
    assert (refused.status_code, refused.json()["errors"]) == (422, [{"pointer": "/search", "detail": said}])
    handed = one.post("/selections", {"search": ALL["search"]})
    assert (handed.status_code, handed.json()["errors"][0]["detail"]) == (422, said)
    assert (Selection.objects.count(), SelectionAddress.objects.count()) == (0, 0)


def test_who_opens_an_address_of_many_assets_finds_a_chain_of_them(place, program, client):
    one = program(place)
    handed = one.post("/selections", {"search": ALL["search"], "note": "All of them"}).json()
    assert handed["assets"] == 12
    enter(client, place.member)
    client.post("/open/" + handed["address"].rpartition("/")[2])
    parts = list(Selection.objects.order_by("part"))
    assert [(part.part, part.assets.count(), part.said_note) for part in parts] == [
        (1, 5, "All of them"),
        (2, 5, "All of them"),
        (3, 2, "All of them"),
    ]
