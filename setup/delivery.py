"""Delivery URLs: https://cloudinary.com/documentation/image_transformations."""

import re
from typing import Any
from urllib.parse import urlsplit

from cloudinary.utils import cloudinary_url

from setup.models import Environment

CLOUDINARY = "res.cloudinary.com"
SHARED = re.compile(r"res(-[a-z0-9]+)?\.cloudinary\.com")
SIGNED = ("private", "authenticated")


def delivery_host(environment: Environment) -> str:
    """The only host that pictures of the environment are asked from."""
    return urlsplit(environment.delivery_base).netloc or CLOUDINARY


def own_host(environment: Environment) -> dict[str, Any]:
    """The SDK's options for where pictures come from. On a CDN host of one's own an address does not begin with the cloud
    name, as it does on the host that all share; a path that ends in the cloud name says the same of any host.

    https://cloudinary.com/documentation/advanced_url_delivery_options#private_cdns_and_custom_delivery_hostnames_cnames
    """
    base = urlsplit(environment.delivery_base)
    path, secure = base.path.rstrip("/"), base.scheme != "http"
    if not base.netloc:
        return {"secure": secure}
    shared = bool(path) or bool(SHARED.fullmatch(base.netloc))
    private = not shared or path.rpartition("/")[2] == environment.cloud_name
    return {"secure": secure, "secure_distribution" if secure else "cname": base.netloc + path, "private_cdn": private}


def delivery_url(
    environment: Environment, place: tuple[str, str, str], *, version: int, transformation: str, extension: str = ""
) -> str:
    """`place`: (resource type, delivery type, public ID). Always with the version, so that a re-uploaded asset has a new
    URL; signed where the delivery type asks for it."""
    resource_type, delivery_type, public_id = place
    signed = delivery_type in SIGNED
    url, _ = cloudinary_url(
        f"{public_id}.{extension}" if extension else public_id,
        cloud_name=environment.cloud_name,
        resource_type=resource_type,
        type=delivery_type,
        version=version,
        raw_transformation=transformation,
        sign_url=signed,
        api_secret=environment.api_secret if signed else "",  # it is decrypted each time that it is read
        **own_host(environment),
    )
    return str(url)
