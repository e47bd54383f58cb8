"""What a rule may do without a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.policies import Freedom, Policy

bounds = st.none() | st.integers(0, 300)
policies = st.builds(Policy, st.sampled_from(Freedom), bounds, bounds)
counts = st.integers(0, 300)
odd = st.sampled_from([None, True, -1, 3, 10**30, 1.5, "", "report", "apply", [], {}])


@given(policies, counts, counts)
def test_what_only_plans_is_never_applied(policy, leaving, media):
    if policy.only_plans:
        assert not policy.allows(leaving, media)


@given(counts, counts)
def test_apply_if_nothing_leaves(leaving, media):
    assert Policy(Freedom.KEEPING).allows(leaving, media) == (leaving == 0)


@given(bounds, bounds, counts, counts)
def test_of_two_bounds_the_one_that_is_reached_first_makes_it_wait(removals, percent, leaving, media):
    both = Policy(Freedom.BOUNDED, removals, percent)
    by_one = [
        Policy(Freedom.BOUNDED, *one).allows(leaving, media)
        for one, set in (((removals, None), removals is not None), ((None, percent), percent is not None))
        if set
    ]
    assert both.allows(leaving, media) == (bool(by_one) and all(by_one))


@given(policies, counts, counts)
def test_who_allows_some_removals_allows_fewer(policy, leaving, media):
    if policy.allows(leaving, media):
        assert policy.allows(max(0, leaving - 1), media)


@pytest.mark.parametrize(
    ("removals", "percent", "leaving", "media", "allowed"),
    [
        (5, None, 5, 5, True),
        (5, None, 6, 1000, False),
        (None, 10, 10, 100, True),
        (None, 10, 11, 100, False),
        (None, 10, 1, 9, False),
        (None, 0, 0, 0, True),
        (5, 10, 5, 49, False),
        (5, 10, 5, 50, True),
        (0, None, 0, 0, True),
        (None, None, 0, 0, False),
    ],
)
def test_bounds_include_their_number(removals, percent, leaving, media, allowed):
    assert Policy(Freedom.BOUNDED, removals, percent).allows(leaving, media) is allowed


@given(policies)
def test_a_policy_is_read_as_it_is_kept(policy):
    assert Policy.of(policy.kept) == (policy if policy.is_whole else Policy(Freedom.WAIT))


@given(odd | st.dictionaries(st.sampled_from(["freedom", "removals", "percent"]), odd))
def test_what_cannot_be_read_applies_nothing_by_itself(stored):
    policy = Policy.of(stored)
    known = stored.get("freedom") if isinstance(stored, dict) else None
    if known not in ("keeping", "bounded", "report"):
        assert policy == Policy(Freedom.WAIT)
