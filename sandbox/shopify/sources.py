"""Where a new file's bytes come from: a download, or an object that was uploaded to a staged target."""

from typing import TYPE_CHECKING

from sandbox.shopify import downloads, pictures, staged, videos
from sandbox.shopify.downloads import FailedDownload
from sandbox.shopify.records import Content, Target

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

NOT_UPLOADED = {
    "MediaImage": "IMAGE_DOWNLOAD_FAILURE",
    "Video": "VIDEO_METADATA_READ_ERROR",
    "GenericFile": "GENERIC_FILE_DOWNLOAD_FAILURE",
}


def fetch(shop: "Shop", source: str, kind: str) -> Content:
    """Raises FailedDownload."""
    target = staged.of_source(shop, source)
    if target is None:
        return downloads.fetch(source, kind, shop.world.blobs)
    if target.content is None:
        raise FailedDownload(NOT_UPLOADED[kind], "Nothing was uploaded to the staged target.")
    if kind == "Video":
        return video(shop, target, target.content)
    if target.content.size > pictures.MAX_BYTES:
        raise downloads.too_large(downloads.family_of(kind))
    return downloads.kept(shop.world.blobs.get(target.content.blob), kind, target.mime, shop.world.blobs)


def video(shop: "Shop", target: Target, uploaded: Content) -> Content:
    blobs = shop.world.blobs
    try:
        known = videos.measure(blobs.path(uploaded.blob))
    except videos.RefusedVideo as refused:
        raise FailedDownload(refused.code, refused.message) from refused
    poster = blobs.put(known.poster) if known.poster else None
    return Content(uploaded.blob, target.mime, uploaded.size, known.width, known.height, known.duration, poster)


def text_for_faults(shop: "Shop", source: str) -> str:
    """What `match` of a scripted failure is looked for in: a video's address says nothing, so its name counts, too."""
    target = staged.of_source(shop, source)
    return f"{source} {target.filename}" if target else source
