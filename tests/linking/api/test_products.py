"""Runs whose products are named one by one: by id, handle or SKU, each with its own assets."""

import pytest
from django.utils import timezone

from linking import jobs
from linking.models import GroupArrangement, Selection, StoreMatch, Sync
from linking.models.jobs import JobState
from linking.reporting.summary import summary_of
from linking.runs import again
from linking.selection.last_settings import offer_to
from linking.selection.run_again import CannotRepeat
from sandbox.building import add_product
from setup.models import Member, Store
from setup.security.actors import Actor
from tests.linking.visits import enter, text_of
from tests.scenes import Variant, asset, product


def named(place, *rows, **more):
    """Rows as (product, names of assets, …more of the row)."""
    ids = {one.display_name: one.asset_id for one in place.world.environments[0].assets.values()}
    products = [
        {"product": of, "assets": [{"asset_id": ids[name]} for name in names], **(rest[0] if rest else {})}
        for of, names, *rest in rows
    ]
    return {"products": products, "stores": [store.domain for store in place.stores], **more}


def run(one, place, *rows, **more):
    answer = one.post("/runs", named(place, *rows, **more))
    assert answer.status_code == 202, answer.content
    return one.finish(answer)


def changes(one, known) -> list[dict]:
    return one.get(f"/runs/{known['id']}/changes?limit=250").json()["items"]


@pytest.fixture
def place(scene):
    products = [product("a", pictures=1), product("b"), product("c")]
    return scene(products, [asset(name) for name in ("one", "two", "three")])


def test_each_product_gets_its_own_assets_in_order_and_an_asset_may_be_in_several(place, program):
    one = program(place)
    id = place.shop.product_with("product-c").id
    rows = [({"handle": "product-a"}, ["two", "one"]), ({"sku": "b"}, ["three"]), ({"id": id}, ["one", "three"])]
    known = run(one, place, *rows, dry_run=False)
    assert (known["state"], known["names_products"], known["counts"]["done"]) == ("done", True, 5)
    assert place.assets_in("product-a") == ["product-a-0", "two", "one"]
    assert place.assets_in("product-b") == ["three"]
    assert place.assets_in("product-c") == ["one", "three"]
    found = {(row["product_id"], row["asset"]): row["row"] for row in changes(one, known)}
    assert sorted(found.values()) == [0, 0, 1, 2, 2]
    assert found[id, "one"] == 2


def test_a_name_without_product_or_with_several_is_an_error_of_its_row_alone(scene, program):
    products = [product("a"), product("same", handle="x"), product("same", handle="y")]
    place = scene(products, [asset("one"), asset("two")])
    one = program(place)
    rows = [
        ({"handle": "nothing"}, ["one"]),
        ({"sku": "same"}, ["one", "two"]),
        ({"id": "gid://shopify/Product/1"}, ["two"]),
        ({"handle": "product-a"}, ["two"]),
    ]
    known = run(one, place, *rows, dry_run=False)
    assert (known["state"], known["counts"]["done"], known["counts"]["skipped"]) == ("done", 1, 4)
    found = [(row["row"], row["key"], row["outcome"], row["reason_code"]) for row in changes(one, known)]
    assert sorted(found) == [
        (0, "nothing", "skipped", "match.no_product_named"),
        (1, "same", "skipped", "match.several_products_named"),
        (1, "same", "skipped", "match.several_products_named"),
        (2, "gid://shopify/Product/1", "skipped", "match.no_product_named"),
        (3, "product-a", "done", ""),
    ]
    assert "No product has the handle" in str(changes(one, known))


def test_names_are_taken_letter_by_letter_also_where_keys_are_not(scene, program):
    place = scene([product("ab", handle="small"), product("AB", handle="large")], [asset("one"), asset("two")])
    place.environment.default_fold = True
    place.environment.save()
    run(program(place), place, ({"sku": "AB"}, ["one"]), ({"sku": "ab"}, ["two"]), dry_run=False)
    assert (place.assets_in("large"), place.assets_in("small")) == (["one"], ["two"])


def test_in_each_store_a_handle_means_that_stores_own_product(scene, program):
    place = scene([], [asset("one")], stores=2)
    shops = [place.world.shops[store.domain] for store in place.stores]
    for shop, (first, second) in zip(shops, (("shirt", "shoe"), ("shoe", "shirt")), strict=True):
        add_product(shop, product("1", handle=first, title="Mine"))
        add_product(shop, product("2", handle=second, title="Another"))
    one = program(place)
    known = run(one, place, ({"handle": "shirt"}, ["one"]), dry_run=False)
    found = {(row["store"], row["product"], row["row"]) for row in changes(one, known)}
    assert found == {(place.stores[0].domain, "Mine", 0), (place.stores[1].domain, "Another", 0)}
    assert [len(shop.product_with(handle).media) for shop in shops for handle in ("shirt", "shoe")] == [1, 0, 1, 0]


def test_a_plan_writes_nothing_and_is_applied_then_taken_back(place, program):
    one = program(place)
    planned = run(one, place, ({"sku": "a"}, ["one"]), ({"sku": "b"}, ["two"]))
    assert (planned["state"], planned["counts"]["pending"], place.assets_in("product-b")) == ("planned", 2, [])
    one.finish(one.post(f"/runs/{planned['id']}/apply", {}))
    assert place.assets_in("product-a") == ["product-a-0", "one"]
    back = one.finish(one.post(f"/runs/{planned['id']}/undo"))
    assert {row["row"] for row in changes(one, back)} == {0, 1}
    one.finish(one.post(f"/runs/{back['id']}/apply", {"removals": 2}))
    assert (place.assets_in("product-a"), place.assets_in("product-b")) == (["product-a-0"], [])


def test_what_failed_is_tried_again_by_what_the_store_answered_before(place, program):
    one = program(place)
    planned = run(one, place, ({"handle": "product-a"}, ["one"]), ({"handle": "product-b"}, ["two"]))
    place.elsewhere("ProductDelete", id=place.shop.product_with("product-b").id)
    done = one.finish(one.post(f"/runs/{planned['id']}/apply", {}))
    assert done["counts"]["done"] == 1
    again_ = one.finish(one.post(f"/runs/{planned['id']}/retry"))
    assert (again_["names_products"], again_["counts"]["failed"]) == (True, 1)
    assert {row["row"] for row in changes(one, again_)} == {1}


def test_the_place_in_the_gallery_is_each_rows_own(scene, program):
    place = scene([product("a", pictures=2), product("b", pictures=2)], [asset("one"), asset("two")])
    rows = [({"sku": "a"}, ["one"], {"position": 2}), ({"sku": "b"}, ["two"])]
    run(program(place), place, *rows, mode="position", dry_run=False)
    assert place.assets_in("product-a") == ["product-a-0", "one", "product-a-1"]
    assert place.assets_in("product-b") == ["two", "product-b-0", "product-b-1"]


def test_a_sku_stands_for_its_variant(scene, program):
    place = scene(
        [product("a", variants=(Variant(sku="a-1", options={"Size": "S"}), Variant(sku="a-2", options={"Size": "M"})))],
        [asset("one")],
    )
    one = program(place)
    run(one, place, ({"sku": "a-2"}, ["one"]), dry_run=False)
    assert [link["skus"] for link in one.get("/links?sku=a-2").json()["items"]] == [["a-2"]]
    assert one.get("/links?sku=a-1").json()["items"] == []


def test_alt_texts_come_along(place, program):
    one = program(place)
    body = named(place, ({"sku": "a"}, ["one"]), ({"sku": "b"}, ["one", "two"]), dry_run=False)
    body["products"][0]["assets"][0]["alt"] = "A first picture"
    one.finish(one.post("/runs", body))
    files = {file["alt"] for file in one.get("/files").json()["items"]}
    assert "A first picture" in files


def test_no_field_is_asked_for_and_nobody_is_offered_what_such_a_run_was_set_to(place, program):
    one = program(place)
    answer = one.post("/runs", named(place, ({"sku": "a"}, ["one"])))
    sync = Sync.objects.get()
    jobs.fetch(sync.selection_id)
    assert not StoreMatch.objects.exists()
    one.finish(answer)
    assert list(StoreMatch.objects.values_list("shopify_field", "known")) == [("named", True)]
    assert not GroupArrangement.objects.exists()
    Sync.objects.update(dry_run=False)
    assert offer_to(place.member) == {}


def test_such_a_run_cannot_be_arranged_by_a_person(place, program, rf):
    known = run(program(place), place, ({"sku": "a"}, ["one"]), dry_run=False)
    sync = Sync.objects.get(key=known["id"])
    with pytest.raises(CannotRepeat, match="A program named the products"):
        again(Actor(Member.objects.get(pk=place.member.pk), is_operator=True), sync)


def test_its_page_and_its_report_say_that_a_program_named_the_products(place, program, client):
    known = run(program(place), place, ({"sku": "a"}, ["one"]), ({"handle": "nothing"}, ["two"]), dry_run=False)
    page = enter(client, place.member).get(known["links"]["page"])
    assert "Products Named by the program" in text_of(page)
    assert "A program named the product." in text_of(page)
    assert 'id="again"' not in page.content.decode()
    summary = summary_of(Sync.objects.get(key=known["id"]), now=timezone.now())
    assert ("Products", "named by the program") in summary.facts
    [keys] = [table for table in summary.tables if table.title == "Keys"]
    assert {row[0]: row[1] for row in keys.rows if row[1]} == {"Matched": 1, "Unmatched": 1, "Total": 2}
    history = enter(client, place.member).get("/syncs/")
    assert f"/syncs/{known['id']}/" in history.content.decode()


def test_a_sku_that_searches_may_miss_is_looked_for_in_the_whole_catalog(scene, program):
    place = scene([product('3" pipe', handle="pipe"), product("b")], [asset("one"), asset("two")])
    one = program(place)
    rows = [({"sku": '3" pipe'}, ["one"]), ({"sku": '4" pipe'}, ["one"]), ({"handle": "product-b"}, ["two"])]
    known = run(one, place, *rows, dry_run=False)
    assert (known["counts"]["done"], known["counts"]["skipped"]) == (2, 1)
    assert (place.assets_in("pipe"), place.assets_in("product-b")) == (["one"], ["two"])
    assert {row["row"] for row in changes(one, known) if row["outcome"] == "skipped"} == {1}


def test_a_store_that_did_not_answer_is_asked_for_its_products_by_the_retry(scene, program):
    place = scene([], [asset("one")], stores=2)
    for store in place.stores:
        add_product(place.world.shops[store.domain], product("a"))
    one = program(place)
    answer = one.post("/runs", named(place, ({"handle": "product-a"}, ["one"]), dry_run=False))
    away = place.stores[1]
    token, away.access_token = away.access_token, "revoked"
    away.save()
    known = one.finish(answer)
    assert [store["state"] for store in known["stores"]] == ["done", "failed"]
    assert list(StoreMatch.objects.filter(known=True).values_list("store", flat=True)) == [place.stores[0].pk]
    away.access_token, away.status = token, Store.Status.CONNECTED
    away.save()
    done = one.finish(one.post(f"/runs/{known['id']}/retry"))
    assert ([store["store"] for store in done["stores"]], done["counts"]["done"]) == ([away.domain], 1)


def test_without_its_assets_a_run_ends_and_is_not_tried_again(place, program):
    one = program(place)
    answer = one.post("/runs", named(place, ({"sku": "a"}, ["one"]), dry_run=False))
    sync = Sync.objects.get()
    Selection.objects.update(state=JobState.FAILED)
    place.finish(sync)
    assert one.get(f"/runs/{sync.key}").json()["state"] == "failed"
    again_ = one.post(f"/runs/{answer.json()['id']}/retry")
    assert (again_.status_code, "Begin it again" in again_.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"match": {"cloudinary_field": "metadata:sku", "shopify_field": "sku"}}, "/match"),
        ({"search": "public_id:*"}, "/search"),
        ({"kind": "upload"}, "/kind"),
        ({"order_by": [{"field": "public_id"}]}, "/order_by"),
        ({"products": [{"product": {"sku": "a"}, "assets": []}]}, "/products/0/assets"),
        ({"products": [{"product": {}, "assets": [{"asset_id": "0" * 32}]}]}, "/products/0/product"),
        (
            {"products": [{"product": {"sku": "a", "handle": "b"}, "assets": [{"asset_id": "0" * 32}]}]},
            "/products/0/product",
        ),
        (
            {"products": [{"product": {"id": "gid://shopify/Product/x"}, "assets": [{"asset_id": "0" * 32}]}]},
            "/products/0/product",
        ),
        ({"products": [{"product": {"sku": "a"}, "assets": [{}]}]}, "/products/0/assets/0"),
        ({"products": [{"product": {"sku": "a"}, "assets": [{"public_id": "none"}]}]}, "/products/0/assets/0"),
        (
            {"products": [{"product": {"sku": "a"}, "assets": [{"asset_id": "0" * 32}], "position": 2}]},
            "/products/0/position",
        ),
    ],
)
def test_what_is_wrong_is_pointed_to(place, program, change, pointer):
    answer = program(place).post("/runs", named(place, ({"sku": "a"}, ["one"])) | change)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.json()
    assert not Sync.objects.exists()


def test_an_asset_has_one_alt_text(place, program):
    body = named(place, ({"sku": "a"}, ["one"]), ({"sku": "b"}, ["one"]))
    for at, alt in enumerate(("this", "that")):
        body["products"][at]["assets"][0]["alt"] = alt
    answer = program(place).post("/runs", body)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/products/1/assets/0/alt"]


def test_a_thousand_assets_in_three_hundred_rows(scene, program):
    products = [product(f"p{at}", pictures=0) for at in range(300)]
    place = scene(products, [asset(f"f{at}") for at in range(1000)])
    rows = [({("handle", "sku")[at % 2]: (f"product-p{at}", f"p{at}")[at % 2]}, []) for at in range(300)]
    for at in range(1000):
        rows[at % 300][1].append(f"f{at}")
    one = program(place)
    known = run(one, place, *rows)
    assert (known["counts"]["pending"], known["counts"]["skipped"]) == (1000, 0)
    assert len({row["product_id"] for row in changes(one, known)}) <= 300
    # 3 searches of handles, 3 of SKUs, 2 calls for what the products are; the rest reads galleries.
    assert known["stores"][0]["requests"] <= 15
