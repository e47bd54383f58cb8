"""What is worth a notice, who hears it, and how notices are gathered."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain import notices
from linking.domain.notices import About, Cause, Every, Item, Listener

START = datetime(2026, 12, 1, tzinfo=UTC)
pks = st.integers(1, 6)
some_stores = st.frozensets(st.integers(1, 4), max_size=4)
listeners = st.builds(Listener, pks, st.booleans(), st.booleans(), st.none() | some_stores)
abouts = st.builds(About, st.sampled_from(Cause), some_stores, st.none() | pks, st.booleans(), st.booleans())
items = st.lists(st.tuples(st.sampled_from(Cause), st.sampled_from("abcdefghijkl"), st.booleans()), max_size=60).map(
    lambda rows: [Item(cause, subject, end, at, at) for at, (cause, subject, end) in enumerate(rows)]
)


@given(st.lists(listeners, unique_by=lambda one: one.pk), abouts)
def test_who_could_not_act_on_it_hears_nothing_and_whose_it_is_hears_it_first(people, about):
    heard = notices.audience(people, about)
    by_pk = {one.pk: one for one in people}
    assert len(heard) == len(set(heard))
    for pk in heard:
        one = by_pk[pk]
        assert not one.is_viewer
        assert pk == about.whose or one.is_admin or one.may_write(about.stores)
        assert pk == about.whose or not about.alone
    owner = by_pk.get(about.whose)
    if owner and not owner.is_viewer:
        assert heard[0] == owner.pk
    if not about.alone:
        assert {one.pk for one in people if one.is_admin and not one.is_viewer} <= set(heard)


@pytest.mark.parametrize(
    ("about", "heard"),
    [
        (About(Cause.STORE, frozenset({1})), [1, 2, 3]),
        (About(Cause.STORE, frozenset({2})), [1, 2]),
        (About(Cause.PLAN, frozenset({1, 2}), whose=2), [2, 1, 3]),
        (About(Cause.PLAN, frozenset({1}), closed=True), [1]),
        (About(Cause.RULE, frozenset({1}), whose=3), [3, 1]),
        (About(Cause.EVENTS), [1]),
        (About(Cause.PROBLEMS, frozenset({1}), whose=2, alone=True), [2]),
        (About(Cause.PROBLEMS, frozenset({1}), whose=4, alone=True), []),
    ],
)
def test_who_hears_what(about, heard):
    people = [
        Listener(1, is_admin=True),
        Listener(2),
        Listener(3, stores=frozenset({1})),
        Listener(4, is_viewer=True, stores=frozenset()),
    ]
    assert notices.audience(people, about) == heard


@given(items)
def test_a_letter_tells_the_last_of_each_thing_once_and_counts_what_it_does_not_show(given_items):
    sections = notices.gathered(given_items)
    last = {(one.cause, one.subject): one for one in given_items}
    counted = Counter((one.cause, one.is_end) for one in last.values())
    assert {(one.cause, one.is_end): one.count for one in sections} == counted
    assert len(sections) == len(counted)
    said = [order for one in sections for order in one.shown]
    assert len(said) == len(set(said))
    assert set(said) <= {one.order for one in last.values()}
    assert all(1 <= len(one.shown) <= notices.SHOWN for one in sections)
    assert all(one.more == 0 or len(one.shown) == notices.SHOWN for one in sections)


def test_of_42_runs_five_are_named_and_37_more_counted():
    [section] = notices.gathered(Item(Cause.PROBLEMS, f"run {n}", False, n, n) for n in range(42))
    assert (section.shown, section.more) == ((41, 40, 39, 38, 37), 37)


@given(st.lists(st.integers(0, 3 * 86_400), min_size=1, max_size=40), st.sampled_from(Every), st.integers(1, 120))
def test_letters_keep_their_distance_and_leave_nothing_out(seconds, often, beat):
    """However things happen, looked at every `beat` seconds."""
    waiting, left, sent, last = [], sorted(seconds), [], None
    at = 0
    while left or waiting:
        while left and left[0] <= at:
            waiting.append(START + timedelta(seconds=left.pop(0)))
        now = START + timedelta(seconds=at)
        if waiting and notices.due(waiting[0], last, often) <= now:
            sent.append((now, len(waiting)))
            last, waiting = now, []
        upcoming = (
            [notices.due(waiting[0], last, often)] if waiting else [START + timedelta(seconds=left[0])] if left else []
        )
        next_at = min((int((one - START).total_seconds()) for one in upcoming), default=at)
        at = max(at + beat, next_at // beat * beat)
    assert sum(n for _, n in sent) == len(seconds)
    times = [one for one, _ in sent]
    assert all(later - before >= notices.PAUSES[often] for before, later in pairwise(times))
    first = START + timedelta(seconds=min(seconds))
    assert first + notices.DEBOUNCE <= times[0] <= first + notices.DEBOUNCE + timedelta(seconds=2 * beat)
    span = timedelta(seconds=max(seconds) - min(seconds))
    assert len(sent) <= span // notices.PAUSES[often] + 2


def test_a_letter_is_tried_for_most_of_a_day_and_then_given_up():
    pauses = [notices.pause(n) for n in range(1, len(notices.TRIES) + 2)]
    assert pauses[-1] is None
    assert timedelta(hours=12) < sum(filter(None, pauses), timedelta()) < timedelta(days=1)


@pytest.mark.parametrize(
    ("kept", "read"),
    [(None, notices.USUAL), ("plan", notices.USUAL), ([], ()), (["store", "plan", "x", 3], (Cause.PLAN, Cause.STORE))],
)
def test_what_was_chosen_is_read_in_one_order(kept, read):
    assert notices.chosen(kept) == read


@pytest.mark.parametrize(("kept", "read"), [("day", Every.DAY), ("", Every.HOUR), ("never", Every.HOUR)])
def test_how_often_is_read_as_it_was_kept(kept, read):
    assert notices.every(kept) == read
