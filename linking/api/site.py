"""The HTTP API as a whole: its document, who may ask, and one shape for every error."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.cache import get_conditional_response, set_response_etag
from ninja.errors import HttpError, ValidationError

from linking.api import auth, problems
from linking.api.auth import Caller
from linking.api.bodies import Readable, pointer
from linking.api.document import Document
from linking.api.endpoints import changes, drift, files, links, matches, rules, runs, selections, who
from linking.api.idempotency import Kept, again, kept_answer
from linking.api.problems import Problem
from linking.api.wording import pointed
from linking.models.selections import Unreadable
from linking.rules.making import CannotSave
from linking.runs import CannotStart
from linking.selection.named_assets import NothingFound, NotValid
from linking.selection.run_again import CannotRepeat
from setup.cloudinary.client import CloudinaryError
from setup.security.limits import TooMany
from setup.shopify.errors import ShopifyError

VERSION = "1"
View = Callable[..., Any]
# Of what endpoints take: what comes with the body, and what goes with the answer.
NO_PARAMETERS = {"asked", "response"}


def as_asked(endpoint: View) -> View:
    """A parameter that nobody reads is refused: a misspelt filter would let everything through."""

    @wraps(endpoint)
    def answered(request: HttpRequest, **values: Any) -> Any:
        path = request.resolver_match.kwargs.keys() if request.resolver_match else set()
        if strange := request.GET.keys() - (values.keys() - path - NO_PARAMETERS):
            raise Problem(
                "invalid-request", errors=[(pointer(one), "There is no such parameter.") for one in sorted(strange)]
            )
        return endpoint(request, **values)

    return answered


class ByKey:
    """What ninja asks for who asks; the document calls it `key` (linking.api.document)."""

    def __call__(self, request: HttpRequest) -> Caller:
        return auth.known(request)


ABOUT = """Links assets of a Cloudinary product environment to products in Shopify stores, and uploads them to their files.

Send a key as the header `Authorization: Bearer al_live_…`, never in an address. A key of one store sees that store alone.
`limits` of `GET /key` says how many requests it may send in a minute, and how many runs it may begin in an hour: name many assets
in one run.

A run is a dry run unless `dry_run` is false. It is under way while `busy` is true: ask again after as many seconds as
`Retry-After` says, with `If-None-Match`, and get 304 while nothing is new.

Every POST needs an `Idempotency-Key`. If the answer gets lost, send the same request again: it starts nothing twice, and gets the
same answer. Unknown fields and parameters of a request are refused. In answers, ignore those that you do not know: within v1,
fields and values are added, and none is taken away.

Lists come page by page: ask with `?cursor=` and `next_cursor` until that is null."""
by_key: Any = ByKey()
api = Document(
    title="AssetLink",
    version=VERSION,
    description=ABOUT,
    auth=by_key,
    parser=Readable(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_decorator(as_asked)
for place, router in (
    ("", who.router),
    ("", selections.router),
    ("", runs.router),
    ("", links.router),
    ("", changes.router),
    ("", drift.router),
    ("", files.router),
    ("", matches.router),
    ("", rules.router),
):
    api.add_router(place, router)


def problem(request: HttpRequest, error: Any) -> HttpResponse:
    """Each kind of error that a door raises, as a problem."""
    match error:
        case Kept():
            return again(error)
        case Problem():
            said = error
        case NothingFound():
            said = Problem("nothing-found", errors=error.errors)
        case NotValid():
            said = Problem("invalid-request", errors=error.errors)
        case ValidationError():
            said = Problem("invalid-request", errors=[pointed(one) for one in error.errors])
        case TooMany():
            said = auth.too_many(error)
        case CannotStart() | CannotRepeat() | CannotSave():
            said = Problem("conflict", str(error))
        case PermissionDenied():
            said = Problem("not-allowed", str(error))
        case CloudinaryError():
            said = Problem("cloudinary-unavailable", str(error.reason))
        case ShopifyError():
            said = Problem("store-unavailable", str(error.reason))
        case Http404():
            said = Problem("not-found")
        case HttpError(__cause__=Problem() as why):  # ninja's own words for whatever a parser raises
            said = why
        case HttpError():
            said = Problem(problems.BY_STATUS.get(error.status_code, "malformed-request"), str(error))
        case Unreadable():
            said = Problem("conflict", str(error))
        case _:
            raise error
    return problems.answer(request, said)


for kind in (
    Kept,
    Problem,
    NotValid,
    ValidationError,
    TooMany,
    CannotStart,
    CannotRepeat,
    PermissionDenied,
    CloudinaryError,
    ShopifyError,
    Http404,
    HttpError,
    Unreadable,
):
    api.add_exception_handler(kind, problem)


def with_limits(view: View) -> View:
    """What every answer says besides: how many requests are left."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = kept_answer(request, lambda: view(request, *args, **kwargs))
        response = fresh_or_not(request, response)
        if rate := getattr(request, "rate", ""):
            response["RateLimit-Policy"] = f'"key";q={auth.limit()};w=60'
            response["RateLimit"] = rate
        return response

    answered.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is read
    answered.access = "api"  # type: ignore[attr-defined]  # tests try every URL by what it says of itself
    return answered


def fresh_or_not(request: HttpRequest, response: Any) -> Any:
    """304 for who has the answer already, as who polls a run."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.streaming:
        return response
    set_response_etag(response)
    return get_conditional_response(request, etag=response["ETag"], response=response)


def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problems.answer(request, Problem("not-found"))


def urls() -> list[URLPattern]:
    found = [one for one in api.urls[0] if isinstance(one, URLPattern)]
    for one in found:
        one.callback = with_limits(one.callback)
    return [*found, path("<path:rest>", with_limits(nothing), name="api-nothing")]
