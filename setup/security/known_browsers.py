"""Browsers in which somebody has signed in with an e-mail address before.

A signed cookie says which addresses, by their hashes. It lets nobody in: it only has an allowance of its own for codes, which
strangers who know the address cannot use up.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from setup.security.session_cookies import SIGN_IN
from setup.stored_json import texts

COOKIE = "assetlink-known"
SALT = "setup.security.known_browsers"
MOST = 5  # addresses of one browser
SECONDS = 180 * 86_400


def knows(request: HttpRequest, email: str) -> bool:
    return hashed(email) in known(request)


def note(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """`email`: spelled as Person.email, and proved."""
    mine = hashed(email)
    value = signing.dumps([mine, *(one for one in known(request) if one != mine)][:MOST], salt=SALT)
    response.set_cookie(
        COOKIE,
        value,
        max_age=SECONDS,
        path=SIGN_IN,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known(request: HttpRequest) -> list[str]:
    try:
        return list(texts(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)))
    except signing.BadSignature:
        return []


def hashed(email: str) -> str:
    return salted_hmac(SALT, email, algorithm="sha256").hexdigest()[:32]
