"""A run's report as a file: choose a format, watch it being written, have it."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from linking.models import Report, Sync
from linking.operations import recovery
from linking.pages.reports import card_context, reports_context
from linking.reporting import asking, kept
from linking.reporting.formats import FORMATS
from linking.views.syncs import sync_of
from setup.security.guards import MemberRequest, members, viewers_too
from setup.words import gettext_lazy, ngettext, number

LOST = gettext_lazy("The file of this report is gone. Ask for it again.")
OTHER = gettext_lazy("The run has changed since this report, or it was in another language. Ask for it again.")


@require_safe
@members
def page(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    sync = sync_of(request, key)
    return render(request, "reports/page.html", {"tab": "history", **reports_context(sync)})


@require_safe
@members
def card(request: MemberRequest, key: uuid.UUID, format: str) -> HttpResponse:
    """Polled while the report is written; a finished one renders without its trigger."""
    recovery.sweep_shown()
    return show(request, *known_of(request, key, format))


@require_POST
@members
@viewers_too
def write(request: MemberRequest, key: uuid.UUID, format: str) -> HttpResponse:
    """Pressed many times, it is written once."""
    sync, _report, code = known_of(request, key, format)
    try:
        report = asking.ask(sync, code)
    except asking.NotYet as refusal:
        messages.error(request, str(refusal))
        return HttpResponse(headers={"HX-Refresh": "true"}) if request.htmx else redirect("sync-report", key=key)
    return show(request, sync, report, code) if request.htmx else redirect("sync-report", key=key)


@require_safe
@members
def file(request: MemberRequest, key: uuid.UUID, format: str) -> HttpResponseBase:
    sync, report, code = known_of(request, key, format)
    if report is None or not report.there(now=timezone.now()):
        messages.error(request, why_gone(report))
        return redirect("sync-report", key=key)
    try:
        found = kept.open_file(report)
    except FileNotFoundError:
        messages.error(request, LOST)
        return redirect("sync-report", key=key)
    plan = "plan-" if sync.dry_run else ""
    name = f"assetlink-{plan}{sync.created:%Y-%m-%d-%H%M}-{str(sync.key)[:8]}.{code}"
    return FileResponse(found, as_attachment=True, filename=name, content_type=FORMATS[code].media_type)


def why_gone(report: Report | None) -> str:
    now = timezone.now()
    if report is None or not report.gone(now=now):
        return str(OTHER)
    if not report.has_expired(now=now):
        return str(LOST)
    said = ngettext(
        "AssetLink kept this report for {n} day; it is gone. Ask for it again.",
        "AssetLink kept this report for {n} days; it is gone. Ask for it again.",
        settings.REPORT_DAYS,
    )
    return said.format(n=number(settings.REPORT_DAYS))


def known_of(request: MemberRequest, key: uuid.UUID, format: str) -> tuple[Sync, Report | None, str]:
    """The run of the member's environment, and its report in this format if there is one of its present state."""
    sync = sync_of(request, key)
    if format not in FORMATS:
        raise Http404
    return sync, asking.reports_of(sync).get(format), format


def show(request: MemberRequest, sync: Sync, report: Report | None, code: str) -> HttpResponse:
    return render(request, "reports/_card.html", card_context(sync, code, report))
