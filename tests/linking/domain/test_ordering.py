"""Orders by lists, by a second field, in either direction; and of groups in one product."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from linking.domain import order_words
from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from linking.domain.ordering import GroupOrder, Order, among_each_other, arrange

KIND, AT = CloudinaryField.parse("metadata:kind"), CloudinaryField.parse("metadata:at")
LIST = ("Front", "Back", "Detail")
VALUES = st.sampled_from([None, "", " ", *LIST, "Gone", "10", "9", "é", "e", ("Detail", "Front"), ("Gone", "Back"), ()])
ASSETS = st.lists(st.tuples(VALUES, VALUES), max_size=12).map(
    lambda rows: [asset(f"a{at}", kind=kind, at=place) for at, (kind, place) in enumerate(rows)]
)
BY = st.builds(Order, st.sampled_from([KIND, AT]), st.booleans(), st.sampled_from([(), LIST, ("Back", "10")]))
ORDERS = st.lists(BY, max_size=2)
OFFERED = [
    {"code": "metadata:kind", "label": "Asset type", "sort": "list", "values": [*LIST]},
    {"code": "metadata:at", "label": "Sequence", "sort": "number", "values": []},
]


def asset(asset_id: str, **metadata) -> Asset:
    return Asset(
        asset_id, f"shop/{asset_id}", metadata={name: one for name, one in metadata.items() if one is not None}
    )


def ids(assets) -> list[str]:
    return [one.asset_id for one in assets]


@given(ASSETS, ORDERS)
def test_an_order_loses_and_doubles_nothing_and_changes_nothing_the_second_time(assets, orders):
    once = arrange(assets, orders)
    assert sorted(ids(once)) == sorted(ids(assets))
    assert arrange(once, orders) == once


@given(ASSETS, BY)
def test_what_has_no_value_goes_last_in_either_direction(assets, order):
    for down in (False, True):
        found = arrange(assets, [Order(order.field, down, order.listed)])
        lacking = [not order.value(one) for one in found]
        assert lacking == sorted(lacking)
        assert [one for one in found if not order.value(one)] == [one for one in assets if not order.value(one)]


@given(ASSETS, BY)
def test_descending_turns_the_values_around_and_keeps_equal_ones_as_they_came(assets, order):
    up, down = (arrange(assets, [Order(order.field, way, order.listed)]) for way in (False, True))
    ranks = [[order.rank(order.value(one)) for one in found if order.value(one)] for found in (up, down)]
    assert ranks[1] == ranks[0][::-1]
    came = {one.asset_id: at for at, one in enumerate(assets)}
    for found in (up, down):
        for before, after in pairwise(found):
            values = order.value(before), order.value(after)
            if all(values) and order.rank(values[0]) == order.rank(values[1]):
                assert came[before.asset_id] < came[after.asset_id]


@given(st.permutations(range(6)), st.lists(BY, min_size=1, max_size=2))
def test_the_order_does_not_depend_on_how_assets_came_where_it_tells_them_apart(places, orders):
    assets = [asset(f"a{at}", kind=str(at), at=str(-at)) for at in range(6)]
    assert arrange([assets[at] for at in places], orders) == arrange(assets, orders)


def test_a_field_of_a_list_orders_as_its_list():
    assets = [asset(kind, kind=kind) for kind in ("Back", "Detail", "Front", "Archived", "9")]
    assert ids(arrange(assets, [Order(KIND, listed=LIST)])) == ["Front", "Back", "Detail", "9", "Archived"]
    assert ids(arrange(assets, [Order(KIND, True, LIST)])) == ["Archived", "9", "Detail", "Back", "Front"]
    assert ids(arrange(assets, [Order(KIND)])) == ["9", "Archived", "Back", "Detail", "Front"]


def test_of_a_set_the_value_that_stands_first_in_the_list_decides():
    assets = [asset("a", kind=("Detail", "Back")), asset("b", kind=("Detail", "Front")), asset("c", kind=("Detail",))]
    assert ids(arrange(assets, [Order(KIND, listed=LIST)])) == ["b", "a", "c"]


def test_the_second_field_decides_where_the_first_tells_no_difference():
    rows = [("a", "Back", "2"), ("b", "Front", None), ("c", "Back", "10"), ("d", None, "1"), ("e", "Front", "3")]
    assets = [asset(id, kind=kind, at=at) for id, kind, at in rows]
    assert ids(arrange(assets, [Order(KIND, listed=LIST), Order(AT)])) == ["e", "b", "a", "c", "d"]
    assert ids(arrange(assets, [Order(KIND, listed=LIST), Order(AT, descending=True)])) == ["e", "b", "c", "a", "d"]


GROUPS = st.lists(st.tuples(st.text(max_size=4), st.lists(st.integers(1, 2048), max_size=3)), max_size=8)


def in_product(groups, how):
    return among_each_other(groups, how, key=lambda one: one[0], variants=lambda one: one[1])


@given(GROUPS, st.sampled_from(GroupOrder))
def test_the_order_of_groups_is_total_stable_and_the_same_the_second_time(groups, how):
    once = in_product(groups, how)
    assert sorted(once) == sorted(groups)
    assert in_product(once, how) == once


def test_groups_of_one_product_stand_as_its_variants_by_key_or_as_in_the_list():
    groups = [("B", [7]), ("10", []), ("9", [3, 1]), ("A", [2])]
    assert [key for key, _ in in_product(groups, GroupOrder.VARIANTS)] == ["9", "A", "B", "10"]
    assert [key for key, _ in in_product(groups, GroupOrder.KEY)] == ["9", "10", "A", "B"]
    assert [key for key, _ in in_product(groups, GroupOrder.LIST)] == ["B", "10", "9", "A"]


def test_an_order_says_what_it_does():
    kind, at = Order(KIND, listed=LIST), Order(AT)
    assert (
        order_words.in_words([kind, at], OFFERED) == "Front, Back, Detail as in Asset type; then Sequence, lowest first"
    )
    assert order_words.in_words([Order(KIND, True, LIST)], OFFERED) == "Detail, Back, Front, the reverse of Asset type"
    assert order_words.in_words([Order(AT, True)], OFFERED) == "Sequence, highest first"
    assert order_words.in_words([Order(CloudinaryField.parse("folder"))], []) == "Folder, A to Z"
    assert order_words.in_words([], OFFERED) == "As selected"
    assert order_words.in_short([Order(KIND, True, LIST), at], OFFERED) == "Asset type, reversed, then Sequence"
    assert order_words.in_short([Order(AT, True)], OFFERED) == "Sequence, highest first"
    assert order_words.missing([kind, at], [0, 7], OFFERED, 12) == [
        "7 of 12 assets that can be linked have no Sequence and go last."
    ]
    assert order_words.missing([kind, at], [1, 0], OFFERED, 12) == [
        "1 of 12 assets that can be linked has no Asset type and goes last."
    ]
    assert order_words.of_groups("key") == "Groups of one product stand by key."


def test_what_values_are_follows_from_the_field_or_from_all_of_them():
    assert order_words.sort_of("enum", []) == "list"
    assert order_words.sort_of("date", ["2026-01-01"]) == "date"
    assert order_words.sort_of("string", ["01", " 2.5 "]) == "number"
    assert order_words.sort_of("string", ["01", "x"]) == "text"
    assert order_words.sort_of("", []) == "text"
