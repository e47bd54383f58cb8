"""The CDN: pictures and files by name. Real ones live at cdn.shopify.com, ours under the sandbox's own address."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Response, abort
from werkzeug.datastructures import MultiDict

from sandbox.shopify import pictures
from sandbox.shopify.ids import gid, number_of
from sandbox.shopify.records import Content, File

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

WIDEST = 5760


def url(shop: "Shop", file: File, *, width: int | None = None, height: int | None = None) -> str:
    """The address of the file's present content; ?v= changes whenever the content does."""
    address = f"{shop.world.base_url}/cdn/{shop.domain}/files/{quote(file.filename)}?v={file.version}"
    return address + limits_of(width, height)


def poster_url(shop: "Shop", file: File, *, width: int | None = None, height: int | None = None) -> str:
    """A video's first picture. The real ones have a hash for a name, which is not the video's either."""
    name = f"{number_of(file.id)}.thumbnail.0000000000.jpg"
    address = f"{shop.world.base_url}/cdn/{shop.domain}/files/preview_images/{name}?v={file.version}"
    return address + limits_of(width, height)


def limits_of(width: int | None, height: int | None) -> str:
    limits = {"width": width, "height": height}
    return "".join(f"&{side}={pixels}" for side, pixels in limits.items() if pixels)


def answer(world: Any, domain: str, name: str, wishes: MultiDict[str, str]) -> Response:
    content = stored(world.shops.get(domain), name)
    if content is None:
        abort(404)
    return sent(world.blobs.get(content.blob), content.mime, wishes)


def poster(world: Any, domain: str, name: str, wishes: MultiDict[str, str]) -> Response:
    shop = world.shops.get(domain)
    file = shop.files.get(gid("Video", name.partition(".")[0])) if shop else None
    if file is None or file.content is None or file.content.poster is None:
        abort(404)
    return sent(world.blobs.get(file.content.poster), "image/jpeg", wishes)


def sent(body: bytes, mime: str, wishes: MultiDict[str, str]) -> Response:
    width, height = side(wishes.get("width")), side(wishes.get("height"))
    if (width or height) and mime.startswith("image/"):
        body = pictures.fitted(body, width, height)
    headers = {"Cache-Control": "public, max-age=31557600", "Access-Control-Allow-Origin": "*"}
    return Response(body, mimetype=mime, headers=headers)


def stored(shop: "Shop | None", name: str) -> Content | None:
    if shop is None:
        return None
    with shop.lock:
        shop.settle()
        file = shop.files.get(shop.names.get(name, ""))
        return file.content if file else None


def side(wish: str | None) -> int | None:
    return min(int(wish), WIDEST) if wish and wish.isdigit() and int(wish) > 0 else None
