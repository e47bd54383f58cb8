"""Whether Cloudinary delivers a transformation: tried for real, on one of the environment's own assets.

https://cloudinary.com/documentation/transformation_reference; the cause of a refusal is in X-Cld-Error. Only the
environment's delivery host is ever asked, and a redirect is not followed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import cloudinary.api
import urllib3

from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble, rows_of, unreadable
from setup.cloudinary.delivery import delivery_host, delivery_url
from setup.models import Environment
from setup.numbers import whole
from setup.shapes import listed, text
from setup.shapes import whole as number_of
from setup.words import _, number

# A first delivery answers only when the picture has been made.
POOL = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=25), retries=False)
IMAGE_BYTES = 20_000_000  # Shopify's limit
MADE_ANYWAY = 423  # a video that is still being made was understood


class Untried(Exception):
    """The text says what Cloudinary answered, and what to do."""


@dataclass(frozen=True)
class Sample:
    """An asset to try things on."""

    public_id: str
    resource_type: str
    version: int
    name: str


@dataclass(frozen=True)
class Delivered:
    """`preview` beside `original`: small pictures, for the page. `bytes` of the real delivery, if Cloudinary named them."""

    sample: Sample
    original: str
    preview: str
    bytes: int | None


@dataclass(frozen=True)
class Trial:
    """`delivered` is None where there was no asset to try it on."""

    label: str
    delivered: Delivered | None


def sample(environment: Environment, resource_type: str, public_id: str = "") -> Sample | None:
    """That asset, or the newest one; None if there is none that is delivered publicly. Raises CloudinaryError."""
    client = CloudinaryClient(environment)
    options: dict[str, Any] = {"resource_type": resource_type, "type": "upload"}
    if public_id:
        try:
            known = client.call(cloudinary.api.resource, public_id, **options)
        except CloudinaryError as error:
            if error.trouble != Trouble.GONE:
                raise
            return None
        if (wanted := _sample(known)) is None:
            raise unreadable()
        return wanted
    found = listed(
        rows_of(client.call(cloudinary.api.resources, max_results=10, moderations=True, **options), "resources")
    )
    return next((one for known in found if is_delivered(known) and (one := _sample(known))), None)


def is_delivered(known: Mapping[str, Any]) -> bool:
    """To everybody, and not only at times; what a moderation holds back may not be shown."""
    if any(one.get("status") != "approved" for one in listed(known.get("moderation"))):
        return False
    restricted = known.get("access_control") or (known.get("access_mode") or "public") != "public"
    return not restricted and not known.get("placeholder") and known.get("bytes") != 0


def _sample(known: Mapping[str, Any]) -> Sample | None:
    """None for one that cannot be read."""
    public_id, resource_type = text(known.get("public_id")), text(known.get("resource_type"))
    if not public_id or not resource_type:
        return None
    name = text(known.get("display_name")) or public_id.rpartition("/")[2]
    return Sample(public_id, resource_type, max(1, number_of(known.get("version")) or 1), name)


def attempt(environment: Environment, found: Sample, transformation: str) -> Delivered:
    """Raises Untried."""
    form = "mp4" if found.resource_type == "video" else "jpg"
    pinned = f"f_{form},vc_h264,ac_aac" if form == "mp4" else f"f_{form}"
    url = address(environment, found, ",".join(filter(None, [pinned, transformation])), form)
    weight = _ask(environment, url, form)
    if form == "jpg" and weight is not None and weight > IMAGE_BYTES:
        raise Untried(
            _("{name} becomes a file of {size} MB. Shopify takes at most 20 MB.").format(
                name=found.name, size=number(weight / 1e6, 0)
            )
        )
    small = "c_limit,w_360,h_360/q_auto/f_jpg"
    shown = "/".join(filter(None, [transformation, small]))
    return Delivered(
        found, address(environment, found, small, "jpg"), address(environment, found, shown, "jpg"), weight
    )


def address(environment: Environment, found: Sample, transformation: str, extension: str) -> str:
    place = (found.resource_type, "upload", found.public_id)
    return delivery_url(environment, place, version=found.version, transformation=transformation, extension=extension)


def _ask(environment: Environment, url: str, form: str) -> int | None:
    if urlsplit(url).netloc != delivery_host(environment):
        raise Untried(_("This leads away from Cloudinary. Enter only a transformation."))
    try:
        answer = POOL.request("HEAD", url, headers={"User-Agent": "AssetLink", "Accept": "image/jpeg,video/mp4"})
    except urllib3.exceptions.HTTPError:
        raise Untried(_("Cloudinary does not answer. Nothing was saved. Try again in a minute.")) from None
    if answer.status == MADE_ANYWAY:
        return None
    if answer.status != 200:
        cause = answer.headers.get("X-Cld-Error", "") or _("status {code}").format(code=answer.status)
        raise Untried(_("Cloudinary does not deliver it: {cause}.").format(cause=cause))
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if kind not in ("image/jpeg", "video/mp4"):
        text = _("Cloudinary delivers {kind} instead of {format}. Leave out what sets a format.")
        none = _("Cloudinary does not say what it delivers instead of {format}. Leave out what sets a format.")
        raise Untried((text if kind else none).format(kind=kind, format=form))
    return whole(answer.headers.get("Content-Length"))
