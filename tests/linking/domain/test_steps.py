"""Steps: looking and acting in turn ends in the planned gallery, from wherever one begins, and nothing leaves too early."""

from hypothesis import given
from hypothesis import strategies as st

from linking.domain.steps import Step, next_step, ordered, salvage

ids = st.lists(st.sampled_from([f"m{at}" for at in range(10)]), unique=True, max_size=8)


@st.composite
def goals(draw):
    """Target, what leaves, and a gallery in which some of it may have been done already."""
    target = draw(ids)
    leaving = [id for id in draw(ids) if id not in target]
    foreign = ["x1", "x2"][: draw(st.integers(0, 2))]
    there = [*draw(st.lists(st.sampled_from([*target, *leaving, *foreign] or ["x1"]), unique=True))]
    return target, leaving, there


def done(gallery: list[str], step: Step) -> list[str]:
    """What Shopify makes of a step: files are added, moves apply one after another."""
    return ordered([id for id in [*gallery, *step.link] if id not in step.unlink], step.order)


@given(goals())
def test_two_looks_at_most_lead_to_the_target(goal):
    target, leaving, gallery = goal
    others = [id for id in gallery if id not in target and id not in leaving]
    for _ in range(2):
        gallery = done(gallery, next_step(target, leaving, gallery))
    assert gallery == [*target, *others]
    assert not next_step(target, leaving, gallery)


@given(goals())
def test_nothing_leaves_before_everything_new_is_in_place(goal):
    target, leaving, gallery = goal
    step = next_step(target, leaving, gallery)
    assert not step.unlink or set(target) <= set(gallery)


@given(st.lists(st.none() | st.sampled_from(["a", "b", "c"]), max_size=5, unique_by=lambda x: x or object()))
def test_when_something_could_not_be_brought_nothing_is_unlinked(after):
    room = {at: f"old{at}" for at, id in enumerate(after) if id is None and at % 2}
    leaving = [*room.values(), "gone"]
    kept = salvage(after, room, leaving)
    assert set(kept) == {id for id in after if id} | set(leaving)
    assert len(kept) == len(set(kept))
    assert all(kept.index(old) == sum(1 for i in range(at) if after[i] or i in room) for at, old in room.items())


@given(goals(), st.randoms())
def test_an_order_gives_the_same_gallery_however_late_and_however_often_it_is_carried_out(goal, random):
    """Its job may run on whatever the gallery looks like by then, and after another job with the same order."""
    target, _, gallery = goal
    wanted = [*target, *(id for id in gallery if id not in target)]
    shuffled = random.sample(wanted, len(wanted))
    once = ordered(shuffled, wanted)
    assert once == wanted
    assert ordered(once, wanted) == wanted


@given(goals())
def test_an_order_that_comes_before_something_has_left_keeps_that_behind(goal):
    target, leaving, gallery = goal
    everything = [*dict.fromkeys([*gallery, *target, *leaving])]
    found = ordered(everything, target)
    assert found[: len(target)] == target
    assert sorted(found) == sorted(everything)
