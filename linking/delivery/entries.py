"""What the world is given of an asset: its addresses by place, and what a page needs to draw it without a jump."""

from collections.abc import Mapping
from typing import Any

from linking.cloudinary.renditions import delivery_url, is_video
from linking.delivery.places import PLACES, Place, blurred, shown_at, srcset, video_address
from linking.domain.alts import from_field
from linking.domain.assets import Asset
from linking.domain.fields import BadField, CloudinaryField
from setup.captions.beside import names
from setup.models import Environment

ROLE, ALT = "asset_type", "alt_"  # external IDs of metadata fields, as Setup prepares them
CAPTIONS = ("vtt", "srt")


def of_asset(
    environment: Environment, asset: Asset, captions: Mapping[str, Asset], spin_field: str = ""
) -> dict[str, Any]:
    """`captions`: raw files beside videos that may be shown, by public ID."""
    renditions = {place.code: rendition(environment, asset, place) for place in PLACES}
    found: dict[str, Any] = {
        "assetId": asset.asset_id,
        "publicId": asset.public_id,
        "type": asset.resource_type,
        "version": asset.version,
        "role": text_of(asset, ROLE) or "gallery",
        "width": asset.width,
        "height": asset.height,
        "alt": alt_texts(environment, asset),
        "placeholder": blurred(environment, asset),
        "renditions": renditions,
    }
    if spin_field and (frame := text_of(asset, spin_field.removeprefix("metadata:"))):
        found["frame"] = frame
    if is_video(asset):
        found |= {"url": video_address(environment, asset), "duration": asset.duration}
        found["captions"] = captions_of(environment, asset, captions)
    return found


def rendition(environment: Environment, asset: Asset, place: Place) -> dict[str, Any]:
    shown = shown_at(environment, asset, place)
    widths = srcset(environment, asset, shown)
    listed = ", ".join(f"{url} {width}w" for width, url in sorted(widths.items()))
    return {"url": shown.url, "width": shown.width, "height": shown.height, "srcset": listed}


def text_of(asset: Asset, field: str) -> str:
    value = asset.metadata.get(field, "")
    return value if isinstance(value, str) else ""


def alt_texts(environment: Environment, asset: Asset) -> dict[str, str]:
    """By language; `default` is the one that goes to stores."""
    found = {}
    try:
        known = from_field(CloudinaryField.parse(environment.alt_field), asset) if environment.alt_field else ""
    except BadField:
        known = ""
    if known:
        found["default"] = known
    for field in sorted(asset.metadata):
        if field.startswith(ALT) and (said := text_of(asset, field)):
            found[field.removeprefix(ALT).replace("_", "-")] = said
    return found


def languages_of(asset: Asset) -> list[str]:
    """In which captions of it are looked for: those of its alt texts."""
    return [field.removeprefix(ALT).replace("_", "-") for field in sorted(asset.metadata) if field.startswith(ALT)]


def captions_of(environment: Environment, asset: Asset, known: Mapping[str, Asset]) -> list[dict[str, str]]:
    """Files of captions beside a video, the better kind of each language."""
    found: dict[str, dict[str, str]] = {}
    for public_id, called in names(asset.public_id, languages_of(asset)):
        language, _dot, ending = called.rpartition(".")
        if ending in CAPTIONS and public_id in known:
            url = delivery_url(environment, known[public_id], "", "")
            found.setdefault(language, {"language": language, "format": ending, "url": url})
    return list(found.values())
