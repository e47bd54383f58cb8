"""What we know of an asset, whatever service told us."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Asset:
    """An image or video of the product environment. `metadata` holds labels, not datasource ids; a set is a tuple."""

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
    restricted: bool = False

    @property
    def name(self) -> str:
        return self.display_name or self.public_id.rsplit("/", 1)[-1]
