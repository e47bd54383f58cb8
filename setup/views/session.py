from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was rendered in another session, mostly: an older tab after a new launch."""
    return render(request, "session/stale_form.html", status=403)
