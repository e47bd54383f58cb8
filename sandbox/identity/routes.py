"""Both providers over HTTP: discovery, the page that asks who one is, token, userinfo and keys."""

import base64
from binascii import Error
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, render_template, request

from sandbox.identity import oddities, people
from sandbox.identity.provider import CLIENT_ID, CLIENT_SECRET, LASTS, Grant, Provider, Refused, about
from sandbox.mishaps import after, before
from sandbox.world import World

SERVICE = "identity"
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
    def issuer() -> str:
        return f"{world.base_url}{provider.path}"

    def discovery() -> Response:
        places = {name: f"{issuer()}/{last}" for name, last in provider.endpoints.items()}
        return jsonify(
            {
                "issuer": issuer(),
                "authorization_endpoint": places["authorization"],
                "token_endpoint": places["token"],
                "userinfo_endpoint": places["userinfo"],
                "jwks_uri": places["jwks"],
                "scopes_supported": list(provider.scopes),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    def authorize() -> Any:
        """GET asks who one is; POST {sub} or {deny} sends the browser back."""
        asked = request.args.to_dict()
        if trouble := unfit(asked, provider, world):
            return trouble, 400  # never sent on to an address that nobody registered
        if request.method == "GET":
            return render_template("identity/choose.html", provider=provider, world=world)
        account = next((one for one in provider.accounts if one.sub == request.form.get("sub")), None)
        answer = {"state": asked.get("state", ""), "iss": named(world, issuer())}
        if account is None:
            answer |= {"error": "access_denied", "error_description": "The person went back."}
        else:
            answer["code"] = provider.issue(account, asked, world.clock())
        return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}", 303)

    def token() -> Any:
        try:
            authenticate()
            if request.form.get("grant_type") != "authorization_code":
                raise Refused("unsupported_grant_type", "Only authorization_code.")
            grant, access = provider.exchange(request.form, world.clock())
        except Refused as refused:
            return jsonify(error=refused.error, error_description=refused.description), refused.status
        answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": LASTS, "scope": " ".join(grant.scopes)}
        answer["access_token"] = of_cloudinary(provider, access, issuer(), world) if provider.cloud_name else access
        odd = struck(world, *oddities.OF_TOKENS, "no_id_token")
        if odd != "no_id_token":
            answer["id_token"] = oddities.token(provider, provider.claims(grant, issuer(), world.clock()), odd)
        provider.former_nonce = grant.nonce
        return jsonify(answer), 200, {"Cache-Control": "no-store"}

    def userinfo() -> Any:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        grant: Grant | None = provider.tokens.get(bearer)
        if grant is None:
            return "", 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        sub = "somebody-else" if struck(world, "other_subject") else grant.account.sub
        return jsonify({"sub": sub, **about(grant)})

    def jwks() -> Response:
        return jsonify(provider.jwks())

    where, slug = provider.endpoints, provider.slug
    rules: list[tuple[str, Any, list[str]]] = [
        (".well-known/openid-configuration", discovery, ["GET"]),
        (where["authorization"], authorize, ["GET", "POST"]),
        (where["token"], token, ["POST"]),
        (where["userinfo"], userinfo, ["GET", "POST"]),
        (where["jwks"], jwks, ["GET"]),
    ]
    for last, view, methods in rules:
        pages.add_url_rule(f"{provider.path}/{last}", f"{slug}-{view.__name__}", view, methods=methods)


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
    """By Basic or by the form, not by both. Raises Refused."""
    form = (request.form.get("client_id", ""), request.form.get("client_secret", ""))
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    basic = ("", "")
    if kind.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
        except (Error, UnicodeDecodeError):
            raise Refused("invalid_client", "The header cannot be read.", 401) from None
        basic = (name, secret)
    if (basic if any(basic) else form) != (CLIENT_ID, CLIENT_SECRET) or (any(basic) and form[1]):
        raise Refused("invalid_client", "Unknown client, or wrong secret.", 401)


def of_cloudinary(provider: Provider, access: str, issuer: str, world: World) -> str:
    """Its access tokens are signed and say in which product environment they hold."""
    now = int(world.clock())
    claims = {"iss": issuer, "iat": now, "exp": now + LASTS, "jti": access, "ext": {"cloud_name": provider.cloud_name}}
    signed = provider.sign(claims)
    with provider.lock:
        provider.tokens[signed] = provider.tokens.pop(access)
    return signed


def struck(world: World, *codes: str) -> str:
    """The first scripted oddity among these that acts now; empty without one."""
    for fault in world.faults.behaviours(SERVICE, ("token", "userinfo", "authorize"), None):
        if fault.kind == "odd_identity" and fault.code in codes and world.faults.strike(fault):
            return fault.code
    return ""


def named(world: World, issuer: str) -> str:
    """Who the answer says that it comes from (RFC 9207)."""
    return "https://attacker.example" if struck(world, "mix_up") else issuer
