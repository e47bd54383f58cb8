"""What a web process says to the doctor who asks it through the proxies: how the question looked when it came in.

Only who holds SECRET_KEY can ask, and learns of nothing but his own question.
"""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from linking.runtime import presence
from setup.security.origin import address_of

HEADER = "X-AssetLink-Doctor"
SALT = "assetlink.doctor"
MOST = 300  # seconds; clocks may differ, which is one of the things to be found


def question() -> str:
    return signing.TimestampSigner(salt=SALT).sign("doctor")


def is_asked(request: HttpRequest) -> bool:
    given = request.headers.get(HEADER, "")
    try:
        return bool(given) and signing.TimestampSigner(salt=SALT).unsign(given, max_age=MOST) == "doctor"
    except signing.BadSignature:
        return False


def answer(request: HttpRequest) -> dict[str, Any]:
    mine = presence.of_this_process("web")
    return {
        "process": mine.name,
        "release": mine.release,
        "keys": list(mine.keys),
        "probe": mine.probe,
        "at": mine.at,
        "marks": mine.marks,
        "secure": request.is_secure(),
        "host": request.get_host(),
        "peer": request.META.get("REMOTE_ADDR", ""),
        "hops": [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()],
        "address": address_of(request),
        "trusted": settings.TRUSTED_PROXIES,
    }
