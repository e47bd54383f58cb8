"""The pages, through Django's client: true numbers, every state, and nobody else's things."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from linking import jobs
from linking.matching.answering import match_store
from linking.models import Selection, StoreMatch, Sync
from linking.selection.arrangement import arrangement_of, group_id
from setup.models import Environment, Member, Store
from tests.linking.visits import ask_and_answer, enter, open_page, text_of
from tests.scenes import Metafield, Variant, asset, part_of, product
from tests.setup.security.every_url import rule_of


def test_the_button_tells_true_numbers(client, scene):
    shirts = [product(sku) for sku in ("a", "b", "c")]
    place = scene(shirts, [asset(n, n[0], i) for i, n in enumerate(["a1", "a2", "b1", "z1"])])
    chosen = place.select()
    ask_and_answer(chosen)
    assert "Link 3 assets in 2 groups to 2 products" in open_page(client, place, chosen)


def test_one_is_singular(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    ask_and_answer(chosen)
    assert "Link 1 asset in 1 group to 1 product" in open_page(client, place, chosen)


def test_products_of_two_stores_count_twice(client, scene):
    place = scene([product(str(at)) for at in range(8)], [asset(f"a{at}", str(at), at) for at in range(8)], stores=2)
    chosen = place.select()
    ask_and_answer(chosen)
    both = sum(len(shop.products) for shop in place.world.shops.values())
    assert re.search(r"Link \d+ assets in \d+ groups to \d+ products", open_page(client, place, chosen))
    found = StoreMatch.objects.filter(selection=chosen)
    assert sum(match.products for match in found) <= both
    assert f"to {sum(match.products for match in found)} products" in open_page(client, place, chosen)


def test_a_group_tells_its_product_or_why_it_has_none(client, scene):
    twins = [product("twin", handle="t1"), product("twin", handle="t2")]
    place = scene(
        [product("a", title="Oak chair"), *twins], [asset("a1", "a"), asset("t1", "twin", 1), asset("z1", "zz", 2)]
    )
    chosen = place.select()
    ask_and_answer(chosen)
    page = open_page(client, place, chosen)
    for words in ("Oak chair", "Ambiguous: 2 matches", "Unmatched Choose products …"):
        assert words in page
    assert "No product has the SKU “zz”" in open_page(client, place, chosen, f"groups/answers/?g={group_id('zz')}")
    opened = open_page(client, place, chosen, f"groups/answers/?g={group_id('twin')}")
    assert "2 products have the SKU “twin”" in opened
    assert opened.count("Link to this") == 2


def test_over_three_stores_share_a_column_that_opens_what_each_says(client, scene):
    place = scene([product("a", title="Oak chair")], [asset("a1", "a"), asset("z1", "zz", 1)], stores=4)
    chosen = place.select()
    ask_and_answer(chosen)
    page = open_page(client, place, chosen)
    found = [match.matched for match in chosen.matches.order_by("store")]
    heads = page.partition("Group Assets ")[2]
    assert heads.startswith(f"4 stores {sum(found)} product")
    assert f"Matched in {sum(found)} of 4 stores : a {sum(found)} product" in page
    assert "Unmatched in 4 stores : zz" in page
    opened = open_page(client, place, chosen, f"groups/answers/?g={group_id('a')}")
    assert [str(store) in opened for store in place.stores] == [True] * 4
    assert opened.count("Oak chair") == sum(found)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("sku", "S-1"),
        ("barcode", "4006381333931"),
        ("title", 'Lamp "Ø" (big)'),
        ("handle", "lamp-o"),
        ("tag", "Sale: now"),
        ("vendor", "Müller & Co"),
        ("product_type", "Lamp / light"),
        ("metafield:custom.material", "oak"),
    ],
)
def test_a_product_is_found_by_every_field(scene, code, key):
    lamp = product(
        "lamp",
        title='Lamp "Ø" (big)',
        handle="lamp-o",
        tags=["Sale: now"],
        vendor="Müller & Co",
        product_type="Lamp / light",
        variants=(Variant(sku="S-1", barcode="4006381333931"),),
        metafields={("custom", "material"): ("single_line_text_field", "oak")},
    )
    other = product("S-10", title="Lamp", metafields={("custom", "material"): ("single_line_text_field", "oak tree")})
    fields = [Metafield("custom", "material", "single_line_text_field", True)]
    place = scene([lamp, other], [asset("a1", key)], metafields=fields)
    chosen = place.select(shopify_field=code)
    ask_and_answer(chosen)
    [row] = StoreMatch.objects.get().keys.all()
    assert (row.verdict, [found["handle"] for found in row.products]) == ("matched", ["lamp-o"])


def test_a_metafield_that_the_store_does_not_have_says_so_instead_of_matching_everything(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select(shopify_field="metafield:custom.code")
    ask_and_answer(chosen)
    assert "no product metafield" in open_page(client, place, chosen)


def test_other_fields_ask_the_stores_again(client, scene):
    place = scene([product("a", title="Oak chair")], [asset("a1", "Oak chair")])
    chosen = place.select()
    ask_and_answer(chosen)
    assert StoreMatch.objects.get().matched == 0
    enter(client, place.member, chosen)
    stores = [store.pk for store in place.stores]
    data = {"cloudinary_field": "metadata:sku", "shopify_kind": "title", "link_mode": "append", "stores": stores}
    data["version"] = chosen.version
    assert client.post(f"/selections/{chosen.key}/settings/", data).status_code == 200
    match = StoreMatch.objects.get()
    assert (match.state, match.shopify_field) == ("waiting", "title")
    match_store(match.pk)
    assert StoreMatch.objects.get().matched == 1


def test_a_bad_metafield_name_is_reported_at_its_field_and_nothing_is_lost(client, scene):
    place = scene([product("a")], [asset("a1", "a")], stores=2)
    chosen = place.select(stores=[])
    enter(client, place.member, chosen)
    north = place.stores[0].pk
    data = {"cloudinary_field": "tags", "shopify_kind": "metafield", "metafield": "wrong", "link_mode": "prepend"}
    data |= {"stores": [north], "alt_policy": "fill", "version": chosen.version}
    response = client.post(f"/selections/{chosen.key}/settings/", data)
    assert response.status_code == 422
    assert "namespace.key" in text_of(response)
    assert f'value="{north}" checked' in response.content.decode()
    found = Selection.objects.get()
    assert (found.shopify_field, found.cloudinary_field) == ("sku", "tags")
    assert (found.link_mode, found.alt_policy, [store.pk for store in found.stores.all()]) == (
        "prepend",
        "fill",
        [north],
    )


def test_alt_policy_and_variant_pictures_are_saved_at_once(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    enter(client, place.member, chosen)
    data = {"cloudinary_field": "metadata:sku", "shopify_kind": "sku", "link_mode": "append", "alt_policy": "overwrite"}
    data |= {"variant_pictures": "on", "version": chosen.version}
    page = client.post(f"/selections/{chosen.key}/settings/", data).content.decode()
    found = Selection.objects.get()
    assert (found.alt_policy, found.variant_pictures) == ("overwrite", True)
    assert re.search(r'value="overwrite" selected', page)
    assert re.search(r'id="variant-pictures"[^>]* checked', page)
    assert found.variant_reach == "color"  # a form without it leaves it as it is


def test_how_far_variants_pictures_reach_is_chosen_of_the_options_that_products_have(client, scene):
    cuts = {"a": {"Cut": "Slim", "Size": "S"}, "b": {"CUT": "Wide"}, "c": {}}  # the last one has no option
    shelf = [product(sku, variants=(Variant(sku=sku, options=options),)) for sku, options in cuts.items()]
    place = scene(shelf, [asset(sku, sku, at) for at, sku in enumerate(cuts)])
    chosen = place.select(variant_reach="matched")
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    data = {"cloudinary_field": "metadata:sku", "shopify_kind": "sku", "link_mode": "append", "variant_reach": "option"}
    data |= {"stores": place.stores[0].pk}

    def save(**more) -> str:
        version = Selection.objects.get().version
        return client.post(f"/selections/{chosen.key}/settings/", {**data, **more, "version": version}).content.decode()

    def offered(page: str) -> list[str]:
        return re.findall(r"<option[^>]*>([^<]*)", page.partition('name="option_choice"')[2].partition("</select>")[0])

    page = save()
    known = ["Cut · 2 products", "Size · 1 product"]
    assert offered(page) == ["Choose an option", *known, "Another option …"]
    assert "Choose the option that these variants share." in page
    assert 'name="variant_option"' not in page
    assert Selection.objects.get().variant_reach == "matched"
    save(option_choice="option:Cut")
    assert Selection.objects.get().variant_reach == "option:Cut"
    assert "Write the name of the product option" in save(option_choice="other")
    page = save(option_choice="other", variant_option=" Fit ")
    assert Selection.objects.get().variant_reach == "option:Fit"
    assert offered(page) == [*known, "Fit · no product that gets assets", "Another option …"]


@pytest.mark.parametrize(("field", "offered"), [("sku", True), ("barcode", True), ("title", False), ("tag", False)])
def test_variants_pictures_are_offered_where_a_key_names_a_variant(client, scene, field, offered):
    place = scene([product("a")], [asset("a1", "a")])
    page = open_page(client, place, place.select(shopify_field=field))
    assert ("Use the first image as the variant’s picture" in page) == offered


def test_alt_texts_that_will_be_cut_are_reported_before_the_run(client, scene):
    texts = ["x" * 512, "x" * 513, "y" * 600]
    place = scene([product("a")], [asset(f"a{at}", "a", at, context={"alt": text}) for at, text in enumerate(texts)])
    assert "2 alt texts are longer than 512 characters" in open_page(client, place, place.select())
    short = place.select("a0")
    assert "longer than 512" not in open_page(client, place, short)


def test_without_a_store_the_page_says_what_to_do(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select(stores=[])
    Store.objects.all().delete()
    page = open_page(client, place, chosen)
    assert "store" in page.lower()
    assert "Setup" in page


def test_a_store_that_refused_us_is_shown_with_the_reason_and_cannot_be_chosen(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    place.shop.access_token = "another"
    chosen = place.select()
    ask_and_answer(chosen)
    assert Store.objects.get().status == "broken"
    page = open_page(client, place, chosen)
    assert "refuses its access token" in page
    assert "Tick a store to see its products" in page
    data = {"cloudinary_field": "metadata:sku", "shopify_kind": "sku", "link_mode": "append"}
    data |= {"stores": [place.stores[0].pk], "version": chosen.version}
    client.post(f"/selections/{chosen.key}/settings/", data)
    assert not chosen.stores.exists()


def test_assets_that_are_gone_from_cloudinary_are_listed(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    chosen.assets.create(place=9, asset_id="f" * 32)
    assert "f" * 32 in open_page(client, place, chosen)


def test_while_redis_is_away_the_page_answers_and_says_so(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    page = open_page(client, place, chosen)
    assert "queue" in page.lower()


def test_a_dry_run_and_its_report_can_be_read(client, scene):
    place = scene([product("a", title="Oak chair", pictures=1)], [asset("a1", "a"), asset("zz", "none", 1)])
    sync = place.run(place.select(), dry_run=True)
    enter(client, place.member)
    page = text_of(client.get(f"/syncs/{sync.key}/"))
    assert "Oak chair" in page
    assert "Apply this plan" in page
    client.post(f"/syncs/{sync.key}/report/csv/write/")
    jobs.report(sync.reports.get().pk)
    report = b"".join(client.get(f"/syncs/{sync.key}/report/csv/file/").streaming_content).decode("utf-8-sig")
    assert len(report.splitlines()) == 3
    assert "No product has the SKU" in report


def test_the_same_form_sent_twice_makes_one_run(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    places = {client.post(f"/selections/{chosen.key}/syncs/", {"token": "t"})["Location"] for _ in range(3)}
    assert len(places) == 1
    assert Sync.objects.count() == 1


def test_apply_this_plan_starts_what_was_shown_once(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    sync = place.run(place.select(), dry_run=True)
    enter(client, place.member)
    for _ in range(3):
        client.post(f"/syncs/{sync.key}/apply/")
    place.finish(sync)
    assert part_of(sync).state == "done"
    assert place.assets_in("product-a") == ["a1"]


def urls(resolver=None, prefix: str = "/"):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from urls(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern)


def test_nobody_sees_anything_of_another_environment(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    sync = place.run(chosen, dry_run=True)
    elsewhere = Environment.objects.create(
        cloud_name="other", api_key="k", api_secret="s", launch_issuer="i", launch_secret="s"
    )
    stranger = Member.objects.create(environment=elsewhere, external_id="u1", roles=["master_admin"])
    enter(client, stranger)
    keys = {"selections": str(chosen.key), "syncs": str(sync.key), "setup": str(place.stores[0].pk)}
    keys["assets"] = keys["setup"]
    keys["rules"] = str(rule_of(place.environment).key)
    keys["people"] = keys["session"] = str(place.member.pk)
    tried = 0
    for url in urls():
        if "<" not in url or url.startswith(
            ("/sign-in/", "/open/", "/api/", "/webhooks/", "/d/", "/notices/off/")
        ):  # of one use, by keys, signed, for everybody
            continue
        known = "people" if "/people/" in url else url.split("/")[1]
        url = re.sub(r"<[^>]+>", keys[known], url)
        answers = {client.get(url).status_code, client.post(url).status_code}
        assert answers <= {404, 405}, url
        tried += 1
    assert tried >= 13


def test_pages_are_never_stored_and_framed_only_by_the_console(client, scene, settings):
    place = scene([product("a")], [])
    enter(client, place.member)
    answer = client.get("/setup/")
    assert "no-store" in answer["Cache-Control"]
    assert "frame-ancestors 'self' https://console.cloudinary.com" in answer["Content-Security-Policy"]
    assert "style=" not in answer.content.decode()


@pytest.mark.parametrize("name", ["", "stores/", "groups/", "actions/"])
@pytest.mark.cases(2)
def test_the_link_page_and_its_fragments_ask_the_database_little(client, scene, django_assert_max_num_queries, name):
    shelf = [product(str(at)) for at in range(8)]
    place = scene(shelf, [asset(f"a{at}", str(at), at) for at in range(8)], stores=2)
    chosen = place.select()
    ask_and_answer(chosen)
    open_page(client, place, chosen)  # the first page of a session keeps its CSRF token
    with django_assert_max_num_queries(12):
        assert client.get(f"/selections/{chosen.key}/{name}").status_code == 200


FORM = {"cloudinary_field": "metadata:sku", "shopify_kind": "sku", "link_mode": "append", "order_field": ""}
EDITS = {
    "a move": ("arrange/", {"do": "down", "a": 0}, 12),
    "an exclusion": ("arrange/", {"do": "exclude", "a": 1}, 12),
    "a link mode": ("settings/", FORM | {"link_mode": "prepend"}, 12),
    "a store less": ("settings/", FORM | {"stores": []}, 12),
    # It puts a question to every store, too: so many queries however many stores there are.
    # What they have answered to another one goes.
    "another field": ("settings/", FORM | {"cloudinary_field": "display_name"}, 13),
    "asking again": ("refresh/", {}, 12),
}


@pytest.mark.parametrize("done", EDITS)
@pytest.mark.cases(3)
def test_an_edit_asks_the_database_little(client, scene, done):
    place = scene([product("a")], [asset("a1", "a"), asset("a2", "a", 1)], stores=3)
    chosen = place.select()
    ask_and_answer(chosen)
    open_page(client, place, chosen)
    address, given, queries = EDITS[done]
    group = arrangement_of(chosen, chosen.assets.all()).groups[0].id
    known = {"g": group, "stores": [store.pk for store in place.stores], "version": chosen.version}
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(f"/selections/{chosen.key}/{address}", known | given, HTTP_HX_REQUEST="true")
    assert answer.status_code == 200
    asked = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= queries, "\n".join(asked)
