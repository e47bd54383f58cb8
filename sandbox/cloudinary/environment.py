"""One pretend product environment: its keys, assets, fields, and what it has spent of its hourly limit."""

import copy
import secrets
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sandbox.cloudinary.contents import Content, measure
from sandbox.cloudinary.events import Events
from sandbox.cloudinary.indexing import Index, copied
from sandbox.cloudinary.records import Asset, MetadataField, dump
from sandbox.cloudinary.spending import Spending

RAW = Content("raw", "", 0, 0)


@dataclass(frozen=True)
class Keys:
    """Drawn once per world. `environment_id` is Cloudinary's own name for the product environment. Events are signed with the
    webhook key, which no API call knows; worlds from before have none."""

    environment_id: str
    api_key: str
    api_secret: str
    launch_secret: str
    webhook_key: str = ""
    webhook_secret: str = ""

    @classmethod
    def draw(cls) -> "Keys":
        number, other = ("".join(secrets.choice("123456789") for _ in range(15)) for _ in range(2))
        launch, hooks = secrets.token_urlsafe(48), secrets.token_urlsafe(20)
        return cls(secrets.token_hex(16), number, secrets.token_urlsafe(20), launch, other, hooks)


class Environment:
    """State is changed under `lock` only. `world` gives clock(), blobs, settings, base_url, changed()."""

    def __init__(self, *, cloud_name: str, name: str, keys: Keys, world: Any) -> None:
        self.cloud_name, self.name, self.keys, self.world = cloud_name, name, keys, world
        self.assets: dict[str, Asset] = {}  # by asset_id
        self.places: dict[tuple[str, str, str], str] = {}  # (resource_type, type, public_id) -> asset_id
        self.backups: dict[str, Asset] = {}  # of deleted assets, by asset_id, in the order in which they were deleted
        self.fields: dict[str, MetadataField] = {}
        self.rules: dict[str, dict[str, Any]] = {}  # conditional ones of the fields, by their ids
        self.folders: dict[str, float] = {}  # made by hand: path -> when
        self.transformations: dict[str, str] = {}  # named ones, without t_
        self.presets: dict[str, dict[str, Any]] = {}  # name -> {unsigned, settings}
        self.triggers: dict[str, dict[str, Any]] = {}  # where events are sent to, by their ids
        self.index = Index(world.clock)
        self.spending = Spending(lambda: world.settings.hourly_limit, world.clock)
        self.searches = Spending(lambda: world.settings.search_limit, world.clock)
        self.captions: dict[str, Any] = {"month": "", "made": 0}  # of the add-on's monthly quota
        self.used: dict[str, int] = {}  # of the other add-ons' quotas: `2026-11 transcription` -> calls
        self.working: list[dict[str, Any]] = []  # what add-ons are at, by the time when they are ready
        self.notices: list[dict[str, Any]] = []  # bodies of what was to be notified of them, the newest last
        self.lock = threading.RLock()
        self.events = Events(self)

    @property
    def delivery_base(self) -> str:
        return f"{self.world.base_url}/res"

    def add_asset(
        self,
        *,
        content: bytes,
        public_id: str,
        raw: bool = False,
        type: str = "upload",
        display_name: str = "",
        asset_folder: str = "",
        tags: Iterable[str] = (),
        context: Mapping[str, str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        created_at: float | None = None,
        access_control: list[dict[str, Any]] | None = None,
        access_mode: str = "public",
        moderation: Iterable[dict[str, str]] = (),
        placeholder: bool = False,
        declared: str = "",
        lag: float = 0.0,
    ) -> Asset:
        """The new asset, which searches see after `lag` seconds. A `raw` one may be of any bytes, and its public ID has the
        extension. Of a `placeholder` the bytes count as the backup of a file that was deleted. `declared`: the format that it
        counts as, for those that nothing here can write: HEIC, AI, EPS.
        Raises UnreadableContent, and ValueError for a taken public ID."""
        known = RAW if raw else measure(content)
        now = self.world.clock() if created_at is None else created_at
        asset = Asset(
            asset_id=uuid.uuid4().hex,
            public_id=public_id,
            resource_type=known.resource_type,
            type=type,
            format=declared or known.format,
            version=int(now),
            created_at=now,
            blob=self.world.blobs.put(content),
            bytes=0 if placeholder else len(content),
            width=known.width,
            height=known.height,
            duration=known.duration,
            asset_folder=asset_folder,
            display_name=display_name or public_id.rpartition("/")[2],
            tags=list(tags),
            context=dict(context or {}),
            metadata=dict(metadata or {}),
            access_control=access_control,
            access_mode=access_mode,
            moderation=list(moderation),
            placeholder=placeholder,
        )
        with self.lock:
            if asset.place in self.places:
                raise ValueError(f"{self.cloud_name} already has a {asset.resource_type} {public_id!r}")
            self.assets[asset.asset_id], self.places[asset.place] = asset, asset.asset_id
            self.index.put(asset, due=self.world.clock() + lag if lag else 0)
            self.events.hear(asset.asset_id)
        self.world.changed()
        return asset

    def add_like(self, template: Asset, **other: Any) -> Asset:
        """A new asset with the bytes of a known one, which costs next to nothing: for libraries of many. Searches see it at
        once. Raises ValueError for a taken public ID."""
        asset = replace(template, asset_id=uuid.uuid4().hex, **other)
        with self.lock:
            if asset.place in self.places:
                raise ValueError(f"{self.cloud_name} already has a {asset.resource_type} {asset.public_id!r}")
            self.assets[asset.asset_id], self.places[asset.place] = asset, asset.asset_id
            self.index.put(asset)
            self.events.hear(asset.asset_id)
        self.world.changed()
        return asset

    def at(self, resource_type: str, type: str, public_id: str) -> Asset | None:
        return self.assets.get(self.places.get((resource_type, type, public_id), ""))

    def touch(self, asset: Asset) -> None:
        """`asset` has changed: the Admin API shows it at once, searches after the index lag."""
        with self.lock:
            asset.changed_at = self.world.clock()
            self.index.put(asset, due=asset.changed_at + self.world.settings.index_lag)
            self.events.hear(asset.asset_id)
        self.world.changed()

    def overwrite(self, asset: Asset, content: bytes | None = None) -> None:
        """A new version, as after an upload with the same public ID. Raises UnreadableContent."""
        with self.lock:
            if content is not None:
                known = RAW if asset.resource_type == "raw" else measure(content)
                asset.blob, asset.bytes = self.world.blobs.put(content), len(content)
                asset.format, asset.width, asset.height = known.format, known.width, known.height
                asset.duration = known.duration
                asset.placeholder, asset.info = False, {}
            asset.version += 1
            asset.uploaded_at = self.world.clock()
            self.touch(asset)

    def remove(self, asset: Asset) -> None:
        with self.lock:
            del self.assets[asset.asset_id], self.places[asset.place]
            self.backups[asset.asset_id] = asset
            self.index.remove(asset.asset_id, due=self.world.clock() + self.world.settings.index_lag)
            self.events.hear(asset.asset_id)
        self.world.changed()

    def restore(self, asset: Asset) -> None:
        """The deleted asset is back with its id, as it was. The caller has seen that its place is free."""
        with self.lock:
            del self.backups[asset.asset_id]
            self.assets[asset.asset_id], self.places[asset.place] = asset, asset.asset_id
            self.touch(asset)

    def rename(self, asset: Asset, public_id: str, type: str) -> None:
        """The asset_id stays. The caller has seen that the place is free."""
        with self.lock:
            del self.places[asset.place]
            asset.public_id, asset.type = public_id, type
            self.places[asset.place] = asset.asset_id
            self.touch(asset)

    def dump(self) -> dict[str, Any]:
        """The whole state, JSON-serialisable; the bytes stay in the world's blobs."""
        with self.lock:
            return {
                "cloud_name": self.cloud_name,
                "name": self.name,
                "keys": dump(self.keys),
                "assets": [vars(copied(asset)) for asset in self.assets.values()],
                "backups": [vars(copied(asset)) for asset in self.backups.values()],
                "fields": [dump(field) for field in self.fields.values()],
                "rules": copy.deepcopy(self.rules),
                "folders": dict(self.folders),
                "transformations": dict(self.transformations),
                "presets": copy.deepcopy(self.presets),
                "triggers": copy.deepcopy(self.triggers),
                "spending": self.spending.dump(),
                "searches": self.searches.dump(),
                "captions": dict(self.captions),
                "used": dict(self.used),
                "working": copy.deepcopy(self.working),
            }

    @classmethod
    def load(cls, data: dict[str, Any], world: Any) -> "Environment":
        """The environment that dump() wrote down; its index is up to date."""
        made = cls(cloud_name=data["cloud_name"], name=data["name"], keys=Keys(**data["keys"]), world=world)
        for row in data["assets"]:
            asset = Asset(**row)
            made.assets[asset.asset_id], made.places[asset.place] = asset, asset.asset_id
            made.index.put(asset)
        made.backups = {row["asset_id"]: Asset(**row) for row in data.get("backups", ())}
        made.fields = {row["external_id"]: MetadataField(**row) for row in data["fields"]}
        made.rules = data.get("rules", {})
        made.folders = data.get("folders", {})
        made.transformations = data["transformations"]
        made.presets = data.get("presets", {})
        made.triggers = data.get("triggers", {})
        if made.triggers:
            made.events.begin()
        made.spending.load(data["spending"])
        made.searches.load(data.get("searches", made.searches.dump()))
        made.captions = data.get("captions", made.captions)
        made.used, made.working = data.get("used", {}), data.get("working", [])
        return made
