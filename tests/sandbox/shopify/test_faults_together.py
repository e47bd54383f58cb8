"""Behaviours act together, with each other and with a mishap; what is counted and charged stays true."""

import pytest
import urllib3

from tests.sandbox.shopify.conftest import picture


def row(source, **more):
    return {"originalSource": source, **more}


@pytest.fixture
def mug(shop):
    return shop.add_product(handle="mug", title="Mug", pictures=[picture(f"{name}.jpg") for name in "abcdefg"])


def test_a_stale_short_page_and_shuffled_rows_whose_answer_is_lost(client, world, shop, mug, sources):
    client.script("stale_reads", seconds=3)
    client.script("pages_of", code="2")
    client.script("rows_shuffled")
    client.script("lost_answer", operation="fileCreate", times=1)
    a, b, *_ = client.gallery(mug)
    client.update({"id": a, "referencesToRemove": [mug]})
    with pytest.raises(urllib3.exceptions.ProtocolError):
        client.create(row(f"{sources}/new.jpg", alt="0"), row(f"{sources}/new.jpg", alt="1"))
    assert client.gallery(mug) == [a, b]
    again = client.create(row(f"{sources}/new.jpg", alt="2"), row(f"{sources}/new.jpg", alt="3"))
    assert [shop.files[file["id"]].alt for file in again["files"]] == ["3", "2"]
    assert len(shop.files) == 7 + 4
    answers = [(entry["operation"], entry["answer"]) for entry in world.journal.since(0)]
    assert answers == [("fileUpdate", "sent"), ("fileCreate", "lost"), ("fileCreate", "sent")]
    world.forward(3.1)
    assert client.gallery(mug)[0] == b


def test_a_young_file_without_a_picture_that_is_added_in_another_order(client, world, mug, sources):
    for kind, given in (
        ("nodes_null", {"seconds": 5}),
        ("ready_without_image", {"seconds": 60}),
        ("media_shuffled", {}),
        ("slow_reorders", {"seconds": 25}),
        ("null_shapes", {"code": "extensions"}),
        ("null_shapes", {"code": "userErrors"}),
    ):
        client.script(kind, **given)
    made = [file["id"] for file in client.create(*(row(f"{sources}/{n}.jpg") for n in "xy"))["files"]]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on MediaImage { fileStatus image { url } } } }"
    assert client.get(query, {"ids": made})["nodes"] == [None, None]
    world.forward(6)
    assert client.settled(made) == ["READY", "READY"]
    assert client.get(query, {"ids": made})["nodes"] == [{"fileStatus": "READY", "image": None}] * 2
    answer = client.update(*({"id": file_id, "referencesToAdd": [mug]} for file_id in made))
    assert answer["userErrors"] is None
    last = client.gallery(mug)[-2:]
    assert last == made[::-1]
    moves = [{"id": made[0], "newPosition": "0"}]
    job = client.run("ReorderMedia", id=mug, moves=moves)["job"]["id"]
    world.forward(24)
    assert client.run("Job", id=job)["done"] is False


def test_a_mishap_before_the_work_leaves_behaviours_uncounted(client, mug, sources):
    client.script("rows_shuffled", times=1)
    client.script("http_503", times=1)
    rows = [row(f"{sources}/{name}.jpg") for name in "xy"]
    query = "mutation ($files: [FileCreateInput!]!) { fileCreate(files: $files) { files { id } } }"
    assert client.post(query, {"files": rows}).status == 503
    assert client.scripted() == ["rows_shuffled"]


def test_behaviours_cost_no_more_than_a_good_day(client, mug):
    query = "query ($id: ID!) { product(id: $id) { media(first: 250) { nodes { id alt } } } }"
    usual = client.post(query, {"id": mug}).cost
    client.script("stale_reads", seconds=3)
    client.script("errors_beside", code="SOMETHING")
    cost = client.post(query, {"id": mug}).cost
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (
        usual["requestedQueryCost"],
        usual["actualQueryCost"],
    )


def test_a_behaviour_of_one_store_leaves_the_others_alone(client, world, mug):
    other = world.add_shop(domain="moss.myshopify.com")
    product = other.add_product(handle="mug", title="Mug", pictures=[picture(f"{name}.jpg") for name in "abc"])
    client.script("pages_of", code="1", store=client.domain)
    client.script("stale_reads", seconds=3, store=client.domain)
    client.domain = other.domain
    assert len(client.gallery(product)) == 3
    assert other.history.kept is False


def test_what_was_ready_when_outlives_a_restart(client, world, shop, sources):
    from sandbox.shopify.shop import Shop

    client.script("ready_without_image", seconds=60)
    (ready,) = client.ready(row(f"{sources}/a.jpg"))
    world.shops[shop.domain] = Shop.load(shop.dump(), world)
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on MediaImage { image { url } } } }"
    assert client.get(query, {"ids": [ready]})["nodes"] == [{"image": None}]
    data = world.shops[shop.domain].dump()
    for file in data["files"]:
        del file["ready_at"]
    world.shops[shop.domain] = Shop.load(data, world)  # of a world that was kept before there was such a time
    assert client.get(query, {"ids": [ready]})["nodes"][0]["image"]
