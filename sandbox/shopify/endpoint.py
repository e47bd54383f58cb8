"""The HTTP side of the GraphQL endpoint: which store, which token, which scripted mishaps."""

import contextlib
import json
import socket
import time
from typing import TYPE_CHECKING, Any

from flask import Request, Response

from sandbox import fault_kinds
from sandbox.faults import Fault
from sandbox.shopify import bodies, execution, wording
from sandbox.shopify.execution import Asked
from sandbox.shopify.schema import API_VERSION

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

UNKNOWN_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"  # noqa: S105 a message
STATUS_TEXTS = {
    401: UNKNOWN_TOKEN,
    402: "This shop's plan does not have access to this feature",
    408: "Request Timeout",
    403: "[API] This action requires merchant approval for the necessary scope.",
    404: "Not Found",
    423: "This shop is unavailable",
    429: "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.",
}
AFTER = fault_kinds.acting(fault_kinds.AFTER)  # the work is done first
ONLY_GRAPHQL = frozenset({"throttled_without_cost", "graphql_error", "graphql_error_after", "late_answer"})
DEBUG_HEADERS = {"cost": "Shopify-GraphQL-Cost-Debug", "search": "Shopify-Search-Query-Debug"}


def answer(world: Any, domain: str, version: str, request: Request) -> Response:
    body = request.get_data(as_text=True)  # read in any case: the connection is kept for the next request
    shop = world.shops.get(domain)
    if shop is None or version != API_VERSION:
        return plain(404)
    asked = read(request)
    faults = world.faults.take("shopify", operation=asked.root_fields() if asked else (), store=domain, text=body)
    world.journal.count(domain, requests=1)
    for fault in faults:
        if fault.kind not in AFTER and (response := before(fault, shop, asked, request)):
            return response
    if shop.closed:
        return plain(shop.closed)
    token = request.headers.get("X-Shopify-Access-Token", "")
    install = shop.install_of(token)
    if token != shop.access_token and install is None:
        return plain(401)
    if asked is None:
        return as_json({"errors": {"query": "Required parameter missing or invalid"}}, status=400)
    asked.install = install
    late = next((fault for fault in faults if fault.kind in AFTER), None)
    asked.text = body
    asked.answer_lost = late is not None and late.kind != "late_answer"
    response = as_json(execution.answer(shop, asked), request_id=asked.request_id)
    return after(late, asked, request, response) if late else response


def read(request: Request) -> Asked | None:
    """None unless the body is JSON with a query."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("query"), str) or not sent["query"].strip():
        return None
    given, name = sent.get("variables"), sent.get("operationName")
    debug = frozenset(what for what, header in DEBUG_HEADERS.items() if request.headers.get(header) == "1")
    return Asked(sent["query"], given if isinstance(given, dict) else {}, name or None, debug)


def before(fault: Fault, shop: "Shop", asked: Asked | None, request: Request) -> Response | None:
    """What a fault answers instead of the work; None if the work goes on."""
    if fault.kind == "slow":
        time.sleep(fault.seconds)
        return None
    if fault.kind in ("hang", "reset"):
        time.sleep(fault.seconds)
        return hung_up(request)
    if fault.kind == "throttled":
        return throttled(shop, asked)
    if fault.kind == "throttled_without_cost":
        return throttled_without_cost(fault, shop, asked)
    if fault.kind == "internal_error":
        return internal_error(asked)
    if fault.kind == "graphql_error":
        return graphql_error(fault.code, asked)
    return plain(fault.status)


def after(fault: Fault, asked: Asked | None, request: Request, response: Response) -> Response:
    """What a fault answers instead of `response`, which says what was done."""
    if fault.kind == "lost_answer":
        return hung_up(request)
    if fault.kind == "late_answer":
        time.sleep(fault.seconds)
        return response
    if fault.kind == "body":
        if fault.code == "endless_gzip":
            bodies.send_without_end(connection_of(request), fault.seconds)
            return hung_up(request)
        return bodies.odd(response, fault.code)
    if fault.kind == "graphql_error_after":
        return graphql_error(fault.code, asked)
    return internal_error(asked) if fault.kind == "internal_error_after" else plain(fault.status)


def throttled(shop: "Shop", asked: Asked | None) -> Response:
    """As if other requests had emptied the bucket."""
    shop.world.journal.count(shop.domain, throttled=1)
    with shop.lock:
        status = shop.bucket.status() | {"currentlyAvailable": 0}
    requested, request_id = (execution.requested_cost(asked), asked.request_id) if asked else (0, None)
    cost = {"requestedQueryCost": requested, "actualQueryCost": None, "throttleStatus": status}
    return as_json({"errors": [wording.throttled()], "extensions": {"cost": cost}}, request_id=request_id)


def throttled_without_cost(fault: Fault, shop: "Shop", asked: Asked | None) -> Response:
    """Or, by its code, without any extensions."""
    shop.world.journal.count(shop.domain, throttled=1)
    extensions = {} if fault.code == "no_extensions" else {"extensions": {"cost": None}}
    return as_json({"errors": [wording.throttled()], **extensions}, request_id=asked.request_id if asked else None)


def graphql_error(code: str, asked: Asked | None) -> Response:
    body = {"errors": [wording.scripted(code)], "data": None}
    return as_json(body, request_id=asked.request_id if asked else None)


def internal_error(asked: Asked | None) -> Response:
    request_id = asked.request_id if asked else "-"
    return as_json({"errors": [wording.internal_error(request_id)], "data": None}, request_id=request_id)


def hung_up(request: Request) -> Response:
    """Closes the connection without a byte; the response is never read."""
    with contextlib.suppress(OSError):  # the other side was quicker
        connection_of(request).shutdown(socket.SHUT_RDWR)
    return Response(status=500)


def connection_of(request: Request) -> socket.socket:
    connection: socket.socket | None = request.environ.get("werkzeug.socket")
    if connection is None:
        raise RuntimeError("only a real server can hang up")
    return connection


def plain(status: int) -> Response:
    """An answer that is no GraphQL; gateways answer in HTML."""
    if status in (500, 502, 503, 504):
        page = f"<!DOCTYPE html><html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
        return Response(page, status=status, mimetype="text/html")
    response = as_json({"errors": STATUS_TEXTS.get(status, "Error")}, status=status)
    if status in (429, 430):
        response.headers["Retry-After"] = "2.0"
    return response


def as_json(body: dict[str, Any], *, status: int = 200, request_id: str | None = None) -> Response:
    response = Response(json.dumps(body), status=status, mimetype="application/json")
    response.headers["X-Shopify-API-Version"] = API_VERSION
    if request_id:
        response.headers["X-Request-Id"] = request_id
    return response
