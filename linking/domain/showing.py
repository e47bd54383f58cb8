"""What may be shown in a shop, by what Cloudinary says of an asset; whatever may not is left out before anything is sent.

https://cloudinary.com/documentation/control_access_to_media and https://cloudinary.com/documentation/moderate_assets. That
Cloudinary would deliver an asset decides nothing here: it also delivers what a moderator has rejected.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from linking.domain.assets import Asset
from setup.reasons import NONE, Reason

SIGNED = ("private", "authenticated")  # delivery types that ask for a signed address
# `queued` waits for the moderations before it, `pending` for its outcome: to a shop both mean that nobody has decided.
UNDECIDED = ("pending", "queued")
APPROVED, REFUSED = "approved", ("rejected", "aborted")
NEVER = datetime(9999, 1, 1, tzinfo=UTC).timestamp()  # no clock goes further
NO_FILE, RESTRICTED = Reason("asset.no_file"), Reason("asset.restricted")
REJECTED = Reason("asset.rejected")


class Shut(StrEnum):
    """Of which kind a reason is."""

    RESTRICTED = "restricted"  # Cloudinary shows it to nobody, or only by a signed address
    UNAPPROVED = "unapproved"  # moderation has not let it through
    LACKING = "lacking"  # there is nothing that could be shown


OF_MODERATION = {"asset.pending", "asset.rejected", "asset.not_approved"}
OF_ACCESS = {"asset.restricted", "asset.not_public", "asset.not_yet", "asset.no_longer", "asset.expired"}


def shut(reason: Reason) -> Shut:
    """What kind of reason `withheld` gave."""
    if reason.code in OF_MODERATION:
        return Shut.UNAPPROVED
    return Shut.RESTRICTED if reason.code in OF_ACCESS else Shut.LACKING


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an admin lets through besides what is public and approved."""

    pending: bool = False
    restricted: bool = False


def withheld(asset: Asset, allowed: Allowed, *, now: float) -> Reason:
    """Why the asset must not be shown at `now` (seconds since 1970); empty if it may."""
    if asset.placeholder:
        return NO_FILE
    return _closed(asset, now) or _untyped(asset, allowed) or _unapproved(asset, allowed)


def expired(asset: Asset, field: str, zone: tzinfo, *, now: float) -> Reason:
    """Whether the day in this field is over: the asset is shown until midnight after it. `field`: a metadata field's id; what is
    no date there says nothing."""
    over = over_at(asset, field, zone)
    return NONE if over is None or now < over else Reason("asset.expired", closed=int(over))


def over_at(asset: Asset, field: str, zone: tzinfo) -> float | None:
    """When that day is over; None where the field says nothing."""
    value = asset.metadata.get(field, "")
    try:
        last = date.fromisoformat(value if isinstance(value, str) else "")
        return datetime.combine(last + timedelta(days=1), time(), zone).timestamp()
    except (ValueError, OverflowError):
        return None


def turns_at(asset: Asset, field: str, zone: tzinfo, *, now: float) -> float | None:
    """When what `withheld` and `expired` say is next another matter though nobody changes the asset: a time of access begins or
    ends, or its last day is over; None: never. `field`: empty if there is no such day."""
    over = over_at(asset, field, zone) if field else None
    moments = [*(moment for window in asset.windows or () for moment in window), *([] if over is None else [over])]
    return min((moment for moment in moments if now < moment < NEVER), default=None)


def _closed(asset: Asset, now: float) -> Reason:
    """Only a token opens these, which Shopify has not; no signature does."""
    if asset.restricted:
        return RESTRICTED
    if asset.windows is None or any(start <= now < end for start, end in asset.windows):
        return NONE
    later = [start for start, _ in asset.windows if start > now]
    if later:
        return Reason("asset.not_yet", opens=min(later))
    return Reason("asset.no_longer", closed=max(end for _, end in asset.windows)) if asset.windows else RESTRICTED


def _untyped(asset: Asset, allowed: Allowed) -> Reason:
    if asset.delivery_type in SIGNED and not allowed.restricted:
        return Reason("asset.not_public", type=asset.delivery_type)
    return NONE


def _unapproved(asset: Asset, allowed: Allowed) -> Reason:
    """Every moderation has to approve; the gravest verdict is the reason."""
    open_ones = [status for status in asset.moderation if status != APPROVED]
    if any(status in REFUSED for status in open_ones):
        return REJECTED
    if strange := next((status for status in open_ones if status not in UNDECIDED), ""):
        return Reason("asset.not_approved", status=strange)
    if open_ones and not allowed.pending:
        return Reason("asset.pending", status=open_ones[0])
    return NONE
