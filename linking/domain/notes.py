"""What a report says of an asset that is brought to a store, though nothing went wrong: a closed list, so that rows can be asked
for it."""

from itertools import product

from linking.domain.assets import Asset
from linking.domain.formats import MOST_FRAMES
from linking.domain.showing import SIGNED, UNDECIDED
from setup.reasons import NONE, Reason, joined

UNMODERATED, CUT = Reason("asset.unmoderated"), Reason("asset.cut_frames", most=MOST_FRAMES)


def note(asset: Asset) -> Reason:
    """That it is shown only because an admin allows it, or that not all of it is; one of NOTES, or nothing."""
    signed = Reason("asset.signed", type=asset.delivery_type) if asset.delivery_type in SIGNED else NONE
    waiting = UNMODERATED if any(status in UNDECIDED for status in asset.moderation) else NONE
    return joined(signed, waiting, CUT if asset.frames > MOST_FRAMES else NONE)


ALL_SIGNED = (NONE, *(Reason("asset.signed", type=kind) for kind in SIGNED))
NOTES = tuple(filter(None, (joined(*parts) for parts in product(ALL_SIGNED, (NONE, UNMODERATED), (NONE, CUT)))))
