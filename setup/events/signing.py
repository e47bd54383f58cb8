"""Who signed an event: https://cloudinary.com/documentation/notification_signatures.

A plain digest of body, time and secret, in a row: where one ends and the next begins is clear, as the body is an object of JSON
and ends with a brace. The SDK's own check knows one secret of the whole process, and takes times that are still to come.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable

LEEWAY = 7200  # seconds, as Cloudinary advises
ALGORITHMS = {40: hashlib.sha1, 64: hashlib.sha256}  # by the length of the signature
HEX, TIME = re.compile(r"[0-9a-f]+"), re.compile(r"[0-9]{1,12}")


def is_signed(body: bytes, timestamp: str, signature: str, secrets: Iterable[str], *, now: float) -> bool:
    """Whether one of these secrets signed this body at about this time. `now`, `timestamp`: seconds since 1970."""
    given, algorithm = signature.lower(), ALGORITHMS.get(len(signature))
    if algorithm is None or not HEX.fullmatch(given) or not TIME.fullmatch(timestamp):
        return False
    if abs(now - int(timestamp)) > LEEWAY:
        return False
    made = [algorithm(body + timestamp.encode() + secret.encode()).hexdigest() for secret in secrets]
    return any(hmac.compare_digest(one, given) for one in made)


def digest_of(body: bytes, timestamp: str) -> str:
    """The same for a delivery that is made once more; events have no id that is documented."""
    return hashlib.sha256(body + timestamp.encode()).hexdigest()
