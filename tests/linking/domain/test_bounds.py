"""Which products a run is for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.bounds import (
    EVERY,
    MOST_OFFERED,
    PARTS,
    STATUSES,
    WRITTEN,
    Bound,
    Facts,
    facts_of,
    values_like,
    within,
)
from setup.reasons import NONE
from setup.spelling import folded

TEXTS = st.lists(st.text(max_size=8), max_size=4)
GIVEN = st.fixed_dictionaries(
    {}, optional={"status": st.lists(st.sampled_from(STATUSES))} | dict.fromkeys(WRITTEN, TEXTS)
)
FACTS = st.builds(
    Facts,
    title=st.text(max_size=5),
    status=st.sampled_from(STATUSES),
    vendor=st.none() | st.text(max_size=8),
    product_type=st.none() | st.text(max_size=8),
    tags=st.none() | TEXTS,
    collections=st.none() | st.frozensets(st.text(max_size=8).map(folded)),
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)
SHIRT = Facts("Shirt", "ACTIVE", "Acme", "Tops", ("Sale", "new"), frozenset({"summer"}))


def test_without_values_every_product_is_inside():
    assert not EVERY
    assert EVERY.outside(SHIRT) == NONE


@pytest.mark.parametrize(
    ("bound", "why"),
    [
        ({"status": ["ACTIVE"]}, ""),
        ({"status": ["DRAFT", "ARCHIVED"]}, "“Shirt” is outside of the chosen products: its status is Active."),
        ({"vendor": ["Other", "ACME "]}, ""),
        ({"vendor": ["Other"]}, "“Shirt” is outside of the chosen products: its vendor is Acme."),
        ({"product_type": ["Caps"]}, "“Shirt” is outside of the chosen products: its product type is Tops."),
        ({"tag": ["sale", "x"]}, ""),
        ({"tag": ["x"]}, "“Shirt” is outside of the chosen products: it has none of their tags."),
        ({"collection": ["Summer", "Winter"]}, ""),
        ({"collection": ["Winter"]}, "“Shirt” is outside of the chosen products: it is in none of the collections."),
        ({"status": ["ACTIVE"], "tag": ["x"]}, "“Shirt” is outside of the chosen products: it has none of their tags."),
    ],
)
def test_a_product_needs_one_value_of_each_part(bound, why):
    assert str(Bound.of(bound).outside(SHIRT)) == why


@given(GIVEN, FACTS)
def test_more_values_of_a_part_never_leave_more_out(known, facts):
    bound = Bound.of(known)
    for part in bound.kept:
        wider = Bound.of(
            bound.kept | {part: [*bound.kept[part], *(STATUSES if part == "status" else ["another"])][:20]}
        )
        assert bound.outside(facts) or not wider.outside(facts)


@given(GIVEN, FACTS)
def test_a_bound_is_the_sum_of_its_parts(known, facts):
    bound = Bound.of(known)
    parts = [Bound.of({part: bound.kept[part]}) for part in bound.kept]
    assert bool(bound.outside(facts)) == any(one.outside(facts) for one in parts)


@given(ANY | GIVEN)
def test_whatever_is_stored_is_read_and_kept_as_it_is_then(value):
    bound = Bound.of(value)
    assert Bound.of(bound.kept) == bound
    assert set(bound.kept) <= set(PARTS)
    assert all(len(set(map(folded, values))) == len(values) for values in bound.kept.values())


def test_all_statuses_are_no_bound():
    assert not Bound.of({"status": list(STATUSES)})


def test_the_short_form_names_two_of_each_and_counts_the_rest():
    bound = Bound.of({"status": ["DRAFT", "ACTIVE"], "vendor": ["Acme"], "tag": ["a", "b", "c", "d"]})
    assert bound.label == "Active, Draft · Acme · a, b +2"
    assert bound.in_full == "Status: Active, Draft · Vendor: Acme · Tag: a, b, c, d"


def test_what_nobody_has_asked_leaves_nothing_out():
    """What an earlier release matched has no vendor; the plan asks."""
    old = {"id": "1", "title": "Shirt", "status": "ACTIVE"}
    bound = Bound.of({"vendor": ["Acme"], "collection": ["Summer"]})
    assert within(bound, {})(old) == NONE
    assert within(bound, {"summer": []})(old).code == "bound.collection"
    assert within(bound, {"summer": ["1"]})(old) == NONE
    assert facts_of(old, None).tags is None


def test_a_collection_that_a_store_has_not_holds_nothing():
    assert within(Bound.of({"collection": ["Summer"]}), {"summer": None})({"id": "1"}).code == "bound.collection"


@given(st.lists(st.text(max_size=12)), st.text(min_size=1, max_size=4))
def test_what_is_offered_while_one_writes_contains_it_and_what_begins_so_comes_first(values, typed):
    found = values_like(values, typed)
    begun = [folded(one).startswith(folded(typed)) for one in found]
    assert all(folded(typed) in folded(one) and one in values for one in found)
    assert begun == sorted(begun, reverse=True)
    assert len({folded(one) for one in found}) == len(found) <= MOST_OFFERED
