"""Delivery addresses that rows keep, taken apart: what has to be delivered, and from where it was to be."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from linking.cloudinary.renditions import delivery_url
from linking.domain.assets import Asset
from linking.domain.present import renamed, retyped
from setup.models import Environment
from setup.reasons import Reason, joined


@dataclass(frozen=True)
class Address:
    """Of the version `version`; `extension` is not part of the public ID of a raw file."""

    resource_type: str
    delivery_type: str
    transformation: str
    version: int
    public_id: str
    extension: str

    @classmethod
    def of(cls, url: str, version: int, extension: str) -> "Address | None":
        """None for one that cannot be read: it is used as it is."""
        found = re.search(rf"/(image|video|raw)/(\w+)/(?:s--[\w-]+--/)?(?:(\S*?)/)??v{version}/(\S+)\Z", url)
        if found is None:
            return None
        name = unquote(found[4])
        public_id = name if found[1] == "raw" else name.removesuffix(f".{extension}")
        return cls(found[1], found[2], found[3] or "", version, public_id, extension)

    @property
    def place(self) -> tuple[str, str, str]:
        """As `Asset.place`."""
        return self.resource_type, self.delivery_type, self.public_id

    def now(self, environment: Environment, asset: Asset) -> str:
        """Where the same is delivered from by now."""
        return delivery_url(environment, asset, self.transformation, self.extension)

    def moved_to(self, asset: Asset) -> Reason:
        """What has changed, in words; empty if nothing has."""
        return joined(renamed(self.public_id, asset.public_id), retyped(self.delivery_type, asset.delivery_type))
