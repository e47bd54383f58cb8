"""What a run will ask of a store's API by its plan: about so many points, requests and mutations. What it waits for or repeats is
not in it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from linking.domain.stored import text

# Of one question each: how many it takes at a time, and points. Reads of products grow with them, up to the price of the page.
GALLERIES, VARIANTS, FILES, SWATCHES = 100, 50, 250, 25
PER_PRODUCT, GALLERIES_POINTS, VARIANTS_POINTS = 3, 36, 39
CREATE, UPDATE, REORDER, STATUS, SHOW, NAME = 20, 10, 10, 4, 10, 10
# Looks at galleries while they are written: before, and after; one more where something leaves or is put in order.
LOOKS = 2


@dataclass(frozen=True)
class Work:
    """Of one store, as planned. `writing`: galleries that change; `files` that are not in the store yet; `varying`: products
    whose variants may get or lose a picture, `showing`: those of which one gets one; `reaching`: products whose options are read;
    `swatches`: products and variants that get one."""

    galleries: int = 0
    writing: int = 0
    files: int = 0
    arriving: int = 0
    leaving: int = 0
    ordering: int = 0
    alts: int = 0
    varying: int = 0
    showing: int = 0
    reaching: int = 0
    swatches: int = 0


@dataclass(frozen=True)
class Cost:
    points: int = 0
    requests: int = 0
    mutations: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        theirs = asdict(other)
        return Cost(**{name: number + theirs[name] for name, number in asdict(self).items()})


# Of swatches: what is named now, and that their metafield is defined.
METAFIELDS = Cost(points=8, requests=4)


def cost_of(work: Work) -> Cost:
    reading = _reads(work.galleries, GALLERIES, GALLERIES_POINTS) + _reads(work.reaching, VARIANTS, VARIANTS_POINTS)
    for _ in range(LOOKS + bool(work.leaving or work.ordering or work.showing or work.swatches)):
        reading += _reads(work.writing, GALLERIES, GALLERIES_POINTS)
    for _ in range(2):  # before and after
        reading += _reads(work.varying, VARIANTS, VARIANTS_POINTS)
    reading += METAFIELDS if work.swatches else Cost()
    creating = _calls(work.files)
    writing = [
        (CREATE, creating),
        (UPDATE, sum(map(_calls, (work.arriving, work.leaving, work.alts)))),
        (REORDER, work.ordering),
        (SHOW, work.showing),
        (NAME, -(-work.swatches // SWATCHES)),
    ]
    mutations, points = sum(count for _, count in writing), sum(price * count for price, count in writing)
    return reading + Cost(points + 2 * creating * STATUS, mutations + 2 * creating, mutations)


def _calls(files: int) -> int:
    return -(-files // FILES)


def _reads(products: int, at_a_time: int, most: int) -> Cost:
    whole, rest = divmod(products, at_a_time)
    points = whole * most + min(most, 1 + rest * PER_PRODUCT) * bool(rest)
    return Cost(points, whole + bool(rest))


def is_ordered(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a gallery has its order without being asked for: what stays does, and what comes is added at the end. As rows keep
    both (linking.models.ProductSync)."""
    staying = {text(slot.get("medium")) for slot in after}
    kept = [item["id"] for item in before if item["id"] in staying]
    return [slot.get("medium") for slot in after] == [*kept, *[None] * (len(after) - len(kept))]
