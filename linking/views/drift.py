"""Drift: what of galleries is not as runs left it, its report, and a plan that mends it."""

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from linking.mending import planning
from linking.pages.drift import DriftFilter, rows_context, stores_context
from linking.pages.edits import token_of
from linking.reporting.formats import FORMATS
from linking.runs import CannotStart
from setup.cloudinary.client import CloudinaryError
from setup.numbers import whole
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, members
from setup.words import gettext_lazy, ngettext, number

NO_STORE = gettext_lazy("Choose a store of this product environment.")


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    """What the filter names; with `after` only the rows that follow that one."""
    environment, after = request.member.environment, whole(request.GET.get("after"))
    context = rows_context(environment, DriftFilter.of(request.GET), after)
    if after and request.htmx:
        return render(request, "drift/_rows.html", context)
    context |= {"tab": "history", "token": uuid.uuid4().hex, **stores_context(environment, request.member)}
    return render(request, "drift/page.html", context)


@require_safe
@members
def report(request: MemberRequest) -> HttpResponseBase:
    """What the filter names, in the `format`: csv, row by row as it is read, or xlsx."""
    from linking.reporting import drift as report_of  # what writes workbooks, which no other page needs

    format = request.GET.get("format", "csv")
    found = DriftFilter.of(request.GET).findings(request.member.environment)
    name = f"assetlink-drift-{timezone.now():%Y-%m-%d-%H%M}.{format}"
    if format == "csv":
        answer = StreamingHttpResponse(report_of.as_csv(found), content_type=FORMATS[format].media_type)
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    if format != "xlsx":
        raise Http404
    book = report_of.as_workbook(found)
    return FileResponse(book, as_attachment=True, filename=name, content_type=FORMATS[format].media_type)


@require_POST
@members
def mend(request: MemberRequest) -> HttpResponse:
    """Show what it would be to bring a store's galleries back."""
    store = request.member.environment.stores.filter(pk=whole(request.POST.get("store")) or 0).first()
    if store is None:
        messages.error(request, NO_STORE)
        return redirect("drift")
    try:
        sync, later = planning.mend(Actor.of(request), store, token_of(request))
    except (CannotStart, CloudinaryError) as refusal:
        messages.error(request, str(refusal))
        return redirect("drift")
    if later:
        said = ngettext(
            "{n} more product needs a plan of its own. Apply this one, check links, and mend again.",
            "{n} more products need plans of their own. Apply this one, check links, and mend again.",
            later,
        )
        messages.info(request, said.format(n=number(later)))
    return redirect("sync", key=sync.key)
