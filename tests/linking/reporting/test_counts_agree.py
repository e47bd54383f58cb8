"""The page's filters count each group once, and what they count is what the dry run plans and what the CSV tells."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pytest

from linking.models import ChangeRow, SelectedAsset, StoreMatch, Sync
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
    "": ["stray"],  # no key
}
KEY_OF = {name: key for key, names in GROUPS.items() for name in names}
MISSING = "missing"  # Cloudinary has it no more
# Products of every store, and of the second one alone; what stands before the dash is the SKU.
SHELF = ("everywhere", "twin-1", "twin-2", "half-1", "out", "part", "bad")
ONLY_THERE = ("there", "half-2")
STATES = ("matched", "unmatched", "ambiguous", "excluded", "error")
EXPECTED = {
    1: {"matched": 4, "unmatched": 4, "ambiguous": 1, "excluded": 2, "error": 3, "all": 11},
    2: {"matched": 4, "unmatched": 3, "ambiguous": 2, "excluded": 2, "error": 3, "all": 11},
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
    SelectedAsset.objects.bulk_update(rows.values(), ["excluded", "details"])
    ask_and_answer(selection)
    group = {"keying": str(selection.keying), "key": selection.keying.same("out"), "excluded": True}
    selection.arrangements.create(**group)
    enter(client, place.member, selection)
    return request.param, selection, place.run(selection, dry_run=True)


def of_page(html: str) -> dict[str, int]:
    counts = {state: int(re.search(rf'id="count-{state}"[^>]*>(\d+)<', html)[1]) for state in STATES}
    return counts | {"all": int(re.search(r">All <b>(\d+)</b>", html)[1])}


def of_lists(client, selection) -> dict[str, int]:
    """How many groups each filter really shows."""
    found = {}
    for state in (*STATES, "all"):
        asked = {"state": state} if state != "all" else {"q": ""}
        html = client.get(f"/selections/{selection.key}/groups/", asked).content.decode()
        found[state] = len(re.findall(r'<article id="g-', html)) + html.count('id="missing"')
    return found


def of_database(sync: Sync) -> list[Row]:
    lines = ChangeRow.objects.filter(part__sync=sync).select_related("product")
    return [Row(one.name, one.outcome, str(one.reason), one.product.product_id if one.product else "") for one in lines]


def of_csv(sync: Sync) -> list[Row]:
    rows = totals.csv_rows(sync)
    return [Row(row["Asset"], row["Outcome"].lower(), row["Reason"], row["Product ID"]) for row in rows]


SAYS: dict[str, Callable[[Iterable[Row]], bool]] = {
    "ambiguous": lambda rows: any("it should be one" in row.reason for row in rows),
    "matched": lambda rows: any(row.product for row in rows),
    "unmatched": lambda rows: any(re.search("No product has|has no value", row.reason) for row in rows),
    "excluded": lambda rows: any("excluded by hand" in row.reason.lower() for row in rows),
    "error": lambda rows: any(
        row.outcome == "failed" or re.search("access is restricted|no longer exists", row.reason) for row in rows
    ),
}


def of_rows(rows: Iterable[Row]) -> dict[str, int]:
    """What the groups come to by their assets' lines. Stores may say different things of a group: it is one all the same."""
    groups = defaultdict(list)
    for row in rows:
        groups[KEY_OF.get(row.name, MISSING)].append(row)
    counts = dict.fromkeys(STATES, 0)
    for found in groups.values():
        said = [state for state in ("ambiguous", "matched", "unmatched") if SAYS[state](found)]
        facets = [state for state in ("excluded", "error") if SAYS[state](found)]
        for state in [*said[:1], *facets]:
            counts[state] += 1
    return counts | {"all": len(groups)}


def test_every_filter_counts_what_it_shows_what_is_planned_and_what_the_csv_tells(client, arranged):
    stores, selection, sync = arranged
    page = of_page(client.get(f"/selections/{selection.key}/").content.decode())
    assert page == EXPECTED[stores]
    assert page == of_lists(client, selection) == of_rows(of_database(sync)) == of_rows(of_csv(sync))


def test_what_stores_say_of_groups_adds_up_to_all_of_them(client, arranged):
    _, selection, _ = arranged
    page = of_page(client.get(f"/selections/{selection.key}/").content.decode())
    left_out, gone = 1, 1
    assert page["matched"] + page["unmatched"] + page["ambiguous"] + left_out + gone == page["all"]


def test_the_button_counts_what_is_planned(client, arranged):
    _, selection, sync = arranged
    lines = ChangeRow.objects.filter(part__sync=sync, change="add")
    assets, keys = set(lines.values_list("asset_id", flat=True)), set(lines.values_list("key", flat=True))
    galleries = set(lines.values_list("product", flat=True))
    reported = f"Link {len(assets)} assets in {len(keys)} groups to {len(galleries)} products"
    assert reported in text_of(client.get(f"/selections/{selection.key}/"))
    assert {row["Key"] for row in totals.csv_rows(sync) if row["Planned"] == "Add"} == keys


def test_a_store_that_fails_is_an_error_of_every_group_on_the_page_and_of_every_asset_in_the_csv(client, scene):
    place = scene([product("a")], [asset("front", "a"), asset("lost", "zz", 1)], stores=2)
    selection = place.select()
    ask_and_answer(selection)
    StoreMatch.objects.filter(store=place.stores[1]).update(state="failed", known=False, problem=said("Not today."))
    enter(client, place.member, selection)
    page = of_page(client.get(f"/selections/{selection.key}/").content.decode())
    assert page == {"matched": 1, "unmatched": 1, "ambiguous": 0, "excluded": 0, "error": 2, "all": 2}
    frozen = {"service": "shopify", "kind": "http_402", "store": place.stores[1].domain, "times": None}
    place.world.faults.add(**frozen)
    failed = {row.name for row in of_csv(place.run(selection, dry_run=True)) if row.outcome == "failed"}
    assert failed == {"front", "lost"}
