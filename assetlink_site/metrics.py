"""The page that Prometheus reads. It exists only where METRICS_TOKEN is set, and for requests that bring that token."""

from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """https://prometheus.io/docs/instrumenting/exposition_formats/, the one that the reader prefers."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse("A bearer token is needed.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    # Most installations have no such page: what makes it is loaded for those that do.
    from linking.operations import metrics as operating

    body, content_type = operating.page(request.headers.get("Accept", ""))
    return HttpResponse(body, content_type=content_type)


metrics.access = "metrics"  # type: ignore[attr-defined]  # tests try every URL by what it says of itself
