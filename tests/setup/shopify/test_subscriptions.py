"""Subscriptions made by API go away by themselves: they are looked at once a day, and come back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from linking.operations.doctor import services
from setup.models import Store
from setup.shopify import subscriptions
from tests.processes import free_port, wait_until
from tests.setup.rehearsal import Rehearsal

TOMORROW = timedelta(days=1, minutes=1)
OURS = ("APP_UNINSTALLED", "http://testserver/webhooks/shopify")


@pytest.fixture
def found(rehearse) -> Rehearsal:
    made = rehearse()
    made.place.world.settings.change({"notice_pause": 0.0})
    made.by_credentials()
    return made


def known(found) -> list[tuple[str, str]]:
    return [(one.topic, one.uri) for one in found.install.subscriptions]


def requests(found) -> int:
    return len(found.place.mutations())


def fail(found) -> dict:
    """Something happens in the store while the app does not answer; what the sandbox says of it."""
    for one in found.install.subscriptions:
        one.uri = f"http://127.0.0.1:{free_port()}/webhooks/shopify"
    return found.merchant("webhooks", {"topic": "app/uninstalled"})


def test_after_eight_failures_in_a_row_shopify_drops_it_and_it_comes_back_the_next_day(found, caplog):
    assert known(found) == [OURS]
    assert fail(found) == {"status": 0}
    assert known(found) == []
    now = timezone.now()
    assert subscriptions.look(now=now) == 0  # it was seen today
    assert known(found) == []
    assert subscriptions.look(now=now + TOMORROW) == 1
    assert known(found) == [OURS]
    assert "no subscription to APP_UNINSTALLED any more: it is made again." in caplog.text


def test_a_success_in_between_starts_the_count_of_failures_again(found, live_server, settings):
    [one] = found.install.subscriptions
    one.failures, one.uri = 7, f"{live_server.url}/webhooks/shopify"
    assert found.merchant("webhooks", {"topic": "app/uninstalled"}) == {"status": 200}
    assert (one.failures, len(known(found))) == (0, 1)


def test_what_is_there_is_looked_at_once_a_day_and_not_made_again(found):
    made, now = requests(found), timezone.now()
    for hours in (1, 23, 25, 26, 40):
        subscriptions.look(now=now + timedelta(hours=hours))
    assert (requests(found), known(found)) == (made, [OURS])
    assert found.store.subscriptions_due > now + timedelta(hours=23)


def test_no_page_looks_at_it(found):
    fail(found)
    Store.objects.update(subscriptions_due=timezone.now() - TOMORROW)
    for path in ("/setup/", f"/setup/stores/{found.store.pk}/", "/history/", "/healthz"):
        found.client.get(path)
    assert known(found) == []


def test_a_wish_that_failed_when_the_store_was_connected_is_repeated(rehearse):
    found = rehearse()
    found.fault(kind="refused", code="BUSY", operation="webhookSubscriptionCreate", times=1)
    assert found.by_credentials().status_code == 302
    assert (known(found), found.store.subscriptions_due) == ([], None)
    assert subscriptions.look(now=timezone.now()) == 1
    assert known(found) == [OURS]


def test_a_store_that_gives_trouble_stops_no_other_and_is_asked_again_in_an_hour(rehearse):
    found = rehearse(stores=2)
    first, second = found.place.world.shops.values()
    for shop in (first, second):
        assert found.by_credentials(domain=shop.domain).status_code == 302
        shop.installs[found.app.client_id].subscriptions.clear()
    first.closed = 402
    now = timezone.now() + TOMORROW
    assert subscriptions.look(now=now) == 1
    assert [one.topic for one in second.installs[found.app.client_id].subscriptions] == ["APP_UNINSTALLED"]
    assert Store.objects.get(domain=first.domain).subscriptions_due == now + subscriptions.AGAIN
    first.closed = None
    assert subscriptions.look(now=now + subscriptions.AGAIN) == 1
    assert len(first.installs[found.app.client_id].subscriptions) == 1


def test_an_error_of_ours_with_one_store_stops_no_other(rehearse, caplog):
    found = rehearse(stores=2)
    first, second = found.place.world.shops.values()
    for shop in (first, second):
        assert found.by_credentials(domain=shop.domain).status_code == 302
        shop.installs[found.app.client_id].subscriptions.clear()
    with connection.cursor() as cursor:  # a token that no key of ours opens
        cursor.execute("UPDATE setup_store SET access_token = 'v1:broken' WHERE domain = %s", [first.domain])
    now = timezone.now() + TOMORROW
    assert subscriptions.look(now=now) == 1
    assert len(second.installs[found.app.client_id].subscriptions) == 1
    assert caplog.text.count("an error of ours") == 1
    due = dict(Store.objects.values_list("domain", "subscriptions_due"))
    assert due == {first.domain: now + subscriptions.AGAIN, second.domain: now + subscriptions.DAY}


def test_a_store_that_turns_out_to_have_uninstalled_the_app_is_marked_so(found):
    found.merchant("app", {"installed": False})
    assert subscriptions.look(now=timezone.now() + TOMORROW) == 0
    assert (found.store.status, bool(str(found.store.problem))) == ("broken", True)
    assert not subscriptions.due(now=timezone.now() + 2 * TOMORROW).exists()


def test_an_address_that_is_not_ours_any_more_is_no_subscription(found, settings):
    settings.APP_URL = "http://moved.example"
    subscriptions.look(now=timezone.now() + TOMORROW)
    assert known(found) == [OURS, ("APP_UNINSTALLED", "http://moved.example/webhooks/shopify")]


@pytest.mark.parametrize("status", ["paused", "broken", "disconnected"])
def test_a_store_that_may_not_be_asked_is_not_looked_at(found, status):
    Store.objects.update(status=status, subscriptions_due=None)
    assert subscriptions.look(now=timezone.now()) == 0
    assert found.store.subscriptions_due is None


def test_tokens_of_custom_apps_subscribe_to_nothing(rehearse):
    found = rehearse()
    found.by_token()
    assert not subscriptions.due(now=timezone.now() + TOMORROW).exists()


def test_a_store_that_is_connected_again_is_looked_at_again(found):
    found.merchant("app", {"installed": False})
    found.merchant("app", {"installed": True})
    assert known(found) == []
    found.by_credentials()
    assert known(found) == [OURS]
    assert found.store.subscriptions_due > timezone.now()


@pytest.mark.django_db(transaction=True)
def test_of_several_sweepers_one_looks(found):
    fail(found)
    now = timezone.now() + TOMORROW

    def sweep(_) -> int:
        try:
            return subscriptions.look(now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sweep, range(4))) == 1
    assert known(found) == [OURS]


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_has_it_done_beside_its_sweeps(found):
    fail(found)
    Store.objects.update(subscriptions_due=timezone.now())
    keeper = subscriptions.Keeper()
    keeper.tidy()
    wait_until(lambda: known(found) == [OURS], 30)
    keeper._thread.join(30)
    Store.objects.update(subscriptions_due=timezone.now())
    keeper.tidy()  # not before a minute has passed
    assert not keeper._thread.is_alive()


def test_the_doctor_sees_whether_one_leads_here_and_makes_none(found):
    store = Store.objects.get()

    def webhooks() -> list[str]:
        return [one.code for one in services.store(store) if one.look == "webhooks"]

    assert webhooks() == ["ok"]
    found.install.subscriptions[0].uri = "https://old.example/webhooks/shopify"
    assert webhooks() == ["missing"]
    assert known(found) == [("APP_UNINSTALLED", "https://old.example/webhooks/shopify")]
