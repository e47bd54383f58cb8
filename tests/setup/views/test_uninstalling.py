"""Uninstalling: a notice of it is checked with the store, and only then the tokens are dropped."""

import base64
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from linking.models import StoreSync
from linking.syncing.work import work
from setup.models import AuditEntry, Notice, Store
from setup.security import limits
from setup.shopify import uninstalling
from tests import pressing
from tests.linking.visits import text_of
from tests.scenes import asset, part_of, product
from tests.setup.rehearsal import notice
from tests.setup.views.test_webhooks import Moment, installed, left, reported


def test_uninstalling_drops_the_tokens_and_says_what_to_do(rehearse):
    found = installed(rehearse)
    assert left(found) == 200
    store = found.store
    assert (store.status, store.access_token, store.refresh_token) == ("broken", "", "")
    assert "Somebody uninstalled the app in Shopify. Connect the store again" in text_of(found.client.get("/setup/"))
    assert AuditEntry.objects.filter(action="store.uninstalled").count() == 1


def test_uninstalling_stops_the_run_that_is_at_work(rehearse):
    found = installed(rehearse, products=[product("A", pictures=1)], assets=[asset("a", "A", 1)])
    found.place.stores = [found.store]
    part = part_of(pressing.link(found.place.select(), "a-run", dry_run=False))
    assert left(found) == 200
    work(part.pk)
    part.refresh_from_db()
    assert (part.state, "uninstalled the app in Shopify" in str(part.problem)) == (StoreSync.State.FAILED, True)
    assert [entry["operation"] for entry in found.place.mutations()] == ["webhookSubscriptionCreate"]


def test_a_store_whose_app_was_uninstalled_is_connected_again(rehearse):
    found = installed(rehearse)
    left(found)
    found.merchant("app", {"installed": True})
    assert found.by_credentials().status_code == 302
    assert found.store.status == "connected"


def test_a_repeat_is_answered_and_ignored(rehearse):
    found = installed(rehearse)
    assert left(found, event="one") == 200
    found.merchant("app", {"installed": True})
    found.by_credentials()
    Store.objects.update(connected=timezone.now() - timedelta(minutes=5))
    assert reported(found, event="one") == 200
    assert found.store.status == "connected"
    assert Notice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_deliveries_at_once_one_is_obeyed(rehearse):
    found = installed(rehearse)
    found.merchant("app", {"installed": False})

    def send(_) -> int:
        try:
            return reported(found, event="one")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(8))) == {200}
    assert Notice.objects.count() == 1
    assert AuditEntry.objects.filter(action="store.uninstalled").count() == 1


CAPTURED = {
    "as it was": {},
    "another id": {"event": "another"},
    "no id": {"event": ""},
    "no time": {"at": Moment("")},
    "a time to come": {"at": Moment("2099-01-01T00:00:00Z")},
    "no time that anybody knows": {"at": Moment("yesterday")},
}


@pytest.mark.parametrize("way", ["by_credentials", "by_installing"])
@pytest.mark.parametrize("changed", CAPTURED.values(), ids=CAPTURED)
@pytest.mark.cases(2)
def test_a_captured_notice_that_comes_again_ends_no_store_that_lets_us_in(rehearse, caplog, way, changed):
    """Only the body is signed: time and id are whatever the sender writes, or nothing."""
    found = rehearse()
    getattr(found, way)()
    before = Store.objects.values().get()
    known = {"at": timezone.now()} | changed
    for _ in range(2):
        assert reported(found, **known) == 200
    assert Store.objects.values().get() == before
    entry = AuditEntry.objects.filter(action__startswith="store.uninstall").first()
    assert (entry.action, entry.object, entry.ip) == ("store.uninstalling-disproved", found.shop.domain, "127.0.0.1")
    assert f"{found.shop.domain} is said to have uninstalled the app, but lets it in" in caplog.text


def test_a_captured_notice_without_any_other_header_ends_no_store(rehearse):
    found = installed(rehearse)
    body = json.dumps({"id": 1, "myshopify_domain": found.shop.domain}).encode()
    made = hmac.new(found.app.client_secret.encode(), body, hashlib.sha256).digest()
    headers = {"X-Shopify-Topic": "app/uninstalled", "X-Shopify-Shop-Domain": found.shop.domain}
    headers |= {"X-Shopify-Hmac-SHA256": base64.b64encode(made).decode()}
    answer = Client().post("/webhooks/shopify", body, content_type="application/json", headers=headers)
    assert (answer.status_code, found.store.status, bool(found.store.access_token)) == (200, "connected", True)


def test_a_captured_notice_ends_no_paused_store(rehearse):
    found = installed(rehearse)
    found.store.pause()
    assert reported(found) == 200
    assert (found.store.status, bool(found.store.access_token)) == ("paused", True)


def test_an_installed_app_whose_token_lapsed_is_let_in_with_the_next_one(rehearse):
    found = installed(rehearse)
    Store.objects.update(token_granted=timezone.now() - timedelta(hours=2))
    found.merchant("revoke")
    assert reported(found) == 200
    assert (found.store.status, found.store.token_serial) == ("connected", 2)


@pytest.mark.parametrize("way", ["by_credentials", "by_installing"])
@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=2)], ids=["young token", "old token"])
@pytest.mark.cases(2)
def test_a_true_notice_is_believed_whichever_way_the_store_was_connected(rehearse, way, age):
    found = rehearse()
    getattr(found, way)()
    Store.objects.update(token_granted=timezone.now() - age)
    assert left(found) == 200
    assert (found.store.status, found.store.access_token, found.store.refresh_token) == ("broken", "", "")


@pytest.mark.parametrize("closed", [402, 423])
def test_a_store_that_gives_no_clear_answer_is_asked_again_when_the_notice_comes_again(rehearse, closed):
    found = installed(rehearse)
    found.merchant("app", {"closed": closed})
    answer = notice(
        Client(), "app/uninstalled", found.shop.domain, found.app.client_secret, at=timezone.now(), event="one"
    )
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert found.store.access_token
    assert not Notice.objects.exists()
    found.merchant("app", {"closed": None, "installed": False})
    assert reported(found, event="one") == 200
    assert (found.store.status, found.store.access_token) == ("broken", "")


def test_a_store_is_asked_only_so_often_no_matter_who_sends_notices(rehearse, settings):
    found = installed(rehearse)
    settings.LIMITS = settings.LIMITS | {"uninstalling": 3}
    limits._here.forget()
    assert [reported(found) for _ in range(5)] == [200, 200, 200, 503, 503]
    limits._here.forget()
    assert AuditEntry.objects.filter(action="store.uninstalling-disproved").count() == 3


def test_one_thread_at_a_time_waits_for_a_store(rehearse, monkeypatch):
    found = installed(rehearse)
    monkeypatch.setattr(uninstalling, "WAIT", 0.01)
    with uninstalling._asking:
        assert left(found) == 503
    assert left(found) == 200
    assert found.store.status == "broken"


def test_a_store_that_was_connected_again_while_it_was_asked_keeps_its_new_tokens(rehearse, monkeypatch):
    found = installed(rehearse)

    def meanwhile(store) -> bool:
        found.by_credentials()
        return True

    monkeypatch.setattr(uninstalling, "is_gone", meanwhile)
    assert reported(found) == 200
    assert (found.store.status, bool(found.store.access_token)) == ("connected", True)


def test_a_late_notice_does_not_end_a_newer_connection(rehearse):
    found = installed(rehearse)
    assert reported(found, at=timezone.now() - timedelta(hours=1)) == 200
    assert found.store.status == "connected"
