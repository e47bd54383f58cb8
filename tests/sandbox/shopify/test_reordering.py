"""productReorderMedia: a job, moves one after another, in effect a moment later."""

import pytest

from sandbox.shopify.reorders import moved
from tests.sandbox.shopify.conftest import picture


@pytest.fixture
def mug(shop):
    return shop.add_product(handle="mug", title="Mug", pictures=[picture(f"{name}.jpg") for name in "abcd"])


def reorder(client, product, *moves):
    return client.run("ReorderMedia", id=product, moves=[{"id": i, "newPosition": p} for i, p in moves])


def test_the_order_changes_a_moment_after_the_answer(client, world, mug):
    a, b, c, d = client.gallery(mug)
    answer = reorder(client, mug, (d, "0"))
    assert (answer["job"]["done"], answer["mediaUserErrors"]) == (False, [])
    assert client.gallery(mug) == [a, b, c, d]
    assert client.run("Job", id=answer["job"]["id"])["done"] is False
    world.forward(0.2)
    assert client.gallery(mug) == [d, a, b, c]
    assert client.run("Job", id=answer["job"]["id"])["done"] is True


def test_moves_apply_one_after_another_and_beyond_the_end_is_the_end():
    assert moved(list("abcd"), [("d", 0), ("a", 3)]) == list("dbca")
    assert moved(list("abcd"), [("a", 99), ("b", 99)]) == list("cdab")
    assert moved(list("abcd"), [("a", 1), ("a", 0)]) == list("abcd")


def test_unknown_media_are_passed_over_without_an_error(client, world, mug):
    a, b, c, d = client.gallery(mug)
    answer = reorder(client, mug, ("gid://shopify/MediaImage/1", "0"), (b, "0"))
    assert answer["mediaUserErrors"] == []
    assert answer["job"]["id"].startswith("gid://shopify/Job/")
    world.forward(1)
    assert client.gallery(mug) == [b, a, c, d]


def test_a_missing_product_is_a_user_error(client):
    answer = reorder(client, "gid://shopify/Product/1", ("gid://shopify/MediaImage/1", "0"))
    error = {"field": ["id"], "message": "Product does not exist", "code": "PRODUCT_DOES_NOT_EXIST"}
    assert answer == {"job": None, "mediaUserErrors": [error]}


def test_positions_are_strings(client, mug):
    query = "mutation ($id: ID!, $m: [MoveInput!]!) { productReorderMedia(id: $id, moves: $m) { job { id } } }"
    error = client.post(query, {"id": mug, "m": [{"id": mug, "newPosition": 0}]}).error
    assert error["extensions"]["problems"] == [
        {"path": [0, "newPosition"], "explanation": "Could not coerce value 0 to UnsignedInt64"}
    ]


def test_two_reorders_take_effect_in_the_order_they_were_sent(client, world, mug):
    a, b, c, d = client.gallery(mug)
    reorder(client, mug, (d, "0"))
    reorder(client, mug, (c, "0"))
    world.forward(1)
    assert client.gallery(mug) == [c, d, a, b]


def test_a_job_of_long_ago_is_done_until_it_is_forgotten(client, world, mug, monkeypatch):
    monkeypatch.setattr("sandbox.shopify.reorders.REMEMBERED", 2)
    jobs = [reorder(client, mug, (client.gallery(mug)[0], "1"))["job"]["id"] for _ in range(3)]
    world.forward(86_400)
    assert [client.run("Job", id=job) for job in jobs] == [None, *({"id": job, "done": True} for job in jobs[1:])]


def test_a_job_that_never_was_is_null(client):
    assert client.get('{ job(id: "gid://shopify/Job/1") { done } }') == {"job": None}
