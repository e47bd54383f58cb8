"""Stores that an estimate leaves to the run: they are needed, away, hang or show nothing; what is said of them, and when they are
asked again."""

import re

import pytest
import urllib3
from django.utils import timezone

from linking import queue
from linking.domain.estimates import Counted
from linking.estimating import asking, counting, reading
from linking.models import Estimate
from linking.models.estimates import PAUSE, SOON
from tests import pressing
from tests.linking.estimating.estimated import changed, estimated, matched, points
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product


@pytest.mark.parametrize(
    ("kind", "why"), [("throttled", "shopify."), ("http_503", "shopify."), ("run", "estimate.run_at_work")]
)
@pytest.mark.cases(2)
def test_a_store_that_is_needed_or_away_is_left_to_the_run(client, place, kind, why):
    selection = matched(place.select(stores=place.stores[:1], link_mode="in_place"))
    if kind == "run":
        pressing.link(selection, "at work", dry_run=False)
    else:
        place.world.faults.add(service="shopify", kind=kind, times=None)
    before = place.world.journal.as_json()["totals"]["north.myshopify.com"]["requests"]
    row = estimated(selection)
    assert [(pk, reason.code.startswith(why)) for pk, reason in row.result["left"]] == [(place.stores[0].pk, True)]
    asked = place.world.journal.as_json()["totals"]["north.myshopify.com"]["requests"] - before
    assert asked <= 1, "nothing is asked twice for the sake of an estimate"
    page = enter(client, place.member).get(f"/selections/{selection.key}/").content.decode()
    assert 'class="estimate failed takes-out"' in page, "nobody knows that it removes none"
    assert "May remove pictures" in page
    assert "North is not counted: " in page
    assert re.search(r'<button id="link-assets"[^>]*>', page)[0].count("disabled") == 0
    Estimate.objects.update(counted_at=timezone.now() - SOON)
    assert "Counting" in enter(client, place.member).get(f"/selections/{selection.key}/").content.decode()


HANG = {"service": "shopify", "kind": "hang", "seconds": 3, "times": None}


def requests_of(place, store) -> int:
    return place.world.journal.as_json()["totals"][store.domain]["requests"]


@pytest.mark.parametrize("others", [False, True])
@pytest.mark.cases(1)
def test_a_store_that_hangs_is_tried_once_and_the_others_are_counted(client, scene, monkeypatch, others):
    """`others`: jobs wait in the queue, so that each slice asks one store."""
    monkeypatch.setattr(reading, "TIMEOUT", urllib3.Timeout(connect=2, read=0.2, total=0.4))
    monkeypatch.setattr(queue, "others_wait", lambda: others)
    built = scene([product(sku, pictures=1) for sku in "abcd"], [asset(sku, sku) for sku in "abcd"], stores=4)
    selection = matched(built.select(link_mode="reset"))
    hung = built.stores[::2]
    for store in hung:
        built.world.faults.add(**HANG, store=store.domain)
    before = {store: requests_of(built, store) for store in built.stores}
    row, slices = asking.ask(selection), 1
    while counting.count(row.pk):
        slices += 1
        assert slices < 9, "an estimate ends"
    row.refresh_from_db()
    assert [(pk, why.code) for pk, why in row.result["left"]] == [(store.pk, "shopify.no_answer") for store in hung]
    counted = Counted.read(row.result["counted"])
    assert counted.taken == counted.galleries > 0 < counted.unread
    assert {store: requests_of(built, store) - before[store] for store in built.stores} == dict.fromkeys(
        built.stores, 1
    )
    assert slices == (4 if others else 1)
    page = text_of(enter(client, built.member).get(f"/selections/{selection.key}/"))
    assert all(f"{store} is not counted: " in page for store in hung)


def test_no_store_holds_an_estimate_for_as_long_as_people_notice():
    assert reading.TIMEOUT.total < 8 > reading.TIMEOUT.read_timeout
    assert reading.LIMIT.total_seconds() < asking.PATIENCE


def test_a_question_whose_time_is_over_ends_with_what_is_known(place, monkeypatch):
    """As after a worker that was killed: its successor reads no further, however often it has to go on."""
    monkeypatch.setattr(queue, "others_wait", lambda: True)
    selection = matched(place.select())
    row = asking.ask(selection)
    assert counting.count(row.pk) is True
    long_ago, before = timezone.now() - timezone.timedelta(minutes=1), points(place)
    Estimate.objects.update(state="running", heartbeat_at=long_ago, began=long_ago)  # killed in the next slice
    assert counting.count(row.pk) is False
    row.refresh_from_db()
    assert [(pk, why.code) for pk, why in row.result["left"]] == [(place.stores[1].pk, "estimate.took_long")]
    assert (Counted.read(row.result["counted"]).galleries, points(place)) == (3, before)


def test_a_store_that_shows_nothing_is_not_counted(client, place):
    selection = matched(place.select(stores=place.stores[:1]))
    place.world.faults.add(service="shopify", kind="null_shapes", code="data_key", times=None)
    row = estimated(selection)
    assert [why.code for _, why in row.result["left"]] == ["estimate.nothing_shown"]
    page = text_of(enter(client, place.member).get(f"/selections/{selection.key}/"))
    assert "North is not counted: It shows none of the products at the moment." in page
    assert "Changes nothing" not in page


def test_a_store_that_did_not_answer_is_asked_again_after_a_pause_or_when_one_says_so(client, place, monkeypatch):
    monkeypatch.setattr(reading, "TIMEOUT", urllib3.Timeout(connect=2, read=0.2, total=0.4))
    selection, hung = matched(place.select(link_mode="reset")), place.stores[0]
    place.world.faults.add(**HANG, store=hung.domain)
    before = requests_of(place, hung)
    first = estimated(selection)
    for mode in ("in_place", "mirror"):
        edited = estimated(changed(selection, link_mode=mode))
        assert [pk for pk, _ in edited.result["left"]] == [hung.pk]
    assert requests_of(place, hung) - before == 1, "no edit asks it again"
    address = f"/selections/{selection.key}/"
    page = text_of(enter(client, place.member).get(address))
    assert f"{hung} is not counted Count now" in page
    assert f"{hung} is not counted" in client.get(f"{address}estimate/")["HX-Trigger"], "it is announced"
    monkeypatch.setattr(queue, "answers", lambda: True)
    shown = client.post(f"{address}estimate/?again=1").content.decode()
    assert re.search('class="estimate counting[^"]*" hx-get=', shown), "the page looks until it is counted again"
    assert client.get(f"{address}estimate/").status_code == 204
    counting.count(first.pk)
    assert f"{hung} is not counted" in client.get(f"{address}estimate/")["HX-Trigger"]
    assert requests_of(place, hung) - before == 2
    long_ago = (timezone.now() - PAUSE).timestamp()
    Estimate.objects.update(left=[[pk, why, int(long_ago)] for pk, why, _ in Estimate.objects.get().left])
    estimated(changed(selection, link_mode="append"))
    assert requests_of(place, hung) - before == 3


def test_what_is_asked_while_a_store_hangs_does_not_try_it(place, monkeypatch):
    """The next question is put before the first one has found out."""
    monkeypatch.setattr(reading, "TIMEOUT", urllib3.Timeout(connect=2, read=0.2, total=0.4))
    selection, hung = matched(place.select(stores=place.stores[:1])), place.stores[0]
    place.world.faults.add(**HANG, store=hung.domain)
    row, before, read = asking.ask(selection), requests_of(place, hung), reading.galleries.read

    def meanwhile(*args, **known):
        monkeypatch.setattr(reading.galleries, "read", read)
        asking.ask(changed(selection))
        return read(*args, **known)

    monkeypatch.setattr(reading.galleries, "read", meanwhile)
    counting.count(row.pk)
    assert [pk for pk, _ in estimated(selection).result["left"]] == [hung.pk]
    assert requests_of(place, hung) - before == 1
