from collections.abc import Iterator

import pytest

from linking.domain.webhooks import EVENTS
from linking.models import WebhookDelivery, WebhookEndpoint
from linking.webhooks import endpoints, outbox
from setup.models import Environment
from tests.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def environment(db) -> Environment:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    return Environment.objects.create(cloud_name="own", **known)


@pytest.fixture
def endpoint(environment, receiver) -> WebhookEndpoint:
    """Of all events; its secret is `endpoint.secret`."""
    return endpoints.add(environment, f"{receiver.url}/hooks", list(EVENTS), who=None)[0]


@pytest.fixture
def delivery(endpoint) -> WebhookDelivery:
    outbox.write_test(endpoint)
    return endpoint.deliveries.get()
