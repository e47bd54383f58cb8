"""Requests that cannot be read: refused at one place, before anything of them is obeyed, with one line in the log.

Django's own line about an answer names its reason phrase, so that is where the reason goes.
"""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from setup.words import gettext_lazy

GetResponse = Callable[[HttpRequest], HttpResponse]
TOO_LARGE, TOO_MANY, GARBLED, NUL = "Too large", "Too many fields", "Unreadable body", "NUL byte"
TEXTS = {
    TOO_LARGE: gettext_lazy(
        "The request was too large. AssetLink takes at most 1 MB at a time, and half of that in a form."
    ),
    TOO_MANY: gettext_lazy("The request has too many fields. Choose fewer things at once."),
    GARBLED: gettext_lazy("The request is damaged."),
    NUL: gettext_lazy("A text contains a character that is not allowed (NUL). Type it again."),
}
STATUS = {TOO_LARGE: 413}
TROUBLES: dict[type[Exception], str] = {
    RequestDataTooBig: TOO_LARGE,
    TooManyFieldsSent: TOO_MANY,
    TooManyFilesSent: TOO_MANY,
    MultiPartParserError: GARBLED,
    UnreadablePostError: GARBLED,
    BadRequest: GARBLED,
}


class Readable:
    """What a view is to read is read here, before anything else does, so that nothing raises where nobody expects it. Views with
    a proof of their own (a signed launch, a signed webhook) read for themselves."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in (settings.SESSION_COOKIE_NAME, settings.PERSON_COOKIE_NAME):
            known = request.COOKIES.get(name, "")
            if not (known.isascii() and known.isprintable()):  # a cookie can spell characters that no database takes
                del request.COOKIES[name]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, *_: object) -> HttpResponse | None:
        try:
            wrong = NUL if any("\0" in text for text in texts(request, whole=not csrf_exempt(view))) else ""
        except tuple(TROUBLES) as error:
            return refusal(request, trouble_of(error))
        return refusal(request, wrong) if wrong else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refusal(request, trouble_of(error)) if isinstance(error, tuple(TROUBLES)) else None


def csrf_exempt(view: Callable) -> bool:
    return bool(getattr(view, "csrf_exempt", False))


def texts(request: HttpRequest, *, whole: bool) -> Iterator[str]:
    """Of the address and, of the `whole` request, of its form. Raises what TROUBLES has."""
    yield request.path
    for fields in (request.GET, request.POST) if whole else (request.GET,):
        for name, values in fields.lists():
            yield name
            yield from values


def trouble_of(error: BaseException) -> str:
    return next(said for kind, said in TROUBLES.items() if isinstance(error, kind))


def refusal(request: HttpRequest, why: str) -> HttpResponse:
    """A fragment's answer is one sentence, which the page shows in its place for troubles."""
    status = STATUS.get(why, 400)
    if getattr(request, "htmx", False):
        return HttpResponse(TEXTS[why], content_type="text/plain; charset=utf-8", status=status, reason=why)
    answer = render(request, "session/unreadable.html", {"text": TEXTS[why]}, status=status)
    answer.reason_phrase = why
    return answer
