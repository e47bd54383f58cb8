"""The delivery host: pictures and videos by URL, https://cloudinary.com/documentation/transformation_reference."""

import mimetypes
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from sandbox import vectors
from sandbox.cloudinary import frames, pages, signature, transformation, urls
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.records import Asset
from sandbox.cloudinary.rendering import rendered
from sandbox.cloudinary.renditions import Answer, Refusal, key_of
from sandbox.cloudinary.transformation import Transformation
from sandbox.mishaps import after, before
from sandbox.world import World

IMAGES = ("jpg", "png", "webp", "gif", "avif")
# That mimetypes of this Python does not know.
MIMES = {"svg": "image/svg+xml", "avif": "image/avif", "heic": "image/heic", "psd": "image/vnd.adobe.photoshop"}
MONTH = 2_592_000
REJECTED = ("rejected", "aborted")


@dataclass
class Refused(Exception):
    """`message` goes into X-Cld-Error."""

    status: int
    message: str


@dataclass(frozen=True)
class Wish:
    """One delivery URL, read."""

    environment: Environment
    resource_type: str
    type: str
    address: urls.Address

    def place(self) -> tuple[str, ...]:
        return (self.environment.cloud_name, self.resource_type, self.type, self.address.readings()[0][0])


def blueprint(world: World) -> Blueprint:
    """GET and HEAD /res/<cloud>/<image|video|raw>/<type>/..."""
    addresses = Blueprint("delivery", __name__)

    @addresses.get("/res/<cloud>/<rt>/<type>/<path:rest>")
    def deliver(cloud: str, rt: str, type: str, rest: str) -> Response:
        scripted = before(world, "delivery", operation=rt, text=request.path)
        return scripted or after(answered(world, cloud, rt, type))

    return addresses


def answered(world: World, cloud: str, rt: str, type: str) -> Response:
    environment = world.environment(cloud)
    if environment is None:
        return refusal(404, f"Unknown cloud name {cloud}")
    raw = request.environ["REQUEST_URI"].partition("?")[0]
    wish = Wish(environment, rt, type, urls.parse(raw.split("/", 5)[5]))
    url = f"{raw} {negotiated()}"
    held = world.renditions.held(url, world.clock())
    if isinstance(held, Refusal):
        return refusal(held.status, held.message)
    try:
        answer, content = made(world, wish, held)
    except Refused as refused:
        world.renditions.refuse(url, wish.place(), refused.status, refused.message, world.clock())
        return refusal(refused.status, refused.message)
    if held is None:
        world.renditions.hold(url, answer)
    return sent(answer, content)


def made(world: World, wish: Wish, held: Answer | None) -> tuple[Answer, bytes]:
    """The answer that the CDN holds, or a new one. Raises Refused."""
    if held and held.blob:
        return held, world.blobs.get(held.blob)
    if held and (content := world.renditions.kept(held.key)):
        return held, content
    asset, extension = found(wish)
    check_access(wish, asset)
    try:
        steps = transformation.parse(wish.address.transformation, wish.environment.transformations)
    except transformation.Malformed as wrong:
        raise Refused(400, str(wrong)) from None
    form = format_of(asset, steps, extension)
    mime = (
        MIMES.get(form)
        or mimetypes.types_map.get(f".{form}")
        or mimetypes.guess_type(asset.public_id)[0]
        or f"image/{form}"
    )
    place = (wish.environment.cloud_name, *asset.place)
    if form == asset.format and (not steps.steps or asset.resource_type == "video"):
        return Answer(place, mime, blob=asset.blob), world.blobs.get(asset.blob)
    if form not in IMAGES:
        raise Refused(400, f"Unsupported format {form} for a stored {asset.format}")
    key = key_of(asset.blob, wish.address.transformation, form)
    content = world.renditions.rendered(key, lambda: render(world, asset, steps, form))
    return Answer(place, mime, key=key, left_out=" ".join(steps.left_out)), content


def found(wish: Wish) -> tuple[Asset, str]:
    for public_id, extension in wish.address.readings():
        if asset := wish.environment.at(wish.resource_type, wish.type, public_id):
            return asset, extension
    raise Refused(404, f"Resource not found - {wish.address.readings()[0][0]}")


def check_access(wish: Wish, asset: Asset) -> None:
    """Private and authenticated assets need a signature; a wrong one is refused everywhere, and no signature opens what needs
    a token. What has no file, or was rejected by moderation, is not found: there `d_` would show its default image.

    https://cloudinary.com/documentation/moderate_assets
    """
    given = wish.address.signature
    if asset.placeholder or any(one["status"] in REJECTED for one in asset.moderation):
        raise Refused(404, f"Resource not found - {asset.public_id}")
    if asset.access_mode != "public":
        raise Refused(401, "Unauthorized: a token is needed")
    if given is None and asset.type in ("private", "authenticated"):
        raise Refused(401, f"Unauthorized: {asset.type} assets need a signed URL")
    if not is_open(asset, wish.environment.world.clock()):
        raise Refused(401, "Unauthorized: a token is needed")
    if given is not None:
        secret = wish.environment.keys.api_secret
        if given != signature.of_url(wish.address.signed, secret, long=len(given) == 32):
            raise Refused(401, "Invalid signature")


def is_open(asset: Asset, now: float) -> bool:
    """Rules shut an asset to everybody without a token, but for the time of an `anonymous` one.

    https://cloudinary.com/documentation/control_access_to_media#access_controlled_media_assets
    """
    rules = asset.access_control or ()
    spans = [(moment(r.get("start")), moment(r.get("end"))) for r in rules if r.get("access_type") == "anonymous"]
    return not rules or any((start is None or start <= now) and (end is None or now < end) for start, end in spans)


def moment(text: str | None) -> float | None:
    """Seconds since 1970; a time without a zone is UTC."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def format_of(asset: Asset, steps: Transformation, extension: str) -> str:
    """f_ wins over the extension; f_auto goes by what the caller accepts, and may turn a video into a picture."""
    form = (steps.last("f") or extension or asset.format).partition(":")
    if form[0] == "auto":
        if asset.resource_type == "video" and (form[2] == "video" or "video/" in request.headers.get("Accept", "")):
            return asset.format
        return "webp" if "image/webp" in request.headers.get("Accept", "") else "jpg"
    return {"jpeg": "jpg"}.get(form[0], form[0])


def negotiated() -> str:
    accepted = request.headers.get("Accept", "")
    return " ".join(kind for kind in ("image/webp", "video/") if kind in accepted)


def render(world: World, asset: Asset, steps: Transformation, form: str) -> bytes:
    content = pages.first_page() if asset.format == "pdf" else world.blobs.get(asset.blob)
    if asset.format == "svg":
        content = vectors.drawn(content)
    if asset.resource_type == "video":
        start = steps.last("so")
        content = frames.poster(content, float(start) if start and start.replace(".", "").isdigit() else None)
    return rendered(content, steps, form)


def sent(answer: Answer, content: bytes) -> Response:
    response = Response(content, mimetype=answer.mime)
    response.headers.update(
        {
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": f"public, max-age={MONTH}",
            "Timing-Allow-Origin": "*",
            "Vary": "Accept",
            "X-Request-Id": uuid.uuid4().hex,
        }
    )
    if answer.left_out:
        response.headers["X-Sandbox-Left-Out"] = answer.left_out.encode("ascii", "replace").decode()
    response.set_etag((answer.key or answer.blob)[:32])
    response.make_conditional(request, accept_ranges=True, complete_length=len(content))
    return response


def refusal(status: int, message: str) -> Response:
    headers = {
        "X-Cld-Error": message.encode("latin-1", "replace").decode("latin-1"),
        "Access-Control-Allow-Origin": "*",
    }
    return Response(status=status, headers=headers)
