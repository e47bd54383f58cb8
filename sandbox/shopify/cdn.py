"""The CDN: pictures and files by name. Real ones live at cdn.shopify.com, ours under the sandbox's own address."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Response, abort
from werkzeug.datastructures import MultiDict

from sandbox.shopify import pictures
from sandbox.shopify.records import Content, File

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

WIDEST = 5760


def url(shop: "Shop", file: File, *, width: int | None = None, height: int | None = None) -> str:
    """The address of the file's present content; ?v= changes whenever the content does."""
    address = f"{shop.world.base_url}/cdn/{shop.domain}/files/{quote(file.filename)}?v={file.version}"
    limits = {"width": width, "height": height}
    return address + "".join(f"&{side}={pixels}" for side, pixels in limits.items() if pixels)


def answer(world: Any, domain: str, name: str, wishes: MultiDict[str, str]) -> Response:
    content = stored(world.shops.get(domain), name)
    if content is None:
        abort(404)
    body = world.blobs.get(content.blob)
    width, height = side(wishes.get("width")), side(wishes.get("height"))
    if (width or height) and content.width:
        body = pictures.fitted(body, width, height)
    headers = {"Cache-Control": "public, max-age=31557600", "Access-Control-Allow-Origin": "*"}
    return Response(body, mimetype=content.mime, headers=headers)


def stored(shop: "Shop | None", name: str) -> Content | None:
    if shop is None:
        return None
    with shop.lock:
        shop.settle()
        file = shop.files.get(shop.names.get(name, ""))
        return file.content if file else None


def side(wish: str | None) -> int | None:
    return min(int(wish), WIDEST) if wish and wish.isdigit() and int(wish) > 0 else None
