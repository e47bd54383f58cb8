"""The buckets of staged uploads: a form by POST or the bare bytes by PUT, answered in XML.

https://cloud.google.com/storage/docs/xml-api/post-object-forms and …/reference-status
"""

import hmac
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from flask import Request, Response

from sandbox.faults import Fault
from sandbox.shopify import endpoint, receiving
from sandbox.shopify.receiving import Incoming
from sandbox.shopify.records import Content, Target

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

OPERATION = "stagedUpload"  # the name by which faults can be scripted for uploads
UNSIGNED = {"policy", "signature", "x-goog-signature"}  # compared, and then refused in other words
HEAD = "<?xml version='1.0' encoding='UTF-8'?>"
SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your Google secret key and signing method."
)
NO_KEY = (
    "Bucket POST must contain a field named 'key'. If it is specified, please check the order of the fields, "
    "the file must come last."
)
FORM = "The content of the form does not meet the conditions specified in the policy document."
DELETE = "The signer does not have storage.objects.delete access to the Google Cloud Storage object."


@dataclass(eq=False)
class Refused(Exception):
    """An answer that is an error."""

    status: int
    code: str
    message: str
    details: str = ""


def post(world: Any, bucket: str, request: Request) -> Response:
    """A form: the parameters, and `file` last. The body is read to its end whatever is wrong with it."""
    with Incoming(world.blobs) as incoming:
        try:
            boundary = request.mimetype_params.get("boundary", "")
            if request.mimetype != "multipart/form-data" or not boundary:
                message = "Bucket POST must be of the enclosure-type multipart/form-data."
                raise Refused(400, "MalformedPOSTRequest", message)
            form = receiving.read_form(request.stream, boundary, incoming)
            shop, target = found(world, bucket, form.fields.get("key"))
            return stored(shop, target, incoming, request, lambda: check_form(target, form, incoming))
        except receiving.BrokenForm as wrong:
            return refusal(Refused(400, "MalformedPOSTRequest", "The body is not well-formed.", str(wrong)))
        except Refused as wrong:
            return refusal(wrong)
        finally:
            drain(request)


def put(world: Any, bucket: str, key: str, request: Request) -> Response:
    with Incoming(world.blobs) as incoming:
        try:
            while piece := request.stream.read(receiving.CHUNK):
                incoming.write(piece)
            shop, target = found(world, bucket, key)
            return stored(shop, target, incoming, request, lambda: check_put(target, request, incoming))
        except Refused as wrong:
            return refusal(wrong)


def drain(request: Request) -> None:
    """What stays unread would be taken for the connection's next request."""
    while request.stream.read(receiving.CHUNK):
        pass


def found(world: Any, bucket: str, key: str | None) -> "tuple[Shop, Target]":
    if not key:
        raise Refused(400, "InvalidArgument", NO_KEY)
    for shop in world.shops.values():
        target = shop.staged.get(key)
        if target and target.bucket == bucket:
            return shop, target
    raise Refused(403, "AccessDenied", "Access denied.")


def stored(shop: "Shop", target: Target, incoming: Incoming, request: Request, check: Any) -> Response:
    """Keeps the object if everything is right; scripted faults act before or after."""
    world = shop.world
    faults = world.faults.take(
        "shopify",
        operation=OPERATION,
        store=shop.domain,
        text=f"{target.key} {target.filename}",
        passing=endpoint.ONLY_GRAPHQL | {"body"},
    )
    for fault in faults:
        if fault.kind not in endpoint.AFTER and (response := acted(fault, request)):
            return response
    with shop.lock:
        check()
        if shop.now() >= target.expires:
            raise Refused(400, "ExpiredToken", "Invalid argument.", "The provided token has expired.")
        if target.content:
            raise Refused(403, "AccessDenied", "Access denied.", DELETE)
        target.content = Content(incoming.keep(), target.mime, incoming.size)
        world.changed()
    late = next((fault for fault in faults if fault.kind in endpoint.AFTER), None)
    return (late and acted(late, request)) or success(shop, target)


def check_form(target: Target, form: receiving.Form, incoming: Incoming) -> None:
    """All parameters, unchanged, nothing besides, and exactly the announced length. Raises Refused."""
    if target.method != "POST":
        raise Refused(403, "AccessDenied", "Access denied.")
    for name, value in target.parameters.items():
        given = form.fields.get(name)
        if given is None or not hmac.compare_digest(given.encode(), value.encode()):
            if name in UNSIGNED:
                raise Refused(403, "SignatureDoesNotMatch", SIGNATURE)
            raise Refused(400, "InvalidPolicyDocument", FORM, f"Missing or different {name}")
    if besides := form.fields.keys() - target.parameters.keys():
        raise Refused(400, "InvalidPolicyDocument", FORM, f"Policy did not reference these fields: {sorted(besides)}")
    if not form.has_file:
        raise Refused(400, "InvalidArgument", "POST requires exactly one file upload per request.")
    if target.size is not None and incoming.size > target.size:
        raise Refused(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.")
    if target.size is not None and incoming.size < target.size:
        raise Refused(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed object size.")


def check_put(target: Target, request: Request, incoming: Incoming) -> None:
    """Only the host is signed, so headers are free. Raises Refused."""
    given = request.args.get("X-Goog-Signature", "")
    if target.method != "PUT" or not hmac.compare_digest(given.encode(), target.signature.encode()):
        raise Refused(403, "SignatureDoesNotMatch", SIGNATURE)
    if request.content_length is not None and incoming.size != request.content_length:
        raise Refused(400, "IncompleteBody", "The body ended before the announced length.")


def success(shop: "Shop", target: Target) -> Response:
    """POST: the status that the form asked for; without such a field Google's storage answers 204 and nothing."""
    assert target.content
    tag = f'"{target.content.blob[:32]}"'
    if target.method == "PUT":
        return Response(status=200, headers={"ETag": tag})
    if target.parameters.get("success_action_status") != "201":
        return Response(status=204, headers={"ETag": tag})
    location = f"{shop.world.base_url}/staged/{target.bucket}/{target.key}"
    fields = {"Location": location, "Bucket": target.bucket, "Key": target.key, "ETag": tag}
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    body = f"{HEAD}<PostResponse>{inner}</PostResponse>"
    return Response(body, status=201, mimetype="application/xml", headers={"ETag": tag})


def refusal(wrong: Refused) -> Response:
    details = f"<Details>{escape(wrong.details)}</Details>" if wrong.details else ""
    inner = f"<Code>{wrong.code}</Code><Message>{escape(wrong.message)}</Message>{details}"
    return Response(f"{HEAD}<Error>{inner}</Error>", status=wrong.status, mimetype="application/xml")


def acted(fault: Fault, request: Request) -> Response | None:
    """A scripted mishap; None if the work goes on."""
    if fault.kind == "slow":
        time.sleep(fault.seconds)
        return None
    if fault.kind in ("hang", "reset", "lost_answer"):
        time.sleep(fault.seconds)
        return endpoint.hung_up(request)
    status = fault.status if fault.kind.startswith(("http_", "error_")) else 503
    return refusal(
        Refused(status, "ServiceUnavailable" if status >= 500 else "AccessDenied", "Please try again later.")
    )
