"""Every error of the HTTP API, as problem+json (RFC 9457): one table of types, each with a page that says what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from setup.security.origin import id_of

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Type:
    """`title` never changes; `help`: what to do about it, for its page, with names between backticks."""

    status: int
    title: str
    help: str


TYPES: Mapping[str, Type] = {
    "malformed-request": Type(400, "The request cannot be read", "Send JSON in UTF-8, of at most 1 MB."),
    "idempotency-key-missing": Type(
        400,
        "An Idempotency-Key is required",
        "Send the header `Idempotency-Key`, a text of your own of at most 255 characters, with everything that starts something. "
        "If the answer gets lost, send the same request with the same key: it starts nothing twice.",
    ),
    "key-missing": Type(
        401,
        "A key is required",
        "Send the header `Authorization: Bearer al_live_…` with a key that an admin made on Setup.",
    ),
    "key-invalid": Type(
        401, "The key is not valid", "The key is unknown, revoked or expired. Ask an admin for another one."
    ),
    "scope-missing": Type(
        403,
        "The key lacks a scope",
        "An admin makes another key with the scope that the problem names, then revokes this one.",
    ),
    "not-allowed": Type(
        403, "Not allowed", "The run belongs to somebody else, or the store is not one that this key writes to."
    ),
    "not-found": Type(404, "Not found", "There is no such thing in what the key sees. Check the address and the ids."),
    "method-not-allowed": Type(405, "Method not allowed", "The header `Allow` names the methods of this address."),
    "conflict": Type(
        409, "Not possible in the present state", "Read the `detail`: it says what is in the way, and what to do first."
    ),
    "request-under-way": Type(
        409, "The first request with this key is still under way", "Wait a second, then send the same request again."
    ),
    "precondition-failed": Type(
        412,
        "A precondition does not hold",
        "Leave out `If-Match` and `If-Unmodified-Since`. `If-None-Match` is the one to poll with.",
    ),
    "gone": Type(410, "Gone", "The file was removed after its time. Ask for it again."),
    "too-large": Type(413, "The request is too large", "A request has at most 1 MB. Send several requests."),
    "invalid-request": Type(
        422,
        "The request is not valid",
        "Each entry of `errors` points to a place in the request and says what is wrong there.",
    ),
    "nothing-found": Type(
        422,
        "The search finds no asset",
        "Nothing began. Where a search may find nothing, as in a job of every night, take this as success.",
    ),
    "idempotency-key-reused": Type(
        422,
        "The Idempotency-Key was used for another request",
        "Use a new `Idempotency-Key` for each request that is not the same one, sent again.",
    ),
    "too-many-requests": Type(
        429,
        "Too many requests",
        "Wait for as many seconds as the header `Retry-After` says. `RateLimit` shows how many requests are left, `limits` of "
        "`GET /key` how many runs a key may begin in an hour.",
    ),
    "internal-error": Type(
        500,
        "AssetLink had an internal error",
        "Give the request id to the people who run AssetLink. Send the request again later.",
    ),
    "cloudinary-unavailable": Type(
        502, "Cloudinary does not answer", "Send the request again in a minute. What is wrong stands in the `detail`."
    ),
    "store-unavailable": Type(
        502, "The store does not answer", "Send the request again in a minute. What is wrong stands in the `detail`."
    ),
    "unavailable": Type(
        503, "AssetLink is not available", "Wait for as many seconds as the header `Retry-After` says."
    ),
}
# For answers that are made before anything of the API is reached.
BY_STATUS = {
    400: "malformed-request",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    412: "precondition-failed",
    413: "too-large",
    429: "too-many-requests",
    503: "unavailable",
}


class Problem(Exception):
    """Answered as it stands. `errors`: (JSON pointer into the body, or the name of a parameter; what is wrong there)."""

    def __init__(
        self,
        type: str,
        detail: str = "",
        *,
        errors: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail or TYPES[type].title)
        self.type, self.detail, self.errors = type, detail, list(errors)
        self.headers, self.more = dict(headers or {}), more


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    known = TYPES[problem.type]
    said: dict[str, Any] = {
        "type": address_of(problem.type),
        "title": known.title,
        "status": known.status,
        "detail": problem.detail or known.help.replace("`", ""),
        "instance": request.path,
        "request_id": id_of(request),
        **problem.more,
    }
    if problem.errors:
        said["errors"] = [{"pointer": place, "detail": text} for place, text in problem.errors]
    response = JsonResponse(said, status=known.status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    if known.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def address_of(type: str) -> str:
    return settings.APP_URL.rstrip("/") + reverse("api-problem", args=[type])
