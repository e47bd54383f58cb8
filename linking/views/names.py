"""SKU by convention: a pattern tried on the environment's own names, and on to the preview of all of them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from linking.domain.conventions import Convention
from linking.domain.name_patterns import BadNamePattern
from linking.domain.scopes import Assets
from linking.domain.searching import BadFilter
from linking.ingest.sheets import asking
from linking.ingest.sheets.sources import NAMES
from linking.pages import choose, names
from linking.picker.sampling import sample
from linking.views.picker import open_selection
from setup.cloudinary.client import CloudinaryError
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, workers


@require_safe
@workers
def page(request: MemberRequest) -> HttpResponse:
    context = names.names_context(request.member.environment, open_selection(request), request.GET)
    return render(request, "sheets/names.html", {"tab": "choose", **context})


@require_safe
@workers
def tried(request: MemberRequest) -> HttpResponse:
    """After each pause in typing. One call for the names of a scope, and one for the fields, in ten minutes."""
    environment, actor = request.member.environment, Actor.of(request)
    asked = names.Asked.of(request.GET, open_selection(request))
    try:
        convention = Convention.of(asked.values)
        found = sample(environment, Assets.of(asked.scope), lambda: actor.spend("search"))
        context = names.trial(environment, convention, found, names.fields_now(environment))
    except (BadNamePattern, BadFilter) as wrong:
        context = {"problem": str(wrong)}
    except CloudinaryError as error:
        context = {"problem": choose.problem_of(environment, error).text}
    return render(request, "sheets/_tried.html", context)


@require_POST
@workers
def begin(request: MemberRequest) -> HttpResponse:
    """The preview of all, which a worker makes; nothing is written yet."""
    selection, actor = open_selection(request), Actor.of(request)
    asked = names.Asked.of(request.POST, selection)
    try:
        convention, assets = Convention.of(asked.values), Assets.of(asked.scope)
        _ = assets.expression  # whether it can be asked for
    except (BadNamePattern, BadFilter) as wrong:
        context = names.names_context(request.member.environment, selection, request.POST)
        context |= {"tab": "choose", "refused": str(wrong)}
        return render(request, "sheets/names.html", context, status=422)
    actor.spend("look")
    source = {"kind": NAMES, **convention.kept}
    sheet = asking.gather(actor, convention.pattern.text, source, convention.columns, assets)
    return redirect("sheet", key=sheet.key)
