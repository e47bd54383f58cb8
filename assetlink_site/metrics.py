"""The page that Prometheus reads. It exists only where METRICS_TOKEN is set, and for requests that bring that token."""

from collections.abc import Callable
from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from linking.operations.metrics import registry


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """https://prometheus.io/docs/instrumenting/exposition_formats/, the one that the reader prefers."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse("A bearer token is needed.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    encode, content_type = encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry()), content_type=content_type)


def encoder(accept: str) -> tuple[Callable[[Collector], bytes], str]:
    """The library compares versions that it could not read."""
    try:
        return choose_encoder(accept)
    except (TypeError, ValueError):
        return choose_encoder("")


metrics.access = "metrics"  # type: ignore[attr-defined]  # tests try every URL by what it says of itself
