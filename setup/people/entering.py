"""From a proof to a session: the one door through which people who sign in come in."""

from django.http import HttpRequest, HttpResponse

from setup.people.proofs import Proof

# Where in a session that has not begun yet a way of signing in keeps where the person wanted to go: a path of ours.
NEXT = "next"


def enter(request: HttpRequest, proof: Proof) -> HttpResponse:
    """Whom the proof means: a session of theirs, which begins in place of what the browser brought along, and a redirect to
    request.session[NEXT] or where they land; or the page that says whom to ask, or asks whether two members are one."""
    raise NotImplementedError
