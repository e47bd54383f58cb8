"""What we know of an asset, whatever service it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from setup.spelling import composed, plain

LARGEST = 2**63 - 1  # what a row can hold


@dataclass(frozen=True, slots=True)
class Asset:
    """An image or video of the product environment. `metadata` holds labels, not datasource ids; a set is a tuple.

    What limits its showing (linking.domain.showing): `restricted`: only a token opens it; `windows`: when everybody may see it,
    as seconds since 1970, from the first until before the second (None: always); `placeholder`: there is no file;
    `moderation`: the status of each of its moderations. `gone`: Cloudinary has it no more.

    `embedded`: what its file carries (IPTC, XMP, EXIF), by name, as far as it was asked for: without a value, empty.

    `known_as`: the public ID that it was selected by, if it has another one now.
    """

    asset_id: str
    public_id: str
    resource_type: str = "image"
    delivery_type: str = "upload"
    version: int = 1
    format: str = "jpg"
    width: int = 0
    height: int = 0
    bytes: int = 0
    duration: float | None = None
    display_name: str = ""
    folder: str = ""
    tags: tuple[str, ...] = ()
    context: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    embedded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    restricted: bool = False
    windows: tuple[tuple[int, int], ...] | None = None
    placeholder: bool = False
    moderation: tuple[str, ...] = ()
    frames: int = 0  # of a picture that moves; 0 is unknown
    known_as: str = ""
    gone: bool = False

    @property
    def place(self) -> tuple[str, str, str]:
        """Where it is delivered from, besides its version."""
        return self.resource_type, self.delivery_type, self.public_id

    @property
    def name(self) -> str:
        """For people, and to be searched for: what is delivered goes by the public ID as it is."""
        return plain(self.spelled_name)

    @property
    def spelled_name(self) -> str:
        """As Cloudinary has it."""
        tail = self.public_id.rsplit("/", 1)[-1]
        return next((name for name in (self.display_name, tail) if plain(name)), self.asset_id)

    @classmethod
    def of(cls, details: Mapping[str, Any], asset_id: str) -> "Asset":
        """From what is kept of one (`dataclasses.asdict`, also as JSON): what is not known here is dropped, what is missing or of
        another type has its default. Without a public ID nothing can be delivered of it. Never raises."""

        def text(name: str, default: str = "") -> str:
            value = details.get(name)
            return value if isinstance(value, str) else default

        def whole(name: str, default: int = 0) -> int:
            value = details.get(name)
            return value if type(value) is int and 0 <= value <= LARGEST else default

        tags, context, metadata = details.get("tags"), details.get("context"), details.get("metadata")
        embedded = details.get("embedded")
        return cls(
            asset_id=asset_id,
            public_id=text("public_id"),
            resource_type=text("resource_type", "image"),
            delivery_type=text("delivery_type", "upload"),
            version=whole("version", 1),
            format=text("format", "jpg"),
            width=whole("width"),
            height=whole("height"),
            bytes=whole("bytes"),
            duration=seconds(details.get("duration")),
            display_name=text("display_name"),
            folder=text("folder"),
            tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list | tuple) else (),
            context=named(context) if isinstance(context, dict) else {},
            metadata=_metadata(metadata) if isinstance(metadata, dict) else {},
            embedded=_embedded(embedded) if isinstance(embedded, dict) else {},
            restricted=bool(details.get("restricted", False)),
            windows=_windows(details.get("windows")),
            placeholder=bool(details.get("placeholder", False)),
            moderation=_statuses(details.get("moderation")),
            frames=whole("frames"),
            known_as=_known_as(details.get("since")),
            gone=details.get("gone") is True,
        )


def _embedded(known: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(one for one in values if isinstance(one, str))
        for name, values in known.items()
        if isinstance(values, list | tuple)
    }


def _windows(value: object) -> tuple[tuple[int, int], ...] | None:
    """One that cannot be read opens nothing."""
    if value is None:
        return None
    known = [one for one in value if isinstance(one, list | tuple)] if isinstance(value, list | tuple) else []
    pairs = [tuple(one) for one in known if len(one) == 2 and all(type(side) is int for side in one)]
    return tuple((start, end) for start, end in pairs if start >= 0 and end <= LARGEST)


def _statuses(value: object) -> tuple[str, ...]:
    """One that cannot be read is no approval."""
    if not isinstance(value, list | tuple):
        return ("unreadable",) if value else ()
    return tuple(one if isinstance(one, str) else "unreadable" for one in value)


def _known_as(since: object) -> str:
    """See linking.domain.present."""
    pair = since.get("public_id") if isinstance(since, dict) else None
    return pair[0] if isinstance(pair, list) and pair and isinstance(pair[0], str) else ""


def seconds(value: object) -> float | None:
    """How long a video is; None if that is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < LARGEST else None


def named(context: Mapping[str, Any]) -> dict[str, str]:
    """A context by its composed keys, in which fields are looked up; of several that are the same the first counts."""
    found: dict[str, str] = {}
    for key, value in context.items():
        if isinstance(value, str):
            found.setdefault(composed(key), value)
    return found


def _metadata(known: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    """A JSON list of a set's values becomes a tuple again."""
    found: dict[str, str | tuple[str, ...]] = {}
    for key, value in known.items():
        if isinstance(value, str):
            found[key] = value
        elif isinstance(value, list | tuple):
            found[key] = tuple(one for one in value if isinstance(one, str))
    return found
