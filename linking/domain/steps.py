"""Looking at a gallery and saying what to do next. Applying is: look, do the step, look again, until there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """At most one of the three is to be done before looking again, in this order; unlinking and ordering go together.

    `order`: the complete order of what stays, if it is not in order yet. The complete list means the same whatever the
    gallery looks like when it is carried out, and however often: the fewest moves, carried out twice, scramble it.
    """

    link: tuple[str, ...] = ()
    unlink: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.link or self.unlink or self.order)


def next_step(target: Sequence[str], leaving: Sequence[str], current: Sequence[str]) -> Step:
    """What brings the gallery `current` nearer to `target`. Media that neither list names keep to the end, in their order.

    Nothing leaves before everything new is in place.
    """
    if missing := tuple(id for id in target if id not in current):
        return Step(link=missing)
    unlink = tuple(id for id in current if id in leaving)
    remaining = [id for id in current if id not in unlink]
    wanted = [*target, *(id for id in remaining if id not in target)]
    return Step(unlink=unlink, order=tuple(wanted) if wanted != remaining else ())


def ordered(current: Sequence[str], order: Sequence[str]) -> list[str]:
    """What Shopify makes of a complete order, one move after another: take out, put back at the place. Unknown ids are ignored,
    and what the order does not name follows."""
    working = list(current)
    for at, id in enumerate(order):
        if id in working:
            working.remove(id)
            working.insert(at, id)
    return working


def salvage(after: Sequence[str | None], room: Mapping[int, str], leaving: Sequence[str]) -> list[str]:
    """The target when some of the new could not be brought (None in `after`): nothing is unlinked, and what was to make
    room at a place (`room`: index -> medium) keeps it."""
    target = [id or room.get(at) for at, id in enumerate(after)]
    kept = [id for id in target if id is not None]
    return [*kept, *(id for id in leaving if id not in kept)]
