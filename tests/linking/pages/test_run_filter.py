"""Which galleries of a run are shown: by kind of change, store, text and trouble, with counts, on the server."""

import re

import pytest

from linking.models import Sync
from sandbox.catalog.records import Picture, Product
from setup.models import Environment, Member
from tests.linking.visits import enter, text_of
from tests.scenes import Variant, asset, part_of, picture, product


def shown(client, sync, **asked) -> tuple[list[str], str]:
    """The titles of the galleries, and the fragment."""
    html = client.get(f"/syncs/{sync.key}/products/", asked).content.decode()
    return re.findall(r'<h3 id="t\d+">([^<]*)</h3>', html), html


def kinds(html: str) -> dict[str, str]:
    """What the filter offers: code -> its words and numbers."""
    found = re.findall(r'<input id="kind-([a-z]+)".*?</label>', html, re.DOTALL)
    texts = re.findall(r'<label class="count.*?</label>', html, re.DOTALL)
    return dict(zip(found, [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip() for text in texts], strict=True))


@pytest.fixture
def mixed(client, scene):
    """A dry run of Reset with a gallery that loses pictures, one that stays, one without a picture, and a lonely asset."""
    shelf = [product("a", title="Oak chair", pictures=3), product("b", title="Pine table"), product("c", title="Stool")]
    place = scene(shelf, [asset("front", "a"), asset("top", "b", 1), asset("leg", "c", 2), asset("stray", "zz", 3)])
    place.run(place.select("leg"))
    sync = place.run(place.select(link_mode="reset"), dry_run=True)
    enter(client, place.member)
    return place, sync


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({}, ["Oak chair", "Pine table", "Stool"]),
        ({"kind": "add"}, ["Oak chair", "Pine table"]),
        ({"kind": "unlink"}, ["Oak chair"]),
        ({"kind": "keep"}, ["Stool"]),
        ({"kind": "unchanged"}, ["Stool"]),
        ({"kind": "skip"}, []),
        ({"kind": "nonsense"}, ["Oak chair", "Pine table", "Stool"]),
        ({"q": "TABLE"}, ["Pine table"]),
        ({"q": "product-a"}, ["Oak chair"]),
        ({"q": "leg"}, ["Stool"]),
        ({"q": "table", "kind": "unlink"}, []),
        ({"store": "999999999999999999999"}, ["Oak chair", "Pine table", "Stool"]),
        ({"store": "777"}, []),
        ({"like": "x"}, ["Oak chair", "Pine table", "Stool"]),
        ({"like": "777777"}, []),
    ],
)
@pytest.mark.cases(2)
def test_the_filter_names_the_galleries(client, mixed, asked, titles):
    _, sync = mixed
    assert shown(client, sync, **asked)[0] == titles


def test_each_kind_of_change_is_there_with_its_lines_and_galleries(client, mixed):
    _, sync = mixed
    assert kinds(shown(client, sync)[1]) == {
        "all": "All 3",
        "add": "Adds 2",
        "unlink": "Removes 1",
        "unchanged": "Unchanged 1",
    }


def test_the_counts_are_of_the_text_that_was_asked_for(client, mixed):
    _, sync = mixed
    assert kinds(shown(client, sync, q="table")[1]) == {"all": "All 1", "add": "Adds 1"}


def test_a_kind_that_was_chosen_stays_to_be_seen_when_the_text_leaves_nothing_of_it(client, mixed):
    _, sync = mixed
    html = shown(client, sync, q="table", kind="unlink")[1]
    assert kinds(html)["unlink"] == "Removes 0"
    assert "No galleries found." in html


def test_the_page_opens_as_it_was_filtered_and_the_address_follows(client, mixed):
    _, sync = mixed
    answer = client.get(f"/syncs/{sync.key}/products/", {"kind": "unlink", "q": "oak & co"})
    assert answer["HX-Replace-Url"] == f"/syncs/{sync.key}/?kind=unlink&q=oak+%26+co"
    page = client.get(f"/syncs/{sync.key}/?kind=unlink&q=oak").content.decode()
    asked = re.search(r'<div id="products"[^>]* hx-get="([^"]*)" hx-trigger="load"', page)[1].replace("&amp;", "&")
    html = client.get(asked).content.decode()
    assert re.findall(r'<h3 id="t\d+">([^<]*)</h3>', html) == ["Oak chair"]
    assert re.search(r'id="kind-unlink" type="radio" name="kind" value="unlink" checked', html)
    assert re.search(r'id="filter-q"[^>]* value="oak"', html)


def test_an_asset_without_a_product_is_found_by_its_name(client, mixed):
    _, sync = mixed
    titles, html = shown(client, sync, q="stray")
    assert titles == []
    assert "Without a product 1" in re.sub(r"<[^>]+>", "", html)
    out = client.get(f"/syncs/{sync.key}/products/?q=stray&unlinked=1")
    assert "No product has the SKU “zz”" in text_of(out)


def test_galleries_of_one_store_are_shown_alone(client, scene):
    shelf = [product(str(at), title=f"Chair {at}") for at in range(8)]
    place = scene(shelf, [asset(f"f{at}", str(at), at) for at in range(8)], stores=2)
    sync = place.run(place.select(), dry_run=True)
    enter(client, place.member)
    north, south = ({*shown(client, sync, store=part.store_id)[0]} for part in sync.parts.all())
    assert north
    assert south
    assert {*shown(client, sync)[0]} == north | south
    assert f'<option value="{sync.parts.first().store_id}">North</option>' in shown(client, sync)[1]


def test_alt_texts_variants_and_swatches_have_a_kind_of_their_own(client, scene):
    there = [Picture(picture(at), f"old-{at}.jpg", f"Old {at}", [at]) for at in (0, 1)]
    sizes = (Variant("Red", sku="red"), Variant("Blue", sku="blue"))
    shirt = Product(handle="shirt", title="Shirt", variants=sizes, pictures=there)
    place = scene([shirt, product("a", title="Oak chair")], [asset("new", "red", 5), asset("old", "a", 6)])
    place.run(place.select("old"))
    medium = place.shop.product_with("product-a").media[0]
    place.elsewhere("FileUpdate", files=[{"id": medium, "alt": "By hand"}])
    place.world.environments[0].assets[place.select("old").assets.get().asset_id].context["alt"] = "An oak chair"
    sync = place.run(place.select(link_mode="reset", alt_policy="overwrite"), dry_run=True)
    enter(client, place.member)
    assert shown(client, sync, kind="variants")[0] == ["Shirt"]
    assert shown(client, sync, kind="alt")[0] == ["Oak chair"]
    assert kinds(shown(client, sync)[1])["alt"] == "Alt texts 1"


def test_what_stays_out_is_reported_by_reason_with_counts_and_what_to_do(client, scene):
    lost = [asset(f"s{at}", f"no-{at}", at) for at in range(4)]
    place = scene([product("a")], [asset("front", "a", 9), asset("none", None, 8), *lost])
    sync = place.run(place.select(), dry_run=True)
    page = text_of(enter(client, place.member).get(f"/syncs/{sync.key}/"))
    assert re.search(r"4 No product has the SKU “no-\d”. \(3 more like it\) Compare the value", page)
    assert "5 assets not linked" in page
    assert "1 The asset has no value in “SKU”. Give it one in Cloudinary" in page


def test_a_trouble_leads_to_its_galleries_and_no_others(client, scene):
    shelf = [product(str(at), title=f"Chair {at}") for at in range(8)]
    place = scene(shelf, [asset(f"f{at}", str(at), at) for at in range(8)])
    for at in range(6):
        place.world.faults.add(service="shopify", kind="media_fails", match=f"f{at}", code="IMAGE_PROCESSING_FAILURE")
    place.world.faults.add(service="shopify", kind="media_fails", match="f6", code="INVALID_IMAGE_ASPECT_RATIO")
    sync = place.run(place.select())
    page = enter(client, place.member).get(f"/syncs/{sync.key}/").content.decode()
    assert "Shopify could not process the picture: 6\N{NO-BREAK SPACE}galleries" in page
    like = re.search(r'href="\?like=(\d+)#products" aria-label="Show 6 galleries: Shopify could not process', page)[1]
    assert shown(client, sync, like=like)[0] == [f"Chair {at}" for at in range(6)]


def test_every_change_of_a_gallery_is_reported_by_name_when_asked_for(client, mixed):
    _, sync = mixed
    chair = part_of(sync).products.get(title="Oak chair")
    page = client.get(f"/syncs/{sync.key}/").content.decode()
    assert f'hx-get="lines/{chair.pk}/"' in page
    reported = text_of(client.get(f"/syncs/{sync.key}/lines/{chair.pk}/"))
    assert "+ Add front at 1" in reported
    assert re.findall(r"- Unlink (\S+) not from Cloudinary was", reported) == [f"product-a-{at}.jpg" for at in range(3)]


def test_another_environment_sees_nothing_of_a_run(client, mixed):
    _, sync = mixed
    other = Environment.objects.create(name="Other", cloud_name="other", launch_issuer="o")
    stranger = Member.objects.create(environment=other, external_id="u2", name="Bo", roles=["media_library_user"])
    chair = part_of(sync).products.first()
    enter(client, stranger)
    for name in ("", "progress/", "products/", f"lines/{chair.pk}/", "report/"):
        assert client.get(f"/syncs/{sync.key}/{name}").status_code == 404


def test_lines_of_a_gallery_of_another_run_do_not_exist(client, mixed):
    place, sync = mixed
    elsewhere = place.run(place.select("front"), dry_run=True)
    foreign = part_of(elsewhere).products.get()
    assert client.get(f"/syncs/{sync.key}/lines/{foreign.pk}/").status_code == 404
    assert Sync.objects.count() == 3
