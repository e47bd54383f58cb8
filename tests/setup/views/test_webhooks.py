"""Shopify's notices: believed by their signature, for the store that they name, and obeyed once."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from itertools import permutations

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linking.models import StoreSync
from setup.models import AuditEntry, Environment, Notice, Store
from setup.shopify.auth import keys
from tests.processes import wait_until
from tests.scenes import asset, product
from tests.setup.rehearsal import body_of, notice
from tests.tiers import drawn

PRIVACY = ["customers/data_request", "customers/redact", "shop/redact"]


class Moment:
    """A time as no clock tells it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def isoformat(self) -> str:
        return self.text


def reported(found, topic="app/uninstalled", *, secret="", **changed):
    at = changed.pop("at", timezone.now())
    domain = changed.pop("domain", found.shop.domain)
    return notice(Client(), topic, domain, secret or found.app.client_secret, at=at, **changed).status_code


def left(found, **changed) -> int:
    """The merchant uninstalls the app, and the notice comes."""
    found.merchant("app", {"installed": False})
    return reported(found, **changed)


def installed(rehearse, **known):
    found = rehearse(**known)
    found.by_credentials()
    Store.objects.update(connected=timezone.now() - timedelta(minutes=5))
    return found


@pytest.mark.parametrize(
    "changed",
    [
        {"signature": ""},
        {"signature": "AAAA"},
        {"signature": "é"},
        {"signature": "not base64!"},
        {"secret": "another secret"},
        {"header_domain": "other.myshopify.com"},
        {"header_domain": "evil.example"},
        {"header_domain": ""},
        {"domain": "unknown.myshopify.com", "secret": "x"},
    ],
)
@pytest.mark.cases(4)
def test_what_shopify_did_not_sign_is_unauthorised_and_changes_nothing(rehearse, changed):
    found = installed(rehearse, app=False)
    assert reported(found, **changed) == 401
    assert found.store.status == "connected"
    assert Notice.objects.count() == 0


def test_a_body_that_was_changed_on_the_way_is_unauthorised(rehearse):
    found = installed(rehearse)
    body = json.dumps({"id": 1, "myshopify_domain": found.shop.domain}).encode()
    signed = base64.b64encode(hmac.new(found.app.client_secret.encode(), body, hashlib.sha256).digest()).decode()
    assert reported(found, body=body + b" ", signature=signed) == 401
    assert reported(found, body=body, signature=signed) == 200


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"myshopify_domain": 1}', b'{"shop_domain": "x"}']
)
@pytest.mark.cases(4)
def test_a_signed_body_that_does_not_fit_is_a_bad_request(rehearse, body):
    found = installed(rehearse)
    assert reported(found, body=body) == 400
    assert found.store.status == "connected"


def test_a_notice_is_for_the_store_in_its_body_and_not_for_the_one_in_the_header(rehearse):
    """Only the body is signed."""
    found = installed(rehearse, stores=2)
    first, second = found.place.world.shops.values()
    assert found.by_credentials(domain=second.domain).status_code == 302
    body = json.dumps({"id": 1, "myshopify_domain": first.domain}).encode()
    assert reported(found, body=body, header_domain=second.domain) == 400
    assert not Store.objects.exclude(status="connected").exists()


def test_a_body_of_one_topic_is_no_notice_of_another(rehearse):
    """The topic is in a header, which nobody signs."""
    found = installed(rehearse)
    Store.objects.update(status="disconnected", access_token="")
    topics = ["app/uninstalled", *PRIVACY]
    for signed, said in permutations(topics, 2):
        body = json.dumps(body_of(signed, found.shop.domain)).encode()
        assert reported(found, said, body=body) == 400, (signed, said)
    assert (Store.objects.count(), Notice.objects.count()) == (1, 0)
    assert [reported(found, topic) for topic in topics] == [200] * 4


@pytest.mark.parametrize("size", [257 * 1024, 5_000_000])
def test_an_oversized_body_is_refused_before_it_is_read(rehearse, size):
    found = installed(rehearse)
    assert reported(found, body=b"x" * size) == 413


def test_other_methods_are_not_answered(client):
    assert client.get("/webhooks/shopify").status_code == 405


def test_a_topic_that_we_did_not_ask_for_is_answered_and_ignored(rehearse):
    assert reported(installed(rehearse), "orders/create") == 200
    assert Notice.objects.count() == 0


@pytest.mark.parametrize("topic", PRIVACY)
def test_privacy_notices_are_answered_also_for_stores_that_are_gone(rehearse, topic):
    found = rehearse()
    assert reported(found, topic) == 200
    assert reported(found, topic, signature="AAAA") == 401


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact"])
def test_notices_about_customers_find_nothing_and_change_nothing(rehearse, topic):
    found = installed(rehearse)
    assert reported(found, topic) == 200
    assert found.store.status == "connected"


def test_redacting_a_shop_removes_what_is_kept_of_it(rehearse):
    found = installed(rehearse, products=[product("A", pictures=1)], assets=[asset("a", "A", 1)])
    found.place.stores = [found.store]
    found.place.run(found.place.select())
    left(found)
    assert reported(found, "shop/redact") == 200
    assert not Store.objects.exists()
    assert not StoreSync.objects.exists()
    assert AuditEntry.objects.filter(action="store.redact").count() == 1


def test_a_shop_that_was_installed_again_is_not_redacted(rehearse):
    found = installed(rehearse)
    assert reported(found, "shop/redact") == 200
    assert found.store.status == "connected"


def test_a_notice_reaches_only_the_environments_whose_app_signed_it(rehearse):
    found = installed(rehearse)
    other = Environment.objects.create(cloud_name="other", launch_issuer="o", api_key="k", api_secret="s")
    theirs = Store.objects.create(environment=other, domain=found.shop.domain, access_token="shpat_theirs")
    theirs.app = keys.remember(other, "their-app", "their-secret")
    theirs.way = "credentials"
    theirs.save()
    assert left(found) == 200
    assert {store.environment.cloud_name: store.status for store in Store.objects.all()} == {
        found.place.environment.cloud_name: "broken",
        "other": "connected",
    }


def test_after_a_rotation_the_old_secret_signs_for_an_hour(rehearse):
    found = installed(rehearse)
    old = found.app.client_secret
    found.app.rotate(timezone.now().timestamp())
    found.name_app()
    assert reported(found, "customers/redact", secret=old) == 200
    assert reported(found, "customers/redact") == 200
    app = found.store.app
    app.rotated = timezone.now() - timedelta(hours=2)
    app.save()
    assert reported(found, "customers/redact", secret=old) == 401


def test_a_repeat_is_known_by_what_happened_before_its_delivery_is_asked(rehearse):
    """Each subscription to a topic delivers, with an id of its own; what happened has one."""
    found = installed(rehearse)
    for delivery in ("one", "two"):
        assert reported(found, "customers/redact", event=delivery, happening="it") == 200
    assert list(Notice.objects.values_list("event_id", flat=True)) == ["it"]
    assert reported(found, "customers/redact", event="two", happening="another") == 200
    assert reported(found, "shop/redact", event="three", happening="it") == 200  # another topic is another notice
    assert Notice.objects.count() == 3


@pytest.mark.parametrize("prefix", ["X-", ""])
@pytest.mark.parametrize(("known", "kept"), [({"happening": "h", "event": "d"}, "h"), ({"event": "d"}, "d")])
def test_headers_are_read_by_either_name(rehearse, prefix, known, kept):
    found = installed(rehearse)
    for _ in range(2):
        assert reported(found, "customers/redact", prefix=prefix, **known) == 200
    assert list(Notice.objects.values_list("event_id", flat=True)) == [kept]
    assert reported(found, "customers/redact", prefix=prefix, signature="AAAA") == 401


def test_a_notice_without_any_id_is_known_by_its_signature(rehearse):
    found = installed(rehearse)
    for _ in range(2):
        assert reported(found, "customers/redact", event="") == 200
    assert Notice.objects.count() == 1


def test_uninstalling_concerns_every_environment_that_has_the_store_by_this_app(rehearse):
    found = installed(rehearse)
    other = Environment.objects.create(cloud_name="other", launch_issuer="o", api_key="k", api_secret="s")
    theirs = Store.objects.create(environment=other, domain=found.shop.domain, api_base=found.place.url)
    theirs.access_token, theirs.way = Store.objects.get(environment=found.place.environment).access_token, "credentials"
    theirs.app = keys.remember(other, found.app.client_id, found.app.client_secret)
    theirs.save()
    assert left(found) == 200
    assert [(store.status, store.access_token) for store in Store.objects.all()] == [("broken", "")] * 2
    entries = AuditEntry.objects.filter(action="store.uninstalled").values_list("cloud_name", "object")
    assert sorted(entries) == sorted((one.cloud_name, found.shop.domain) for one in (other, found.place.environment))


def test_old_notices_are_forgotten(rehearse):
    found = installed(rehearse)
    reported(found, "customers/redact", event="old")
    Notice.objects.update(received=timezone.now() - timedelta(days=8))
    reported(found, "customers/redact", event="new")
    assert list(Notice.objects.values_list("event_id", flat=True)) == ["new"]


TEXT = st.text(max_size=80)


@settings(max_examples=drawn(30, 480), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=300),
    topic=st.sampled_from(["app/uninstalled", *PRIVACY]) | TEXT,
    domain=TEXT | st.just("north.myshopify.com"),
    signature=TEXT,
    event=TEXT,
)
def test_whatever_is_sent_without_a_signature_is_unauthorised(client, db, body, topic, domain, signature, event):
    headers = {"X-Shopify-Topic": topic, "X-Shopify-Shop-Domain": domain, "X-Shopify-Hmac-SHA256": signature}
    headers |= {"X-Shopify-Webhook-Id": event, "X-Shopify-Triggered-At": event}
    assert client.post("/webhooks/shopify", body, content_type="application/json", headers=headers).status_code == 401


@settings(max_examples=drawn(25, 400), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200), topic=st.sampled_from(["app/uninstalled", *PRIVACY]), when=TEXT, event=TEXT)
def test_whatever_is_signed_and_does_not_fit_changes_nothing(rehearsed, body, topic, when, event):
    found = rehearsed
    status = notice(
        Client(), topic, found.shop.domain, found.app.client_secret, at=Moment(when), body=body, event=event or "x"
    ).status_code
    assert status == 400
    assert found.store.status == "connected"


@pytest.fixture
def rehearsed(rehearse):
    return installed(rehearse)


@pytest.mark.django_db(transaction=True)
def test_the_pretend_shopify_tells_a_running_app(rehearse, live_server, settings):
    """Over real HTTP, from the merchant's click to the row."""
    found = rehearse()
    settings.APP_URL = found.place.world.app_url = live_server.url
    found.by_credentials()
    Store.objects.update(connected=timezone.now() - timedelta(minutes=5))
    for topic in PRIVACY[:2]:
        assert found.merchant("webhooks", {"topic": topic}) == {"status": 200}
    found.merchant("uninstall")
    wait_until(lambda: found.store.status == "broken")
    assert (found.store.status, found.store.access_token) == ("broken", "")
