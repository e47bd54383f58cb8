"""The Setup page: everybody reads it, admins change it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from setup.connection import check
from setup.forms import StoreForm, SwatchForm
from setup.guards import MemberRequest, admins, members
from setup.models import Store
from setup.shopify_errors import ShopifyError


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    return show(request, StoreForm())


@require_POST
@admins
def connect(request: MemberRequest) -> HttpResponse:
    """Connect a store, or reconnect one with a new token; kept only if the store accepts us."""
    form = StoreForm(request.POST)
    if not form.is_valid():
        return show(request, form, status=422)
    environment, domain = request.member.environment, form.cleaned_data["domain"]
    known = Store.objects.filter(environment=environment, domain=domain).first()
    store = known or Store(environment=environment, domain=domain, api_base=settings.SHOPIFY_BASE_URL)
    store.access_token = form.cleaned_data["token"]
    try:
        check(store).save()
    except ShopifyError as error:
        form.add_error(None, error.text)
        return show(request, form, status=422)
    messages.success(request, f"{store} is connected.")
    return redirect("setup")


@require_POST
@admins
def check_again(request: MemberRequest, pk: int) -> HttpResponse:
    store = get_object_or_404(request.member.environment.stores, pk=pk)
    try:
        check(store).save()
    except ShopifyError as error:
        store.break_off(error.text)
        messages.error(request, f"{store}: {error.text}")
    else:
        messages.success(request, f"{store} answers.")
    return redirect("setup")


@require_POST
@admins
def swatches(request: MemberRequest) -> HttpResponse:
    form = SwatchForm(request.POST)
    if not form.is_valid():
        return show(request, StoreForm(), form, status=422)
    form.save(request.member.environment)
    messages.success(request, "The rule for swatches is saved.")
    return redirect("setup")


def show(
    request: MemberRequest, form: StoreForm, swatch_form: SwatchForm | None = None, status: int = 200
) -> HttpResponse:
    environment = request.member.environment
    context = {
        "tab": "setup",
        "stores": environment.stores.all(),
        "form": form,
        "swatch_form": swatch_form or SwatchForm.of(environment),
        "environment": environment,
    }
    return render(request, "setup/page.html", context, status=status)
