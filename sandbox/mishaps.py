"""Scripted faults acted out on a request to Cloudinary or its delivery."""

import socket
import time

from flask import Response, g, jsonify, request

from sandbox.faults import Fault
from sandbox.world import World

REFUSALS = {
    401: "unknown api_key",
    403: '[prodenv:0] Request forbidden due to missing permissions (actions=["read"])',
    404: "Resource not found",
    420: "Rate Limit Exceeded. Limit of 500 api operations reached. Try again later",
    429: "Rate Limit Exceeded. Limit of 500 api operations reached. Try again later",
    423: "The resource is not ready yet",
}
BAD_GATEWAY = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


def before(world: World, service: str, *, operation: str, text: str) -> Response | None:
    """What is answered instead of doing the work, None to go on. Faults that act afterwards wait in flask.g."""
    g.afterwards = []
    for fault in world.faults.take(service, operation=operation, store=None, text=text):
        if fault.kind in ("error_after", "lost_answer", "internal_error_after"):
            g.afterwards.append(fault)
        elif (answer := act(fault, service)) is not None:
            return answer
    return None


def act(fault: Fault, service: str) -> Response | None:
    if fault.kind == "slow":
        time.sleep(fault.seconds)
        return None
    if fault.kind == "hang":
        time.sleep(fault.seconds)
    if fault.kind in ("hang", "reset"):
        return drop()
    status = {"throttled": 420, "internal_error": 500}.get(fault.kind)
    return refusal(status or fault.status, service)


def after(response: Response) -> Response:
    """The answer as it goes out, when the work is done."""
    for fault in g.get("afterwards", ()):
        if fault.kind == "lost_answer":
            return drop()
        return refusal(500 if fault.kind == "internal_error_after" else fault.status, "cloudinary")
    return response


def refusal(status: int, service: str) -> Response:
    """JSON as Cloudinary's API answers; gateways in front of it answer HTML, and its CDN names the cause in a header."""
    if status >= 502:
        return Response(BAD_GATEWAY.format(status), status, mimetype="text/html")
    message = REFUSALS.get(status, "General Error")
    if service == "delivery":
        return Response(status=status, headers={"X-Cld-Error": message})
    answer = jsonify(error={"message": message})
    answer.status_code = status
    return answer


def drop() -> Response:
    """Ends the connection: what is then written to it goes nowhere."""
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response()
