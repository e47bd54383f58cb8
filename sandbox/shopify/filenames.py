"""Names of files: unique in a store, with an extension that says what they are."""

import uuid
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

IMAGES = {"png", "jpg", "jpeg", "webp", "gif", "heic", "svg", "psd", "tif", "tiff", "bmp"}
VIDEOS = {"mp4", "mov", "webm"}
MODELS = {"glb", "usdz"}


def extension(name: str) -> str:
    """What follows the last dot, in its own case; empty if there is none."""
    return name.rpartition(".")[2] if "." in name.strip(".") else ""


def of_url(source: str) -> str:
    """The last part of the URL's path; the query string does not count."""
    return unquote(urlsplit(source).path.rpartition("/")[2])


def kind_of(name: str) -> str:
    """The GraphQL type of a file of that name: MediaImage, Video or GenericFile."""
    ending = extension(name).lower()
    if ending in IMAGES:
        return "MediaImage"
    return "Video" if ending in VIDEOS else "GenericFile"


def free(shop: "Shop", name: str) -> str:
    """`name`, or if it is taken, the name with _<uuid> before the extension."""
    if name not in shop.names:
        return name
    ending = extension(name)
    stem = name.removesuffix(f".{ending}") if ending else name
    return f"{stem}_{uuid.uuid4()}" + (f".{ending}" if ending else "")
