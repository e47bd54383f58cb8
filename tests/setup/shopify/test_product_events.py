"""What stores report of their products is a row once, if rules wait for it; and only then a store is asked to report."""

import json

import pytest
from django.db import OperationalError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from setup.models import ProductEvent, Store
from setup.shopify import product_events, subscriptions
from tests.processes import wait_until
from tests.setup.rehearsal import Rehearsal
from tests.setup.views.test_webhooks import reported

BODY = b'{"id": 788032119674292922, "updated_at": "2026-12-01T00:00:00Z"}'
NOTHING = [
    b"",
    b"[]",
    b"{}",
    b'{"id": null}',
    b'{"id": true}',
    b'{"id": "7"}',
    b'{"id": -7}',
    b'{"id": 1.5}',
    b'{"id": 1e400}',
    b'\xff{"id": 7}',
    b'{"id": 10000000000000000000000000}',
]


@pytest.fixture
def found(rehearse) -> Rehearsal:
    made = rehearse()
    made.by_credentials()
    return made


def wait_for(found, *, on: bool) -> None:
    """As the sweeper notes that rules wait for the store's products, or no longer."""
    Store.objects.update(product_topics=on, subscriptions_due=None)
    assert subscriptions.look(now=timezone.now()) == 1


def topics(found) -> list[tuple[str, list[str] | None]]:
    return [(one.topic, one.include_fields) for one in found.install.subscriptions]


@given(st.integers(1, 10**18 - 1))
def test_a_product_is_known_by_its_number(number):
    assert product_events.product_of(json.dumps({"id": number}).encode()) == f"gid://shopify/Product/{number}"


@pytest.mark.parametrize("body", NOTHING)
def test_a_body_that_names_no_product_is_about_none(body):
    assert product_events.product_of(body) is None


def test_a_store_reports_its_products_only_while_rules_wait_for_them(found, caplog):
    ours = ("APP_UNINSTALLED", None)
    assert topics(found) == [ours]
    wait_for(found, on=True)
    fields = ["id", "updated_at"]
    assert topics(found) == [ours, ("PRODUCTS_CREATE", fields), ("PRODUCTS_UPDATE", fields)]
    wait_for(found, on=True)
    assert len(topics(found)) == 3
    wait_for(found, on=False)
    assert topics(found) == [ours]
    assert not caplog.text


def test_a_subscription_that_could_not_be_ended_is_ended_later(found):
    wait_for(found, on=True)
    found.fault(kind="refused", code="BUSY", operation="webhookSubscriptionDelete", times=1)
    Store.objects.update(product_topics=False, subscriptions_due=None)
    assert subscriptions.look(now=timezone.now()) == 0
    assert len(topics(found)) == 2
    assert subscriptions.look(now=timezone.now() + subscriptions.AGAIN) == 1
    assert len(topics(found)) == 1


def test_an_event_is_one_row_however_often_and_under_whichever_topic_it_comes(found):
    Store.objects.update(product_topics=True)
    for topic in ("products/create", "products/update", "products/update"):
        assert reported(found, topic, body=BODY, happening="e1") == 200
    assert reported(found, "products/update", body=BODY, happening="e2") == 200
    assert reported(found, "products/update", body=b'{"id": 7}', happening="e2") == 200  # of several products at once
    rows = ProductEvent.objects.order_by("pk").values_list("event_id", "product_id", "settled")
    product = "gid://shopify/Product/788032119674292922"
    assert list(rows) == [("e1", product, None), ("e2", product, None), ("e2", "gid://shopify/Product/7", None)]


def test_what_no_rule_waits_for_is_answered_and_not_kept(found):
    assert reported(found, "products/update", body=BODY) == 200
    assert reported(found, "products/delete", body=BODY) == 200
    assert not ProductEvent.objects.exists()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"signature": "AAAA"}, 401),
        ({"secret": "another"}, 401),
        ({"body": b'{"title": "Mug"}'}, 400),
        ({"body": b'{"id": 7, "x": "' + b"x" * 256 * 1024 + b'"}'}, 413),
    ],
    ids=["forged", "of-another-app", "no-product", "oversized"],
)
def test_what_is_no_event_is_refused(found, changed, status):
    Store.objects.update(product_topics=True)
    assert reported(found, "products/update", **{"body": BODY, **changed}) == status
    assert not ProductEvent.objects.exists()


def test_an_event_that_cannot_be_written_down_comes_again(found, monkeypatch):
    Store.objects.update(product_topics=True)

    def fail(*_arguments, **_known):
        raise OperationalError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(product_events, "keep", fail)
        assert reported(found, "products/update", body=BODY, happening="e1") == 503
    assert reported(found, "products/update", body=BODY, happening="e1") == 200
    assert ProductEvent.objects.count() == 1


def test_what_a_store_sends_twice_and_in_any_order_is_a_row_for_each_change(found, live_server, settings):
    settings.APP_URL = live_server.url
    found.place.world.settings.change({"event_faults": ["doubled", "shuffled"]})
    found.install.subscriptions.clear()
    wait_for(found, on=True)
    shop = found.shop
    ids = [shop.add_product(handle=f"mug-{at}", title="Mug", variants=[{"sku": "M"}]) for at in range(3)]
    wait_until(lambda: not shop.events._working)
    assert sorted(ProductEvent.objects.values_list("product_id", flat=True)) == sorted(ids)
