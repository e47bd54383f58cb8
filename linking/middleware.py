"""The answer for a selection whose settings cannot be read: a page that says so, wherever in a view that comes out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linking.models.selections import Unreadable

GetResponse = Callable[[HttpRequest], HttpResponse]


class UnreadableSelection:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A fragment's request loads the page, which then says it."""
        if not isinstance(error, Unreadable):
            return None
        if getattr(request, "htmx", False):
            return HttpResponse(status=422, headers={"HX-Refresh": "true"})
        return render(request, "link/unreadable.html", {"problem": str(error)}, status=422)
