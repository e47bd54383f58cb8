"""Delivery URLs: https://cloudinary.com/documentation/image_transformations."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cloudinary.utils import cloudinary_url, finalize_source

from setup.models import Environment

CLOUDINARY = "res.cloudinary.com"
SHARED = re.compile(r"res(-[a-z0-9]+)?\.cloudinary\.com")
SIGNED = ("private", "authenticated")


def delivery_host(environment: Environment) -> str:
    """The only host that pictures of the environment are asked from."""
    return urlsplit(environment.delivery_base).netloc or CLOUDINARY


def own_host(delivery_base: str, cloud_name: str) -> dict[str, Any]:
    """The SDK's options for where pictures come from. On a CDN host of one's own an address does not begin with the cloud
    name, as it does on the host that all share; a path that ends in the cloud name says the same of any host.

    https://cloudinary.com/documentation/advanced_url_delivery_options#private_cdns_and_custom_delivery_hostnames_cnames
    """
    base = urlsplit(delivery_base)
    path, secure = base.path.rstrip("/"), base.scheme != "http"
    if not base.netloc:
        return {"secure": secure}
    shared = bool(path) or bool(SHARED.fullmatch(base.netloc))
    private = not shared or path.rpartition("/")[2] == cloud_name
    return {"secure": secure, "secure_distribution" if secure else "cname": base.netloc + path, "private_cdn": private}


def delivery_url(
    environment: Environment, place: tuple[str, str, str], *, version: int, transformation: str, extension: str = ""
) -> str:
    """`place`: (resource type, delivery type, public ID). Always with the version, so that a re-uploaded asset has a new
    URL; signed where the delivery type asks for it."""
    resource_type, delivery_type, public_id = place
    source = f"{public_id}.{extension}" if extension else public_id
    known = (environment.delivery_base, environment.cloud_name, resource_type, delivery_type, transformation)
    if delivery_type in SIGNED:
        return _whole(*known, version=version, source=source, api_secret=environment.api_secret)  # decrypted when read
    if not version or re.match("https?:", source):
        return _whole(*known, version=version, source=source)
    return f"{_beginning(*known)}v{version}/{finalize_source(source, None, None)[0]}"


@lru_cache(maxsize=64)
def _beginning(delivery_base: str, cloud_name: str, resource_type: str, delivery_type: str, transformation: str) -> str:
    """What the addresses of many assets have in common, up to the version. The SDK takes 70 µs for a whole one, most of it for
    a transformation that is the same for all, and a plan needs a thousand."""
    known = (delivery_base, cloud_name, resource_type, delivery_type, transformation)
    return _whole(*known, version=1, source="x").removesuffix("v1/x")


def _whole(
    delivery_base: str,
    cloud_name: str,
    resource_type: str,
    delivery_type: str,
    transformation: str,
    *,
    version: int,
    source: str,
    api_secret: str = "",
) -> str:
    url, _ = cloudinary_url(
        source,
        cloud_name=cloud_name,
        resource_type=resource_type,
        type=delivery_type,
        version=version,
        raw_transformation=transformation,
        sign_url=delivery_type in SIGNED,
        api_secret=api_secret,
        **own_host(delivery_base, cloud_name),
    )
    return str(url)
