"""How long a session lasts, and what a form of another session gets."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from setup.security import sessions
from setup.security.guards import MemberRequest, members, public, viewers_too
from setup.security.language import choose_on_the_way_in
from setup.words import _


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was rendered in another session, mostly: an older tab after a new launch."""
    return render(request, "session/stale_form.html", status=403)


@require_http_methods(["GET", "HEAD", "POST"])
@public
def lasting(request: HttpRequest) -> HttpResponse:
    """What a page says of the session: nothing yet, that it ends soon, or that it has ended. POST: the person stays signed in.

    Without a session it is no error: what people typed stays on the page, which is not loaded again.
    """
    if not getattr(request, "member", None):
        return render(request, "session/_over.html")
    if request.method == "POST":
        sessions.stay(request)
    return render(request, "session/_lasting.html", {"session": sessions.lasting(request)})


@require_POST
@members
@viewers_too
def language(request: MemberRequest) -> HttpResponse:
    """`language`: one of those that there are, or nothing, for the browser's. The page is drawn again in it."""
    if (chosen := language_in(request)) is None:
        return no_such_language()
    request.member.language = chosen
    request.member.save(update_fields=["language"])
    return HttpResponseClientRefresh()


@require_POST
@public
def language_on_the_way_in(request: HttpRequest) -> HttpResponse:
    """As `language`, of who is not in yet."""
    if (chosen := language_in(request)) is None:
        return no_such_language()
    response = HttpResponseClientRefresh()
    choose_on_the_way_in(response, chosen)
    return response


def language_in(request: HttpRequest) -> str | None:
    chosen = request.POST.get("language", "")
    return chosen if not chosen or chosen in dict(settings.LANGUAGES) else None


def no_such_language() -> HttpResponse:
    return HttpResponse(_("There is no such language."), content_type="text/plain; charset=utf-8", status=400)
