"""The document that a delivery endpoint keeps of a product, and what of it is answered: only what may be shown at that moment.

{"product": {"id", "title", "handle"}, "media": [{"asset", "spans": [[first, last or null], …], "variants": [id, …], "shown":
{…}}, …]}; without variants a medium is of all of them. `shown` is what people get."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from linking.domain import stored
from linking.domain.showable import ALWAYS, Span, is_open, next_change

FRESH, STALE = (
    20,
    30,
)  # seconds: what is answered is at most so old, together with a look of the sweeper within a minute


@dataclass(frozen=True)
class Answered:
    """`until`: when it changes by itself; ALWAYS: never."""

    product: Mapping[str, Any]
    media: list[dict[str, Any]]
    until: float = ALWAYS

    def at(self, position: int) -> dict[str, Any] | None:
        """The medium at this place; the first one is 1."""
        return self.media[position - 1] if 0 < position <= len(self.media) else None


def entry(asset_id: str, spans: Iterable[Span], variants: Iterable[str], shown: Mapping[str, Any]) -> dict[str, Any]:
    kept = [[first, None if last == ALWAYS else last] for first, last in spans]
    return {"asset": asset_id, "spans": kept, "variants": sorted(variants), "shown": dict(shown)}


def answered(body: Mapping[str, Any], variants: Collection[str], *, now: float) -> Answered:
    """What is shown at `now` of these variants; of all, if none is named. What cannot be read is not shown."""
    media: list[dict[str, Any]] = []
    until, wanted = ALWAYS, set(variants)
    for known in stored.rows(body.get("media"), "asset"):
        of = stored.texts(known.get("variants"))
        if wanted and of and not wanted.intersection(of):
            continue
        spans = spans_of(known.get("spans"))
        until = min(until, next_change(spans, now))
        if is_open(spans, now):
            media.append({"position": len(media) + 1, **stored.mapping(known.get("shown"))})
    return Answered(stored.mapping(body.get("product")), media, until)


def spans_of(value: object) -> tuple[Span, ...]:
    found = []
    for one in stored.entries(value):
        match one:
            case [int() | float() as first, None]:
                found.append((float(first), ALWAYS))
            case [int() | float() as first, int() | float() as last]:
                found.append((float(first), float(last)))
    return tuple(found)


def without(body: Mapping[str, Any], asset_ids: Collection[str]) -> dict[str, Any]:
    """The document without the media of these assets."""
    left = [one for one in stored.rows(body.get("media"), "asset") if one["asset"] not in asset_ids]
    return {**body, "media": left}


def freshness(until: float, *, now: float) -> tuple[int, int]:
    """For how many seconds an answer is fresh, and may be used stale after that while it is asked for again: never beyond the
    moment at which it changes by itself."""
    left = int(max(0, min(until - now, FRESH + STALE)))
    return min(FRESH, left), max(0, min(STALE, left - FRESH))
