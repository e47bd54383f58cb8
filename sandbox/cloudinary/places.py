"""Where an asset's original is delivered, and how times are written."""

from datetime import UTC, datetime
from urllib.parse import quote

from sandbox.cloudinary.records import Asset


def address_of(delivery_base: str, cloud_name: str, asset: Asset) -> str:
    """The public ID of a raw file has its extension."""
    place = f"{cloud_name}/{asset.resource_type}/{asset.type}"
    ending = "" if asset.resource_type == "raw" else f".{asset.format}"
    return f"{delivery_base}/{place}/v{asset.version}/{quote(asset.public_id, safe='/')}{ending}"


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
