"""A delivery endpoint of a store, and what it answers."""

import json
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.utils import timezone

from linking.delivery import asking, building, endpoints
from linking.models import DeliveredProduct, DeliveryEndpoint
from setup.models import Environment
from tests.scenes import Scene, asset, product


@dataclass
class Desk:
    """A scene with an endpoint, as a shop meets it."""

    scene: Scene
    endpoint: DeliveryEndpoint
    client: object

    def path(self, name: str, what: str = "media") -> str:
        return f"/d/{self.endpoint.slug}/products/{name}/{what}"

    def get(self, name: str, what: str = "media", query: str = "", **headers):
        return self.client.get(self.path(name, what) + query, headers=headers)

    def names(self, name: str) -> list[str]:
        """Public IDs in order; empty also where nobody knows the name."""
        answer = self.get(name)
        return [one["publicId"] for one in json.loads(answer.content)["media"]] if answer.status_code == 200 else []

    def build(self, now: datetime | None = None) -> None:
        """What the sweeper and a worker do within seconds."""
        Environment.objects.get(pk=self.scene.environment.pk)
        asking.collect(now or timezone.now())
        while DeliveredProduct.objects.filter(endpoint=self.endpoint, due__lte=timezone.now()).exists():
            building.build(self.endpoint.pk)


@pytest.fixture
def desk(scene, client):
    """Made of products and assets; switched on, with nothing linked yet."""

    def make(products=None, assets=None, **chosen) -> Desk:
        known = products or [product("a", pictures=1)], assets or [asset("front", "a"), asset("back", "a")]
        found = scene(*known)
        endpoint = endpoints.add(found.environment, found.stores[0], "Shop", who=None)
        endpoints.switch(endpoint, on=True, who=None)
        DeliveryEndpoint.objects.filter(pk=endpoint.pk).update(**chosen)
        endpoint.refresh_from_db()
        return Desk(found, endpoint, client)

    return make
