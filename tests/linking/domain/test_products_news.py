"""A product is news when it is new or its keys are others, and never because of its media."""

from hypothesis import given
from hypothesis import strategies as st

from linking.domain.products_news import Before, is_news, mark_of

KEYS = st.sets(st.text(max_size=8), max_size=5)
STATES = st.builds(Before, st.none() | KEYS.map(mark_of), st.booleans(), KEYS.map(frozenset))


@given(KEYS, KEYS)
def test_a_mark_says_whether_keys_are_the_same(some, others):
    assert (mark_of(some) == mark_of(others)) == (
        some == others or "\n".join(sorted(some)) == "\n".join(sorted(others))
    )
    assert mark_of([*some, *some]) == mark_of(sorted(some, reverse=True))


@given(STATES, KEYS)
def test_what_was_looked_at_is_no_news_until_its_keys_are_others(former, keys):
    """So that a write of ours, which changes media alone, never leads to another firing."""
    assert not is_news(Before(mark_of(keys), former.created_since, former.linked), keys)


@given(KEYS.filter(bool), KEYS.filter(bool))
def test_other_keys_are_news(former, now):
    assert is_news(Before(mark_of(former)), now) == (mark_of(former) != mark_of(now))


@given(KEYS.filter(bool))
def test_what_nobody_has_looked_at_is_news_unless_it_is_old_and_linked(keys):
    one = frozenset([min(keys)])
    assert is_news(Before(), keys)
    assert is_news(Before(created_since=True, linked=one), keys)
    assert not is_news(Before(linked=one), keys)


@given(STATES)
def test_without_keys_nothing_is_news(before):
    assert not is_news(before, ())
