import io

import pytest
from PIL import Image

from tests.sandbox.world.factories import HTTP, asset, film, product


def ask(world, method, path, body=None):
    answer = HTTP.request(method, f"{world.base_url}{path}", json=body)
    return answer.status, answer.json() if answer.data else None


def test_world_json_tells_the_app_all_it_needs(served):
    world = served(products=[product("bag")], stores=2)
    status, answer = ask(world, "GET", "/world.json")
    assert status == 200
    assert [set(store) for store in answer["stores"]] == [
        {"domain", "name", "access_token", "plan", "storefront_url", "admin_url"}
    ] * 2
    assert {"cloud_name", "environment_id", "name", "api_key", "api_secret", "upload_prefix", "delivery_base"} < set(
        answer["environments"][0]
    )
    assert {"launch_issuer", "launch_audience", "launch_secret"} < set(answer["environments"][0])
    assert answer["console_url"] == f"{world.base_url}/console/"
    assert answer["environments"][0]["delivery_base"] == f"{world.base_url}/res"


def test_healthz_answers(served):
    assert ask(served(), "GET", "/healthz") == (200, {"status": "ok"})


def test_settings_are_changed_and_answered(served):
    world = served()
    status, answer = ask(world, "POST", "/world/settings", {"index_lag": 0, "media_seconds": [0, 0.1]})
    assert (status, answer["index_lag"], answer["media_seconds"]) == (200, 0, [0, 0.1])
    assert world.settings.media_seconds == (0, 0.1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"lag": 1},
        {"index_lag": -1},
        {"index_lag": "5"},
        {"media_seconds": [2, 1]},
        {"media_seconds": 1},
        {},
        {"duplicate_name": "sometimes"},
        {"hourly_limit": 1.5},
        {"index_lag": True},
        {"index_lag": 1, "x": 1},
    ],
)
def test_a_setting_that_cannot_be_changes_nothing(served, wrong):
    world = served()
    before = world.settings.as_json()
    status, answer = ask(world, "POST", "/world/settings", wrong)
    assert (status, bool(answer["error"])) == (400, True)
    assert world.settings.as_json() == before


def test_the_clock_goes_forward_and_never_back(served):
    world = served()
    before = world.clock()
    assert ask(world, "POST", "/world/clock", {"forward": 3600})[0] == 200
    assert 3600 <= world.clock() - before < 3660
    assert ask(world, "POST", "/world/clock", {"forward": -1})[0] == 400
    assert ask(world, "POST", "/world/clock", {})[0] == 400


def test_an_asset_can_vanish(served):
    world = served(assets=[asset("a")])
    (asset_id,) = world.environments[0].assets
    assert ask(world, "DELETE", f"/world/assets/{asset_id}") == (204, None)
    assert world.environments[0].assets == {}
    assert ask(world, "DELETE", f"/world/assets/{asset_id}")[0] == 404


def test_a_vanished_asset_is_no_longer_delivered(served):
    world = served(assets=[asset("a")])
    (asset_id,) = world.environments[0].assets
    url = f"{world.base_url}/res/sandbox/image/upload/v1/a.jpg"
    assert HTTP.request("GET", url).status == 200
    ask(world, "DELETE", f"/world/assets/{asset_id}")
    assert HTTP.request("GET", url).status == 404


def test_an_overwritten_asset_has_a_new_version_and_other_content_if_wished(served):
    world = served(assets=[asset("a")])
    (known,) = world.environments[0].assets.values()
    version, blob = known.version, known.blob
    assert ask(world, "PUT", f"/world/assets/{known.asset_id}")[1]["version"] == version + 1
    assert known.blob == blob
    assert ask(world, "PUT", f"/world/assets/{known.asset_id}", {"redraw": True})[1]["version"] == version + 2
    assert known.blob != blob
    assert Image.open(io.BytesIO(world.blobs.get(known.blob))).size == (80, 100)


def test_people_rename_move_delete_and_restore_assets(served):
    world = served(assets=[asset("a"), asset("b")])
    known = next(one for one in world.environments[0].assets.values() if one.public_id == "a")
    path = f"/world/assets/{known.asset_id}"
    old = f"{world.base_url}/res/{world.environments[0].cloud_name}/image/upload/v1/a.jpg"
    assert HTTP.request("GET", old).status == 200
    assert ask(world, "PATCH", path, {"public_id": "c", "asset_folder": "shop"})[0] == 200
    assert (known.public_id, known.asset_folder, HTTP.request("GET", old).status) == ("c", "shop", 404)
    for wrong, status in (({"public_id": "b"}, 409), ({"version": 3}, 400), ({}, 400)):
        assert ask(world, "PATCH", path, wrong)[0] == status
    assert ask(world, "DELETE", path)[0] == 204
    assert ask(world, "PATCH", path, {"public_id": "d"})[0] == 404
    assert ask(world, "POST", f"{path}/restore")[1]["public_id"] == "c"
    assert ask(world, "POST", f"{path}/restore")[0] == 404


def test_videos_cannot_be_redrawn(served):
    world = served(assets=[asset("v", content=film())])
    (asset_id,) = world.environments[0].assets
    assert ask(world, "PUT", f"/world/assets/{asset_id}", {"redraw": True})[0] == 400


def test_a_revoked_token_is_replaced_by_another(served):
    world = served(products=[product("bag")])
    (shop,) = world.shops.values()
    before = shop.access_token
    status, answer = ask(world, "POST", f"/world/stores/{shop.domain}/token")
    assert (status, answer["access_token"], before == shop.access_token) == (200, shop.access_token, False)
    query = {"query": "{ shop { name } }"}
    headers = {"Host": shop.domain, "X-Shopify-Access-Token": before}
    url = f"{world.base_url}/admin/api/2026-10/graphql.json"
    assert HTTP.request("POST", url, json=query, headers=headers).status == 401
    headers["X-Shopify-Access-Token"] = shop.access_token
    assert HTTP.request("POST", url, json=query, headers=headers).json()["data"]["shop"]["name"] == shop.name


def test_a_product_can_be_deleted_by_its_handle_or_its_number(served):
    world = served(products=[product("bag"), product("cap")])
    (shop,) = world.shops.values()
    number = shop.product_with("cap").id.rpartition("/")[2]
    for name in ("bag", number):
        assert ask(world, "POST", f"/world/stores/{shop.domain}/products/{name}/delete") == (204, None)
    assert shop.products == {}
    assert ask(world, "POST", f"/world/stores/{shop.domain}/products/bag/delete")[0] == 404


def test_faults_and_the_journal_have_their_doors(served):
    world = served()
    assert ask(world, "GET", "/journal.json")[1]["entries"] == []
    assert ask(world, "POST", "/faults", {"service": "cloudinary", "kind": "reset"})[0] == 200
    assert len(ask(world, "GET", "/faults")[1]) == 1
