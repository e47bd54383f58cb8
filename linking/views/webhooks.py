"""Webhooks on Setup: everybody sees which there are and what was delivered, admins change them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linking.models import WebhookEndpoint
from linking.models.jobs import JobState
from linking.pages.webhooks import listed
from linking.webhooks import endpoints
from linking.webhooks.endpoints import CannotUse
from linking.webhooks.forms import EventsForm, WebhookForm
from setup.security import shown_once
from setup.security.guards import MemberRequest, admins, members
from setup.words import _, ngettext, number

PER_PAGE = 50


def endpoint_of(request: MemberRequest, pk: int) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.filter(environment=request.member.environment)
    return get_object_or_404(rows.select_related("environment", "created_by"), pk=pk)


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    return shown(request, WebhookForm())


def shown(request: MemberRequest, form: WebhookForm, *, status: int = 200) -> HttpResponse:
    context = {"tab": "setup", "webhooks": listed(request.member.environment), "form": form}
    return render(request, "setup/webhooks.html", context, status=status)


@require_safe
@members
def webhook(request: MemberRequest, pk: int) -> HttpResponse:
    endpoint = endpoint_of(request, pk)
    return one(request, endpoint, secret=shown_once.take(request, f"webhook {endpoint.pk}"))


def one(
    request: MemberRequest,
    endpoint: WebhookEndpoint,
    form: EventsForm | None = None,
    *,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    """`secret`: that was made just now; it is shown this once."""
    rows = endpoint.deliveries.defer("body").order_by("-pk")
    context: dict[str, Any] = {
        "tab": "setup",
        "webhook": endpoint,
        "secret": secret,
        "form": form or EventsForm(initial={"events": endpoint.events, "hour": endpoint.summary_hour}),
        "both": endpoint.has_former(timezone.now()),
        "failed": endpoint.deliveries.filter(state=JobState.FAILED).exists(),
        "deliveries": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    response = render(request, "setup/webhook.html", context, status=status)
    if secret:
        response["Cache-Control"] = "no-store"
    return response


@require_POST
@admins
def add(request: MemberRequest) -> HttpResponse:
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return shown(request, form, status=422)
    known = form.cleaned_data
    try:
        endpoint, secret = endpoints.add(
            request.member.environment, known["url"], known["events"], who=request, **_hour(known)
        )
    except CannotUse as error:
        form.add_error(None, str(error))
        return shown(request, form, status=422)
    shown_once.keep(request, f"webhook {endpoint.pk}", secret)
    return redirect("webhook", endpoint.pk)


def _hour(known: dict[str, Any]) -> dict[str, int]:
    return {} if known["hour"] is None else {"hour": known["hour"]}


@require_POST
@admins
def events(request: MemberRequest, pk: int) -> HttpResponse:
    endpoint, form = endpoint_of(request, pk), EventsForm(request.POST)
    if not form.is_valid():
        return one(request, endpoint, form, status=422)
    endpoints.choose(endpoint, form.cleaned_data["events"], who=request, **_hour(form.cleaned_data))
    messages.success(request, _("Saved: the webhook gets these events from now on."))
    return redirect("webhook", pk)


@require_POST
@admins
def rotate(request: MemberRequest, pk: int) -> HttpResponse:
    endpoint = endpoint_of(request, pk)
    secret = endpoints.rotate(endpoint, who=request, now=timezone.now())
    shown_once.keep(request, f"webhook {endpoint.pk}", secret)
    return redirect("webhook", endpoint.pk)


@require_POST
@admins
def test(request: MemberRequest, pk: int) -> HttpResponse:
    try:
        endpoints.test(endpoint_of(request, pk), who=request)
    except CannotUse as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("A test event is on its way. Reload this page to see what became of it."))
    return redirect("webhook", pk)


@require_POST
@admins
def disable(request: MemberRequest, pk: int) -> HttpResponse:
    endpoint = endpoint_of(request, pk)
    if endpoints.disable(endpoint, endpoints.BY_ADMIN, who=request, now=timezone.now()):
        messages.success(request, _("The webhook is disabled: nothing is sent to it."))
    return redirect("webhook", pk)


@require_POST
@admins
def enable(request: MemberRequest, pk: int) -> HttpResponse:
    if endpoints.enable(endpoint_of(request, pk), who=request):
        messages.success(request, _("The webhook is enabled. Send again below what it missed."))
    return redirect("webhook", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    """What would happen is said first; the button below it does it."""
    endpoint = endpoint_of(request, pk)
    if request.method != "POST":
        return render(request, "setup/webhook_remove.html", {"tab": "setup", "webhook": endpoint})
    endpoints.remove(endpoint, who=request)
    messages.success(request, _("The webhook {host} is removed.").format(host=endpoint.host))
    return redirect("webhooks")


@require_POST
@admins
def send_failed(request: MemberRequest, pk: int) -> HttpResponse:
    try:
        n = endpoints.send_failed(endpoint_of(request, pk), who=request)
    except CannotUse as error:
        messages.error(request, str(error))
    else:
        said = ngettext("{n} event is on its way again.", "{n} events are on their way again.", n)
        messages.success(request, said.format(n=number(n)))
    return redirect("webhook", pk)


@require_POST
@admins
def send(request: MemberRequest, pk: int, delivery: int) -> HttpResponse:
    endpoint = endpoint_of(request, pk)
    row = get_object_or_404(endpoint.deliveries.select_related("endpoint__environment"), pk=delivery)
    try:
        if endpoints.send_again(row, who=request):
            messages.success(request, _("The event is on its way again. Reload this page to see what became of it."))
        else:
            messages.error(request, _("This event is being sent at this moment."))
    except CannotUse as error:
        messages.error(request, str(error))
    return redirect("webhook", pk)
