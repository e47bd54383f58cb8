"""Both providers over HTTP: discovery, the page that asks who one is, token, userinfo and keys."""

import base64
from binascii import Error
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, render_template, request

from sandbox.identity import oddities, people
from sandbox.identity.provider import ALGORITHM, CLIENT_ID, CLIENT_SECRET, LASTS, Provider, Refused, about
from sandbox.mishaps import after, before
from sandbox.world import World

SERVICE = "identity"
FORM = "application/x-www-form-urlencoded"  # https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
OPENID = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "jwks": "jwks"}
# https://cloudinary.com/documentation/using_oauth_to_access_cloudinary_apis
OF_CLOUDINARY = {
    "authorization": "oauth2/auth",
    "token": "oauth2/token",
    "userinfo": "userinfo",
    "jwks": ".well-known/jwks.json",
}


def providers(world: World) -> list[Provider]:
    company = Provider("fjord", "Fjord & Fern", "/identity", people.COMPANY, OPENID, ("openid", "email", "profile"))
    scopes = ("openid", "offline_access", "upload", "asset_management")
    own = Provider("cloudinary", "Cloudinary", "/cloudinary-oauth", people.CLOUDINARY, OF_CLOUDINARY, scopes)
    own.cloud_name = world.environments[0].cloud_name if world.environments else ""
    return [company, own]


def blueprint(world: World) -> Blueprint:
    """Below /identity and /cloudinary-oauth."""
    pages = Blueprint("identity", __name__, template_folder="templates")
    for provider in providers(world):
        add_routes(pages, world, provider)

    @pages.before_request
    def check() -> Response | None:
        operation = (request.endpoint or "").rpartition("-")[2]
        return before(world, SERVICE, operation=operation, text=request.full_path)

    pages.after_request(after)
    return pages


def add_routes(pages: Blueprint, world: World, provider: Provider) -> None:
    views = Views(world, provider)
    where = provider.endpoints
    rules: list[tuple[str, Any, list[str]]] = [
        (".well-known/openid-configuration", views.discovery, ["GET"]),
        (where["authorization"], views.authorize, ["GET", "POST"]),
        (where["token"], views.token, ["POST"]),
        (where["userinfo"], views.userinfo, ["GET", "POST"]),
        (where["jwks"], views.jwks, ["GET"]),
    ]
    for last, view, methods in rules:
        pages.add_url_rule(f"{provider.path}/{last}", f"{provider.slug}-{view.__name__}", view, methods=methods)


class Views:
    """What a provider answers."""

    def __init__(self, world: World, provider: Provider) -> None:
        self._world, self._provider = world, provider

    @property
    def _issuer(self) -> str:
        return f"{self._world.base_url}{self._provider.path}"

    def discovery(self) -> Response:
        places = {name: f"{self._issuer}/{last}" for name, last in self._provider.endpoints.items()}
        return jsonify(
            {
                "issuer": self._issuer,
                "authorization_endpoint": places["authorization"],
                "token_endpoint": places["token"],
                "userinfo_endpoint": places["userinfo"],
                "jwks_uri": places["jwks"],
                "scopes_supported": list(self._provider.scopes),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    def authorize(self) -> Any:
        """GET asks who one is; POST {sub} or {deny} sends the browser back."""
        world, provider, asked = self._world, self._provider, request.args.to_dict()
        if trouble := unfit(asked, provider, world):
            return trouble, 400  # never sent on to an address that nobody registered
        if request.method == "GET":
            return render_template("identity/choose.html", provider=provider, world=world)
        account = next((one for one in provider.accounts if one.sub == request.form.get("sub")), None)
        answer = {"state": asked.get("state", ""), "iss": named(world, self._issuer)}
        if account is None:
            answer |= {"error": "access_denied", "error_description": "The person went back."}
        else:
            answer["code"] = provider.issue(account, asked, world.clock())
        return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}", 303)

    def token(self) -> Any:
        world, provider, now = self._world, self._provider, self._world.clock()
        try:
            if request.mimetype != FORM:
                raise Refused("invalid_request", f"The body must be {FORM}.")
            authenticate()
            if request.form.get("grant_type") != "authorization_code":
                raise Refused("unsupported_grant_type", "Only authorization_code.")
            grant, access = provider.exchange(request.form, self._issuer, now)
        except Refused as refused:
            headers = {"WWW-Authenticate": "Basic"} if refused.status == 401 else {}
            return jsonify(error=refused.error, error_description=refused.description), refused.status, headers
        answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": LASTS, "scope": " ".join(grant.scopes)}
        answer["access_token"] = access
        odd = struck(world, *oddities.OF_TOKENS, "no_id_token")
        if odd != "no_id_token":
            answer["id_token"] = oddities.token(provider, provider.claims(grant, self._issuer, now), odd)
        if odd == "groups_overage":  # the userinfo has no groups, either
            provider.tokens[access] = replace(provider.tokens[access], account=replace(grant.account, groups=()))
        provider.former_nonce = grant.nonce
        return jsonify(answer), 200, {"Cache-Control": "no-store"}

    def userinfo(self) -> Any:
        grant = self._provider.bearer(request.headers.get("Authorization", ""), self._world.clock())
        if grant is None:
            return "", 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        sub = "somebody-else" if struck(self._world, "other_subject") else grant.account.sub
        return jsonify({"sub": sub, **about(grant)})

    def jwks(self) -> Response:
        return jsonify(self._provider.jwks())


def unfit(asked: Mapping[str, str], provider: Provider, world: World) -> str:
    """What is wrong with a request for a code; empty if nothing is."""
    registered = f"{world.app_url}/sign-in/with/{provider.slug}/callback"
    if asked.get("client_id") != CLIENT_ID:
        return "There is no such client."
    if asked.get("redirect_uri") != registered:
        return f"redirect_uri must be {registered}."
    if asked.get("response_type") != "code":
        return "response_type must be code."
    if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
        return "PKCE with S256 is required."
    scopes = asked.get("scope", "").split()
    if "openid" not in scopes or not set(scopes) <= set(provider.scopes):
        return f"scope must have openid, and otherwise some of {', '.join(provider.scopes)}."
    return ""


def authenticate() -> None:
    """By Basic or by the form, not by both: https://www.rfc-editor.org/rfc/rfc6749#section-2.3. Raises Refused."""
    name, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        if secret:
            raise Refused("invalid_request", "The secret came in two ways.")
        named = name
        try:
            name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
        except (Error, UnicodeDecodeError):
            raise Refused("invalid_client", "The header cannot be read.", 401) from None
        if named not in ("", name):
            raise Refused("invalid_client", "The header and the form name two clients.", 401)
    if (name, secret) != (CLIENT_ID, CLIENT_SECRET):
        raise Refused("invalid_client", "Unknown client, or wrong secret.", 401)


def struck(world: World, *codes: str) -> str:
    """The first scripted oddity among these that acts now; empty without one."""
    for fault in world.faults.behaviours(SERVICE, ("token", "userinfo", "authorize"), None):
        if fault.kind == "odd_identity" and fault.code in codes and world.faults.strike(fault):
            return fault.code
    return ""


def named(world: World, issuer: str) -> str:
    """Who the answer says that it comes from (RFC 9207)."""
    return "https://attacker.example" if struck(world, "mix_up") else issuer
