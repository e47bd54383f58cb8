"""What a run would do: asked for when settings and matches have rested for a second, then looked at until it is counted."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods

from linking.estimating import asking
from linking.models import Selection
from linking.operations import recovery
from linking.pages.edits import announced
from linking.pages.estimate import EstimateLine, line_of
from linking.pages.store_cards import store_cards
from linking.views.selections import selection_of
from setup.security.guards import MemberRequest, workers


@require_http_methods(["GET", "HEAD", "POST"])
@workers
def estimate(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """POST has it counted, with `again` also by stores that did not answer a moment ago; GET looks, and answers nothing as long
    as it is not over."""
    selection = selection_of(request, key)
    cards = store_cards(selection)
    if request.method == "POST" and asking.rests(
        selection, [(card.store, card.match) for card in cards if card.chosen]
    ):
        asking.ask(selection, again="again" in request.GET)
    line = line_of(selection, cards)
    if request.method == "GET" and line.state == "counting":
        asking.look(selection.estimate)
        recovery.sweep_shown()  # an entry of the queue may be lost
        return HttpResponse(status=204)
    return announced(HttpResponse(drawn(request, selection, line)), line.text)


def drawn(request: HttpRequest, selection: Selection, line: EstimateLine) -> str:
    context = {"selection": selection, "estimate": line, "oob": True}
    return render_to_string("link/_estimate.html", context, request) + render_to_string(
        "link/_estimate_sums.html", context
    )
