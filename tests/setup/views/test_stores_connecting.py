"""Connecting stores with an access token or with a client ID and secret: what works, and what a new admin gets wrong."""

import html

import pytest

from setup.models import Member, ShopifyApp, Store
from setup.shopify.auth import tokens
from tests.linking.visits import enter, text_of


def refused(answer) -> str:
    assert answer.status_code == 422, answer.content.decode()[:500]
    assert not Store.objects.exclude(access_token="").exists()
    return html.unescape(text_of(answer))


def test_a_pasted_token_connects_a_store_and_shows_plan_rate_and_scopes(rehearse):
    found = rehearse()
    assert found.by_token()["Location"] == "/setup/"
    listed, page = (text_of(found.client.get(f"/setup/{path}")) for path in ("", f"stores/{found.store.pk}/"))
    for words in (found.shop.name, "Connected", "Access token"):
        assert words in listed
        assert words in page
    for words in ("Plus", "1,000 points per second", "write_files"):
        assert words not in listed
        assert words in page
    assert found.store.token_expires is None


def test_client_credentials_connect_a_store_for_a_day(rehearse):
    found = rehearse()
    assert found.by_credentials()["Location"] == "/setup/"
    store = found.store
    assert (store.status, store.way, store.name) == ("connected", "credentials", found.shop.name)
    assert 86_000 < (store.token_expires - store.token_granted).total_seconds() <= 86_399
    assert 280 <= (store.token_expires - store.token_renew).total_seconds() <= 320
    assert "AssetLink renews it before" in text_of(found.client.get(f"/setup/stores/{found.store.pk}/"))


def test_no_secret_and_no_token_is_on_any_page(rehearse):
    found = rehearse()
    found.by_credentials()
    pk = found.store.pk
    for path in ("/setup/", "/setup/connect/", f"/setup/stores/{pk}/", f"/setup/connect/?store={pk}"):
        page = found.client.get(path).content.decode()
        for secret in (found.app.client_secret, found.store.access_token, found.shop.access_token):
            assert secret not in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"client_id": "nobody"}, "knows no app with this client ID"),
        ({"client_secret": "wrong"}, "refuses the client secret"),
        ({"domain": "no-such-shop"}, "There is no Shopify store at no-such-shop.myshopify.com. Check its name"),
        ({"domain": "shop.example.com"}, "Enter the store’s myshopify.com domain"),
        ({"domain": "evil.com/x.myshopify.com"}, "Enter the store’s myshopify.com domain"),
        ({"client_secret": "two words"}, "This is not a client secret. Copy it again from Shopify."),
        ({"client_secret": ""}, "This field is required."),
    ],
)
def test_wrong_credentials_are_kept_apart_with_what_to_do(rehearse, changed, words):
    found = rehearse(app=False)
    assert words in refused(found.by_credentials(**changed))
    assert not ShopifyApp.objects.exists()


def test_what_was_entered_is_kept_but_for_the_secret(rehearse):
    found = rehearse()
    page = found.by_credentials(client_id="typed-id", client_secret="typed-secret").content.decode()
    assert 'value="typed-id"' in page
    assert "typed-secret" not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"organisation": "foreign"}, "different Shopify organizations"),
        ({"installed": False}, "not installed in this store. Install it from the Dev Dashboard"),
        (
            {"scopes": ["write_products"]},
            "The app lacks write_files in this store. Add write_files to the app’s scopes",
        ),
        ({"scopes": []}, "lacks write_files and write_products"),
        ({"closed": 402}, "frozen until its Shopify bill is paid"),
        ({"closed": 403}, "does not let the app use this store"),
        ({"closed": 423}, "locked the store"),
    ],
)
def test_a_store_that_does_not_let_us_in_says_why(rehearse, state, words):
    found = rehearse()
    found.merchant("app", state)
    assert words in refused(found.by_credentials())


def test_a_pasted_token_without_a_scope_names_it(rehearse):
    found = rehearse()
    found.shop.scopes -= {"write_files", "read_files"}
    assert "The app lacks write_files in this store. Add write_files to the Admin API scopes" in refused(
        found.by_token()
    )


def test_a_revoked_token_is_reported(rehearse):
    assert "refuses this access token. Copy it again" in refused(rehearse().by_token(token="shpat_dead"))


def test_a_pasted_token_for_no_store_names_the_address(rehearse):
    found = rehearse()
    assert "There is no Shopify store at nowhere.myshopify.com" in refused(
        found.by_token(domain="nowhere.myshopify.com")
    )


def test_a_token_of_another_store_is_called_wrong(rehearse):
    found = rehearse(stores=2)
    first, second = found.place.world.shops.values()
    second.access_token = first.access_token
    assert found.by_token(domain=second.domain)["Location"] == "/setup/"  # Shopify itself tells stores apart by host


@pytest.mark.parametrize("token", ["two words", "é", "line\nbreak", "x" * 300])
def test_a_token_that_is_none_is_reported_at_its_field_and_is_not_shown_again(rehearse, token):
    answer = rehearse().by_token(token=token)
    assert 'id="token-token_error"' in answer.content.decode()
    assert token not in answer.content.decode()
    refused(answer)


@pytest.mark.parametrize("kind", ["http_500", "http_503", "reset", "http_429"])
def test_a_store_that_does_not_answer_can_be_tried_again(rehearse, kind):
    found = rehearse()
    found.fault(kind=kind, operation="access_token", times=1)
    assert "Shopify does not answer. Nothing changed; try again in a minute." in refused(found.by_credentials())
    assert found.by_credentials().status_code == 302


def test_a_refused_reconnect_leaves_the_connection_as_it_was(rehearse):
    found = rehearse()
    found.by_credentials()
    before = found.store
    assert found.by_token(token="shpat_dead").status_code == 422
    assert (found.store.way, found.store.access_token) == ("credentials", before.access_token)


def test_reconnecting_in_another_way_keeps_the_row_and_drops_the_old_secret(rehearse):
    found = rehearse(app=False)
    found.by_credentials()
    pk = found.store.pk
    found.by_token()
    assert (found.store.pk, found.store.way, found.store.app, found.store.refresh_token) == (pk, "token", None, "")
    assert not ShopifyApp.objects.exists()


def test_connecting_subscribes_to_the_uninstalling_once(rehearse):
    found = rehearse()
    found.by_credentials()
    found.by_credentials()
    (only,) = found.install.subscriptions
    assert (only.topic, only.uri) == ("APP_UNINSTALLED", "http://testserver/webhooks/shopify")


def test_a_store_that_refuses_the_notice_is_connected_all_the_same(rehearse):
    found = rehearse()
    found.fault(kind="internal_error", operation="webhookSubscriptionCreate", times=1)
    assert found.by_credentials().status_code == 302
    assert found.store.status == "connected"


def test_the_servers_app_opens_the_install_page_unless_the_environment_names_its_own(rehearse, settings):
    found = rehearse(app=False)
    assert "Continue to Shopify" not in text_of(found.client.get("/setup/connect/"))
    settings.SHOPIFY_CLIENT_ID, settings.SHOPIFY_CLIENT_SECRET = "server-id", "server-secret"
    page = text_of(found.client.get("/setup/connect/"))
    assert "Continue to Shopify" in page
    assert "server-id" in page
    assert "server-secret" not in page
    answer = found.client.post("/setup/connect/app/", {"client_id": "own-id", "client_secret": "own-secret"})
    assert answer["Location"] == "/setup/connect/"
    page = text_of(found.client.get("/setup/connect/"))
    assert "own-id" in page
    assert "own-secret" not in page


def test_regular_members_read_stores_and_change_none(rehearse):
    found = rehearse()
    found.by_credentials()
    pk, before = found.store.pk, Store.objects.values().get()
    reader = Member.objects.create(environment=found.place.environment, external_id="r", roles=["media_library_user"])
    enter(found.client, reader)
    assert found.client.get("/setup/").status_code == 200
    page = found.client.get(f"/setup/stores/{pk}/")
    assert page.status_code == 200
    assert "<button" not in page.content.decode()
    for path in ("name", "pause", "resume", "check", "disconnect"):
        assert found.client.post(f"/setup/stores/{pk}/{path}/", {"label": "x"}).status_code == 403
    for path in ("token", "credentials", "install", "app"):
        assert found.client.post(f"/setup/connect/{path}/", {"domain": "x"}).status_code == 403
    assert found.client.get("/setup/connect/").status_code == 403
    assert found.client.get(f"/setup/stores/{pk}/disconnect/").status_code == 403
    assert Store.objects.values().get() == before


def test_no_secret_is_logged_on_the_way_not_even_at_debug_level(rehearse, caplog):
    caplog.set_level("DEBUG")
    caplog.set_level("DEBUG", logger="urllib3")  # whatever another test has made of it
    found = rehearse()
    secrets = {found.app.client_secret, found.shop.access_token}
    found.by_credentials()
    secrets.add(found.store.access_token)
    found.by_credentials(client_secret="a-wrong-secret")
    window = found.by_installing()
    store = found.store
    secrets |= {store.access_token, store.refresh_token, window.ticket, "a-wrong-secret"}
    tokens.renew(store, pause=lambda seconds, reason: None)
    secrets |= {store.access_token, store.refresh_token}
    assert "POST" in caplog.text  # the library below us does tell what it sends where
    assert [secret for secret in secrets if secret in caplog.text] == []
