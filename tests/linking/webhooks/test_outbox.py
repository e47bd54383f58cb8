"""The outbox: an event for each end of a run and each store that breaks off, once per webhook, in the same transaction."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from linking.models import Rule, StoreSync, Sync, WebhookDelivery, WebhookEndpoint
from linking.syncing import ending
from linking.webhooks import changes, endpoints, outbox
from setup.models import Environment, Store
from setup.reasons import Reason
from tests import pressing
from tests.linking.api.test_document import fits
from tests.receiver import willing
from tests.scenes import asset, product

BROKEN = Reason("shopify.http_402")


@pytest.fixture
def place(scene):
    found = scene([product("a", pictures=1)], [asset("front", "a")], stores=2)
    found.endpoint, _secret = endpoints.add(found.environment, willing(), list(outbox.webhooks.EVENTS), who=None)
    return found


def events() -> list[tuple[str, dict]]:
    rows = WebhookDelivery.objects.order_by("pk")
    return [(row.type, json.loads(row.body)["data"]) for row in rows]


def test_a_run_is_reported_once_when_its_last_store_has_ended(place):
    sync = place.run(place.select())
    [(type, data)] = events()
    assert (type, data["run"], data["kind"], data["state"]) == ("run.finished", str(sync.key), "link", "done")
    assert data["counts"] == {"done": 2}
    assert {one["store"] for one in data["stores"]} == {store.domain for store in place.stores}
    assert data["links"]["page"].endswith(f"/syncs/{sync.key}/")
    assert data["links"]["self"].endswith(f"/api/v1/runs/{sync.key}")
    row = WebhookDelivery.objects.get()
    assert row.state == "waiting"
    assert "." not in row.event_id


def test_while_a_store_is_at_work_nothing_is_reported(place):
    sync = pressing.link(place.select(), "token", dry_run=False)
    first, _second = sync.parts.all()
    with transaction.atomic():
        ending.finish(first, StoreSync.State.DONE)
    assert events() == []


def test_a_plan_is_reported_and_then_its_run(place):
    sync = place.run(place.select(), dry_run=True)
    assert [(type, data["dry_run"]) for type, data in events()] == [("run.planned", True)]
    place.apply(sync)
    assert [(type, data["dry_run"]) for type, data in events()] == [("run.planned", True), ("run.finished", False)]


def test_an_aborted_run_and_one_that_stopped_are_called_so(place):
    selection = place.select()
    sync = pressing.link(selection, "aborted", dry_run=False)
    Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
    place.finish(sync)
    sync = pressing.link(selection, "stopped", dry_run=False)
    for part in sync.parts.all():
        with transaction.atomic():
            ending.end_bare(part, BROKEN)
    assert [type for type, _data in events()] == ["run.aborted", "run.failed"]
    assert events()[1][1]["stores"][0]["problem_code"] == "shopify.http_402"


def test_an_end_that_is_taken_back_has_reported_nothing(place):
    sync = pressing.link(place.select(), "token", dry_run=False)
    with transaction.atomic():
        for part in sync.parts.all():
            ending.finish(part, StoreSync.State.DONE)
        assert len(events()) == 1
        transaction.set_rollback(True)
    assert events() == []


def test_a_store_that_breaks_off_is_reported_once(place):
    store = place.stores[0]
    store.break_off(BROKEN)
    store.break_off(BROKEN)
    [(type, data)] = events()
    assert (type, data["store"], data["problem_code"]) == ("store.broken", store.domain, "shopify.http_402")
    assert Store.objects.get(pk=store.pk).status == "broken"
    store.answered()
    store.break_off(BROKEN)
    assert len(events()) == 2


def test_only_webhooks_of_this_environment_that_chose_the_event_get_it(place):
    WebhookEndpoint.objects.update(events=["run.failed"])
    both, _secret = endpoints.add(place.environment, willing(), ["run.finished", "run.planned"], who=None)
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    endpoints.add(other, willing(), list(outbox.webhooks.EVENTS), who=None)
    place.run(place.select())
    assert list(WebhookDelivery.objects.values_list("endpoint", "type")) == [(both.pk, "run.finished")]


def test_what_happens_while_a_webhook_is_disabled_is_listed_and_not_sent(place):
    endpoints.disable(place.endpoint, endpoints.BY_ADMIN, who=None, now=timezone.now())
    place.run(place.select())
    row = WebhookDelivery.objects.get()
    assert (row.state, row.problem.code) == ("failed", "webhook.disabled")


def test_events_that_cannot_be_read_get_nothing_and_keep_no_run_from_ending(place):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE linking_webhookendpoint SET events = '7'")
    sync = place.run(place.select())
    assert {part.state for part in sync.parts.all()} == {"done"}
    assert events() == []


@pytest.mark.django_db(transaction=True)
def test_two_stores_that_end_at_once_report_their_run_once_per_webhook(place):
    """Each in a transaction of its own, begun before the other is over."""
    other, _secret = endpoints.add(place.environment, willing(), ["run.finished"], who=None)
    for turn in range(10):
        sync = pressing.link(place.select(), f"token-{turn}", dry_run=False)
        both, raised = threading.Barrier(2), []

        def end(part, both=both, raised=raised):
            try:
                both.wait(10)
                with transaction.atomic():
                    ending.finish(part, StoreSync.State.DONE)
            except Exception as error:
                raised.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=end, args=(part,)) for part in sync.parts.all()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert raised == []
        rows = WebhookDelivery.objects.filter(body__contains=str(sync.key))
        assert sorted(rows.values_list("endpoint", "type")) == sorted(
            [(place.endpoint.pk, "run.finished"), (other.pk, "run.finished")]
        )


def test_what_is_sent_is_as_the_document_of_the_api_says(place):
    """Of each type, one that happened."""
    place.apply(place.run(place.select(), dry_run=True))
    for token, refused in (("aborted", False), ("stopped", True)):
        sync = pressing.link(place.select(), token, dry_run=False)
        if not refused:
            Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
            place.finish(sync)
        for part in sync.parts.all() if refused else ():
            with transaction.atomic():
                ending.end_bare(part, BROKEN)
    place.stores[0].break_off(BROKEN)
    outbox.store_recovered(place.stores[0])
    rule = Rule.objects.create(environment=place.environment, name="Nightly", search="tags:shop")
    outbox.rule_failed(rule, BROKEN)
    outbox.rule_recovered(rule)
    outbox.events_silent(place.environment)
    outbox.events_resumed(place.environment)
    outbox.plan_waits(place.run(place.select(), dry_run=True))
    outbox.write_test(place.endpoint)
    changes.report(timezone.now() + timedelta(minutes=2))
    changes.report(timezone.now() + timedelta(days=1))
    sent = {row.type: json.loads(row.body) for row in WebhookDelivery.objects.all()}
    assert set(sent) == {*outbox.webhooks.EVENTS, outbox.webhooks.TEST}
    for type, body in sent.items():
        fits("".join(part.capitalize() for part in type.split(".")), body)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for everything")
@pytest.mark.django_db(transaction=True)
def test_a_webhook_is_not_removed_while_an_event_for_it_is_not_committed(endpoint):
    """Its delivery would point to nothing, and the end of the run would be taken back."""

    def is_held() -> bool:
        try:
            with transaction.atomic():
                WebhookEndpoint.objects.select_for_update(nowait=True).get(pk=endpoint.pk)
        except OperationalError:
            return True
        finally:
            connection.close()
        return False

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            outbox.store_broke_off(Store(environment=endpoint.environment, pk=1, domain="north"), BROKEN)
            assert other.submit(is_held).result(60)
        assert not other.submit(is_held).result(60)
