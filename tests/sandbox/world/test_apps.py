"""The pretend Dev Dashboard app: installing it, its tokens and their lives, and what merchants do to it."""

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from sandbox.world import World
from tests.sandbox.world.factories import HTTP, product

QUERY = {"query": "{ shop { name } currentAppInstallation { accessScopes { handle } } }"}
CALLBACK = "http://localhost:8000/setup/oauth/callback"


@pytest.fixture
def world(served) -> World:
    return served(products=[product("bag")])


def shop_of(world):
    return next(iter(world.shops.values()))


def token(world, **form):
    known = {"client_id": world.app.client_id, "client_secret": world.app.client_secret, **form}
    headers = {"Host": shop_of(world).domain, "Accept": "application/json"}
    body = urlencode(known)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    answer = HTTP.request("POST", f"{world.base_url}/admin/oauth/access_token", body=body, headers=headers)
    return answer.status, answer.json()


def granted(world, **form):
    status, body = token(world, **form)
    assert status == 200, body
    return body


def refusal(world, **form):
    status, body = token(world, **form)
    assert status == 400, body
    return body["error"]


def works(world, access_token) -> int:
    headers = {"Host": shop_of(world).domain, "X-Shopify-Access-Token": access_token}
    return HTTP.request("POST", f"{world.base_url}/admin/api/2026-10/graphql.json", json=QUERY, headers=headers).status


def page(world, **changed) -> str:
    asked = {"client_id": world.app.client_id, "scope": "write_products,write_files", "state": "s"}
    query = urlencode({**asked, "redirect_uri": CALLBACK, **changed})
    return f"{world.base_url}/store/{shop_of(world).domain}/admin/oauth/authorize?{query}"


def code_of(world) -> str:
    answer = HTTP.request("POST", page(world), redirect=False)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["code"]


def pair(world):
    return granted(world, code=code_of(world), expiring="1")


def test_client_credentials_give_a_token_for_a_day(world):
    body = granted(world, grant_type="client_credentials")
    assert (body["expires_in"], "refresh_token" in body) == (86_399, False)
    assert works(world, body["access_token"]) == 200
    world.forward += 86_400
    assert works(world, body["access_token"]) == 401


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"client_id": "x"}, "application_cannot_be_found"),
        ({"client_secret": "x"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_request"),
    ],
)
def test_wrong_requests_for_tokens_are_refused(world, form, code):
    assert refusal(world, **{"grant_type": "client_credentials", **form}) == code


def test_a_refusal_is_a_page_unless_json_is_asked_for(world):
    answer = HTTP.request("POST", f"{world.base_url}/admin/oauth/access_token", headers={"Host": shop_of(world).domain})
    assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (400, "text/html")


def test_the_install_page_names_the_scopes_and_gives_a_signed_code_of_one_use(world):
    shown = HTTP.request("GET", page(world))
    assert b"write_files" in shown.data
    code = code_of(world)
    body = granted(world, code=code, expiring="1")
    assert (body["expires_in"], body["refresh_token_expires_in"]) == (3600, 7_776_000)
    assert body["scope"] == "write_products,write_files"
    assert refusal(world, code=code, expiring="1") == "invalid_request"


def test_a_code_is_good_for_a_minute(world):
    code = code_of(world)
    world.forward += 61
    assert refusal(world, code=code) == "invalid_request"


def test_without_expiring_the_token_is_good_for_ever(world):
    body = granted(world, code=code_of(world))
    world.forward += 10_000_000
    assert (set(body), works(world, body["access_token"])) == ({"access_token", "scope"}, 200)


@pytest.mark.parametrize(
    "changed",
    [{"redirect_uri": "https://evil.example"}, {"client_id": "x"}, {"scope": "read_customers"}, {"state": ""}],
)
def test_the_install_page_refuses_what_is_not_allowed(world, changed):
    for method in ("GET", "POST"):
        assert HTTP.request(method, page(world, **changed), redirect=False).status == 400


def test_a_refresh_token_gives_a_new_pair_and_ends_the_old_access(world):
    first = pair(world)
    second = granted(world, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert works(world, second["access_token"]) == 200
    assert works(world, first["access_token"]) == 401
    assert second["refresh_token"] != first["refresh_token"]


def test_a_used_refresh_token_may_be_retried_until_its_successor_is_used(world):
    first = pair(world)
    second = granted(world, grant_type="refresh_token", refresh_token=first["refresh_token"])
    again = granted(world, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (again["access_token"], again["refresh_token"]) == (second["access_token"], second["refresh_token"])
    granted(world, grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert refusal(world, grant_type="refresh_token", refresh_token=first["refresh_token"]) == "invalid_grant"


def test_a_refresh_token_ends_after_ninety_days(world):
    first = pair(world)
    world.forward += 7_776_001
    assert refusal(world, grant_type="refresh_token", refresh_token=first["refresh_token"]) == "invalid_grant"


def test_lifetimes_are_settings(world):
    world.settings.change({"token_seconds": 5, "refresh_seconds": 50})
    body = pair(world)
    assert (body["expires_in"], body["refresh_token_expires_in"]) == (5, 50)


def test_a_merchant_changes_what_the_app_may_do(world):
    shop = shop_of(world)
    body = granted(world, grant_type="client_credentials")
    address = f"{world.base_url}/world/stores/{shop.domain}"
    HTTP.request("POST", f"{address}/app", json={"scopes": ["write_files"], "closed": 402})
    assert works(world, body["access_token"]) == 402
    answer = HTTP.request("POST", f"{address}/app", json={"closed": None}).json()
    assert (answer["scopes"], answer["granted"]) == (["write_files"], {"client_credentials": 1})
    assert HTTP.request("POST", f"{address}/revoke").status == 204
    assert works(world, body["access_token"]) == 401
    assert HTTP.request("POST", f"{address}/uninstall").status == 204
    assert refusal(world, grant_type="client_credentials") == "app_not_installed"
    HTTP.request("POST", f"{address}/app", json={"installed": True, "organisation": "foreign"})
    assert refusal(world, grant_type="client_credentials") == "shop_not_permitted"


@pytest.mark.parametrize("wrong", [{"closed": 500}, {"scopes": ["read_orders"]}, {"organisation": "x"}, {"x": 1}, []])
def test_a_change_that_cannot_be_is_refused(world, wrong):
    address = f"{world.base_url}/world/stores/{shop_of(world).domain}/app"
    assert HTTP.request("POST", address, json=wrong).status == 400


def test_installs_and_the_app_outlive_a_restart(world):
    body = pair(world)
    again = World.load(json.loads(json.dumps(world.dump())), folder=world.folder, base_url=world.base_url)
    assert again.app == world.app
    install = shop_of(again).installs[world.app.client_id]
    assert install.refresh == body["refresh_token"]
    assert install.alive(body["access_token"], again.clock())
