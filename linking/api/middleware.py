"""What holds for every answer below /api/, whatever makes it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from linking.api.problems import BY_STATUS, MEDIA_TYPE, Problem, answer

GetResponse = Callable[[HttpRequest], HttpResponse]
BELOW = "/api/v1/"
KEPT = ("Allow", "Retry-After")


class Api:
    """No cookie is read there, and every error is a problem: also one that a middleware answers, or the server's own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(BELOW):
            return self.get_response(request)
        request.COOKIES.clear()
        response = self.get_response(request)
        response.cookies.clear()
        if response.status_code < 400 or response.get("Content-Type", "") == MEDIA_TYPE:
            return response
        other = "internal-error" if response.status_code >= 500 else "malformed-request"
        kept = {name: response[name] for name in KEPT if name in response}
        made = answer(request, Problem(BY_STATUS.get(response.status_code, other), headers=kept))
        made._has_been_logged = getattr(response, "_has_been_logged", False)  # type: ignore[attr-defined]  # Django's: once
        return made
