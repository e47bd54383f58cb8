"""Spreadsheets: brought in from Choose Assets, checked, written to assets, undone."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from linking.ingest.sheets import asking
from linking.ingest.sheets.asking import CannotDo
from linking.models import Sheet
from linking.operations import recovery
from linking.pages.sheets import sheet_context
from linking.reporting.sheets import lines
from setup.numbers import whole
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, workers
from setup.words import _

PER_PAGE = 30


def sheet_of(request: MemberRequest, key: uuid.UUID) -> Sheet:
    rows = Sheet.objects.filter(environment=request.member.environment)
    return get_object_or_404(rows.select_related("member"), key=key)


@require_safe
@workers
def page(request: MemberRequest) -> HttpResponse:
    rows = Sheet.objects.filter(environment=request.member.environment).exclude(stage="arriving")
    sheets = Paginator(rows.select_related("member").order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "sheets/page.html", {"tab": "choose", "sheets": sheets, "part": asking.PART})


@require_POST
@workers
def add(request: MemberRequest) -> HttpResponse:
    """A part of a file. The first one, without a `key`, says how many parts there are; the answer has the key for the others."""
    actor = Actor.of(request)
    actor.spend("bring")
    part, place = request.FILES.get("part"), whole(request.POST.get("place"))
    try:
        if not isinstance(part, UploadedFile) or place is None or (part.size or 0) > asking.PART:
            raise CannotDo(_("AssetLink could not take the file. Upload it again."))
        sheet = _arriving(request, actor, part.name or "")
        asking.take(sheet, place, part.read())
    except CannotDo as refusal:
        return JsonResponse({"said": str(refusal)}, status=422)
    return JsonResponse({"key": str(sheet.key), "address": reverse("sheet", kwargs={"key": sheet.key})})


def _arriving(request: MemberRequest, actor: Actor, name: str) -> Sheet:
    """Raises CannotDo."""
    if not (key := request.POST.get("key", "")):
        return asking.begin(actor, name.replace("\0", ""), whole(request.POST.get("parts")) or 0)
    try:
        found = Sheet.objects.filter(environment=actor.environment, member=actor.member, key=uuid.UUID(key)).first()
    except ValueError:
        found = None
    if found is None:
        raise CannotDo(_("AssetLink could not take the file. Upload it again."))
    return found


@require_safe
@workers
def sheet(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    context = sheet_context(sheet_of(request, key), request.member)
    return render(request, "sheets/sheet.html", {"tab": "choose", **context})


@require_safe
@workers
def state(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled while a job is at work; what is over renders without its trigger."""
    recovery.sweep_shown("sheet")
    return render(request, "sheets/_sheet.html", sheet_context(sheet_of(request, key), request.member))


@require_POST
@workers
def columns(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """What each column holds, as `column-0` and so on."""

    def check(actor: Actor, found: Sheet) -> None:
        actor.spend("look")
        asking.check(found, [request.POST.get(f"column-{at}", "") for at in range(len(found.heads))])

    return done(request, key, check)


@require_POST
@workers
def write(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    return done(request, key, asking.write)


@require_POST
@workers
def stop(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    return done(request, key, asking.stop)


@require_POST
@workers
def undo(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    return done(request, key, asking.undo)


@require_POST
@workers
def again(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    return done(request, key, lambda actor, found: asking.again(found))


def done(request: MemberRequest, key: uuid.UUID, verb: Callable[[Actor, Sheet], None]) -> HttpResponse:
    found = sheet_of(request, key)
    try:
        if not found.may_be_changed_by(request.member):
            raise CannotDo(_("Only the person who uploaded this spreadsheet, or an admin, may do that."))
        verb(Actor.of(request), found)
    except CannotDo as refusal:
        messages.error(request, str(refusal))
    return redirect("sheet", key=key)


@require_POST
@workers
def retry(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    return done(request, key, asking.retry)


@require_safe
@workers
def report(request: MemberRequest, key: uuid.UUID) -> HttpResponseBase:
    """Row by row, as it is read."""
    found = sheet_of(request, key)
    answer = StreamingHttpResponse(lines(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="assetlink-spreadsheet-{str(found.key)[:8]}.csv"'
    return answer
