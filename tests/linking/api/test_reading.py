"""What programs read of stores: what keys mean there, and the files that came from us."""

import pytest

from linking.models import StoreFile
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    products = [product("a"), product("same", handle="x"), product("same", handle="y")]
    return scene(products, [asset("fa", "a"), asset("fb", "a")], stores=1)


def ask(one, *keys: str, field: str = "sku", store: str = ""):
    of = store or one.scene.stores[0].domain
    return one.get(f"/matches?store={of}&shopify_field={field}" + "".join(f"&key={key}" for key in keys))


def test_keys_are_answered_as_a_run_would(place, program):
    found = ask(program(place), "a", "same", "nothing", "a").json()["items"]
    said = [(one["key"], one["verdict"], len(one["products"]), one["reason_code"]) for one in found]
    assert [one["count"] for one in found] == [1, 2, 0]
    assert said == [
        ("a", "matched", 1, ""),
        ("same", "ambiguous", 2, "match.several_products"),
        ("nothing", "unmatched", 0, "match.no_product"),
    ]
    [card] = found[0]["products"]
    assert (card["handle"], card["title"], card["skus"]) == ("product-a", "Product a", ["a"])


def test_a_handle_is_a_key_as_well(place, program):
    [found] = ask(program(place), "x", field="handle").json()["items"]
    assert (found["verdict"], found["products"][0]["handle"]) == ("matched", "x")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"field": "colour"}, "/shopify_field"),
        ({"field": "metafield:custom.nothing"}, "/shopify_field"),
        ({"store": "elsewhere.myshopify.com"}, "/store"),
    ],
)
def test_what_is_wrong_with_a_question_is_pointed_to(place, program, query, pointer):
    answer = ask(program(place), "a", **query)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_question_has_one_to_fifty_keys(place, program):
    for keys in ((), [str(at) for at in range(51)], ("%20",)):
        answer = ask(program(place), *keys)
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json"), keys


def test_what_no_search_can_answer_is_left_to_a_run(place, program):
    answer = ask(program(place), "%22")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "conflict")
    assert "dry run" in answer.json()["detail"]


def test_a_store_that_refuses_when_it_is_asked_is_a_problem_of_its_own(place, program):
    place.stores[0].access_token = "revoked"
    place.stores[0].save()
    answer = ask(program(place), "a")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (502, "store-unavailable")


def test_files_are_those_that_shopify_was_asked_for(place, program):
    one = program(place)
    one.run()  # only planned
    assert StoreFile.objects.count() == 2
    assert one.get("/files").json()["items"] == []
    one.run(dry_run=False)
    found = one.get("/files").json()["items"]
    assert [(file["state"], file["kind"], file["store"]) for file in found] == [
        ("ready", "image", place.stores[0].domain)
    ] * 2
    assert all(file["file_id"].startswith("gid://") and file["source_url"].startswith("http") for file in found)
    names = {place.shop.files[file["file_id"]].filename for file in found}
    assert {file["name"] for file in found} == names


def test_files_come_page_by_page_by_store_and_by_asset(place, program):
    one = program(place)
    one.run(dry_run=False)
    first = one.get("/files?limit=1").json()
    rest = one.get(f"/files?limit=1&cursor={first['next_cursor']}").json()
    ids = [file["asset_id"] for page in (first, rest) for file in page["items"]]
    assert (len(set(ids)), rest["next_cursor"]) == (2, None)
    assert [file["asset_id"] for file in one.get(f"/files?asset_id={ids[0]}").json()["items"]] == ids[:1]
    [error] = one.get("/files?store=elsewhere.myshopify.com").json()["errors"]
    assert error["pointer"] == "/store"


def test_files_that_were_there_before_are_not_ours(place, program):
    one = program(place)
    one.run(dry_run=False)
    StoreFile.objects.filter(pk=StoreFile.objects.earliest("pk").pk).update(adopted=True)
    assert len(one.get("/files").json()["items"]) == 1


def test_a_key_of_one_store_sees_neither_files_nor_keys_of_another(scene, program):
    place = scene([product("a")], [asset("fa", "a")], stores=2)
    program(place).run(dry_run=False)
    other = program(place, "links:read", store=1)
    assert {file["store"] for file in other.get("/files").json()["items"]} <= {place.stores[1].domain}
    assert ask(other, "a", store=place.stores[0].domain).status_code == 422
