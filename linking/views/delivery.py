"""Delivery endpoints on Setup: everybody sees which there are and tries them, admins change them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linking.delivery import endpoints
from linking.delivery.endpoints import CannotUse
from linking.delivery.forms import EndpointForm, SettingsForm
from linking.models import DeliveryEndpoint
from linking.pages.delivery import preview_of, snippet_of
from setup.security import shown_once
from setup.security.guards import MemberRequest, admins, members
from setup.words import _


def endpoint_of(request: MemberRequest, pk: int) -> DeliveryEndpoint:
    rows = DeliveryEndpoint.objects.filter(environment=request.member.environment)
    return get_object_or_404(rows.select_related("environment", "store", "created_by"), pk=pk)


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    return shown(request, EndpointForm(request.member.environment))


def shown(request: MemberRequest, form: EndpointForm, *, status: int = 200) -> HttpResponse:
    rows = request.member.environment.delivery_endpoints.select_related("store")
    return render(request, "setup/delivery.html", {"tab": "setup", "endpoints": rows, "form": form}, status=status)


@require_safe
@members
def endpoint(request: MemberRequest, pk: int) -> HttpResponse:
    found = endpoint_of(request, pk)
    return one(request, found, secret=shown_once.take(request, f"endpoint {found.pk}"))


def one(
    request: MemberRequest,
    found: DeliveryEndpoint,
    form: SettingsForm | None = None,
    *,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    """`secret`: that was made just now; it is shown this once."""
    address = request.build_absolute_uri(f"/d/{found.slug}")
    kept = {name: getattr(found, name) for name in ("name", "tag_prefix", "spin_field")}
    sku = request.GET.get("sku", "")[:255]
    context: dict[str, Any] = {
        "tab": "setup",
        "endpoint": found,
        "secret": secret,
        "form": form or SettingsForm(initial={**kept, "origins": "\n".join(found.origins)}),
        "address": f"{address}/products/SKU/media",
        "snippet": snippet_of(address),
        "sku": sku,
        "preview": preview_of(found, sku) if sku and found.on else None,
    }
    response = render(request, "setup/endpoint.html", context, status=status)
    if secret:
        response["Cache-Control"] = "no-store"
    return response


@require_POST
@admins
def add(request: MemberRequest) -> HttpResponse:
    environment = request.member.environment
    form = EndpointForm(environment, request.POST)
    if not form.is_valid():
        return shown(request, form, status=422)
    try:
        made = endpoints.add(environment, form.cleaned_data["store"], form.cleaned_data["name"], who=request)
    except CannotUse as error:
        form.add_error(None, str(error))
        return shown(request, form, status=422)
    return redirect("endpoint", made.pk)


@require_POST
@admins
def save(request: MemberRequest, pk: int) -> HttpResponse:
    found, form = endpoint_of(request, pk), SettingsForm(request.POST)
    if not form.is_valid():
        return one(request, found, form, status=422)
    endpoints.change(found, who=request, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("endpoint", pk)


@require_POST
@admins
def switch(request: MemberRequest, pk: int) -> HttpResponse:
    on = request.POST.get("on") == "on"
    if endpoints.switch(endpoint_of(request, pk), on=on, who=request):
        said = _("The endpoint is on. Its answers are ready within a minute.") if on else _("The endpoint is off.")
        messages.success(request, said)
    return redirect("endpoint", pk)


@require_POST
@admins
def key(request: MemberRequest, pk: int) -> HttpResponse:
    found = endpoint_of(request, pk)
    shown_once.keep(request, f"endpoint {found.pk}", endpoints.new_key(found, who=request))
    return redirect("endpoint", pk)


@require_POST
@admins
def open_to_all(request: MemberRequest, pk: int) -> HttpResponse:
    if endpoints.open_to_all(endpoint_of(request, pk), who=request):
        messages.success(request, _("The endpoint needs no key any more."))
    return redirect("endpoint", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    """What would happen is said first; the button below it does it."""
    found = endpoint_of(request, pk)
    if request.method != "POST":
        return render(request, "setup/endpoint_remove.html", {"tab": "setup", "endpoint": found})
    endpoints.remove(found, who=request)
    messages.success(request, _("The endpoint {name} is removed.").format(name=found.name))
    return redirect("delivery-endpoints")
