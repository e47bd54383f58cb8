"""Staged uploads: a target is handed out, one object is uploaded to it, and its address is a source of new files.

https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/stagedUploadsCreate. The real buckets are hosts of their own at
Google's storage; here they are folders below /staged/, and what follows the bucket's name is the same.
"""

import base64
import json
import secrets
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from sandbox.shopify.ids import number_of
from sandbox.shopify.records import Target
from sandbox.shopify.search_index import iso

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

UPLOADS = "shopify-staged-uploads"
VIDEOS = "shopify-video-production-core-originals"
FOLDERS = {"IMAGE": "products", "FILE": "files", "BULK_MUTATION_VARIABLES": "bulk"}
LIFETIME = 604_800  # seconds
VIDEO_LIFETIME = 3600


def create(shop: "Shop", *, resource: str, method: str, filename: str, mime: str, size: int | None) -> Target:
    """A target for one upload, valid for an hour (videos) or a week."""
    is_video = resource == "VIDEO"
    if is_video:
        key = f"c/o/v/{secrets.token_hex(16)}.mp4"
    else:
        key = f"tmp/{number_of(shop.first_gid)}/{FOLDERS[resource]}/{uuid.uuid4()}/{filename}"
    target = Target(
        key=key,
        bucket=VIDEOS if is_video else UPLOADS,
        resource=resource,
        method=method,
        filename=filename,
        mime=mime,
        size=size if is_video else None,
        expires=shop.now() + (VIDEO_LIFETIME if is_video else LIFETIME),
        parameters={},
        signature=secrets.token_hex(256),
        number=number_of(shop.new_gid("Video")) if is_video else 0,
    )
    target.parameters = parameters_of(shop, target)
    shop.staged[key] = target
    shop.world.changed()
    return target


def parameters_of(shop: "Shop", target: Target) -> dict[str, str]:
    """By method and bucket; of a PUT they are headers, of a POST form fields."""
    if target.method == "PUT":
        return {"content_type": target.mime, "acl": "private"}
    if target.bucket == VIDEOS:
        return {
            "GoogleAccessId": "video-production@sandbox.iam.gserviceaccount.com",
            "key": target.key,
            "policy": policy_of(target),
            "signature": secrets.token_urlsafe(128),
        }
    return {
        "Content-Type": target.mime,
        "success_action_status": "201",
        "acl": "private",
        "key": target.key,
        **{name.lower(): value for name, value in signing(shop).items()},
        "x-goog-signature": target.signature,
        "policy": policy_of(target),
    }


def policy_of(target: Target) -> str:
    """Base64 of what the form may contain; a video's pins its length."""
    conditions: list[Any] = [{"bucket": target.bucket}, {"key": target.key}]
    if target.size is not None:
        conditions.append(["content-length-range", target.size, target.size])
    policy = {"expiration": iso(target.expires), "conditions": conditions}
    return base64.b64encode(json.dumps(policy).encode()).decode()


def signing(shop: "Shop") -> dict[str, str]:
    moment = iso(shop.now()).replace("-", "").replace(":", "")
    return {
        "X-Goog-Date": moment,
        "X-Goog-Credential": f"merchant-assets@sandbox.iam.gserviceaccount.com/{moment[:8]}/auto/storage/goog4_request",
        "X-Goog-Algorithm": "GOOG4-RSA-SHA256",
    }


def addresses(shop: "Shop", target: Target) -> tuple[str, str]:
    """(url to send the upload to, resourceUrl)"""
    bucket = f"{shop.world.base_url}/staged/{target.bucket}"
    if target.bucket == VIDEOS:
        return bucket, f"{bucket}?external_video_id={target.number}"
    resource_url = f"{bucket}/{quote(target.key)}"
    if target.method == "POST":
        return f"{bucket}/", resource_url
    signed = {**signing(shop), "X-Goog-Expires": str(LIFETIME), "X-Goog-SignedHeaders": "host"}
    return f"{resource_url}?{urlencode({**signed, 'X-Goog-Signature': target.signature})}", resource_url


def of_source(shop: "Shop", source: str) -> Target | None:
    """The target whose resourceUrl this is; a video's may also have the key in its path."""
    address, parts = f"{shop.world.base_url}/staged/", urlsplit(source)
    if not source.startswith(address):
        return None
    bucket, _, key = unquote(parts.path).rpartition("/staged/")[2].partition("/")
    number = "".join(parse_qs(parts.query).get("external_video_id", []))
    if bucket == VIDEOS and number:
        found = (t for t in shop.staged.values() if str(t.number) == number and key in ("", t.key))
        return next(found, None)
    return shop.staged.get(key) if bucket == UPLOADS else None
