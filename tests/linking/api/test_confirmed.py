"""What a program confirms before there is a plan: how many pictures may leave galleries, and how many files get other content."""

import pytest

from linking.models import Sync
from tests.linking.api.test_products import changes
from tests.linking.planning.test_gate import new_version
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    return scene([product("a", pictures=1), product("b")], [asset("fa", "a"), asset("fb", "b")])


@pytest.mark.parametrize("mode", ["reset", "mirror"])
def test_a_mode_that_may_take_pictures_away_writes_where_none_leaves(scene, program, mode):
    place = scene([product("a")], [asset("fa", "a")])
    one = program(place, "links:write", "runs:read")
    answer = one.post("/runs", one.wanted(mode=mode, dry_run=False))
    assert answer.json()["dry_run"] is False
    known = one.finish(answer)
    assert (known["state"], known["dry_run"], known["removals"], known["not_applied"]) == ("done", False, 0, "")
    assert place.assets_in("product-a") == ["fa"]


def test_as_many_as_were_confirmed_leave(place, program):
    known = program(place).run(mode="reset", dry_run=False, removals=1)
    assert (known["state"], known["dry_run"], known["not_applied"]) == ("done", False, "")
    assert (place.assets_in("product-a"), place.assets_in("product-b")) == (["fa"], ["fb"])


@pytest.mark.parametrize("removals", [0, 2])
def test_with_another_number_the_run_stops_at_its_plan_and_says_so(place, program, removals):
    one = program(place)
    known = one.run(mode="reset", dry_run=False, removals=removals)
    assert (known["state"], known["dry_run"], known["removals"], place.mutations()) == ("planned", True, 1, [])
    assert known["not_applied"].startswith("Nothing was written: 1 picture would leave its gallery.")
    assert known["not_applied"].endswith("with removals 1.")
    done = one.finish(one.post(f"/runs/{known['id']}/apply", {"removals": 1}))
    assert (done["state"], done["not_applied"], place.assets_in("product-a")) == ("done", "", ["fa"])


def test_a_dry_run_stays_one_whatever_is_confirmed(place, program):
    known = program(place).run(mode="reset", removals=1)
    assert (known["state"], known["not_applied"], place.mutations()) == ("planned", "", [])


@pytest.mark.parametrize(("removals", "state"), [(1, "planned"), (2, "done")])
def test_the_number_is_that_of_all_stores_together(scene, program, removals, state):
    place = scene([product("a", pictures=1)], [asset("fa", "a")], stores=2)
    known = program(place).run(mode="reset", dry_run=False, removals=removals)
    assert [store["state"] for store in known["stores"]] == [state] * 2
    assert (known["removals"], bool(known["not_applied"])) == ((2, True) if state == "planned" else (0, False))
    assert place.assets_in("product-a") == (["product-a-0"] if state == "planned" else ["fa"])


def test_to_confirm_that_pictures_leave_needs_the_scope_for_it(place, program):
    one = program(place, "links:write", "runs:read")
    refused = one.post("/runs", one.wanted(mode="reset", dry_run=False, removals=1))
    assert (refused.status_code, refused.json()["scopes"]) == (403, ["links:remove"])
    assert one.post("/runs", one.wanted(mode="reset", removals=1)).status_code == 202


def test_as_many_contents_as_were_confirmed_are_replaced(scene, program):
    place = scene([product("a")], [asset("fa", "a")])
    one = program(place)
    one.run(kind="upload", match=None, dry_run=False)
    new_version(place, "fa")
    asked = {"kind": "upload", "match": None, "new_versions": "replace", "dry_run": False}
    stopped = one.run(**asked)
    assert (stopped["state"], stopped["replaced"]) == ("planned", 1)
    assert stopped["not_applied"].startswith("Nothing was written: 1 file would get other content.")
    done = one.run(**asked, replaced=1)
    assert (done["state"], done["counts"]["done"]) == ("done", 1)


def test_what_is_excluded_is_reported_and_goes_nowhere(place, program):
    one = program(place)
    known = one.run(assets=[], search="public_id:shop/*", exclude=[{"public_id": "shop/fb"}], dry_run=False)
    assert (place.assets_in("product-a"), place.assets_in("product-b")) == (["product-a-0", "fa"], [])
    [line] = [row for row in changes(one, known) if row["asset"] == "fb"]
    assert (line["outcome"], line["reason_code"]) == ("skipped", "asset.excluded")


def test_what_is_excluded_has_to_be_there_and_products_name_what_they_take(place, program):
    one = program(place)
    lost = one.post("/runs", one.wanted(exclude=[{"public_id": "shop/none"}]))
    assert [error["pointer"] for error in lost.json()["errors"]] == ["/exclude/0"]
    ids = [{"asset_id": id} for id in place.world.environments[0].assets]
    body = {
        "products": [{"product": {"sku": "a"}, "assets": ids}],
        "exclude": ids[:1],
        "stores": one.wanted()["stores"],
    }
    assert [error["pointer"] for error in one.post("/runs", body).json()["errors"]] == ["/exclude"]
    assert not Sync.objects.exists()
