"""Which language a page is in: the one that the person chose, or else the first one of the browser's that there is."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from setup.security.session_cookies import SIGN_IN, is_sign_in

PAGE = "X-Page-Language"
# What somebody chose on the way in, whom nobody knows yet: kept by the browser, for the pages below SIGN_IN.
COOKIE, SECONDS = "assetlink-language", 365 * 86_400
GetResponse = Callable[[HttpRequest], HttpResponse]


class Language:
    """Active for the request, and no longer: what the same thread does next, for nobody or for another, is not in it.

    Django's own middleware knows no members.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at_sign_in = is_sign_in(request)  # type: ignore[attr-defined]
        language = language_of(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        return response


def spoken_by(request: HttpRequest) -> str:
    """For a page of a request that may have failed before its language was known: then it is the browser's."""
    return getattr(request, "LANGUAGE_CODE", "") or browsers(request)


def language_of(request: HttpRequest) -> str:
    """Without a session nobody is looked up: probes and webhooks ask often. A part of a page is in the language of the page
    that asks for it, whatever another tab has chosen since."""
    if "HX-Request" in request.headers and (of_page := request.headers.get(PAGE)) in dict(settings.LANGUAGES):
        return str(of_page)
    cookies = (settings.SESSION_COOKIE_NAME, settings.PERSON_COOKIE_NAME)
    member = getattr(request, "member", None) if any(name in request.COOKIES for name in cookies) else None
    chosen = member.language if member else on_the_way_in(request)
    request.chosen_language = chosen  # type: ignore[attr-defined]
    return chosen if chosen in dict(settings.LANGUAGES) else browsers(request)


def on_the_way_in(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(COOKIE, "") if is_sign_in(request) else ""
    return chosen if chosen in dict(settings.LANGUAGES) else ""


def choose_on_the_way_in(response: HttpResponse, language: str) -> None:
    """Empty: the browser's."""
    if not language:
        response.delete_cookie(COOKIE, path=SIGN_IN, samesite="Lax")
        return
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, language, max_age=SECONDS, path=SIGN_IN, secure=secure, httponly=True, samesite="Lax")


def browsers(request: HttpRequest) -> str:
    """The first of its languages that there is. `q=0` marks one that it does not want (RFC 9110, 12.4.2); Django takes that for
    the last one that it does, and a cookie of other software on this host for a choice."""
    for code, priority in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if code == "*":
            break
        try:
            if priority > 0:
                return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
