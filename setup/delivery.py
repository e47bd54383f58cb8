"""Delivery URLs: https://cloudinary.com/documentation/image_transformations."""

from urllib.parse import urlsplit

from cloudinary.utils import cloudinary_url

from setup.models import Environment

CLOUDINARY = "res.cloudinary.com"
SIGNED = ("private", "authenticated")


def delivery_host(environment: Environment) -> str:
    """The only host that pictures of the environment are asked from."""
    return urlsplit(environment.delivery_base).netloc or CLOUDINARY


def delivery_url(
    environment: Environment, place: tuple[str, str, str], *, version: int, transformation: str, extension: str
) -> str:
    """`place`: (resource type, delivery type, public ID). Always with the version, so that a re-uploaded asset has a new
    URL; signed where the delivery type asks for it."""
    base = urlsplit(environment.delivery_base)
    host, secure = f"{base.netloc}{base.path}".rstrip("/"), base.scheme != "http"
    own_host = {"secure_distribution" if secure else "cname": host} if host else {}
    resource_type, delivery_type, public_id = place
    url, _ = cloudinary_url(
        f"{public_id}.{extension}",
        cloud_name=environment.cloud_name,
        resource_type=resource_type,
        type=delivery_type,
        version=version,
        raw_transformation=transformation,
        sign_url=delivery_type in SIGNED,
        api_secret=environment.api_secret,
        secure=secure,
        **own_host,
    )
    return str(url)
