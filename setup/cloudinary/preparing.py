"""What linking product assets is easier with, created in Cloudinary where it is missing. What exists is never changed.

https://cloudinary.com/documentation/metadata_api and https://cloudinary.com/documentation/admin_api.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import cloudinary.api

from setup.cloudinary import surroundings
from setup.cloudinary.client import CloudinaryClient
from setup.models import Environment
from setup.security.actors import Actor
from setup.spelling import folded
from setup.words import _, gettext_lazy

ASSET_TYPES = {"product": "Product", "swatch": "Swatch", "lifestyle": "Lifestyle", "video": "Video"}
PRODUCT_IMAGES = "c_pad,w_2048,h_2048,b_white/q_auto"


@dataclass(frozen=True)
class Item:
    """`group` is where it is looked for in `Environment.seen`; `definition` what the creating call is given. People read `kind`
    and `purpose`."""

    slug: str
    group: str
    kind: Any
    name: str
    label: str
    purpose: Any
    definition: Mapping[str, Any] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        """The definition, as people read it."""
        values = self.definition.get("datasource", {}).get("values", [])
        shown = {name: value for name, value in self.definition.items() if name != "datasource"}
        return [f"{name}: {value}" for name, value in shown.items()] + [f"value: {known['value']}" for known in values]


@dataclass(frozen=True)
class State:
    """`note` says what stands there already, where that is not just what we would create."""

    item: Item
    exists: bool
    note: str = ""


def metadata_field(name: str, label: str, type: str, kind: Any, purpose: Any, **more: Any) -> Item:
    definition = {"external_id": name, "label": label, "type": type, **more}
    return Item(f"field-{name}", "fields", kind, name, label, purpose, definition)


ITEMS = (
    metadata_field(
        "sku",
        "SKU",
        "string",
        gettext_lazy("Metadata field (text)"),
        gettext_lazy("The product or variant that an asset shows. AssetLink groups assets by it."),
    ),
    metadata_field(
        "sequence",
        "Sequence",
        "integer",
        gettext_lazy("Metadata field (number)"),
        gettext_lazy("The order of a product’s assets."),
    ),
    metadata_field(
        "asset_type",
        "Asset type",
        "enum",
        gettext_lazy("Metadata field (list)"),
        gettext_lazy("What an asset is. It tells swatches from gallery pictures."),
        datasource={"values": [{"external_id": key, "value": label} for key, label in ASSET_TYPES.items()]},
    ),
    metadata_field(
        "expiration",
        "Expiration",
        "date",
        gettext_lazy("Metadata field (date)"),
        gettext_lazy("The last day on which an asset may be shown."),
    ),
    Item(
        "transformation-product_images",
        "transformations",
        gettext_lazy("Named transformation"),
        "product_images",
        "product_images",
        gettext_lazy("Square pictures of one size on white."),
        {"transformation": PRODUCT_IMAGES},
    ),
    Item(
        "preset-product_assets",
        "presets",
        gettext_lazy("Upload preset"),
        "product_assets",
        "product_assets",
        gettext_lazy("Keeps file names, so that a SKU in the name survives the upload."),
        {"use_filename": True, "unique_filename": False, "overwrite": False, "unsigned": False},
    ),
)
BY_SLUG = {item.slug: item for item in ITEMS}


def states(environment: Environment) -> list[State]:
    return [state_of(item, environment.seen) for item in ITEMS]


def state_of(item: Item, seen: Mapping[str, Any]) -> State:
    if item.group != "fields":
        return State(item, item.name in seen.get(item.group, []))
    fields = {known["id"]: known for known in seen.get("fields", [])}
    wanted = item.definition["type"]
    if known := fields.get(item.name):
        other = known["type"] != wanted
        text = _("Its type is {type}, not {wanted}. AssetLink does not change it.") if other else ""
        note = text.format(type=known["type"], wanted=wanted)
        return State(item, True, note)
    alike = next((known["id"] for known in fields.values() if folded(known["label"]) == folded(item.label)), "")
    note = (
        _("A field with the label {label} exists. Its ID is {id}.").format(label=item.label, id=alike) if alike else ""
    )
    return State(item, False, note)


def create(environment: Environment, item: Item) -> None:
    """One call. Raises CloudinaryError; a name that was taken meanwhile is refused by Cloudinary, and stays as it is."""
    CREATORS[item.group](CloudinaryClient(environment), item)


def create_missing(actor: Actor, item: Item) -> str:
    """Look at what there is, and create it unless it exists. Answers what became of it. Raises CloudinaryError."""
    environment = actor.environment
    surroundings.look(environment)
    if state_of(item, environment.seen).exists:
        return _("{name} exists already. AssetLink did not change it.").format(name=item.name)
    create(environment, item)
    actor.record("setup.prepare", item.name, {"definition": "; ".join(item.lines)})
    surroundings.look(environment)
    return _("{name} was created.").format(name=item.name)


def _create_field(client: CloudinaryClient, item: Item) -> None:
    client.call(cloudinary.api.add_metadata_field, dict(item.definition))


def _create_transformation(client: CloudinaryClient, item: Item) -> None:
    client.call(cloudinary.api.create_transformation, item.name, item.definition["transformation"])


def _create_preset(client: CloudinaryClient, item: Item) -> None:
    client.call(cloudinary.api.create_upload_preset, name=item.name, **item.definition)


CREATORS: dict[str, Callable[[CloudinaryClient, Item], None]] = {
    "fields": _create_field,
    "transformations": _create_transformation,
    "presets": _create_preset,
}
