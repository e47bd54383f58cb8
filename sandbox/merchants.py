"""What the people who run a store do to an app: uninstall it, change its scopes, close the store; and its notices."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.shopify import webhooks
from sandbox.shopify.installs import Install
from sandbox.shopify.shop import SCOPES, Shop
from sandbox.world import World

Answer = Response | tuple[Response, int] | tuple[str, int]
UNINSTALLED = "app/uninstalled"
CLOSED = (None, 402, 403, 423)
FIELDS = {"installed", "scopes", "grantable", "organisation", "closed"}


def blueprint(world: World) -> Blueprint:
    """Below /world/stores/<domain>/: POST app, uninstall, revoke, webhooks. And POST /world/app/secret, which rotates it."""
    pages = Blueprint("merchants", __name__, url_prefix="/world")
    pages.register_blueprint(notices(world))

    @pages.post("/stores/<domain>/app")
    def change(domain: str) -> Answer:
        """Any of {installed, scopes, grantable, organisation: "own" or "foreign", closed: null, 402, 403 or 423}."""
        shop, given = world.shops.get(domain), request.get_json(silent=True)
        if shop is None:
            return jsonify(error=f"no store {domain}"), 404
        if not isinstance(given, dict) or (wrong := trouble(given)):
            return jsonify(error=wrong if isinstance(given, dict) else "the body must be a JSON object"), 400
        with shop.lock:
            apply(world, shop, given)
        world.changed()
        return jsonify(described(world, shop))

    @pages.post("/stores/<domain>/uninstall")
    def uninstall(domain: str) -> Answer:
        """The tokens end, and the app is notified if it has subscribed."""
        shop = world.shops.get(domain)
        install = shop.installs.pop(world.app.client_id, None) if shop else None
        if shop is None or install is None:
            return jsonify(error=f"the app is not installed in {domain}"), 404
        webhooks.announce_later(shop, install, UNINSTALLED, world.app.client_secret)
        world.changed()
        return "", 204

    @pages.post("/stores/<domain>/revoke")
    def revoke(domain: str) -> Answer:
        """All tokens end, and the app stays installed."""
        shop = world.shops.get(domain)
        if shop is None or world.app.client_id not in shop.installs:
            return jsonify(error=f"the app is not installed in {domain}"), 404
        shop.installs[world.app.client_id].revoke()
        world.changed()
        return "", 204

    @pages.post("/app/secret")
    def rotate() -> Answer:
        world.app.rotate(world.clock())
        world.changed()
        return jsonify(client_id=world.app.client_id, client_secret=world.app.client_secret)

    return pages


def notices(world: World) -> Blueprint:
    pages = Blueprint("notices", __name__)

    @pages.post("/stores/<domain>/webhooks")
    def notify(domain: str) -> Answer:
        """{topic} sends one of the privacy notices to the app now, or app/uninstalled, too early or once more, to whom has
        subscribed to it; the last answer's status is returned."""
        shop, given = world.shops.get(domain), request.get_json(silent=True)
        topic = given.get("topic") if isinstance(given, dict) else None
        topics = (*webhooks.COMPLIANCE, UNINSTALLED)
        if shop is None or topic not in topics:
            return jsonify(error=f"a store, and a topic of {', '.join(topics)}"), 400
        if topic == UNINSTALLED:
            install = shop.installs.get(world.app.client_id)
            status = webhooks.announce(shop, install, topic, world.app.client_secret) if install else 0
            return jsonify(status=status)
        uri = f"{world.app_url}{webhooks.COMPLIANCE_PATH}"
        return jsonify(status=webhooks.send(shop, topic, uri, world.app.client_secret))

    return pages


def trouble(given: dict[str, Any]) -> str:
    """What is wrong with a change; empty if nothing is."""
    if unknown := set(given) - FIELDS:
        return f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(sorted(FIELDS))}"
    for name in ("scopes", "grantable"):
        value = given.get(name, [])
        if not isinstance(value, list) or set(map(str, value)) - set(SCOPES):
            return f"{name} is a list of {', '.join(SCOPES)}"
    if given.get("organisation", "own") not in ("own", "foreign"):
        return "organisation is own or foreign"
    if given.get("closed") not in CLOSED:
        return "closed is null, 402, 403 or 423"
    return "" if isinstance(given.get("installed", True), bool) else "installed is true or false"


def apply(world: World, shop: Shop, given: dict[str, Any]) -> None:
    client_id = world.app.client_id
    if given.get("installed") is False:
        shop.installs.pop(client_id, None)
    if given.get("installed") is True:
        shop.installs.setdefault(client_id, Install(client_id, list(SCOPES)))
    if "scopes" in given and client_id in shop.installs:
        shop.installs[client_id].scopes = list(given["scopes"])
    if "grantable" in given:
        shop.grantable = set(given["grantable"])
    shop.organisation = given.get("organisation", shop.organisation)
    shop.closed = given.get("closed", shop.closed)


def described(world: World, shop: Shop) -> dict[str, Any]:
    install = shop.installs.get(world.app.client_id)
    return {
        "installed": install is not None,
        "scopes": install.scopes if install else [],
        "grantable": sorted(shop.grantable),
        "organisation": shop.organisation,
        "closed": shop.closed,
        "granted": dict(install.granted) if install else {},
        "subscriptions": [{"topic": one.topic, "uri": one.uri} for one in install.subscriptions] if install else [],
    }
