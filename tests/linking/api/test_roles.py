"""What an asset is of the product that its row names: a picture of the gallery, or the swatch."""

import csv
import json

import pytest

from linking.domain.arrangements import KeptArrangement
from linking.models import Link, Sync
from linking.reporting.writing import write_report
from tests.linking.api.test_products import changes, run
from tests.linking.syncing.test_swatches import named as swatches_of
from tests.linking.syncing.video_runs import film
from tests.scenes import Variant, asset, product

RED, BLUE = Variant(sku="red", options={"Color": "Red"}), Variant(sku="blue", options={"Color": "Blue"})


@pytest.fixture
def place(scene):
    """By its tag, `chip` is a swatch to everybody who does not say otherwise."""
    shelf = [product(handle="shirt", variants=(RED, BLUE)), product("b")]
    return scene(shelf, [asset("front", shade=1), asset("chip", shade=2, tags=["swatch"]), asset("dot", shade=3)])


def with_roles(place, *rows, **more):
    """Rows as (product, {name of an asset: its role})."""
    ids = {one.display_name: one.asset_id for one in place.world.environments[0].assets.values()}
    products = [
        {"product": of, "assets": [{"asset_id": ids[name], "role": role} for name, role in roles.items()]}
        for of, roles in rows
    ]
    return {"products": products, "stores": [store.domain for store in place.stores], "dry_run": False, **more}


def test_a_role_decides_what_an_asset_is_and_without_one_the_rule_does(place, program):
    one = program(place)
    rows = [
        ({"sku": "red"}, {"front": None, "dot": "swatch"}),
        ({"sku": "blue"}, {"front": "gallery", "chip": None}),
        ({"handle": "product-b"}, {"chip": "gallery", "dot": None}),
    ]
    known = one.finish(one.post("/runs", with_roles(place, *rows)))
    assert known["state"] == "done"
    assert swatches_of(place, "shirt") == ["dot", "chip"]
    assert (place.assets_in("shirt"), place.assets_in("product-b")) == (["front"], ["chip", "dot"])
    found = {(row["asset"], row["row"]) for row in changes(one, known)}
    assert found == {("front", 0), ("dot", 0), ("chip", 1), ("chip", 2), ("dot", 2)}
    back = one.finish(one.post(f"/runs/{known['id']}/undo"))
    one.finish(one.post(f"/runs/{back['id']}/apply", {"removals": back["removals"]}))
    assert (swatches_of(place, "shirt"), Link.objects.count()) == ([], 0)


def test_what_is_no_picture_is_no_swatch(scene, program):
    place = scene([product("a")], [film("clip")])
    one = program(place)
    known = one.finish(one.post("/runs", with_roles(place, ({"sku": "a"}, {"clip": "swatch"}))))
    [line] = changes(one, known)
    assert (line["outcome"], line["reason_code"], line["row"]) == ("skipped", "swatch.no_picture", 0)
    assert place.mutations() == []


def test_two_roles_in_one_row_and_an_unknown_one_are_refused(place, program):
    body = with_roles(place, ({"sku": "b"}, {"dot": "swatch"}))
    [row] = body["products"]
    row["assets"].append({**row["assets"][0], "role": "gallery"})
    answer = program(place).post("/runs", body)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/products/0/assets/1/role"]
    row["assets"][1:] = []
    row["assets"][0]["role"] = "hero"
    answer = program(place).post("/runs", body)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/products/0/assets/0/role"]


def test_a_role_of_another_release_is_not_ignored():
    group = ["a", ["x"], False, {}, True, {"asks": "sku:a", "position": 0, "roles": {"x": "hero"}}]
    read = KeptArrangement.of({"groups": [group], "excluded": [], "alts": {}, "alt_sources": {}})
    assert not read.whole("groups")


def test_reports_have_the_row_where_a_request_had_rows(place, program):
    one = program(place)
    known = run(one, place, ({"handle": "nothing"}, ["front"]), ({"sku": "b"}, ["dot", "front"]), dry_run=False)
    for format in ("csv", "jsonl"):
        one.get(f"/runs/{known['id']}/report.{format}")
        write_report(Sync.objects.get().reports.get(format=format).pk)
    text = b"".join(one.get(f"/runs/{known['id']}/report.csv").streaming_content).decode("utf-8-sig")
    found = [(row["Row of the request (from 0)"], row["Asset"]) for row in csv.DictReader(text.splitlines())]
    assert sorted(found) == [("0", "front"), ("1", "dot"), ("1", "front")]
    lines = b"".join(one.get(f"/runs/{known['id']}/report.jsonl").streaming_content).decode().splitlines()
    rows = [row["row"] for row in map(json.loads, lines) if row["kind"] == "change"]
    assert sorted(rows) == [0, 1, 1]


def test_other_reports_have_no_such_column(place, program):
    one = program(place)
    known = one.run(dry_run=False)
    one.get(f"/runs/{known['id']}/report.csv")
    write_report(Sync.objects.get().reports.get().pk)
    assert b"Row of" not in b"".join(one.get(f"/runs/{known['id']}/report.csv").streaming_content)
