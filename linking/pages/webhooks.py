"""Webhooks as Setup and Status show them."""

from collections.abc import Sequence

from django.db.models import Count, Max, Q, QuerySet

from linking.models import WebhookEndpoint
from linking.models.jobs import JobState
from setup.models import Environment


def listed(environment: Environment) -> QuerySet[WebhookEndpoint]:
    """With `last`, when something was sent there last, and how many deliveries wait and have failed."""
    under_way = Q(deliveries__state__in=[JobState.WAITING, JobState.RUNNING])
    return (
        WebhookEndpoint.objects.filter(environment=environment)
        .select_related("created_by")
        .annotate(
            last=Max("deliveries__sent"),
            waiting=Count("deliveries", filter=under_way),
            failed=Count("deliveries", filter=Q(deliveries__state=JobState.FAILED)),
        )
    )


def given_up(environment: Environment) -> Sequence[WebhookEndpoint]:
    """Those that no admin disabled."""
    rows = WebhookEndpoint.objects.filter(environment=environment, disabled__isnull=False)
    return [endpoint for endpoint in rows if endpoint.why.code != "webhook.by_admin"]
