"""Metadata in the files as the Cloudinary field: offered with names and its cost, chosen, and given up while it is read."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from linking.domain.fields import BadField, CloudinaryField
from linking.pages.edits import stale, status_for, version_of
from linking.pages.embedded import embedded_context
from linking.selection import embedding
from linking.views.selections import selection_of
from setup.security.guards import MemberRequest, workers


@require_http_methods(["GET", "HEAD", "POST"])
@workers
def choose(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """GET looks at a few assets if nobody has lately. POST has the selection read again, with the page that waits for it."""
    selection = selection_of(request, key)
    if request.method != "POST":
        return render(request, "link/_embedded.html", embedded_context(selection))
    if not selection.fetched or version_of(request) != selection.version:
        return stale(request, selection)
    written = request.POST.get("name", "")
    try:
        field = CloudinaryField.parse(f"embedded:{written}")
    except BadField as refusal:
        context = embedded_context(selection, written, str(refusal))
        return render(request, "link/_embedded.html", context, status=status_for(request, 422))
    if embedding.cost_of(selection).too_many:
        return render(
            request, "link/_embedded.html", embedded_context(selection, written), status=status_for(request, 422)
        )
    embedding.choose(selection, field)
    return HttpResponse(headers={"HX-Redirect": reverse("link", kwargs={"key": selection.key})})


@require_POST
@workers
def give_up(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Back to the field before."""
    embedding.give_up(selection_of(request, key))
    return redirect("link", key=key)
