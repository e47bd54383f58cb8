"""Scripted behaviours of reading: pictures that come late, nodes that are not known yet, stale reads, short pages."""

import pytest

from tests.sandbox.shopify.conftest import film, picture

FILES = """query ($ids: [ID!]!) { nodes(ids: $ids) {
  id
  ... on File { fileStatus preview { image { url } } }
  ... on MediaImage { image { url } }
  ... on Video { filename sources { url } originalSource { url } }
  ... on GenericFile { url }
} }"""


def nodes(client, *ids):
    return client.get(FILES, {"ids": list(ids)})["nodes"]


def row(source, **more):
    return {"originalSource": source, **more}


@pytest.fixture
def mug(shop):
    return shop.add_product(
        handle="mug",
        title="Mug",
        variants=[{"title": "S", "sku": "1"}],
        metafields={("custom", "a"): ("single_line_text_field", "old")},
        pictures=[picture(f"{name}.jpg", alt="old") for name in "abcdefg"],
    )


def test_a_picture_is_ready_for_some_time_before_it_shows(client, world, sources):
    client.script("ready_without_image", seconds=60)
    (ready,) = client.ready(row(f"{sources}/a.jpg"))
    (node,) = nodes(client, ready)
    assert (node["fileStatus"], node["image"], node["preview"]["image"]) == ("READY", None, None)
    world.forward(60)
    (node,) = nodes(client, ready)
    assert node["image"]["url"].startswith(world.base_url)
    assert node["preview"]["image"] == node["image"]


def test_a_ready_picture_shows_when_it_is_cleared(client, sources):
    client.script("ready_without_image", seconds=60)
    (ready,) = client.ready(row(f"{sources}/a.jpg"))
    client.clear()
    assert nodes(client, ready)[0]["image"]["url"]


def test_a_replaced_picture_is_without_one_for_some_time_too(client, world, shop, sources):
    (ready,) = client.ready(row(f"{sources}/a.jpg"))
    world.forward(1000)
    client.script("ready_without_image", seconds=60)
    client.update({"id": ready, "originalSource": f"{sources}/red.jpg"})
    while shop.files[ready].download:
        client.settled([ready])
    assert nodes(client, ready)[0]["image"] is None


def test_a_generic_file_has_no_url_and_a_video_no_name_and_no_sources(client, world, shop, sources):
    client.script("ready_without_image", seconds=60)
    (manual,) = client.ready(row(f"{sources}/manual.pdf"))
    assert nodes(client, manual)[0]["url"] is None
    product = shop.add_product(handle="v", title="V", pictures=[picture("v.mp4", content=film())])
    (video,) = client.gallery(product)
    shop.files[video].ready_at = world.clock()
    (node,) = nodes(client, video)
    assert (node["filename"], node["sources"], node["originalSource"], node["preview"]["image"]) == ("", [], None, None)
    client.clear()
    assert nodes(client, video)[0]["filename"] == "v.mp4"


def test_a_file_without_a_picture_is_chosen_by_its_name(client, sources):
    client.script("ready_without_image", seconds=60, match="a.jpg")
    assert [
        bool(node["image"]) for node in nodes(client, *client.ready(*(row(f"{sources}/{n}.jpg") for n in "ab")))
    ] == [
        False,
        True,
    ]


def test_what_was_there_before_has_its_picture(client, mug):
    client.script("ready_without_image", seconds=60)
    assert all(node["image"] for node in nodes(client, *client.gallery(mug)))
    assert client.scripted() == ["ready_without_image"]


def test_nodes_does_not_know_young_files(client, world, shop, sources):
    client.script("nodes_null", seconds=10)
    made = [file["id"] for file in client.create(*(row(f"{sources}/{n}.jpg") for n in "ab"))["files"]]
    assert nodes(client, *made) == [None, None]
    world.forward(10)
    assert [node["id"] for node in nodes(client, *made)] == made


def test_young_files_are_chosen_by_name_and_known_when_it_is_cleared(client, sources):
    client.script("nodes_null", seconds=10, match="b.jpg")
    made = [file["id"] for file in client.create(*(row(f"{sources}/{n}.jpg") for n in "ab"))["files"]]
    assert [node and node["id"] for node in nodes(client, *made)] == [made[0], None]
    client.clear()
    assert None not in nodes(client, *made)


def test_every_second_look_does_not_know_a_young_file(client, sources):
    client.script("nodes_null", seconds=10, every=2, times=2)
    made = [file["id"] for file in client.create(row(f"{sources}/a.jpg"))["files"]]
    assert [nodes(client, *made) == [None] for _ in range(6)] == [False, True, False, True, False, False]


def test_connections_answer_short_pages_with_cursors(client, mug):
    whole = client.gallery(mug)
    client.script("pages_of", code="3")
    found, after, pages = [], None, 0
    while True:
        page = client.run("GalleryPage", id=mug, after=after)["media"]
        found += [node["id"] for node in page["nodes"]]
        pages, after = pages + 1, page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert (found, pages) == (whole, 3)
    client.clear()
    assert client.gallery(mug) == whole


def test_a_page_from_the_end_is_short_too(client, mug):
    whole = client.gallery(mug)
    client.script("pages_of", code="2")
    query = "query ($id: ID!) { product(id: $id) { media(last: 5) { nodes { id } pageInfo { hasPreviousPage } } } }"
    media = client.get(query, {"id": mug})["product"]["media"]
    assert ([node["id"] for node in media["nodes"]], media["pageInfo"]["hasPreviousPage"]) == (whole[-2:], True)


def test_short_pages_count_only_where_there_was_more(client, mug):
    client.script("pages_of", code="5", times=1)
    client.get("query { products(first: 10) { nodes { id } } }")
    assert len(client.gallery(mug)) == 5
    assert len(client.gallery(mug)) == 7


def test_a_short_page_costs_what_it_returned(client, mug):
    query = "query ($id: ID!) { product(id: $id) { media(first: 250) { nodes { id alt } } } }"
    whole = client.post(query, {"id": mug}).cost
    client.script("pages_of", code="1")
    short = client.post(query, {"id": mug}).cost
    assert short["requestedQueryCost"] == whole["requestedQueryCost"]
    assert short["actualQueryCost"] <= whole["actualQueryCost"]
