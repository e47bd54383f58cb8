"""Two cookies for two kinds of sessions.

A launched one lives in the Console's frame, where only a cookie of another site's jar is kept (SameSite=None; Partitioned).
One that began by signing in lives at top level only, where Lax keeps other sites from sending it. A browser brings both where
somebody signed in and launched at top level: then the session that began later counts.
"""

from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from setup.security import sessions

# Below it people sign in, and nothing may be framed.
SIGN_IN = "/sign-in"
NEVER_FRAMED = {"frame-ancestors": ["'none'"]}


class Sessions(SessionMiddleware):
    """`request.session`, and `request.session_cookie`, the name of the cookie that it is kept by."""

    def process_request(self, request: HttpRequest) -> None:
        person, launched = (self._brought(request, name) for name in names())
        if person is not None and launched is not None and not is_sign_in(request):
            person, launched = self._later(request, person, launched)
        signing_in = person is not None or is_sign_in(request)
        request.session_cookie = names()[0 if signing_in else 1]  # type: ignore[attr-defined]
        request.session = (person if signing_in else launched) or self.SessionStore(None)

    def _brought(self, request: HttpRequest, name: str) -> SessionBase | None:
        return self.SessionStore(request.COOKIES[name]) if name in request.COOKIES else None

    def _later(
        self, request: HttpRequest, person: SessionBase, launched: SessionBase
    ) -> tuple[SessionBase | None, SessionBase | None]:
        """One of the two; the other one ends. It is remembered who had signed in, to be asked whether both are the same."""
        if sessions.MEMBER not in person or sessions.lasting_of(person).left < 0:  # or about to sign in, in another tab
            return None, launched
        if sessions.MEMBER not in launched or person.get(sessions.SINCE, 0) >= launched.get(sessions.SINCE, 0):
            request.drop_session_cookie = names()[1]  # type: ignore[attr-defined]
            return person, None
        sessions.remember(launched, person)
        person.flush()
        request.drop_session_cookie = names()[0]  # type: ignore[attr-defined]
        return None, launched

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """As Django's own, which knows one cookie: it is renamed."""
        name, known = request.session_cookie, request.COOKIES  # type: ignore[attr-defined]
        request.COOKIES = {settings.SESSION_COOKIE_NAME: known[name]} if name in known else {}
        response = super().process_response(request, response)
        request.COOKIES = known
        if name == settings.PERSON_COOKIE_NAME:
            self._rename(response)
            if is_sign_in(request) or sessions.MEMBER in request.session:
                response._csp_replace = (getattr(response, "_csp_replace", None) or {}) | NEVER_FRAMED  # type: ignore[attr-defined]
        other = getattr(request, "drop_session_cookie", "")
        if other and other != name:
            same_site: Any = "Lax" if other == settings.PERSON_COOKIE_NAME else settings.SESSION_COOKIE_SAMESITE
            response.delete_cookie(other, path="/", samesite=same_site)
        return response

    def _rename(self, response: HttpResponse) -> None:
        cookie = response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        if cookie is not None:
            response.cookies[settings.PERSON_COOKIE_NAME] = cookie.value
            renamed = response.cookies[settings.PERSON_COOKIE_NAME]
            renamed.update(cookie)
            renamed["samesite"] = "Lax"


def names() -> tuple[str, str]:
    return settings.PERSON_COOKIE_NAME, settings.SESSION_COOKIE_NAME


def is_sign_in(request: HttpRequest) -> bool:
    return request.path == SIGN_IN or request.path.startswith(f"{SIGN_IN}/")
