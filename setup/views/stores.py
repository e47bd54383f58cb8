"""Stores on the Setup page and on pages of their own: everybody reads them, admins change them."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from setup import holdings, stores
from setup.drawn import Overtaken, said
from setup.models import Environment, Store
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, admins, members
from setup.shopify import connection
from setup.shopify.errors import ShopifyError
from setup.store_forms import NameForm
from setup.views.sections import sections_context
from setup.words import _


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    """The whole page; its other sections come from setup.views.sections."""
    environment = request.member.environment
    context = {"tab": "setup", "stores": store_rows(environment), **sections_context(environment)}
    return render(request, "setup/page.html", context)


@require_safe
@members
def store(request: MemberRequest, pk: int) -> HttpResponse:
    return show_store(request, store_of(request, pk))


@require_POST
@admins
def check_again(request: MemberRequest, pk: int) -> HttpResponse:
    store = store_of(request, pk)
    try:
        connection.look_again(store)
    except ShopifyError as error:
        messages.error(request, _("{store}: {problem}").format(store=store, problem=error.text))
    else:
        messages.success(request, _("{store} answers.").format(store=store))
    return redirect("setup")


@require_POST
@admins
def rename(request: MemberRequest, pk: int) -> HttpResponse:
    store = store_of(request, pk)
    form = NameForm(request.POST)
    if not form.is_valid():
        return show_store(request, store, form)
    try:
        stores.rename(Actor.of(request), store, form.cleaned_data["label"], drawn=form.drawn("label"))
    except Overtaken:
        shown = NameForm(form.over_theirs({"label": store.label}))
        shown.add_error("label", said(request.member, store.label, "store.rename", store.domain))
        return show_store(request, store, shown, status=409)
    messages.success(request, _("The name is saved: {store}.").format(store=store))
    return redirect("store", pk=pk)


@require_POST
@admins
def pause(request: MemberRequest, pk: int) -> HttpResponse:
    store = store_of(request, pk)
    stores.pause(Actor.of(request), store)
    text = _("{store} is paused. People cannot choose it, and its runs wait until an admin resumes it.")
    messages.success(request, text.format(store=store))
    return redirect("store", pk=pk)


@require_POST
@admins
def resume(request: MemberRequest, pk: int) -> HttpResponse:
    store = store_of(request, pk)
    stores.resume(Actor.of(request), store)
    text = _("{store} is active again. Waiting runs start within a minute.")
    messages.success(request, text.format(store=store))
    return redirect("store", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def disconnect(request: MemberRequest, pk: int) -> HttpResponse:
    """What would happen is said first; the button below it does it."""
    store = store_of(request, pk)
    if request.method != "POST":
        context = {"tab": "setup", "store": store, "kept": holdings.of([store])[store.pk]}
        return render(request, "setup/disconnect.html", context)
    stores.disconnect(Actor.of(request), store)
    text = _("{store} is disconnected. AssetLink keeps its history and links.")
    messages.success(request, text.format(store=store))
    return redirect("setup")


def store_of(request: MemberRequest, pk: int) -> Store:
    return get_object_or_404(request.member.environment.stores.select_related("environment", "app"), pk=pk)


@dataclass(frozen=True)
class StoreRow:
    """A store in the table of the Setup page."""

    store: Store
    last_sync: datetime | None


def store_rows(environment: Environment) -> list[StoreRow]:
    """Connected ones first."""
    found = sorted(environment.stores.in_order(), key=lambda one: one.status == Store.Status.DISCONNECTED)
    kept = holdings.of(found)
    return [StoreRow(store, kept[store.pk].synced) for store in found]


def show_store(
    request: MemberRequest, store: Store, form: NameForm | None = None, *, status: int = 422
) -> HttpResponse:
    """`form`: what was entered and cannot be."""
    kept = holdings.of([store])[store.pk]
    context = {"tab": "setup", "store": store, "kept": kept, "form": form or NameForm(initial={"label": store.label})}
    return render(request, "setup/store.html", context, status=status if form else 200)
