import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from linking.models import Sync
from linking.selection.fetching import fetch_selection
from setup.models import ApiKey
from setup.models.api_keys import SCOPES
from setup.security import api_keys
from tests.scenes import Scene


@dataclass
class Program:
    """Somebody's program with a key."""

    scene: Scene
    key: ApiKey
    text: str
    client: Client = field(default_factory=Client)
    asked: int = 0

    def ask(self, method: str, path: str, body: Any = None, again: str = "", **headers: str):
        self.asked += 1
        known = {"Authorization": f"Bearer {self.text}", **headers}
        if method == "post":
            known.setdefault("Idempotency-Key", again or f"request-{self.asked}")
        data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(self.client, method)(f"/api/v1{path}", headers=known, **data)

    def get(self, path: str, **headers: str):
        return self.ask("get", path, **headers)

    def post(self, path: str, body: Any = None, again: str = "", **headers: str):
        return self.ask("post", path, {} if body is None else body, again, **headers)

    def run(self, **more: Any):
        """A run of all assets by SKU, in all stores, worked off."""
        answer = self.post("/runs", self.wanted(**more))
        assert answer.status_code == 202, answer.content
        return self.finish(answer)

    def wanted(self, **more: Any) -> dict[str, Any]:
        ids = [{"asset_id": id} for id in self.scene.world.environments[0].assets]
        match = {"cloudinary_field": "metadata:sku", "shopify_field": "sku"}
        return {"assets": ids, "match": match, "stores": [store.domain for store in self.scene.stores], **more}

    def finish(self, answer) -> dict[str, Any]:
        """What workers would do; then the run as it is."""
        key = answer.json()["id"]
        self.work_off(key)
        return self.get(f"/runs/{key}").json()

    def work_off(self, key: str) -> None:
        sync = Sync.objects.get(key=key)
        if sync.to_arrange and sync.selection is not None:
            for selection in list(sync.selection.whole()):
                fetch_selection(selection.pk)
        self.scene.finish(sync)


@pytest.fixture
def program() -> Callable[..., Program]:
    def made(scene: Scene, *scopes: str, store: int | None = None, label: str = "nightly job") -> Program:
        of = scene.stores[store] if store is not None else None
        key, text = api_keys.make(scene.environment, label, scopes or list(SCOPES), store=of, who=None)
        return Program(scene, key, text)

    return made
