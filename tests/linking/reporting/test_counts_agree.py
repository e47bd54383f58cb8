"""The page's filters count each group once, and what they count is what the dry run plans and what the CSV tells."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import NamedTuple

import pytest

from linking.domain.counting import WORDS, AssetCounts, Fate, Standing
from linking.models import ChangeRow, SelectedAsset, StoreMatch, Sync
from linking.models.counting import counts_of
from linking.pages.link_board import board_of
from linking.pages.run.numbers import numbers_of
from linking.pages.run.page import left_out_of
from linking.pages.store_cards import store_cards
from linking.reporting.summary import STANDINGS
from sandbox.building import add_product
from setup.reasons import said
from tests import totals
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product

# Key of each group -> its assets.
GROUPS = {
    "everywhere": ["front", "side"],
    "there": ["only-there"],  # in the second store
    "twin": ["of-twins"],  # two products in each store
    "half": ["of-halves"],  # one product in the first store, two in the second
    "none": ["for-nobody"],
    "out": ["left-out"],  # its group is excluded
    "part": ["kept", "taken-out"],  # one asset is excluded
    "bad": ["restricted"],  # matched, and nothing that Shopify may fetch
    "badnone": ["restricted-for-nobody"],
    "huge": ["too-large"],  # matched, and more pixels than Shopify takes
    "hugenone": ["too-large-for-nobody"],
    "": ["stray"],  # no key
}
KEY_OF = {name: key for key, names in GROUPS.items() for name in names}
MISSING = "missing"  # Cloudinary has it no more
# Products of every store, and of the second one alone; what stands before the dash is the SKU.
SHELF = ("everywhere", "twin-1", "twin-2", "half-1", "out", "part", "bad", "huge")
ONLY_THERE = ("there", "half-2")
STATES = ("matched", "ambiguous", "unmatched", "excluded", "out", "keyless", "error")
EXPECTED = {
    1: {"matched": 5, "ambiguous": 1, "unmatched": 4, "excluded": 1, "out": 1, "keyless": 1, "error": 4, "all": 12},
    2: {"matched": 6, "ambiguous": 1, "unmatched": 3, "excluded": 1, "out": 1, "keyless": 1, "error": 4, "all": 12},
}


class Row(NamedTuple):
    """A line of a dry run, or of its CSV. `product`: its id, empty without one."""

    name: str
    outcome: str
    reason: str
    product: str


@pytest.fixture(params=[1, 2])
def arranged(request, client, scene):
    """The selection, and what its dry run came to."""
    pictures = [asset(name, KEY_OF.get(name) or None, at) for at, name in enumerate([*KEY_OF, MISSING])]
    place = scene([], pictures, stores=request.param)
    for at, store in enumerate(place.stores):
        for handle in (*SHELF, *(ONLY_THERE if at else ())):
            add_product(place.world.shops[store.domain], product(handle.partition("-")[0], handle=handle))
    selection = place.select(*KEY_OF, MISSING)
    rows = {row.asset.name: row for row in selection.assets.all()}
    rows["taken-out"].excluded, rows[MISSING].details = True, {}
    for name in ("restricted", "restricted-for-nobody"):
        rows[name].details["restricted"] = True
    for name in ("too-large", "too-large-for-nobody"):
        rows[name].details |= {"width": 9000, "height": 20}
    place.environment.image_transformation = "q_auto"  # as large as it is stored
    place.environment.save()
    SelectedAsset.objects.bulk_update(rows.values(), ["excluded", "details"])
    ask_and_answer(selection)
    group = {"keying": str(selection.keying), "key": selection.keying.same("out"), "excluded": True}
    selection.arrangements.create(**group)
    enter(client, place.member, selection)
    return request.param, selection, place.run(selection, dry_run=True)


def of_page(html: str) -> dict[str, int]:
    """By what its line of counts says; what is zero is not said. Assets without a key are one group in the list."""
    said = {state: re.search(rf'id="state-{state}"[^>]*>([\d,]+) ', html) for state in STATES}
    counts = {state: int(found[1]) if found else 0 for state, found in said.items()}
    return counts | {"all": int(re.search(r">(\d+) groups by SKU<", html)[1]) + bool(counts["keyless"])}


def of_lists(client, selection) -> dict[str, int]:
    """How many groups each filter really shows."""
    found = {}
    for state in (*STATES, "all"):
        asked = {"state": state} if state != "all" else {"q": ""}
        html = client.get(f"/selections/{selection.key}/groups/", asked).content.decode()
        found[state] = len(re.findall(r'<article id="g-', html))
    return found


def of_database(sync: Sync) -> list[Row]:
    lines = ChangeRow.objects.filter(part__sync=sync).select_related("product")
    return [Row(one.name, one.outcome, str(one.reason), one.product.product_id if one.product else "") for one in lines]


def of_csv(sync: Sync) -> list[Row]:
    rows = totals.csv_rows(sync)
    return [Row(row["Asset"], row["Outcome"].lower(), row["Reason"], row["Product ID"]) for row in rows]


HAND = re.compile("excluded by hand", re.IGNORECASE)
SAYS: dict[str, Callable[[Iterable[Row]], bool]] = {
    "matched": lambda rows: any(row.product for row in rows),
    "ambiguous": lambda rows: any("only one should" in row.reason for row in rows),
    "unmatched": lambda rows: any("No product has" in row.reason for row in rows),
    "excluded": lambda rows: all(HAND.search(row.reason) for row in rows),
    "out": lambda rows: len({bool(HAND.search(row.reason)) for row in rows}) == 2,
    "keyless": lambda rows: any("has no value" in row.reason for row in rows),
    "error": lambda rows: any(
        row.outcome == "failed" or re.search("access is restricted|no longer exists|9000 x 20", row.reason)
        for row in rows
    ),
}


def of_rows(rows: Iterable[Row]) -> dict[str, int]:
    """What the groups come to by their assets' lines. Stores may say different things of a group: it is one all the same."""
    groups = defaultdict(list)
    for row in rows:
        if row.name in KEY_OF:  # what is gone is in no group
            groups[KEY_OF[row.name]].append(row)
    counts = dict.fromkeys(STATES, 0)
    for found in groups.values():
        said = [state for state in STATES[:4] if SAYS[state](found)]
        facets = [state for state in STATES[4:] if SAYS[state](found)]
        for state in [*said[:1], *facets]:
            counts[state] += 1
    return counts | {"all": len(groups)}


@pytest.mark.cases(1)
def test_every_filter_counts_what_it_shows_what_is_planned_and_what_the_csv_tells(client, arranged):
    stores, selection, sync = arranged
    page = of_page(client.get(f"/selections/{selection.key}/").content.decode())
    assert page == EXPECTED[stores]
    assert page == of_lists(client, selection) == of_rows(of_database(sync)) == of_rows(of_csv(sync))


def test_what_stores_say_of_groups_adds_up_to_all_of_them(client, arranged):
    _, selection, _ = arranged
    page = of_page(client.get(f"/selections/{selection.key}/").content.decode())
    strays = 1
    assert sum(page[state] for state in STATES[:4]) + strays == page["all"]


def test_the_button_counts_what_is_planned(client, arranged):
    _, selection, sync = arranged
    lines = ChangeRow.objects.filter(part__sync=sync, change="add")
    assets, keys = set(lines.values_list("asset_id", flat=True)), set(lines.values_list("key", flat=True))
    galleries = set(lines.values_list("product", flat=True))
    reported = f"Link {len(assets)} assets in {len(keys)} groups to {len(galleries)} products"
    page = client.get(f"/selections/{selection.key}/")
    assert reported in text_of(page)
    ways = re.findall('data-show="([a-z]+)"', page.content.decode())
    assert sorted(ways) == sorted({*STATES} - {"matched"}), "Details leads to each of the others"
    assert {row["Key"] for row in totals.csv_rows(sync) if row["Planned"] == "Add"} == keys


# What becomes of each of the assets in GROUPS, and of the one that is gone.
FATES = {
    1: {"linked": 4, "gone": 1, "excluded": 2, "keyless": 1, "unlinkable": 4, "ambiguous": 1, "unmatched": 2},
    2: {"linked": 5, "gone": 1, "excluded": 2, "keyless": 1, "unlinkable": 4, "ambiguous": 1, "unmatched": 1},
}


def test_assets_and_keys_are_the_same_numbers_on_the_page_in_the_dry_run_and_in_its_report(arranged):
    stores, selection, sync = arranged
    board, (assets, tally) = board_of(selection, store_cards(selection)), counts_of(sync)
    assert asdict(board.assets) == asdict(assets) == asdict(AssetCounts()) | FATES[stores]
    assert board.assets.total == len(KEY_OF) + 1
    assert asdict(board.tally) == asdict(tally)
    [summary] = totals.json_rows(sync, "summary")
    reported = {row["result"]: row["assets"] for row in summary["assets_table"]}
    assert reported == {
        str(WORDS[fate])[:1].upper() + str(WORDS[fate])[1:]: getattr(board.assets, fate) for fate in Fate
    } | {"Total": board.assets.total}
    left_out, words = left_out_of(sync, numbers_of(sync)), {**WORDS, Fate.KEYLESS: "without a SKU"}
    assert left_out["left_out_n"] == board.assets.not_linked
    assert {*left_out["left_out_why"].split(" · ")} == {f"{n} {words[why]}" for why, n in board.assets.reasons}
    keys = {row["result"]: row["keys"] for row in summary["keys_table"]}
    standings = {str(words): getattr(board.tally, name) for name, words in STANDINGS.items()}
    assert standings.keys() == {str(STANDINGS[name]) for name in Standing}
    assert keys == standings | {"Total": board.tally.groups}


def test_what_is_excluded_counts_as_that_where_its_picture_moves_and_where_one_store_has_no_product(scene):
    shown = [*((name, "a") for name in ("x", "y", "z")), ("only-there", "there")]
    place = scene([product("a")], [asset(name, key, at) for at, (name, key) in enumerate(shown)], stores=2)
    add_product(place.world.shops[place.stores[1].domain], product("there"))
    selection = place.select(*(name for name, _ in shown))
    ask_and_answer(selection)
    place.run(selection)
    selection.assets.filter(place=1).update(excluded=True)
    selection.arrangements.create(keying=str(selection.keying), key=selection.keying.same("there"), excluded=True)
    sync = place.run(selection, dry_run=True)
    moves = ChangeRow.objects.filter(part__sync=sync, change="move")
    assert {line.asset_id for line in moves} == {selection.assets.get(place=1).asset_id}, "x and z go to the end"
    board, (assets, _) = board_of(selection, store_cards(selection)), counts_of(sync)
    assert asdict(board.assets) == asdict(assets) == asdict(AssetCounts()) | {"linked": 2, "excluded": 2}
    assert left_out_of(sync, numbers_of(sync))["left_out_why"] == "2 excluded"
    assert {row.name for row in of_csv(sync) if HAND.search(row.reason)} == {"y", "only-there"}


def test_a_store_that_fails_is_an_error_of_every_group_on_the_page_and_of_every_asset_in_the_csv(client, scene):
    place = scene([product("a")], [asset("front", "a"), asset("lost", "zz", 1)], stores=2)
    selection = place.select()
    ask_and_answer(selection)
    StoreMatch.objects.filter(store=place.stores[1]).update(state="failed", known=False, problem=said("Not today."))
    enter(client, place.member, selection)
    page = of_page(client.get(f"/selections/{selection.key}/").content.decode())
    assert page == dict.fromkeys(STATES, 0) | {"matched": 1, "unmatched": 1, "error": 2, "all": 2}
    frozen = {"service": "shopify", "kind": "http_402", "store": place.stores[1].domain, "times": None}
    place.world.faults.add(**frozen)
    failed = {row.name for row in of_csv(place.run(selection, dry_run=True)) if row.outcome == "failed"}
    assert failed == {"front", "lost"}


def test_a_key_that_reads_like_a_code_says_nothing_of_its_asset(scene):
    """A reason names the key that nothing matches, and what is counted is what the reason says."""
    odd = ["outbound.1", "asset.gone", "asset.", "limit.picture", "match.not_asked", "match.several_products"]
    odd += ["match.all_excluded", '{"code":"bound.all"}']
    place = scene([product("a")], [asset(f"f{at}", key, at) for at, key in enumerate(odd)])
    counts, tally = counts_of(place.run(place.select(), dry_run=True))
    assert counts.total == counts.unmatched == len(odd)
    assert tally.unmatched == len(odd)
