"""What is wrong in a request is pointed to, in words of who wrote it, and all of it at once."""

import pytest

from linking.models import Sync
from setup.models import Store
from setup.reasons import Reason
from tests.scenes import Variant, asset, product

MATCH = {"cloudinary_field": "metadata:sku", "shopify_field": "sku"}


@pytest.fixture
def place(scene):
    return scene([product("a", pictures=1)], [asset("fa", "a")])


def errors(answer) -> dict[str, str]:
    assert answer.status_code == 422, answer.content
    return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}


def sent(one, path: str, body: str):
    headers = {"Authorization": f"Bearer {one.text}", "Idempotency-Key": f"sent {body}"}
    return one.client.post(f"/api/v1{path}", data=body, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"dryrun": False}, "/dryrun", "There is no such field."),
        ({"assets": ["x"]}, "/assets/0", "This has to be an object."),
        ({"assets": "x"}, "/assets", "This has to be a list."),
        ({"dry_run": "perhaps"}, "/dry_run", "This has to be true or false."),
        ({"position": 999}, "/position", "This has to be at most 250."),
        ({"position": "x"}, "/position", "This has to be a whole number."),
        ({"search": 1}, "/search", "This has to be a text."),
        ({"match": {"shopify_field": "sku"}}, "/match/cloudinary_field", "This is missing."),
        ({"kind": "lnk"}, "/kind", "This has to be 'link' or 'upload'."),
        ({"mode": "appendd"}, "/mode", "“appendd” is none of these: append, prepend,"),
        ({"alt_policy": "never"}, "/alt_policy", "“never” is none of these: keep, "),
        ({"rendition": "wide"}, "/rendition", "“wide” is not allowed: there is none."),
        ({"match": MATCH | {"cloudinary_field": "sku"}}, "/match/cloudinary_field", "Did you mean metadata:sku?"),
        ({"match": MATCH | {"shopify_field": "skuu"}}, "/match/shopify_field", "Fields are sku, barcode,"),
        ({"assets": []}, "/assets", "Name assets, a search, or products."),
        ({"search": "public_id:*"}, "/assets", "Name assets, or a search, and not both."),
        (
            {"assets": [{"asset_id": "oak-1"}]},
            "/assets/0/asset_id",
            "“oak-1” is no asset ID: those of Cloudinary have 32",
        ),
        ({"kind": "upload"}, "/match", "Only a run of kind link has this: leave it out."),
        ({"kind": "upload", "match": None, "mode": "mirror"}, "/mode", "Only a run of kind link has this"),
        ({"new_versions": "replace"}, "/new_versions", "Only a run of kind upload has this"),
    ],
)
def test_each_error_says_what_has_to_be_there(place, program, change, pointer, said):
    one = program(place)
    found = errors(one.post("/runs", one.wanted() | change))
    assert said in found[pointer]
    assert not Sync.objects.exists()


def test_all_that_is_missing_is_named_at_once(place, program):
    found = errors(program(place).post("/runs", {}))
    assert found == {"/stores": "Name at least one store.", "/assets": "Name assets, a search, or products."}


def test_two_wrong_settings_are_named_at_once(place, program):
    one = program(place)
    match = {"cloudinary_field": "colour:x", "shopify_field": "colour"}
    assert set(errors(one.post("/runs", one.wanted(match=match)))) == {
        "/match/cloudinary_field",
        "/match/shopify_field",
    }


def test_the_body_as_a_whole_has_the_empty_pointer(place, program):
    one = program(place)
    assert errors(sent(one, "/runs", "[]")) == {"": "This has to be an object."}
    assert errors(sent(one, "/runs", "")) == {"": "The body is missing: send a JSON object."}
    garbled = sent(one, "/runs", "{").json()
    assert (garbled["status"], garbled["detail"]) == (400, "The body is no JSON in UTF-8.")


def test_a_plan_is_applied_without_a_body_if_nothing_is_to_be_confirmed(place, program):
    one = program(place)
    plain, taking = one.run(), one.run(mode="reset")
    assert sent(one, f"/runs/{taking['id']}/apply", "").status_code == 409
    assert sent(one, f"/runs/{plain['id']}/apply", "").status_code == 202


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/links?skuu=a", "/skuu"),
        ("/links?store=nope", "/store"),
        ("/files?store=nope", "/store"),
        ("/files?sku=a", "/sku"),
        ("/runs?kind=foo", "/kind"),
        ("/runs?state=done", "/state"),
        ("/key?verbose=1", "/verbose"),
    ],
)
def test_a_filter_that_there_is_not_is_refused_as_a_field_is(place, program, path, pointer):
    assert set(errors(program(place).get(path))) == {pointer}


def test_a_parameter_behind_a_post_or_a_run_is_refused_too(place, program):
    one = program(place)
    run = one.run()["id"]
    assert set(errors(one.get(f"/runs/{run}?wait=1"))) == {"/wait"}
    assert set(errors(one.post("/runs?dry_run=true", one.wanted()))) == {"/dry_run"}
    assert one.get(f"/runs/{run}/changes?limit=1&cursor=").status_code == 200


def test_an_asset_id_that_cannot_be_one_is_not_handed_over(place, program):
    one = program(place)
    assert set(errors(one.post("/selections", {"assets": [{"asset_id": "oak-1"}]}))) == {"/assets/0/asset_id"}
    assert one.post("/selections", {"assets": [{"asset_id": "0" * 32}]}).status_code == 201


@pytest.mark.parametrize(("status", "said"), [("broken", "Shopify refused"), ("paused", "is paused")])
def test_a_store_that_nobody_can_use_is_the_same_problem_everywhere(place, program, status, said):
    one, domain = program(place), place.stores[0].domain
    Store.objects.update(status=status, problem=Reason("shopify.refused", said=Reason("store.paused")))
    asked = [
        (one.post("/runs", one.wanted()), "/stores/0"),
        (one.get(f"/matches?store={domain}&shopify_field=sku&key=a"), "/store"),
    ]
    for answer, pointer in asked:
        text = errors(answer)[pointer]
        assert text.startswith(f"{domain}: ")
        assert said in text


def test_links_are_found_by_each_sku_that_they_list(scene, program):
    red, blue = Variant(sku="red", options={"Color": "Red"}), Variant(sku="blue", options={"Color": "Blue"})
    place = scene([product(handle="shirt", variants=(red, blue))], [asset("front", "red"), asset("side", "blue", 1)])
    one = program(place)
    one.run(dry_run=False)
    items = one.get("/links").json()["items"]
    assert sorted(item["skus"] for item in items) == [["blue"], ["red"]]
    for item in items:
        found = one.get(f"/links?sku={item['skus'][0]}").json()["items"]
        assert [link["id"] for link in found] == [item["id"]]


def test_addresses_in_answers_are_whole(place, program, settings):
    settings.APP_URL = "https://assetlink.example"
    one = program(place)
    answer = one.post("/runs", one.wanted())
    here = f"/api/v1/runs/{answer.json()['id']}"
    assert answer["Location"] == here
    assert answer.json()["links"] == {
        "self": f"https://assetlink.example{here}",
        "changes": f"https://assetlink.example{here}/changes",
        "report": f"https://assetlink.example{here}/report.csv",
        "page": f"https://assetlink.example/syncs/{answer.json()['id']}/",
    }
