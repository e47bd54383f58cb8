"""What a view, a command or an API asks for goes through one door each, which makes the rows and enqueues every job once."""

import pytest

from linking import queue
from linking.links import checking
from linking.matching import asking
from linking.matching.answering import match_store
from linking.models import AssetJob, Link, LinkCheck, Report, SelectedAsset, StoreMatch
from linking.reporting import asking as reporting
from linking.selection import making
from linking.selection.alt_texts import asking as alt_texts
from setup import stores
from setup.models import AuditEntry, Store
from setup.security import limits
from setup.security.actors import Actor
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    return scene([product("a", pictures=1)], [asset("front", "a", 1), asset("side", "a", 2)], stores=2)


@pytest.fixture
def enqueued(monkeypatch):
    found: list[tuple[str, int]] = []
    monkeypatch.setattr(queue, "enqueue", lambda name, pk: found.append((name, pk)) or True)
    return found


def test_a_selection_is_made_of_asset_ids_and_its_details_are_fetched(place, enqueued):
    ids = list(place.world.environments[0].assets)
    made = making.make(Actor(place.member), ids)
    assert list(SelectedAsset.objects.filter(selection=made).values_list("asset_id", flat=True)) == ids
    assert (made.member, made.environment, made.stores.count()) == (place.member, place.environment, 0)
    assert enqueued == [("fetch", made.pk)]


def test_each_connected_store_is_asked_once_until_the_question_is_another_one(place, enqueued):
    chosen = place.select()
    Store.objects.filter(pk=place.stores[1].pk).update(status=Store.Status.PAUSED)
    asked = asking.ask(chosen)
    [match] = StoreMatch.objects.all()
    assert ({match.store_id: match}, enqueued) == (asked, [("match", match.pk)])
    assert asking.ask(chosen) == asked
    assert len(enqueued) == 1
    chosen.shopify_field = "barcode"
    asking.ask(chosen)
    assert enqueued == [("match", match.pk)] * 2


def test_refreshing_asks_also_stores_that_have_answered(place, enqueued):
    chosen = place.select()
    for match in asking.ask(chosen).values():
        match_store(match.pk)
    del enqueued[:]
    asking.refresh(chosen)
    assert sorted(enqueued) == sorted(("match", pk) for pk in StoreMatch.objects.values_list("pk", flat=True))
    assert set(StoreMatch.objects.values_list("state", "known")) == {("waiting", True)}


def test_a_report_is_enqueued_as_long_as_nobody_writes_it(place, enqueued):
    run = place.run(place.select(), dry_run=True)
    del enqueued[:]
    report = reporting.ask(run, "csv")
    reporting.ask(run, "csv")
    assert enqueued == [("report", report.pk)] * 2
    Report.objects.update(state="running", owner="somebody")
    reporting.ask(run, "csv")
    assert len(enqueued) == 2


def test_checking_links_spends_the_actors_limit_and_enqueues_every_store(place, enqueued, settings):
    place.run(place.select())
    settings.LIMITS = settings.LIMITS | {"dry_run": 1}
    limits._here.forget()
    del enqueued[:]
    checking.ask(Actor(place.member))
    assert sorted(enqueued) == sorted(("links", pk) for pk in LinkCheck.objects.values_list("pk", flat=True))
    with pytest.raises(limits.TooMany):
        checking.ask(Actor(place.member))


def test_links_that_are_gone_are_forgotten_with_an_entry_in_the_audit_log(place):
    place.run(place.select())
    gone = Link.objects.first()
    Link.objects.filter(pk=gone.pk).update(gone=Link.Gone.FILE)
    before = Link.objects.count()
    assert checking.forget_gone(Actor(place.member)) == 1
    assert (Link.objects.count(), Link.objects.filter(pk=gone.pk).exists()) == (before - 1, False)
    entry = AuditEntry.objects.get(action="links.clean")
    assert (entry.person, entry.after) == ("Ada", {"links": 1})
    assert checking.forget_gone(Actor(place.member)) == 0
    assert AuditEntry.objects.filter(action="links.clean").count() == 1


def test_captions_are_asked_for_only_where_an_admin_allows_it(place, enqueued):
    chosen = place.select()
    chosen.environment.captions = "off"
    with pytest.raises(alt_texts.CaptionsOff):
        alt_texts.ask_for_captions(chosen, [])
    assert not AssetJob.objects.exists()
    chosen.environment.captions = "on"
    assert alt_texts.ask_for_captions(chosen, [0]) == 1
    assert enqueued == [("assets", AssetJob.objects.get().pk)]
    assert alt_texts.ask_for_saving(chosen) == 0
    assert len(enqueued) == 1


def test_what_is_done_to_a_store_is_in_the_audit_log(place):
    actor, store = Actor(place.member, is_operator=True), place.stores[0]
    stores.rename(actor, store, "Harbour")
    stores.pause(actor, store)
    stores.disconnect(actor, store)
    store.refresh_from_db()
    assert (str(store), store.status) == ("Harbour", Store.Status.DISCONNECTED)
    found = AuditEntry.objects.order_by("pk").values_list("action", "object", "person")
    assert list(found) == [(f"store.{verb}", store.domain, "") for verb in ("rename", "pause", "disconnect")]
    assert AuditEntry.objects.get(action="store.rename").before == {"name": "North"}
