"""Installing the app in Shopify: the frame, the window beside it, and everything that somebody might send instead."""

import re
import string
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from setup.models import Authorization, Environment, Member, Store
from setup.shopify.auth import install
from setup.shopify.auth.install import InstallRefused
from tests.linking.visits import enter, text_of
from tests.setup.rehearsal import OURS
from tests.tiers import drawn


def test_the_whole_way_connects_a_store_with_an_expiring_token(rehearse):
    found = rehearse()
    window = found.begin()
    assert window.ask().status_code == 204
    window.open()
    window.agree()
    assert f"{found.shop.name} is connected" in text_of(window.come_back())
    assert window.ask()["HX-Redirect"] == "/setup/"
    store = found.store
    assert (store.status, store.way) == ("connected", "install")
    assert 3500 < (store.token_expires - store.token_granted).total_seconds() <= 3600
    assert store.refresh_token.startswith("shprt_")
    assert "is connected." in text_of(found.client.get("/setup/"))
    assert [one.topic for one in found.install.subscriptions] == ["APP_UNINSTALLED"]


def test_shopify_is_asked_for_what_is_needed_and_for_nothing_else(rehearse):
    window = rehearse().begin()
    window.open()
    asked = dict(parse_qsl(urlsplit(window.page).query))
    assert asked["scope"] == "write_files,write_products"
    assert asked["redirect_uri"] == "http://testserver/setup/oauth/callback"
    assert len(asked["state"]) > 40


def test_the_window_is_never_framed_and_sets_one_cookie_of_its_own(rehearse):
    window = rehearse().begin()
    answer = window.open()
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    (cookie,) = answer.cookies.values()
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    window.agree()
    assert "frame-ancestors 'none'" in window.come_back()["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in Client().get("/setup/oauth/callback")["Content-Security-Policy"]


def test_state_ticket_and_cookie_are_stored_as_hashes_only(rehearse):
    window = rehearse().begin()
    cookie = next(iter(window.open().cookies.values())).value
    state = dict(parse_qsl(urlsplit(window.page).query))["state"]
    row = str(Authorization.objects.values().get())
    for secret in (window.ticket, cookie, state):
        assert secret not in row


def refused(answer, words: str) -> None:
    assert answer.status_code == 403
    assert words in text_of(answer)
    assert not Store.objects.exists()


def test_a_ticket_opens_one_window(rehearse):
    window = rehearse().begin()
    window.open()
    refused(window.open(), "This attempt is over.")


def test_a_ticket_lapses_and_the_frame_learns(rehearse):
    window = rehearse().begin()
    Authorization.objects.update(expires=timezone.now() - timedelta(seconds=1))
    refused(window.open(), "This attempt is over.")
    assert "This attempt is over." in text_of(window.ask())


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"X": "y"}])
def test_a_form_on_another_site_opens_no_window(rehearse, headers):
    window = rehearse().begin()
    refused(window.open(**headers), "AssetLink did not open this window.")
    assert window.open().status_code == 200


def test_a_window_may_be_opened_by_browsers_that_tell_only_the_origin(rehearse):
    assert rehearse().begin().open(Origin="http://testserver").status_code == 200


def test_a_callback_is_good_once(rehearse):
    window = rehearse().by_installing()
    serial = Store.objects.get().token_serial
    window.client.cookies["assetlink-install"] = "x"
    assert window.come_back().status_code == 403
    assert Store.objects.get().token_serial == serial


def test_of_two_equal_callbacks_at_the_same_moment_one_is_obeyed(rehearse):
    window = rehearse().begin()
    window.open()
    window.agree()
    query, cookie = urlsplit(window.callback).query, window.client.cookies["assetlink-install"].value
    install.finish(query, cookie, now=timezone.now())
    with pytest.raises(InstallRefused) as caught:
        install.finish(query, cookie, now=timezone.now())
    assert caught.value.code == "old"


def test_the_answer_in_another_browser_is_refused_and_uses_nothing_up(rehearse):
    window = rehearse().begin()
    window.open()
    window.agree()
    mine, window.client = window.client, Client()
    refused(window.come_back(), "answer belongs to another window")
    window.client = mine
    assert window.come_back().status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"hmac": "0" * 64},
        {"hmac": ""},
        {"hmac": "é"},
        {"code": "other"},
        {"shop": "other.myshopify.com"},
        {"timestamp": "1"},
        {"extra": "1"},
    ],
)
@pytest.mark.cases(4)
def test_a_changed_callback_is_refused_and_uses_nothing_up(rehearse, changed):
    window = rehearse().begin()
    window.open()
    window.agree()
    refused(window.come_back(**changed), "its signature is wrong")
    assert window.come_back().status_code == 200


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"shop": "other.myshopify.com"}, "Shopify answered for a store other than"),
        ({"shop": "evil.example"}, "Shopify answered for a store other than"),
        ({"timestamp": "1"}, "its signature is wrong"),
        ({"timestamp": "99999999999"}, "its signature is wrong"),
        ({"timestamp": "9" * 310}, "its signature is wrong"),
        ({"timestamp": "-" + "9" * 310}, "its signature is wrong"),
        ({"timestamp": "soon"}, "its signature is wrong"),
        ({"state": "another"}, "This attempt is over."),
    ],
)
@pytest.mark.cases(4)
def test_a_genuine_signature_does_not_excuse_anything_else(rehearse, changed, words):
    window = rehearse().begin()
    window.open()
    window.agree()
    refused(window.come_back_signed(**changed), words)


def test_a_signature_by_another_apps_secret_is_refused(rehearse):
    window = rehearse().begin()
    window.open()
    window.agree()
    refused(window.come_back_signed("another secret"), "its signature is wrong")


def test_a_rotated_secret_is_taken_for_an_hour(rehearse):
    found = rehearse()
    window = found.begin()
    old = found.app.client_secret
    found.app.rotate(timezone.now().timestamp())
    found.name_app()
    window.open()
    window.agree()
    assert window.come_back_signed(old).status_code == 200


def test_a_parameter_given_twice_is_refused(rehearse):
    window = rehearse().begin()
    window.open()
    window.agree()
    query = urlsplit(window.callback).query
    refused(window.client.get(f"/setup/oauth/callback?{query}&shop=other.myshopify.com"), "its signature is wrong")


def test_a_lapsed_attempt_is_not_finished(rehearse):
    window = rehearse().begin()
    window.open()
    window.agree()
    Authorization.objects.update(expires=timezone.now() - timedelta(seconds=1))
    refused(window.come_back(), "This attempt is over.")


def test_who_is_no_admin_any_more_connects_nothing(rehearse):
    found = rehearse()
    window = found.begin()
    window.open()
    window.agree()
    Member.objects.update(roles=["media_library_user"])
    assert "You are no longer an admin." in text_of(window.come_back())
    assert not Store.objects.exists()


def test_a_merchant_who_does_not_agree_to_everything_is_reported_what_is_missing(rehearse):
    found = rehearse()
    found.merchant("app", {"grantable": ["write_products"]})
    window = found.begin()
    window.open()
    window.agree()
    assert "The app lacks write_files in this store." in text_of(window.come_back())
    assert "Install the app again and agree to write_files." in text_of(window.ask())
    assert not Store.objects.exists()


@pytest.mark.parametrize("kind", ["lost_answer", "http_503"])
def test_when_the_token_does_not_arrive_the_person_starts_again(rehearse, kind):
    found = rehearse()
    window = found.begin()
    window.open()
    window.agree()
    found.fault(kind=kind, operation="access_token")
    assert "Shopify does not answer." in text_of(window.come_back())
    assert "is not connected" in text_of(window.ask())
    found.by_installing()
    assert found.store.status == "connected"


def test_a_store_that_is_unknown_is_noticed_before_shopify_is_asked(rehearse):
    found = rehearse()
    answer = found.client.post("/setup/connect/install/", {"domain": "https://evil.example/"})
    assert answer.status_code == 422
    assert not Authorization.objects.exists()


def test_without_an_app_the_person_learns_to_name_one(rehearse):
    found = rehearse(app=False)
    answer = found.client.post("/setup/connect/install/", {"domain": "my-shop"})
    assert answer.status_code == 422
    assert not Authorization.objects.exists()


def test_another_members_attempt_does_not_exist(rehearse):
    found = rehearse()
    window = found.begin()
    other = Environment.objects.create(cloud_name="other", launch_issuer="o", api_key="k", api_secret="s")
    for environment in (found.place.environment, other):
        stranger = Member.objects.create(environment=environment, external_id="s", roles=["master_admin"])
        assert enter(Client(), stranger).get(window.poll).status_code == 404


def test_the_window_goes_only_to_the_store_that_was_named(rehearse):
    """No parameter of a request chooses where a browser is sent."""
    window = rehearse().begin()
    answer = window.client.post(
        f"/setup/oauth/begin?next=//evil.example&shop=evil.example&redirect_uri={quote('https://evil.example')}",
        {"ticket": window.ticket, "next": "https://evil.example", "shop": "evil.example"},
        headers=OURS,
    )
    page = answer.content.decode()
    assert "evil.example" not in page
    assert window.rehearsal.shop.domain in re.search(r'http-equiv="refresh" content="([^"]+)"', page)[1]
    assert Client().get("/setup/oauth/callback?next=//evil.example").status_code == 403


ODD = st.text(alphabet=string.printable + "é\0\u2028", max_size=60)
NAMES = st.sampled_from(["code", "hmac", "host", "shop", "state", "timestamp", "hmac[]", "x"]) | ODD


@pytest.mark.django_db
@settings(max_examples=drawn(37, 600), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=300)
    | st.lists(st.tuples(NAMES, ODD), max_size=8).map(
        lambda pairs: "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
    )
)
def test_whatever_is_sent_as_a_callback_is_refused_politely(query):
    with pytest.raises(InstallRefused):
        install.finish(query, "", now=timezone.now())


@settings(max_examples=drawn(37, 600), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_changed_in_a_genuine_callback_connects_nothing(rehearse_once, data):
    query, cookie = rehearse_once
    at = data.draw(st.integers(0, len(query) - 1))
    to = data.draw(st.characters(exclude_characters=query[at], max_codepoint=0x2FF))
    changed = query[:at] + to + query[at + 1 :]
    if dict(parse_qsl(changed)) == dict(parse_qsl(query)):  # %2F and %2f, or + and a blank, say the same
        return
    with pytest.raises(InstallRefused):
        install.finish(changed, cookie, now=timezone.now())


@pytest.fixture
def rehearse_once(rehearse):
    window = rehearse().begin()
    window.open()
    window.agree()
    return urlsplit(window.callback).query, window.client.cookies["assetlink-install"].value


@pytest.mark.django_db(transaction=True)
def test_eight_callbacks_at_once_make_one_store(rehearse):
    window = rehearse().begin()
    window.open()
    window.agree()
    query, cookie = urlsplit(window.callback).query, window.client.cookies["assetlink-install"].value

    def knock(_) -> str:
        try:
            return install.finish(query, cookie, now=timezone.now()).status
        except InstallRefused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        results = sorted(pool.map(knock, range(8)))
    assert results == ["done"] + ["old"] * 7
    assert window.rehearsal.install.granted["authorization_code"] == 1
