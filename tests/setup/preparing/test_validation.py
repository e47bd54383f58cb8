"""Bounds become a validation that refuses exactly what they refuse, and equal rules are written alike."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.cloudinary import fields
from setup.preparing.validation import fits, parts, rule, spelled

NUMBERS = st.none() | st.integers(-9, 9)
TEXTS = st.text("ab", max_size=6)
DAYS = st.dates().map(lambda one: one.isoformat())


def agrees(type, choices, value):
    made = rule(type, choices)
    fields.check_validation(type, made)
    assert fits(type, choices, value) == fields.fits(made or {}, value)


@given(shortest=st.none() | st.integers(1, 3), longest=st.none() | st.integers(3, 6), value=TEXTS)
def test_a_length_is_what_cloudinary_makes_of_it(shortest, longest, value):
    agrees("string", {"shortest": shortest, "longest": longest}, value)


@given(least=NUMBERS, most=NUMBERS, value=st.integers(-12, 12))
def test_a_range_is_what_cloudinary_makes_of_it(least, most, value):
    agrees("integer", {"least": least, "most": most}, value)


@given(earliest=st.none() | DAYS, latest=st.none() | DAYS, value=DAYS)
def test_days_are_what_cloudinary_makes_of_them(earliest, latest, value):
    agrees("date", {"earliest": earliest, "latest": latest}, value)


RULES = st.recursive(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["greater_than", "less_than"]), "equals": st.booleans(), "value": st.integers(0, 9)}
    ),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"type": "and", "rules": rules}),
    max_leaves=5,
)


@given(st.lists(RULES, min_size=1, max_size=4))
def test_order_and_nesting_say_nothing(rules):
    whole = {"type": "and", "rules": rules}
    assert spelled(whole) == spelled({"type": "and", "rules": [{"type": "and", "rules": rules[::-1]}]})
    assert len(parts(whole)) == spelled(whole).count(",") + 1


@given(st.none() | st.integers() | st.text() | st.dictionaries(st.text(), st.integers() | st.lists(st.integers())))
def test_a_validation_of_any_shape_is_spelled(raw):
    assert isinstance(spelled(raw), str)


def test_a_rule_that_is_not_known_is_shown_as_it_is():
    assert spelled({"type": "regexp", "value": "x"}) == '{"type": "regexp", "value": "x"}'
