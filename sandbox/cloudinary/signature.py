"""The two signatures: of calls to the Upload API, and of delivery URLs."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from sandbox.cloudinary.errors import Refused

UNSIGNED = ("file", "api_key", "signature", "resource_type", "cloud_name")


def signed_text(form: Mapping[str, list[str]], also_unsigned: tuple[str, ...] = ()) -> str:
    """https://cloudinary.com/documentation/authentication_signatures: the sorted parameters, lists joined by commas."""
    joined: dict[str, list[str]] = {}
    for name, values in form.items():
        joined.setdefault(name.removesuffix("[]"), []).extend(values)
    parameters = (
        f"{name}={','.join(values)}".replace("&", "%26")
        for name, values in joined.items()
        if name not in UNSIGNED + also_unsigned and any(values)
    )
    return "&".join(sorted(parameters))


def check_call(form: Mapping[str, list[str]], secret: str, also_unsigned: tuple[str, ...] = ()) -> None:
    """Raises Refused. SHA-1 or SHA-256, as long as the given signature is."""
    given = (form.get("signature") or [""])[0]
    if not given:
        raise Refused(400, "Missing required parameter - signature")
    text = signed_text(form, also_unsigned)
    digest = hashlib.sha256 if len(given) == 64 else hashlib.sha1
    if not hmac.compare_digest(given.encode(), digest((text + secret).encode()).hexdigest().encode()):
        raise Refused(401, f"Invalid Signature {given}. String to sign - '{text}'")


def of_url(path: str, secret: str, *, long: bool = False) -> str:
    """`path`: transformation/public_id as they stand in the URL, without the version."""
    digest = hashlib.sha256 if long else hashlib.sha1
    encoded = base64.urlsafe_b64encode(digest((path + secret).encode()).digest()).decode()
    return encoded[: 32 if long else 8]
