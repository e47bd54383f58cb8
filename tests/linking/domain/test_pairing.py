"""Which file is whose: by the files' own names, whatever order Shopify's lists have."""

from hypothesis import given
from hypothesis import strategies as st

from linking.domain.arrivals import Expected, Seen, pair

MARKS = [f"al{at:012x}-00000001" for at in range(6)]


def rows_of(ids):
    return [Expected(at, MARKS[at], id) for at, id in enumerate(ids)]


@st.composite
def calls(draw):
    """Files of one call, dealt to its rows in any order, each ready, failed, under way or not shown."""
    count = draw(st.integers(1, 6))
    ids = [f"file-{at}" for at in range(count)]
    states = draw(st.lists(st.sampled_from(["ready", "failed", "busy", "absent"]), min_size=count, max_size=count))
    seen = {}
    for id, mark, state in zip(ids, MARKS, states, strict=False):
        if state == "ready":
            seen[id] = Seen(there=True, mark=mark)
        elif state != "absent":
            seen[id] = Seen(failed=state == "failed")
    return draw(st.permutations(ids)), seen, states


@given(calls())
def test_a_file_is_given_to_the_row_whose_mark_its_name_carries(call):
    ids, seen, states = call
    found = pair(rows_of(ids), seen)
    assert found.proved == {at: f"file-{at}" for at, state in enumerate(states) if state == "ready"}


@given(calls())
def test_every_row_is_proved_failed_or_holds_an_id_of_its_own(call):
    ids, seen, _ = call
    found = pair(rows_of(ids), seen)
    assert sorted([*found.proved, *found.failed, *found.dealt]) == list(range(len(ids)))
    held = [*found.proved.values(), *found.failed.values(), *found.dealt.values()]
    assert sorted(held) == sorted(ids)


@given(calls())
def test_files_have_failed_for_their_rows_only_when_all_others_are_known(call):
    ids, seen, states = call
    found = pair(rows_of(ids), seen)
    failed = {at for at, state in enumerate(states) if state == "failed"}
    undecided = {"busy", "absent"} & set(states)
    assert set(found.failed) == (set() if undecided else failed)


def test_a_file_without_a_content_is_nobodys_yet():
    found = pair(rows_of(["a"]), {"a": Seen()})
    assert (found.proved, found.dealt) == ({}, {0: "a"})


def test_the_last_file_of_a_call_needs_no_name():
    """Merchants rename files, and whether Shopify keeps the name of a video is not recorded."""
    seen = {"a": Seen(there=True, mark=MARKS[1]), "b": Seen(there=True)}
    assert pair(rows_of(["a", "b"]), seen).proved == {0: "b", 1: "a"}


def test_two_files_without_a_name_are_not_guessed_at():
    seen = {"a": Seen(there=True), "b": Seen(there=True)}
    assert pair(rows_of(["a", "b"]), seen).proved == {}


def test_a_file_of_another_asset_is_dropped():
    found = pair(rows_of(["a", "b"]), {"a": Seen(there=True, mark=MARKS[5])})
    assert (found.proved, found.dealt) == ({}, {0: "", 1: "b"})
