"""Runs of programs: begun, watched, applied and taken back by the same doors as a person's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linking.models import Link, Selection, StoreFile, Sync
from setup.models import AuditEntry
from tests.scenes import asset, product


def scene_of(scene, **more):
    return scene([product("a", pictures=1), product("b")], [asset("fa", "a"), asset("fb", "b")], **more)


def test_a_run_is_a_dry_run_unless_it_says_otherwise(scene, program):
    place = scene_of(scene)
    known = program(place).run()
    assert (known["dry_run"], known["state"], known["busy"]) == (True, "planned", False)
    assert known["counts"]["pending"] == 2
    assert place.assets_in("product-a") == ["product-a-0"]


def test_a_run_links_what_it_names_and_history_names_the_key(scene, program):
    place = scene_of(scene)
    known = program(place).run(dry_run=False)
    assert (known["state"], known["created_by"], known["counts"]["done"]) == ("done", "nightly job", 2)
    assert place.assets_in("product-a") == ["product-a-0", "fa"]
    assert Link.objects.count() == 2
    assert AuditEntry.objects.filter(action="sync.start").latest("pk").person == "nightly job"


def test_a_plan_is_applied_and_the_run_taken_back(scene, program):
    place, one = scene_of(scene), None
    one = program(place)
    planned = one.run()
    done = one.finish(one.post(f"/runs/{planned['id']}/apply", {}))
    assert done["state"] == "done"
    assert place.assets_in("product-b") == ["fb"]
    back = one.finish(one.post(f"/runs/{planned['id']}/undo"))
    assert (back["kind"], back["dry_run"], back["removals"]) == ("undo", True, 2)
    unconfirmed = one.post(f"/runs/{back['id']}/apply", {})
    assert (unconfirmed.status_code, unconfirmed.json()["type"].rpartition("/")[2]) == (409, "conflict")
    one.finish(one.post(f"/runs/{back['id']}/apply", {"removals": 2}))
    assert place.assets_in("product-b") == []


def test_what_takes_pictures_away_needs_a_scope_of_its_own(scene, program):
    place = scene_of(scene)
    one = program(place, "links:write", "runs:read", "runs:write")
    planned = one.run(mode="reset", dry_run=False)
    assert (planned["state"], planned["removals"]) == ("planned", 1)
    refused = one.post(f"/runs/{planned['id']}/apply", {"removals": 1})
    assert (refused.status_code, refused.json()["scopes"]) == (403, ["links:remove"])
    assert place.assets_in("product-a") == ["product-a-0"]


def test_changes_come_page_by_page(scene, program):
    place = scene_of(scene)
    one = program(place)
    known = one.run()
    first = one.get(f"/runs/{known['id']}/changes?limit=1").json()
    rest = one.get(f"/runs/{known['id']}/changes?limit=1&cursor={first['next_cursor']}").json()
    assert [row["asset"] for page in (first, rest) for row in page["items"]] == ["fa", "fb"]
    assert rest["next_cursor"] is None
    assert first["items"][0] | {"planned": "add", "outcome": "pending", "key": "a"} == first["items"][0]
    assert one.get(f"/runs/{known['id']}/changes?cursor=nonsense").status_code == 422


def test_an_upload_goes_to_the_files_of_the_store(scene, program):
    place = scene_of(scene)
    known = program(place, "files:write", "runs:read").run(kind="upload", match=None, dry_run=False)
    assert (known["kind"], known["counts"]["done"]) == ("upload", 2)


def test_what_is_wrong_is_pointed_to_and_nothing_is_begun(scene, program):
    place = scene_of(scene)
    one = program(place)
    wrong = one.wanted(mode="wipe", position=999)
    assert one.post("/runs", wrong).json()["errors"][0]["pointer"] == "/position"
    for change, pointer in (
        ({"mode": "wipe"}, "/mode"),
        ({"dryrun": False}, "/dryrun"),
        ({"stores": ["elsewhere.myshopify.com"]}, "/stores/0"),
        ({"stores": []}, "/stores"),
        ({"assets": []}, "/assets"),
        ({"assets": [{"public_id": "shop/none"}]}, "/assets/0"),
        ({"match": {"cloudinary_field": "metadata:sku", "shopify_field": "sku:x"}}, "/match/shopify_field"),
    ):
        answer = one.post("/runs", one.wanted() | change)
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json"), change
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.json()
    assert (Sync.objects.count(), Selection.objects.count()) == (0, 0)


def test_assets_are_named_by_their_public_ids_or_by_a_search(scene, program):
    place = scene_of(scene)
    one = program(place)
    by_name = one.run(assets=[{"public_id": "shop/fb"}])
    assert by_name["counts"]["pending"] == 1
    found = one.run(assets=[], search="public_id:shop/*")
    assert found["counts"]["pending"] == 2


@pytest.mark.parametrize("path", ["/runs", "/selections"])
def test_a_search_that_finds_nothing_is_a_problem_of_its_own(scene, program, path):
    one = program(scene_of(scene))
    body = {"search": "public_id:none/*"}
    answer = one.post(path, one.wanted(assets=[]) | body if path == "/runs" else body)
    known = answer.json()
    assert (answer.status_code, known["type"].rpartition("/")[2]) == (422, "nothing-found")
    assert [error["pointer"] for error in known["errors"]] == ["/search"]
    assert (Sync.objects.count(), Selection.objects.count()) == (0, 0)


def test_an_alt_text_is_that_of_its_asset_also_where_another_is_named_twice(scene, program):
    place = scene_of(scene)
    one, ids = program(place), {asset.display_name: id for id, asset in place.world.environments[0].assets.items()}
    twice = [{"asset_id": ids["fa"]}, {"asset_id": ids["fa"]}, {"asset_id": ids["fb"], "alt": "Behind"}]
    one.run(assets=twice, dry_run=False)
    assert dict(StoreFile.objects.values_list("asset_id", "alt")) == {ids["fa"]: "", ids["fb"]: "Behind"}


def test_a_list_of_runs_asks_the_database_as_often_as_for_one(scene, program, django_assert_num_queries):
    place = scene_of(scene)
    one = program(place)
    one.run(dry_run=False)
    one.get("/key")  # its first use is noted
    with CaptureQueriesContext(connection) as first:
        one.get("/runs")
    asked = len(first)
    for at in range(3):
        one.run(dry_run=False, mode="prepend", assets=one.wanted()["assets"][: at + 1])
    with django_assert_num_queries(asked):
        items = one.get("/runs").json()["items"]
    assert [item["counts"]["done"] + item["counts"]["unchanged"] for item in items] == [2, 2, 1, 2]


def test_a_list_of_plans_asks_the_database_as_often_as_for_one(scene, program, django_assert_num_queries):
    place = scene_of(scene)
    one = program(place)
    one.run(mode="reset")
    one.run(kind="upload", match=None)
    with CaptureQueriesContext(connection) as few:
        one.get("/runs")
    asked = len(few)
    for _more in range(2):
        one.run(mode="reset")
        one.run(kind="upload", match=None)
    with django_assert_num_queries(asked):
        items = one.get("/runs").json()["items"]
    assert [(item["kind"], item["state"]) for item in items] == [("upload", "planned"), ("link", "planned")] * 3
    assert {item["removals"] for item in items if item["kind"] == "link"} == {1}
