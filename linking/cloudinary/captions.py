"""Cloudinary's AI captioning of an asset, and alt texts written back to assets.

Both go through the Upload API, which has no hourly limit: https://cloudinary.com/documentation/image_upload_api_reference.
The SDK's `api.analyze` is not used: it still calls the address that the Analyze API had before it was published.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import cloudinary.uploader
from django.utils import timezone

from linking.cloudinary.assets import present
from linking.cloudinary.renditions import withheld
from linking.domain.alts import MAX_CONTEXT, cut, one_line
from linking.domain.assets import Asset
from setup.captions.asking import back, state_of
from setup.captions.offer import State
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble, unreadable
from setup.models import Environment
from setup.reasons import Reason, Reasoned
from setup.shapes import mapping, text

MOST_IDS = 100


class Refusal(StrEnum):
    ASSET = "asset"  # this asset has no caption; others may
    ADD_ON = "add_on"  # nobody gets one until a person acts
    LATER = "later"  # nothing is wrong; ask again


class NoCaption(Reasoned):
    """`reason`: what happened and what to do. `state`: what it says of the add-on, if anything; `until`: when it comes back."""

    def __init__(
        self, refusal: Refusal, reason: Reason, state: State | None = None, until: datetime | None = None
    ) -> None:
        super().__init__(reason)
        self.refusal, self.state, self.until = refusal, state, until


SAID = {State.ABSENT: Reason("caption.not_subscribed"), State.USED_UP: Reason("caption.used_up")}
NOTHING_SEEN, NOT_YET, GONE = Reason("caption.nothing_seen"), Reason("caption.not_yet"), Reason("caption.gone")


def describable(environment: Environment, asset: Asset) -> bool:
    """Captions are for images only, and for those that may be shown: the AI is somebody else's, too."""
    return asset.resource_type == "image" and not withheld(environment, asset)


def caption(client: CloudinaryClient, asset: Asset) -> str:
    """A sentence about the picture. It is stored nowhere, and counts against the add-on's monthly quota. Raises NoCaption.

    https://cloudinary.com/documentation/cloudinary_ai_content_analysis_addon
    """
    if trouble := withheld(client.environment, asset):
        raise NoCaption(Refusal.ASSET, trouble)
    options = {"resource_type": "image", "type": asset.delivery_type, "detection": "captioning"}
    try:
        answer = client.call(cloudinary.uploader.explicit, asset.public_id, **options)
    except CloudinaryError as error:
        raise _refused(error) from None
    if not text(answer.get("public_id")):
        raise _refused(unreadable())  # nobody has looked at the picture
    if not _is_of(client, answer, asset):
        raise NoCaption(Refusal.ASSET, GONE)  # another one has its public ID by now
    found = mapping(mapping(mapping(answer.get("info")).get("detection")).get("captioning"))
    if found.get("status") == "pending":
        raise NoCaption(Refusal.ASSET, NOT_YET)
    if words := one_line(text(mapping(found.get("data")).get("caption"))):
        return words[0].upper() + words[1:]
    raise NoCaption(Refusal.ASSET, NOTHING_SEEN)


def _is_of(client: CloudinaryClient, answer: Mapping, asset: Asset) -> bool:
    """Whether the answer is about this asset. One that does not say so is believed if the asset is where it was asked for.
    Raises NoCaption."""
    if id := answer.get("asset_id"):
        return id == asset.asset_id
    try:
        found = next(present(client, [asset], timed=False))
    except CloudinaryError as error:
        raise _refused(error) from None
    if asset.asset_id not in found:
        raise _refused(unreadable())
    now = found[asset.asset_id]
    return now is not None and now.place == asset.place


def _refused(error: CloudinaryError) -> NoCaption:
    state = state_of(error)
    if state is not None:
        until = back(error.said, timezone.now()) if state == State.USED_UP else None
        return NoCaption(Refusal.ADD_ON, SAID.get(state, error.reason), state, until)
    if error.trouble in (Trouble.BUSY, Trouble.AWAY):
        return NoCaption(Refusal.LATER, error.reason)
    return NoCaption(Refusal.ASSET, GONE if error.trouble == Trouble.GONE else error.reason)


def kept_alt(text: str) -> str:
    """As Cloudinary keeps it: a value of an asset's context is shorter than what Shopify takes."""
    return cut(text, MAX_CONTEXT)


def write_alt(client: CloudinaryClient, assets: Sequence[Asset], alt: str) -> set[str]:
    """The same alt text for assets of one resource and delivery type, at most MOST_IDS; other keys of their contexts stay.

    Answers the public IDs that were written: those of missing assets are absent. Repeating it is harmless. Raises
    CloudinaryError. https://cloudinary.com/documentation/image_upload_api_reference#context
    """
    first = assets[0]
    options = {"resource_type": first.resource_type, "type": first.delivery_type}
    ids = [asset.public_id for asset in assets]
    answer = client.call(cloudinary.uploader.add_context, {"alt": kept_alt(alt)}, ids, **options)
    written = answer.get("public_ids")
    if not isinstance(written, list) or not all(isinstance(one, str) for one in written):
        raise unreadable()
    return set(written) & set(ids)
