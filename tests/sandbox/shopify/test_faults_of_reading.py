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


@pytest.mark.parametrize("code", ["left_out", "null"])
def test_an_id_that_exists_is_missing_among_the_nodes(client, mug, code):
    a, b, c, *_ = client.gallery(mug)
    client.script("ids_missing", code=code, match=b, times=1)
    assert [node["id"] for node in nodes(client, a, c)] == [a, c]
    found = [node and node["id"] for node in nodes(client, a, b, c)]
    assert found == ([a, c] if code == "left_out" else [a, None, c])
    assert [node["id"] for node in nodes(client, a, b, c)] == [a, b, c]


def test_without_a_match_the_first_id_that_exists_is_missing(client, mug):
    a, b, *_ = client.gallery(mug)
    client.script("ids_missing")
    assert nodes(client, "gid://shopify/MediaImage/1", a, b)[:1] == [None]
    assert [node and node["id"] for node in nodes(client, "gid://shopify/MediaImage/1", a, b)] == [None, b]
    client.clear()
    assert [node["id"] for node in nodes(client, a, b)] == [a, b]


def found(client, query):
    text = "query ($q: String!) { productVariants(first: 9, query: $q) { nodes { sku } } }"
    return [node["sku"] for node in client.get(text, {"q": query})["productVariants"]["nodes"]]


@pytest.mark.parametrize(
    ("kind", "sku"),
    [
        *(("search_misses_quotes", sku) for sku in ('5" pot', "men's", "men’s", "5″ pot", "back\\slash")),
        *(("search_misses_signs", sku) for sku in ("pot (large)", "A:1", "A*1", "A=1")),
    ],
)
def test_a_value_with_such_a_sign_is_not_found(client, shop, kind, sku):
    for at, value in enumerate((sku, "plain")):
        shop.add_product(handle=f"p{at}", title="P", variants=[{"title": "S", "sku": value}])
    wanted = 'sku:"' + sku.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert found(client, wanted) == [sku]
    client.script(kind)
    assert found(client, wanted) == []
    assert found(client, f"{wanted} OR sku:plain") == ["plain"]
    client.clear()
    assert found(client, wanted) == [sku]


def test_only_searches_with_such_a_value_are_counted(client, shop):
    client.script("search_misses_quotes", times=1)
    found(client, 'sku:"plain"')
    assert client.scripted() == ["search_misses_quotes"]


def test_a_list_never_gets_on(client, mug):
    whole = client.gallery(mug)
    client.script("cursor_stuck", operation="product")
    client.script("pages_of", code="3")
    first = client.run("GalleryPage", id=mug)["media"]
    second = client.run("GalleryPage", id=mug, after=first["pageInfo"]["endCursor"])["media"]
    assert [node["id"] for node in first["nodes"]] == whole[:3]
    assert second == first
    assert first["pageInfo"]["hasNextPage"] is True
    client.clear()
    page = client.run("GalleryPage", id=mug, after=first["pageInfo"]["endCursor"])["media"]
    assert ([node["id"] for node in page["nodes"]], page["pageInfo"]["hasNextPage"]) == (whole[3:], False)


def test_a_short_list_is_stuck_too_and_other_documents_get_on(client, mug):
    client.script("cursor_stuck", match="variants(first")
    query = "query ($id: ID!) { product(id: $id) { variants(first: 9) { nodes { id } pageInfo { hasNextPage } } } }"
    assert client.get(query, {"id": mug})["product"]["variants"]["pageInfo"] == {"hasNextPage": True}
    assert client.run("GalleryPage", id=mug)["media"]["pageInfo"]["hasNextPage"] is False
