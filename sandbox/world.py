"""The pretend world: stores, product environments, and the clock, blobs, faults and journal that they share."""

import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.blobs import Blobs
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.renditions import Renditions
from sandbox.console.people import ROLES
from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.mail.catcher import Mailbox
from sandbox.receiver.inbox import Inbox
from sandbox.settings import Settings
from sandbox.shopify.installs import App
from sandbox.shopify.shop import Shop

LAUNCH_ISSUER = "sandbox-console"
LAUNCH_AUDIENCE = "assetlink"


class World:
    """`folder` holds blobs and renditions; `base_url` is where the sandbox is reached, without a slash at the end."""

    def __init__(self, *, folder: Path, base_url: str, app_url: str = "http://localhost:8000") -> None:
        self.folder, self.base_url, self.app_url = Path(folder), base_url.rstrip("/"), app_url.rstrip("/")
        self.blobs = Blobs(self.folder / "blobs")
        self.renditions = Renditions(self.folder / "renditions")
        self.settings = Settings()
        self.faults, self.journal, self.mailbox, self.inbox = Faults(), Journal(), Mailbox(), Inbox()
        self.app = App.draw()
        self.shops: dict[str, Shop] = {}
        self.environments: list[Environment] = []
        self.origin: dict[str, Any] = {}  # what it was built from, to notice that something else is asked for
        self.forward = 0.0  # seconds by which this world's clock is ahead
        self.dirty = threading.Event()

    def clock(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.forward

    def changed(self) -> None:
        """Something that has to outlive the process is different now."""
        self.dirty.set()

    def environment(self, cloud_name: str) -> Environment | None:
        return next((known for known in self.environments if known.cloud_name == cloud_name), None)

    def as_json(self) -> dict[str, Any]:
        """What the app has to know about this world: GET /world.json."""
        return {
            "stores": [self._store(shop) for shop in self.shops.values()],
            "environments": [self._environment(environment) for environment in self.environments],
            "app": {"client_id": self.app.client_id, "client_secret": self.app.client_secret},
            "console_url": f"{self.base_url}/console/",
            "app_url": self.app_url,
            "roles": ROLES,
        }

    def _store(self, shop: Shop) -> dict[str, Any]:
        return {
            "domain": shop.domain,
            "name": shop.name,
            "access_token": shop.access_token,
            "plan": shop.plan,
            "storefront_url": f"{self.base_url}/store/{shop.domain}",
            "admin_url": f"{self.base_url}/store/{shop.domain}/admin",
        }

    def _environment(self, environment: Environment) -> dict[str, Any]:
        return {
            "cloud_name": environment.cloud_name,
            "environment_id": environment.keys.environment_id,
            "name": environment.name,
            "api_key": environment.keys.api_key,
            "api_secret": environment.keys.api_secret,
            "webhook_secret": environment.keys.webhook_secret,
            "upload_prefix": self.base_url,
            "delivery_base": environment.delivery_base,
            "launch_issuer": LAUNCH_ISSUER,
            "launch_audience": LAUNCH_AUDIENCE,
            "launch_secret": environment.keys.launch_secret,
        }

    def dump(self) -> dict[str, Any]:
        """Everything that outlives the process, JSON-serialisable. Faults do not: they are of the moment."""
        return {
            "origin": self.origin,
            "forward": self.forward,
            "app": asdict(self.app),
            "settings": self.settings.as_json(),
            "environments": [environment.dump() for environment in self.environments],
            "shops": [shop.dump() for shop in self.shops.values()],
            "journal": self.journal.dump(),
        }

    @classmethod
    def load(
        cls, data: dict[str, Any], *, folder: Path, base_url: str, app_url: str = "http://localhost:8000"
    ) -> "World":
        """The world that dump() wrote down, perhaps at another address."""
        world = cls(folder=folder, base_url=base_url, app_url=app_url)
        world.origin, world.forward = data["origin"], data["forward"]
        world.settings.change(data["settings"])
        world.app = App(**data["app"]) if "app" in data else world.app
        world.journal = Journal.load(data["journal"])
        world.environments = [Environment.load(row, world) for row in data["environments"]]
        world.shops = {row["domain"]: Shop.load(row, world) for row in data["shops"]}
        return world
