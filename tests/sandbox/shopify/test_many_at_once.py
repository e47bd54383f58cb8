"""Large calls, and calls side by side: nothing is lost or mixed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.shopify.conftest import Client


def rows(sources, count, prefix="p"):
    return [{"originalSource": f"{sources}/{prefix}{number}.jpg"} for number in range(count)]


def test_250_files_enter_a_gallery_in_one_call_and_in_order(client, shop, sources):
    ids = [file["id"] for file in client.create(*rows(sources, 250))["files"]]
    client.settled(ids)
    product = shop.add_product(handle="mug", title="Mug")
    client.update(*({"id": file, "referencesToAdd": [product]} for file in ids))
    assert client.gallery(product) == ids


@pytest.mark.full
def test_1000_pictures_become_ready_side_by_side(client, sources):
    ids = []
    for part in range(4):
        ids += [file["id"] for file in client.create(*rows(sources, 250, f"p{part}-"))["files"]]
    for at in range(0, 1000, 250):
        assert set(client.settled(ids[at : at + 250])) == {"READY"}


def test_calls_side_by_side_lose_nothing(world, sources):
    stores = [world.add_shop(domain=f"s{number}.myshopify.com", plan="plus") for number in range(3)]

    def work(number):
        store = stores[number % 3]
        client = Client(world, domain=store.domain)
        return client.create(*rows(sources, 5, f"t{number}-"))["files"]

    with ThreadPoolExecutor(8) as pool:
        made = [file["id"] for files in pool.map(work, range(30)) for file in files]
    assert len(set(made)) == 150
    assert [len(store.files) for store in stores] == [50, 50, 50]
    totals = world.journal.totals()
    assert {store.domain: totals[store.domain]["mutations"] for store in stores} == dict.fromkeys(
        (store.domain for store in stores), 10
    )


def test_one_name_goes_to_one_of_many_who_want_it_at_once(world, client, sources):
    wanted = {"originalSource": f"{sources}/a.jpg", "duplicateResolutionMode": "RAISE_ERROR"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: Client(world).create(wanted), range(8)))
    assert sum(len(answer["files"]) for answer in answers) == 1
