"""What follows from what happened to an asset."""

from hypothesis import given
from hypothesis import strategies as st

from linking.domain.following import DEFAULTS, LEAVING, Does, Fact, Prints, chosen, facts, leaves, moves, runs_for
from setup.reasons import NONE, Reason

HERE = Prints(1, "place", "said")
prints = st.builds(
    Prints, st.integers(0, 2), st.sampled_from(["", "p", "q"]), st.sampled_from(["", "s", "t"]), st.booleans()
)


def test_what_is_the_same_has_no_consequences():
    assert facts(HERE, HERE) == frozenset()
    assert facts(HERE, HERE, shut=Reason("asset.restricted"), moderation=["rejected"]) == frozenset()


def test_each_difference_is_a_fact():
    assert facts(HERE, Prints(2, "place", "said")) == {Fact.VERSION}
    assert facts(HERE, Prints(1, "other", "said")) == {Fact.PLACE}
    assert facts(HERE, Prints(1, "place", "other")) == {Fact.OTHER}
    assert facts(None, HERE) == {Fact.OTHER}
    assert facts(HERE, Prints(0, "", "", gone=True)) == {Fact.GONE}
    assert facts(Prints(0, "", "", gone=True), HERE) == {Fact.OTHER}
    assert facts(HERE, Prints(1, "place", "x"), moderation=["approved", "rejected"]) == {Fact.OTHER, Fact.REFUSED}
    assert facts(HERE, Prints(1, "place", "x"), shut=Reason("asset.no_longer", closed=1)) == {Fact.OTHER, Fact.SHUT}


def test_what_is_only_pending_neither_leaves_nor_is_shut():
    assert facts(HERE, Prints(1, "place", "x"), shut=Reason("asset.pending", status="pending")) == {Fact.OTHER}


def test_by_default_a_rename_is_for_the_ledger_alone_and_what_leaves_waits():
    assert not runs_for(DEFAULTS, {Fact.PLACE}, linked=True)
    assert runs_for(DEFAULTS, {Fact.PLACE}, linked=False)
    assert runs_for(DEFAULTS, {Fact.PLACE, Fact.VERSION}, linked=True)
    assert all(leaves(DEFAULTS, {fact}) and not runs_for(DEFAULTS, {fact}, linked=True) for fact in LEAVING)


def test_another_key_decides_alone_whether_the_rule_runs():
    found = {Fact.KEY, Fact.OTHER, Fact.VERSION}
    ran = {said: runs_for(chosen({"key": said}), found, linked=True) for said in Does}
    assert ran == {Does.RUN: True, Does.WAIT: False, Does.LEDGER: False}
    assert {said: moves(chosen({"key": said})) for said in Does} == {
        Does.RUN: True,
        Does.WAIT: True,
        Does.LEDGER: False,
    }


def test_a_rule_may_say_otherwise_but_never_runs_for_what_is_gone():
    table = chosen({"gone": "ledger", "version": "wait", "shut": "run", "place": "run", "key": 7, "other": "x"})
    assert (table[Fact.GONE], table[Fact.VERSION], table[Fact.PLACE]) == (Does.LEDGER, Does.RUN, Does.RUN)
    assert (table[Fact.SHUT], table[Fact.KEY], table[Fact.OTHER]) == (Does.WAIT, Does.RUN, Does.RUN)


@given(kept=st.none() | st.integers() | st.dictionaries(st.text(max_size=8), st.text(max_size=5) | st.none()))
def test_any_table_is_whole(kept):
    table = chosen(kept)
    assert set(table) == set(Fact)
    assert all(table[fact] != Does.RUN for fact in LEAVING)


@given(before=st.none() | prints, now=prints, moderation=st.lists(st.sampled_from(["approved", "rejected", "pending"])))
def test_a_second_look_finds_nothing(before, now, moderation):
    """Whatever happened, once it is remembered nothing follows: so repeats cost nothing, and there is no ping-pong."""
    assert facts(now, now, moderation=moderation) == frozenset()
    happened = facts(before, now, moderation=moderation, shut=NONE)
    assert (not happened) == (before == now)
    assert not (runs_for(DEFAULTS, happened, linked=True) and leaves(DEFAULTS, happened))
