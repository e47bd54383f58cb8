"""Connecting a store, in three ways. Nothing is kept before the store has let us in."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from setup.drawn import said
from setup.models import Store
from setup.numbers import row_number
from setup.security import audit
from setup.security.guards import MemberRequest, admins
from setup.shopify import connection
from setup.shopify.auth import install, keys
from setup.shopify.auth.install import InstallRefused
from setup.shopify.errors import ShopifyError
from setup.store_forms import AppForm, CredentialsForm, DomainForm, InstallForm, TokenForm
from setup.words import _

WAYS: dict[str, type[DomainForm]] = {"install": InstallForm, "credentials": CredentialsForm, "token": TokenForm}


@require_safe
@admins
def connect(request: MemberRequest) -> HttpResponse:
    """`?store=<pk>`: a store that is to be connected again."""
    store = request.member.environment.stores.filter(pk=row_number(request.GET.get("store"))).first()
    return show(request, store=store)


@require_POST
@admins
def by_token(request: MemberRequest) -> HttpResponse:
    return by_form(request, "token", connection.by_token, "domain", "token")


@require_POST
@admins
def by_credentials(request: MemberRequest) -> HttpResponse:
    return by_form(request, "credentials", connection.by_credentials, "domain", "client_id", "client_secret")


def by_form(request: MemberRequest, way: str, connect: Callable[..., Store], *names: str) -> HttpResponse:
    """Connect with what the form's fields of these names say, or show why not."""
    form = filled(request, way)
    if not form.is_valid():
        return show(request, tried=form)
    try:
        store = connect(request.member.environment, *(form.cleaned_data[name] for name in names))
    except ShopifyError as error:
        form.add_error(None, error.text)
        return show(request, tried=form)
    return connected(request, store)


@require_POST
@admins
def by_installing(request: MemberRequest) -> HttpResponse:
    """A page that opens Shopify's in a window of its own and waits for what becomes of it."""
    form = filled(request, "install")
    if not form.is_valid():
        return show(request, tried=form)
    try:
        attempt, ticket = install.begin(request.member, form.cleaned_data["domain"], now=timezone.now())
    except InstallRefused as refusal:
        form.add_error(None, refusal.text)
        return show(request, tried=form)
    return render(request, "setup/installing.html", {"tab": "setup", "attempt": attempt, "ticket": ticket})


@require_POST
@admins
def app(request: MemberRequest) -> HttpResponse:
    """The app whose install page this environment uses."""
    form = AppForm(request.POST, auto_id="app-%s")
    if not form.is_valid():
        return show(request, app=form)
    known, own = form.cleaned_data, keys.own_id(request.member.environment)
    if own not in ("", known["client_id"], request.POST.get("present")):
        form.add_error("client_id", said(request.member, own, "store.app"))
        return show(request, app=form)
    keys.remember(request.member.environment, known["client_id"], known["client_secret"], installs=True)
    audit.record(request, "store.app", known["client_id"])
    keys.drop_unused(request.member.environment)
    messages.success(request, _("The app is saved. AssetLink tries it when you connect a store."))
    return redirect("connect")


def filled(request: MemberRequest, way: str) -> DomainForm:
    return WAYS[way](request.POST, auto_id=f"{way}-%s")


def connected(request: MemberRequest, store: Store) -> HttpResponse:
    connection.note(request, store)
    paused = store.status == Store.Status.PAUSED
    text = _("{store} is connected. It is still paused.") if paused else _("{store} is connected.")
    messages.success(request, text.format(store=store))
    return redirect("setup")


def show(
    request: MemberRequest, *, tried: DomainForm | None = None, store: Store | None = None, app: AppForm | None = None
) -> HttpResponse:
    """`tried`, `app`: what was entered and cannot be."""
    keys_there = keys.for_installing(request.member.environment)
    chosen = way_of(tried, store, installs=keys_there is not None)
    initial = {"domain": store.domain} if store else {}
    forms = {way: form(initial=initial, auto_id=f"{way}-%s") for way, form in WAYS.items()}
    if tried is not None:
        forms[chosen] = tried
    context: dict[str, Any] = {"tab": "setup", "store": store, "forms": forms, "chosen": chosen, "keys": keys_there}
    context |= {"app_form": app or AppForm(auto_id="app-%s"), "app_tried": app is not None}
    context |= {"callback": install.callback_url()}
    return render(request, "setup/connect.html", context, status=422 if tried or app else 200)


def way_of(tried: DomainForm | None, store: Store | None, *, installs: bool) -> str:
    """Which of the three is open."""
    if tried is not None:
        return next(way for way, form in WAYS.items() if type(tried) is form)
    if store is not None:
        return store.way
    return "install" if installs else "credentials"
