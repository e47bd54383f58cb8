"""Looking at a gallery and saying what to do next. Applying is: look, do the step, look again, until there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linking.domain.moves import Move, fewest_moves


@dataclass(frozen=True, slots=True)
class Step:
    """At most one of the three is to be done before looking again, in this order; unlinking and moving go together."""

    link: tuple[str, ...] = ()
    unlink: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.link or self.unlink or self.moves)


def next_step(target: Sequence[str], leaving: Sequence[str], current: Sequence[str]) -> Step:
    """What brings the gallery `current` nearer to `target`. Media that neither list names keep to the end, in their order.

    Nothing leaves before everything new is in place.
    """
    if missing := tuple(id for id in target if id not in current):
        return Step(link=missing)
    unlink = tuple(id for id in current if id in leaving)
    remaining = [id for id in current if id not in unlink]
    wanted = [*target, *(id for id in remaining if id not in target)]
    return Step(unlink=unlink, moves=tuple(fewest_moves(remaining, wanted)))


def salvage(after: Sequence[str | None], room: Mapping[int, str], leaving: Sequence[str]) -> list[str]:
    """The target when some of the new could not be brought (None in `after`): nothing is unlinked, and what was to make
    room at a place (`room`: index -> medium) keeps it."""
    target = [id or room.get(at) for at, id in enumerate(after)]
    kept = [id for id in target if id is not None]
    return [*kept, *(id for id in leaving if id not in kept)]
