"""What a world is built from, whether it was drawn by the project or read from a person's own export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Picture:
    """A picture that a product already has in the store. `variants`: indexes into the product's variants."""

    content: bytes | Path
    filename: str
    alt: str = ""
    variants: Sequence[int] = ()


@dataclass(frozen=True)
class Variant:
    """`options`: {name: value}, in order; empty: one option that is called Title, as Shopify has it. `metafields`: as of a
    product."""

    title: str = "Default Title"
    sku: str | None = None
    barcode: str | None = None
    price: str = "0.00"
    options: Mapping[str, str] = field(default_factory=dict)
    metafields: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Product:
    """`metafields`: {(namespace, key): (type, value)}; `status`: ACTIVE, DRAFT, ARCHIVED or UNLISTED;
    `collections`: titles."""

    handle: str
    title: str
    vendor: str = ""
    product_type: str = ""
    tags: Sequence[str] = ()
    status: str = "ACTIVE"
    description_html: str = ""
    variants: Sequence[Variant] = (Variant(),)
    metafields: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    pictures: Sequence[Picture] = ()
    collections: Sequence[str] = ()


@dataclass(frozen=True)
class Asset:
    """`content`: a picture or an MP4; `created_at`: seconds since 1970, None is now; `declared`: the format that it counts as,
    whatever its bytes are."""

    content: bytes | Path
    public_id: str
    display_name: str = ""
    asset_folder: str = ""
    tags: Sequence[str] = ()
    context: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    created_at: float | None = None
    type: str = "upload"
    access_control: Sequence[Mapping[str, str]] | None = None
    access_mode: str = "public"
    moderation: Sequence[Mapping[str, str]] = ()
    placeholder: bool = False
    declared: str = ""


@dataclass(frozen=True)
class Metafield:
    """A definition of a metafield; `owner_type`: PRODUCT or PRODUCTVARIANT, whose it is."""

    namespace: str
    key: str
    type: str
    admin_filterable: bool = False
    owner_type: str = "PRODUCT"


@dataclass(frozen=True)
class MetadataField:
    """A structured metadata field; `values`: {external_id: label} of enums and sets."""

    external_id: str
    label: str
    type: str = "string"
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Catalog:
    """`store_names` may be fewer than the stores that are built: the others are numbered. `first_has_all`: the first store
    sells every product, as a person expects of an own export; otherwise every store lacks some."""

    products: Sequence[Product] = ()
    assets: Sequence[Asset] = ()
    metadata_fields: Sequence[MetadataField] = ()
    metafields: Sequence[Metafield] = ()
    transformations: Mapping[str, str] = field(default_factory=dict)
    cloud_name: str = "sandbox"
    environment_name: str = "Sandbox"
    store_names: Sequence[str] = ()
    first_has_all: bool = False


def bytes_of(content: bytes | Path) -> bytes:
    """Raises OSError."""
    return content.read_bytes() if isinstance(content, Path) else content
