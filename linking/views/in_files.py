"""Values from files: what their metadata says (IPTC, XMP, EXIF), on to the preview of all of it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from linking.domain.fields import BadField
from linking.domain.from_files import FromFiles
from linking.domain.keying import BadPattern
from linking.domain.scopes import Assets
from linking.domain.searching import BadFilter
from linking.ingest.sheets import asking
from linking.ingest.sheets.sources import FILES
from linking.pages import in_files
from linking.views.picker import open_selection
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, workers


@require_safe
@workers
def page(request: MemberRequest) -> HttpResponse:
    context = in_files.in_files_context(request.member.environment, open_selection(request), request.GET)
    return render(request, "sheets/in_files.html", {"tab": "choose", **context})


@require_POST
@workers
def begin(request: MemberRequest) -> HttpResponse:
    """The preview of all, which a worker makes; nothing is written yet."""
    environment, selection, actor = request.member.environment, open_selection(request), Actor.of(request)
    values, scope = in_files.asked_of(environment, request.POST, selection)
    try:
        asked, assets = FromFiles.of(values), Assets.of(scope)
        _ = assets.expression  # whether it can be asked for
    except (BadField, BadPattern, BadFilter) as wrong:
        context = in_files.in_files_context(environment, selection, request.POST)
        context |= {"tab": "choose", "refused": str(wrong)}
        return render(request, "sheets/in_files.html", context, status=422)
    actor.spend("look")
    sheet = asking.gather(actor, asked.name, {"kind": FILES, **asked.kept}, asked.columns, assets)
    return redirect("sheet", key=sheet.key)
