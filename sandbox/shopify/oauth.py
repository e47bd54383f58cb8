"""How an app gets a store's tokens: the install page and the token endpoint with its three grants.

https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Request, Response, abort, redirect, render_template, request

from sandbox.shopify import endpoint
from sandbox.shopify.installs import App, Install
from sandbox.shopify.shop import SCOPES, Shop

CALLBACK = "/setup/oauth/callback"  # allow-listed for the app in its Dev Dashboard
REFUSALS = {
    "application_cannot_be_found": "Could not find Shopify API application with api_key {client_id}",
    "invalid_client": "The client secret is not valid",
    "shop_not_permitted": "Client credentials cannot be performed on this shop.",
    "app_not_installed": "The application is not installed on this shop.",
    "invalid_request": "The authorization code was not found or was already used",
    "invalid_grant": "This refresh token is invalid, expired or revoked.",
    "unsupported_grant_type": "The grant type is not supported.",
    "invalid_scope": "The requested scope is invalid.",
    "invalid_redirect": "The redirect_uri is not whitelisted.",
    "missing_state": "state is missing.",
}


class Refused(Exception):
    def __init__(self, code: str, client_id: str = "") -> None:
        super().__init__(code)
        self.code, self.text = code, REFUSALS[code].format(client_id=client_id)


@dataclass
class Code:
    """An authorization code: good once, for a minute, for one app in one store."""

    client_id: str
    domain: str
    scopes: list[str]
    until: float


def blueprint(world: Any) -> Blueprint:
    """GET and POST /admin/oauth/authorize (also below /store/<domain>/, for browsers), POST /admin/oauth/access_token."""
    pages = Blueprint("oauth", __name__, template_folder="templates")
    codes: dict[str, Code] = {}

    @pages.get("/admin/oauth/authorize")
    @pages.get("/store/<domain>/admin/oauth/authorize")
    def ask(domain: str = "") -> Any:
        shop = of(domain or host(request))
        try:
            scopes = wanted_scopes(world, request)
        except Refused as refusal:
            return refused(refusal, request)
        return render_template("shopify/authorize.html", shop=shop, app=world.app, scopes=scopes)

    @pages.post("/admin/oauth/authorize")
    @pages.post("/store/<domain>/admin/oauth/authorize")
    def install(domain: str = "") -> Any:
        shop = of(domain or host(request))
        try:
            scopes = wanted_scopes(world, request)
        except Refused as refusal:
            return refused(refusal, request)
        granted = [scope for scope in scopes if scope in shop.grantable]
        code = secrets.token_hex(16)
        codes[code] = Code(world.app.client_id, shop.domain, granted, world.clock() + world.settings.code_seconds)
        return redirect(callback(world.app, shop, code, request.args, now=world.clock()))

    @pages.post("/admin/oauth/access_token")
    def token() -> Response:
        body = request.get_data(as_text=True)
        shop = world.shops.get(host(request))
        if shop is None:
            return Response("<html><body><h1>Not found</h1></body></html>", 404, mimetype="text/html")
        passing = endpoint.ONLY_GRAPHQL
        faults = world.faults.take("shopify", operation="access_token", store=shop.domain, text=body, passing=passing)
        for fault in faults:
            if fault.kind not in endpoint.AFTER and (early := endpoint.before(fault, shop, None, request)):
                return early
        if shop.closed:
            return endpoint.plain(shop.closed)
        try:
            with shop.lock:
                answer = granted(world, shop, codes, form_of(request, body))
        except Refused as refusal:
            return refused(refusal, request)
        world.changed()
        late = next((fault for fault in faults if fault.kind in endpoint.AFTER), None)
        response = endpoint.as_json(answer)
        return endpoint.after(late, None, request, response) if late else response

    def of(domain: str) -> Shop:
        return world.shops.get(domain) or abort(404)

    return pages


def host(request: Request) -> str:
    return re.sub(r":\d+$", "", request.host).lower()


def form_of(request: Request, body: str) -> dict[str, str]:
    """A form, or JSON."""
    if request.is_json:
        sent = json.loads(body or "{}")
        return {name: str(value) for name, value in sent.items()} if isinstance(sent, dict) else {}
    return request.form.to_dict()


def wanted_scopes(world: Any, request: Request) -> list[str]:
    """Of a request for authorization, if nothing about it is wrong. Raises Refused."""
    asked = request.args
    if asked.get("client_id") != world.app.client_id:
        raise Refused("application_cannot_be_found", asked.get("client_id", ""))
    if asked.get("redirect_uri") != f"{world.app_url}{CALLBACK}":
        raise Refused("invalid_redirect")
    scopes = [scope for scope in asked.get("scope", "").split(",") if scope]
    if not scopes or set(scopes) - set(SCOPES):
        raise Refused("invalid_scope")
    if not asked.get("state"):
        raise Refused("missing_state")
    return scopes


def callback(app: App, shop: Shop, code: str, asked: Any, *, now: float) -> str:
    """Where the browser is sent, signed: hex HMAC-SHA256 over the sorted parameters."""
    handle = shop.domain.removesuffix(".myshopify.com")
    known = {
        "code": code,
        "host": base64.b64encode(f"admin.shopify.com/store/{handle}".encode()).decode(),
        "shop": shop.domain,
        "state": asked["state"],
        "timestamp": str(int(now)),
    }
    text = "&".join(f"{name}={value}" for name, value in sorted(known.items()))
    known["hmac"] = hmac.new(app.client_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{asked['redirect_uri']}?{urlencode(known)}"


def granted(world: Any, shop: Shop, codes: dict[str, Code], form: dict[str, str]) -> dict[str, Any]:
    """The answer of the token endpoint. Raises Refused."""
    app: App = world.app
    if form.get("client_id") != app.client_id:
        raise Refused("application_cannot_be_found", form.get("client_id", ""))
    if not app.knows(form.get("client_secret", ""), world.clock()):
        raise Refused("invalid_client")
    kind = form.get("grant_type") or ("authorization_code" if "code" in form else "")
    if kind == "client_credentials":
        return by_credentials(world, shop)
    if kind == "authorization_code":
        return by_code(world, shop, codes.pop(form.get("code", ""), None), expiring=form.get("expiring") == "1")
    if kind == "refresh_token":
        return by_refresh_token(world, shop, form.get("refresh_token", ""))
    raise Refused("unsupported_grant_type")


def by_credentials(world: Any, shop: Shop) -> dict[str, Any]:
    """For stores of the app's own organisation. Tokens of earlier calls stay good until they expire."""
    if shop.organisation != "own":
        raise Refused("shop_not_permitted")
    install = shop.installs.get(world.app.client_id)
    if install is None:
        raise Refused("app_not_installed")
    seconds = world.settings.credentials_seconds
    token = install.issue("client_credentials", now=world.clock(), seconds=seconds)
    return {"access_token": token, "scope": ",".join(install.scopes), "expires_in": int(seconds)}


def by_code(world: Any, shop: Shop, code: Code | None, *, expiring: bool) -> dict[str, Any]:
    """It installs the app, too."""
    if code is None or code.domain != shop.domain or code.until < world.clock():
        raise Refused("invalid_request")
    install = shop.installs.setdefault(code.client_id, Install(code.client_id, []))
    install.scopes = list(code.scopes)
    if not expiring:
        token = install.issue("authorization_code", now=world.clock(), seconds=None)
        return {"access_token": token, "scope": ",".join(install.scopes)}
    install.begin_family(now=world.clock(), **lifetimes(world))
    return pair(world, install)


def by_refresh_token(world: Any, shop: Shop, given: str) -> dict[str, Any]:
    install = shop.installs.get(world.app.client_id)
    if install is None or not install.rotate(given, now=world.clock(), **lifetimes(world)):
        raise Refused("invalid_grant")
    return pair(world, install)


def lifetimes(world: Any) -> dict[str, float]:
    return {"seconds": world.settings.token_seconds, "refresh_seconds": world.settings.refresh_seconds}


def pair(world: Any, install: Install) -> dict[str, Any]:
    now = world.clock()
    return {
        "access_token": install.latest,
        "scope": ",".join(install.scopes),
        "expires_in": round((install.tokens[install.latest] or now) - now),
        "refresh_token": install.refresh,
        "refresh_token_expires_in": round(install.refresh_until - now),
    }


def refused(refusal: Refused, request: Request) -> Response:
    """HTML, unless JSON is asked for."""
    if "application/json" in request.headers.get("Accept", ""):
        return endpoint.as_json({"error": refusal.code, "error_description": refusal.text}, status=400)
    page = f"<html><body><h1>Oauth error {refusal.code}: {refusal.text}</h1></body></html>"
    return Response(page, 400, mimetype="text/html")
