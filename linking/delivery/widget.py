"""What Cloudinary's Product Gallery Widget takes: https://cloudinary.com/documentation/product_gallery_reference."""

from collections.abc import Mapping
from typing import Any

from linking.domain.delivered import Answered

SPIN = "-spin"  # behind the tag of a SKU: its frames
PARTING = str.maketrans({",": "_", "\\": "_"})  # in a list of tags


def of(cloud_name: str, known: Answered, *, tag: str = "") -> dict[str, Any]:
    """Its `cloudName` and `mediaAssets`, in the order of the gallery. `tag`: of the SKU; a spin set is shown by it, as the widget
    takes frames in no other way. Pictures are never named by a tag: Cloudinary would add whatever else bears it, also what may
    not be shown."""
    media: list[dict[str, Any]] = []
    for one in known.media:
        if tag and one.get("frame"):
            found = {"tag": f"{tag}{SPIN}", "mediaType": "spin"}
        else:
            found = {"publicId": one.get("publicId", ""), "mediaType": one.get("type", "image"), **described(one)}
        if found not in media:
            media.append(found)
    return {"cloudName": cloud_name, "mediaAssets": media}


def described(one: Mapping[str, Any]) -> dict[str, Any]:
    alt = one.get("alt", {}).get("default", "")
    return {"altText": alt} if alt else {}


def tag_of(prefix: str, name: str) -> str:
    """Of a SKU, as the mapping of Shopify to Cloudinary writes it; empty without a prefix."""
    return f"{prefix}{name}".translate(PARTING) if prefix else ""
