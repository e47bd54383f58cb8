"""May this asset be shown to the world, and when: for whatever names assets to people who never signed in, be it a delivery
endpoint, a manifest or a ZIP. By access control, moderation, the last day of its expiration field, whether it is there at all,
and whose it is.

What goes into stores may be allowed more (linking.domain.showing): a signed address of a private asset is given to a shop, and
never to the world.
"""

from dataclasses import dataclass, replace
from datetime import tzinfo

from linking.domain import showing
from linking.domain.assets import Asset
from setup.reasons import NONE, Reason

GONE, UNREADABLE, FOREIGN = Reason("asset.gone"), Reason("asset.unreadable"), Reason("asset.foreign")
ALWAYS = float("inf")
Span = tuple[float, float]  # from the first second until before the other one, since 1970


@dataclass(frozen=True, slots=True)
class Terms:
    """What one environment (its pk) shows. `pending`: also what moderation has not decided on; `field`: the ID of the metadata
    field with the last day, in `zone`; empty: there is none."""

    environment: int
    field: str
    zone: tzinfo
    pending: bool = False

    @property
    def allowed(self) -> showing.Allowed:
        return showing.Allowed(pending=self.pending, restricted=False)


def why_not(asset: Asset | None, of: int, terms: Terms, *, now: float) -> Reason:
    """Why it must not be shown at `now`; empty if it may. `of`: the pk of the environment that it is of; None: it is gone."""
    if of != terms.environment:
        return FOREIGN
    if asset is None or asset.gone:
        return GONE
    if not asset.public_id:
        return UNREADABLE
    if reason := showing.withheld(asset, terms.allowed, now=now):
        return reason
    return showing.expired(asset, terms.field, terms.zone, now=now) if terms.field else NONE


def spans(asset: Asset | None, of: int, terms: Terms) -> tuple[Span, ...]:
    """When it may be shown, as far as that is known today: `is_open(spans, now)` says at any time what `why_not` says. None at
    all for what only a change in Cloudinary could open."""
    if asset is None or why_not(replace(asset, windows=None, metadata={}), of, terms, now=0):
        return ()
    over = showing.over_at(asset, terms.field, terms.zone) if terms.field else None
    end = ALWAYS if over is None else over
    windows = [(0, ALWAYS)] if asset.windows is None else asset.windows
    return tuple((float(first), min(float(last), end)) for first, last in windows if first < min(last, end))


def is_open(known: tuple[Span, ...], now: float) -> bool:
    return any(first <= now < last for first, last in known)


def next_change(known: tuple[Span, ...], now: float) -> float:
    """When what `is_open` says may change next; ALWAYS: never."""
    return min((moment for span in known for moment in span if moment > now), default=ALWAYS)
