"""The list of groups: filters over all of them, true counts, and pages that neither lose nor repeat a group."""

import re

import pytest

from linking.models import StoreMatch
from setup.reasons import said
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product

KEYLESS = "Assets without a SKU"


def look(client, selection, **asked):
    return client.get(f"/selections/{selection.key}/groups/", asked)


def keys_in(response) -> list[str]:
    return re.findall(r'<h3 id="gt-[^>]*>([^<]+)</h3>', response.content.decode())


@pytest.fixture
def chosen(client, scene):
    """Matched, ambiguous, unmatched, excluded, in trouble, and without a key."""
    shelf = [product("a", title="Oak chair"), product("b", title="Pine table"), product("t", handle="t1")]
    pictures = [
        asset("front", "a", 0, tags=["wood"]),
        asset("side", "b", 1),
        asset("twin", "t", 2),
        asset("lost", "zz", 3),
        asset("hidden", "b", 4),
        asset("stray", None, 5),
    ]
    place = scene([*shelf, product("t", handle="t2")], pictures)
    chosen = place.select("front", "side", "twin", "lost", "hidden", "stray")
    ask_and_answer(chosen)
    chosen.assets.filter(details__display_name="hidden").update(excluded=True)
    enter(client, place.member, chosen)
    return chosen


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ({}, ["a", "b", "t", "zz", KEYLESS]),
        ({"q": "oak"}, ["a"]),
        ({"q": "WOOD"}, ["a"]),
        ({"q": "side"}, ["b"]),
        ({"q": "zz"}, ["zz"]),
        ({"q": "pine side"}, ["b"]),
        ({"q": "pine front"}, []),
        ({"q": "stray"}, [KEYLESS]),
        ({"state": "matched"}, ["a", "b"]),
        ({"state": "ambiguous"}, ["t"]),
        ({"state": "unmatched"}, ["zz"]),
        ({"state": "excluded"}, []),
        ({"state": "out"}, ["b"]),
        ({"state": "keyless"}, [KEYLESS]),
        ({"state": "error"}, []),
        ({"state": "nonsense"}, ["a", "b", "t", "zz", KEYLESS]),
        ({"state": "matched", "q": "pine"}, ["b"]),
    ],
)
@pytest.mark.cases(8)
def test_a_filter_shows_the_groups_that_it_names(client, chosen, asked, keys):
    assert keys_in(look(client, chosen, **asked)) == keys


def test_a_store_that_could_not_be_asked_is_an_error_of_each_group(client, chosen):
    StoreMatch.objects.update(state="failed", known=False, problem=said("The store is away."))
    assert keys_in(look(client, chosen, state="error")) == ["a", "b", "t", "zz"]
    assert keys_in(look(client, chosen, state="unmatched")) == []


def test_the_count_line_says_what_there_is_and_an_edit_makes_it_follow(client, chosen):
    page = client.get(f"/selections/{chosen.key}/")
    begun = "All 2 of 4 SKUs matched 1 ambiguous 1 unmatched 1 partly excluded 1 without a SKU"
    assert begun in text_of(page)  # nothing that is zero
    answer = client.post(f"/selections/{chosen.key}/arrange/", {"do": "exclude", "a": "0", "version": chosen.version})
    after = "All 1 of 4 SKUs matched 1 ambiguous 1 unmatched 1 excluded 1 partly excluded 1 without a SKU"
    assert after in text_of(answer)


def test_a_filter_that_is_on_stays_in_the_count_line_when_it_finds_nothing(client, chosen):
    page = text_of(client.get(f"/selections/{chosen.key}/", {"state": "error"}))
    assert "0 with problems" in page


def test_a_changed_filter_is_reported_and_kept_in_the_address_of_the_page(client, chosen):
    answer = client.get(
        f"/selections/{chosen.key}/groups/",
        {"q": "oak", "state": "matched"},
        headers={"HX-Request": "true", "HX-Trigger": "filters"},
    )
    assert '"announce": "1 of 4 groups"' in answer["HX-Trigger"]
    page = client.get(answer["HX-Replace-Url"])
    assert keys_in(page) == ["a"]
    assert 'value="oak"' in page.content.decode()


def test_nothing_found_says_so_and_offers_to_clear_the_filters(client, chosen):
    answer = look(client, chosen, q="nowhere")
    assert "No groups found." in text_of(answer)
    assert "Clear filters" in text_of(answer)


def test_a_filter_holds_while_settings_change(client, chosen):
    data = {
        "cloudinary_field": "metadata:sku",
        "shopify_kind": "sku",
        "link_mode": "prepend",
        "version": chosen.version,
    }
    data |= {"stores": list(chosen.stores.values_list("pk", flat=True)), "q": "oak", "state": ""}
    assert keys_in(client.post(f"/selections/{chosen.key}/settings/", data)) == ["a"]


@pytest.fixture
def many(client, scene):
    def build(sizes: list[int], **chosen):
        pictures = [asset(f"k{k:03}-{at}", f"k{k:03}", k) for k, size in enumerate(sizes) for at in range(size)]
        place = scene([], pictures)
        selection = place.select(**chosen)
        enter(client, place.member, selection)
        return selection

    return build


@pytest.mark.parametrize("view", ["compact", "regular"])
@pytest.mark.cases(1)
def test_pages_show_every_group_once_and_the_rest_at_the_end(client, many, view):
    chosen = many([1] * 50 + [6] * 20 + [30] * 3, view=view)
    found, page = [], client.get(f"/selections/{chosen.key}/")
    for _ in range(40):
        found += keys_in(page)
        after = re.search(r"groups/\?after=(\w+)", page.content.decode())
        if after is None:
            break
        page = look(client, chosen, after=after[1])
    assert len(found) == len(set(found)) == 73


def test_groups_that_leave_the_filter_while_one_scrolls_make_no_gap(client, many):
    """As when a suggestion is used while only unmatched groups are shown."""
    chosen = many([1] * 90)
    first = look(client, chosen, state="excluded")
    assert keys_in(first) == []
    chosen.assets.update(excluded=True)
    first = look(client, chosen, state="excluded")
    after = re.search(r"groups/\?after=(\w+)", first.content.decode())[1]
    chosen.assets.filter(place__lt=20).update(excluded=False)
    shown = keys_in(first) + keys_in(look(client, chosen, state="excluded", after=after))
    assert len(shown) == len(set(shown))
    assert set(keys_in(look(client, chosen, state="excluded"))) <= set(shown)


def test_what_was_loaded_is_there_again_when_the_list_is_drawn_again(client, many):
    chosen = many([1] * 90)
    ids = re.findall(r'<article id="g-(\w+)"', look(client, chosen).content.decode())
    more = re.findall(r'<article id="g-(\w+)"', look(client, chosen, after=ids[-1]).content.decode())
    again = re.findall(r'<article id="g-(\w+)"', look(client, chosen, upto=more[-1]).content.decode())
    assert again == ids + more


@pytest.mark.parametrize("view", ["compact", "regular"])
@pytest.mark.cases(1)
def test_all_of_a_large_group_can_be_reached(client, many, view):
    chosen = many([190], view=view)
    page = client.get(f"/selections/{chosen.key}/").content.decode()
    more = re.search(r'hx-get="([^"]*groups/rows/[^"]*)"', page)[1].replace("&amp;", "&")
    for _ in range(8):
        loaded = page.count(' data-a="')
        if loaded == 190:
            break
        page += client.get(f"{more}&from={loaded}").content.decode()
    names = re.findall(r'aria-label="Exclude (?!group)([^"]+)"', page)
    assert len(names) == len(set(names)) == 190
