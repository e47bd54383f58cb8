"""Edits from several tabs: none that was acknowledged is lost, and none is made on a state that nobody saw."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linking.models import GroupArrangement, Selection
from linking.selection import locking
from linking.selection.arrangement import group_id
from tests.linking.visits import enter
from tests.scenes import asset
from tests.tiers import drawn


@pytest.fixture
def chosen(scene):
    return scene([], [asset(f"p{at}", "a", at) for at in range(5)]).select()


def test_an_edit_on_the_state_that_was_seen_is_kept_and_counted(chosen):
    with locking.edit(chosen, chosen.version) as row:
        row.view = "regular"
    found = Selection.objects.get(pk=chosen.pk)
    assert (found.view, found.version) == ("regular", chosen.version + 1)


def test_an_edit_on_an_older_state_is_refused(chosen):
    with locking.edit(chosen, chosen.version):
        pass
    with pytest.raises(locking.Stale), locking.edit(chosen, chosen.version) as row:
        row.view = "regular"
    assert Selection.objects.get(pk=chosen.pk).view == "compact"


def test_an_edit_that_fails_leaves_nothing_behind(chosen):
    def fail() -> None:
        with locking.edit(chosen, chosen.version) as row:
            row.assets.update(excluded=True)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    found = Selection.objects.get(pk=chosen.pk)
    assert (found.version, found.assets.filter(excluded=True).exists()) == (chosen.version, False)


TAB = st.sampled_from(["one", "two"])
NUMBER = st.integers(0, 4)
EDITS = st.one_of(
    st.tuples(TAB, st.just("look"), NUMBER),
    st.tuples(TAB, st.sampled_from(["exclude", "include", "up", "down", "top", "bottom"]), NUMBER),
)


@given(steps=st.lists(EDITS, max_size=14))
@settings(max_examples=drawn(12, 100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_two_tabs_do_what_was_acknowledged_is_there_and_what_was_refused_is_not(client, chosen, steps):
    """A model of one list and one set: acknowledged edits change it, refused ones do not."""
    enter(client, chosen.member, chosen)
    chosen.assets.update(excluded=False)
    GroupArrangement.objects.filter(selection=chosen).delete()
    seen = dict.fromkeys(("one", "two"), Selection.objects.get(pk=chosen.pk).version)
    order, out = list(range(5)), set()
    for tab, do, number in steps:
        if do == "look":
            seen[tab] = Selection.objects.get(pk=chosen.pk).version
            continue
        fields = {"do": do, "a": number, "g": group_id("a"), "version": seen[tab]}
        answer = client.post(f"/selections/{chosen.key}/arrange/", fields)
        if answer.status_code == 409:
            continue
        assert answer.status_code == 200
        seen[tab] += 1
        apply(order, out, do, number)
    found = Selection.objects.get(pk=chosen.pk)
    assert {row.place for row in found.assets.filter(excluded=True)} == out
    page = client.get(f"/selections/{chosen.key}/groups/one/", {"g": group_id("a")}).content.decode()
    assert sorted(order, key=lambda at: page.index(f'data-a="{at}"')) == order


def apply(order: list[int], out: set[int], do: str, number: int) -> None:
    if do in ("exclude", "include"):
        (out.add if do == "exclude" else out.discard)(number)
        return
    at = order.index(number)
    order.remove(number)
    order.insert({"up": max(at - 1, 0), "down": at + 1, "top": 0, "bottom": 5}[do], number)
