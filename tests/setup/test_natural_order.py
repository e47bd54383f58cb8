"""The order in which people count."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup.models import Environment
from setup.natural_order import dated, natural

HUGE = "9" * 400
ORDERS = {
    "letters behind numbers": ["01", "02", "02a", "03", "10"],
    "names of files": ["img1.jpg", "img2.jpg", "img10.jpg", "img10a.jpg"],
    "chapters": ["1.2.3", "1.2.10", "1.10.1"],
    "negatives and decimals": ["-10", "-2.5", "-2.25", "-1", "0", "0.5", "+1", "2.25", "2.5", "10"],
    "the minus of typesetters": ["\u22122", "-1", "0"],
    "beyond what a float holds": ["9007199254740992", "9007199254740993", "9007199254740994"],
    "400 digits": [HUGE[:-1] + "8", HUGE, "1" + "0" * 400],
    "beyond what Python reads as an integer": ["1" * 5000, "2" * 5000, "1" * 5001],
    "negatives of any length": ["-1" + "0" * 400, "-" + HUGE, "-1"],
    "numbers, then words": ["2", "10", "a2", "a10", "b"],
    "blanks at the edges": ["1", "\u00a02", " 3\u200b", "\ufeff10"],
    "sizes": ["38", "38\u00bd", "39", "39\u2154", "40"],
    "circled and wide": ["\u2460", "\u2461", "\uff13", "\u2469"],
    "Arabic digits": ["\u0661", "\u0662", "\u0661\u0660"],
    "case and accents": ["apfel", "Äpfel", "Birne", "eclair", "Éclair", "Zebra"],
    "days": ["2025-12-31", "2026-01-05", "2026-01-31", "2026-10-02"],
    "days as in Germany": ["31.12.2025", "5.1.2026", "31.01.2026", "02.10.2026"],
    "days with names of months": ["31 Dec 2025", "January 5, 2026", "Jan 31 2026", "1st March 2026", "2-Oct-2026"],
    "days of every kind": ["31.12.2025", "2026-01-05", "6 Jan 2026", "2026-01-07T08:00:00Z"],
    "moments of several zones": ["2026-01-05T10:00:00+02:00", "2026-01-05T09:00:00Z", "2026-01-05T09:00:00.5Z"],
}


@pytest.mark.parametrize("wanted", ORDERS.values(), ids=ORDERS)
def test_values_stand_as_people_count(wanted):
    shuffled = random.Random(7).sample(wanted, len(wanted))
    assert sorted(shuffled, key=natural) == wanted
    assert len({natural(value) for value in wanted}) == len(wanted)


@pytest.mark.parametrize(
    "text", ["05/01/2026", "31.02.2026", "2026-13-01t10:00", "5 mai 2026", "1.2.3", "may 2026", ""]
)
def test_what_is_no_date_or_could_be_two_stays_as_it_is(text):
    assert dated(text) == text


VALUES = st.one_of(
    st.text("01 a.-A\u00bd\u2212é", max_size=6),
    st.text(max_size=8),
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.dates().map(str),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.text("0123456789", min_size=300, max_size=320),
)


@given(st.lists(VALUES, max_size=6))
def test_any_values_have_one_order(values):
    """Whatever comes, keys can be compared, and however it comes, it ends in the same order."""
    once, again = (sorted(some, key=natural) for some in (values, values[::-1]))
    assert list(map(natural, once)) == list(map(natural, again))


@given(st.integers(), st.integers())
def test_whole_numbers_stand_by_their_value(one, other):
    assert (natural(str(one)) < natural(str(other))) == (one < other)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4), st.decimals(-9, 9, places=2))
def test_decimals_stand_by_their_value(one, other):
    assert (natural(f"{one:f}") < natural(f"{other:f}")) == (one < other)


@given(st.dates(), st.dates())
def test_days_stand_by_time_however_they_are_written(one, other):
    written = (f"{one.day}.{one.month}.{one.year:04}", other.isoformat())
    assert (natural(written[0]) < natural(written[1])) == (one < other)


def test_stores_stand_by_the_names_that_people_gave_them(db):
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    own = Environment.objects.create(cloud_name="own", **known)
    for at, (name, label) in enumerate([("Shop 10", ""), ("Zebra", "Shop 2"), ("shop 1", ""), ("Änderungen", "")]):
        own.stores.create(domain=f"s{at}.myshopify.com", name=name, label=label)
    assert [str(store) for store in own.stores.shown().in_order()] == ["Änderungen", "shop 1", "Shop 2", "Shop 10"]
