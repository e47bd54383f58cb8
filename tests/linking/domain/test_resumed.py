"""An overwriting run that broke off anywhere is ended by the next one as if it had never broken off; and what was linked to the
wrong product leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.galleries import OVERWRITING, Incoming, LinkMode, Medium
from linking.domain.plan import MISPLACED, Change, plan_product
from tests.linking.domain.test_galleries import galleries, selections

modes = st.sampled_from(sorted(OVERWRITING))


def seen(slots):
    """As the store shows it when the new media are there."""
    return [
        Medium(f"new-{slot.asset}", slot.asset, slot.rendition, True) if isinstance(slot, Incoming) else slot
        for slot in slots
    ]


@given(modes, galleries(), selections.filter(bool), st.data())
def test_it_ends_in_the_gallery_that_the_first_run_had_planned(mode, before, incoming, data):
    wanted = seen(plan_product(mode, before, incoming).after)
    ids = [medium.id for medium in wanted]
    leaving = [medium for medium in before if medium.id not in ids]
    came = [medium for medium in wanted if medium.id not in {m.id for m in before}]
    if data.draw(st.booleans()):
        halfway = [*before, *data.draw(st.permutations(came))]  # broken off before anything left
    else:
        gone = data.draw(st.lists(st.sampled_from(leaving), unique=True)) if leaving else []
        halfway = data.draw(st.permutations([m for m in [*before, *came] if m not in gone]))
    again = plan_product(mode, halfway, incoming, broken_off=[medium.id for medium in before])
    assert [medium.id for medium in seen(again.after)] == ids


def test_without_it_overwriting_would_take_away_what_stood_behind():
    before = [Medium(f"old{at}") for at in range(5)]
    halfway = [before[3], before[4], Medium("new-a", "a", "a-now"), Medium("new-b", "b", "b-now")]
    incoming = [Incoming("a", "a-now"), Incoming("b", "b-now")]
    plain = plan_product(LinkMode.OVERWRITE_AND_ADD, halfway, incoming)
    assert plain.unlinked == ("old3", "old4")
    ended = plan_product(LinkMode.OVERWRITE_AND_ADD, halfway, incoming, broken_off=[m.id for m in before])
    assert ended.unlinked == ()


@pytest.mark.parametrize("mode", LinkMode)
def test_what_an_earlier_run_linked_as_another_asset_leaves_first_with_its_reason(mode):
    before = [Medium("m1"), Medium("wrong", "x", "x-now", True, misplaced=True)]
    first = plan_product(mode, before, [Incoming("a", "a-now")]).lines[0]
    assert (first.change, first.medium, first.reason) == (Change.UNLINK, "wrong", MISPLACED)


@pytest.mark.parametrize("mode", LinkMode)
def test_what_is_wanted_here_is_not_misplaced(mode):
    before = [Medium("m1", "a", "a-now", True, misplaced=True)]
    assert plan_product(mode, before, [Incoming("a", "a-now")]).unlinked == ()
