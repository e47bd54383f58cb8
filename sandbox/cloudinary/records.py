"""What a product environment keeps. Times are seconds since 1970."""

from dataclasses import asdict, dataclass, field
from typing import Any

# The first of each is what an upload gets that asks for nothing else.
DELIVERY_TYPES = ("upload", "private", "authenticated")
ACCESS_MODES = ("public", "authenticated")
STATUSES = ("queued", "pending", "approved", "rejected", "aborted")


@dataclass
class Asset:
    """`blob` names the original in the world's blobs. Sizes in pixels, bytes, seconds."""

    asset_id: str
    public_id: str
    resource_type: str
    type: str
    format: str
    version: int
    created_at: float
    blob: str
    bytes: int
    width: int
    height: int
    duration: float | None = None
    asset_folder: str = ""
    display_name: str = ""
    tags: list[str] = field(default_factory=list)
    context: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    access_control: list[dict[str, Any]] | None = None
    access_mode: str = "public"
    moderation: list[dict[str, str]] = field(default_factory=list)  # {kind, status}, in the order of the checks
    placeholder: bool = False  # its file was deleted and is backed up
    uploaded_at: float | None = None  # when it was overwritten last
    changed_at: float | None = None  # when anything of it was changed last
    info: dict[str, Any] = field(default_factory=dict)  # what add-ons found, or that they are at it

    @property
    def uploaded(self) -> float:
        return self.created_at if self.uploaded_at is None else self.uploaded_at

    @property
    def last_updated(self) -> float:
        return self.uploaded if self.changed_at is None else self.changed_at

    @property
    def place(self) -> tuple[str, str, str]:
        """What is unique besides the asset_id."""
        return self.resource_type, self.type, self.public_id


@dataclass
class MetadataField:
    """A structured metadata field, https://cloudinary.com/documentation/structured_metadata."""

    external_id: str
    label: str
    type: str  # string, integer, date, enum, set
    mandatory: bool = False
    default_value: Any = None
    validation: dict[str, Any] | None = None
    restrictions: dict[str, Any] = field(default_factory=dict)
    values: list[dict[str, Any]] = field(default_factory=list)  # {external_id, value, state, position}
    allow_dynamic_list_values: bool = False  # of a list: a value that is new is added when it is first set
    default_disabled: bool = False

    def as_json(self) -> dict[str, Any]:
        shown = asdict(self)
        values = shown.pop("values")
        if self.type in ("enum", "set"):
            shown["datasource"] = {"values": values}
        return shown


dump = asdict
