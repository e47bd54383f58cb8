"""Answers whose shape is odd and whose content is right: what Shopify's schema or its JSON allows, and what it should not do."""

from typing import Any

from sandbox.faults import Fault
from sandbox.shopify import wording
from sandbox.shopify.call import Call

OF_MUTATIONS = ("userErrors", "payload")
ERRORS = ("userErrors", "mediaUserErrors")

Body = dict[str, Any]


def of(call: Call) -> list[Fault]:
    """The faults that change the shape of this call's answer."""
    beside = call.behaviours.all("errors_beside")
    return beside + call.behaviours.all("null_shapes", lambda fault: fault.code not in OF_MUTATIONS or bool(call.ran))


def hide_outcome(odd: list[Fault]) -> bool:
    """Whether the caller cannot know what became of a mutation."""
    return any(fault.kind == "null_shapes" and fault.code in ("payload", "data_key") for fault in odd)


def applied(body: Body, call: Call, odd: list[Fault]) -> Body:
    for fault in odd:
        body = with_error(body, fault.code) if fault.kind == "errors_beside" else SHAPES[fault.code](body, call)
    return body


def with_error(body: Body, code: str) -> Body:
    return {"errors": None} | body | {"errors": [*body.get("errors", ()), wording.scripted(code)]}


def null_extensions(body: Body, _call: Call) -> Body:
    return body | {"extensions": None}


def null_cost(body: Body, _call: Call) -> Body:
    return body | {"extensions": body["extensions"] and body["extensions"] | {"cost": None}}


def null_user_errors(body: Body, call: Call) -> Body:
    """Only where there are none: what was refused is still reported."""
    data = dict(body["data"] or {})
    for key in {ran.key for ran in call.ran} & data.keys():
        payload = data[key] or {}
        data[key] = payload and payload | {name: None for name in ERRORS if payload.get(name) == []}
    return body | {"data": data}


def null_payload(body: Body, call: Call) -> Body:
    data = body["data"] or {}
    return body | {"data": data | {ran.key: None for ran in call.ran if ran.key in data}}


def without_keys(body: Body, _call: Call) -> Body:
    return body | {"data": {}}


def null_errors(body: Body, _call: Call) -> Body:
    """`"errors": null` where there are none."""
    return {"errors": None} | body


SHAPES = {
    "extensions": null_extensions,
    "cost": null_cost,
    "userErrors": null_user_errors,
    "payload": null_payload,
    "data_key": without_keys,
    "errors_null": null_errors,
}
