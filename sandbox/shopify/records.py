"""What a store keeps. Times are seconds since 1970; ids are global ids."""

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

LABELS = {"MediaImage": "IMAGE", "Video": "VIDEO"}  # File type -> MediaContentType
Problem = dict[str, str]  # {code, message}: why a medium turned FAILED


@dataclass
class Metafield:
    id: str
    type: str
    value: str
    namespace: str = ""
    key: str = ""

    @property
    def compare_digest(self) -> str:
        """Changes with the value; https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Metafield."""
        return hashlib.sha256(f"{self.type}\0{self.value}".encode()).hexdigest()

    @classmethod
    def load_all(cls, rows: dict[str, Any]) -> "dict[str, Metafield]":
        """By "namespace.key"; earlier snapshots had it nowhere else."""
        return {
            name: cls(**{"namespace": name.partition(".")[0], "key": name.partition(".")[2], **row})
            for name, row in rows.items()
        }


@dataclass
class Definition:
    """A metafield definition; `owner_type` is PRODUCT or PRODUCTVARIANT."""

    id: str
    namespace: str
    key: str
    type: str
    admin_filterable: bool
    owner_type: str = "PRODUCT"
    name: str = ""
    description: str | None = None
    unique_values: bool = False
    validations: list[dict[str, str]] = field(default_factory=list)  # {name, value}

    @property
    def full_name(self) -> str:
        return f"{self.namespace}.{self.key}"


@dataclass
class Variant:
    id: str
    title: str
    sku: str | None = None
    barcode: str | None = None
    price: str = "0.00"
    picture: str | None = None  # a file of the product's gallery
    metafields: dict[str, Metafield] = field(default_factory=dict)  # by "namespace.key"
    options: dict[str, str] = field(default_factory=dict)  # name -> value, in order; none: Title

    @property
    def selected_options(self) -> list[dict[str, str]]:
        """Every variant has at least one: Shopify calls it Title if nobody named any."""
        return [{"name": name, "value": value} for name, value in (self.options or {"Title": self.title}).items()]

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Variant":
        return cls(**{**data, "metafields": Metafield.load_all(data.get("metafields", {}))})


@dataclass
class Product:
    id: str
    handle: str
    title: str
    created_at: float
    updated_at: float
    vendor: str = ""
    product_type: str = ""
    tags: list[str] = field(default_factory=list)
    status: str = "ACTIVE"
    description_html: str = ""
    variants: list[Variant] = field(default_factory=list)
    metafields: dict[str, Metafield] = field(default_factory=dict)  # by "namespace.key"
    media: list[str] = field(default_factory=list)  # the gallery: file ids in order

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Product":
        variants = [Variant.load(row) for row in data["variants"]]
        return cls(**{**data, "variants": variants, "metafields": Metafield.load_all(data["metafields"])})


@dataclass
class Collection:
    """`products`: ids, in order."""

    id: str
    handle: str
    title: str
    updated_at: float
    products: list[str] = field(default_factory=list)


@dataclass
class Content:
    """Bytes in the blobs. Sizes in pixels; None where there are none (generic files)."""

    blob: str
    mime: str
    size: int
    width: int | None = None
    height: int | None = None
    duration: int | None = None  # milliseconds, of videos
    poster: str | None = None  # of videos: the blob of a JPEG, as large as the video


@dataclass
class Download:
    """A source under way. The outcome shows when it has arrived and `due` is over."""

    source: str
    due: float
    arrived: bool = False
    content: Content | None = None
    problem: Problem | None = None

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Download":
        return cls(**{**data, "content": data["content"] and Content(**data["content"])})


@dataclass
class File:
    """A file of Content > Files; in galleries the same object is a medium, under the same id."""

    id: str
    kind: str  # MediaImage, Video, GenericFile
    filename: str
    created_at: float
    updated_at: float
    alt: str = ""
    status: str = "UPLOADED"
    version: int = 0  # the ?v= of its URL
    content: Content | None = None
    download: Download | None = None
    problem: Problem | None = None
    ready_at: float = 0.0  # since when it shows its present content, if that came by a download

    @property
    def replacing(self) -> bool:
        """READY, with a new source under way (fileUpdate with originalSource)."""
        return self.status == "READY" and self.download is not None

    @property
    def holds_name(self) -> bool:
        """Failed files give their name back, and a duplicate that will fail never had it."""
        return self.status != "FAILED" and not (self.download and self.download.problem and self.content is None)

    @classmethod
    def load(cls, data: dict[str, Any]) -> "File":
        content, download = data["content"], data["download"]
        return cls(
            **{**data, "content": content and Content(**content), "download": download and Download.load(download)}
        )


@dataclass
class Reorder:
    """A productReorderMedia that waits for its moment. Moves are (media id, zero-based position)."""

    job: str
    product: str
    moves: list[tuple[str, int]]
    due: float


@dataclass
class Target:
    """Where one file may be uploaded to; see staged.py."""

    key: str  # the object's name in its bucket
    bucket: str
    resource: str  # IMAGE, VIDEO, FILE, BULK_MUTATION_VARIABLES
    method: str  # POST, PUT
    filename: str
    mime: str
    size: int | None  # bytes announced; only videos must keep to it
    expires: float
    parameters: dict[str, str]
    signature: str  # of the URL of a PUT
    number: int = 0  # external_video_id
    content: Content | None = None  # None until the upload is complete

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Target":
        return cls(**{**data, "content": data["content"] and Content(**data["content"])})


@dataclass
class BulkOperation:
    """A bulk query; see bulk.py. The data are those of the moment it starts to run."""

    id: str
    query: str
    grouped: bool
    token: str  # the unguessable part of the result's address
    created_at: float
    starts: float
    ends: float
    status: str = "CREATED"
    completed_at: float | None = None
    error_code: str | None = None
    objects: int = 0
    roots: int = 0
    content: Content | None = None  # None if there are no objects
    client_id: str = ""  # of the installed app that asked; empty: the store's custom app

    @classmethod
    def load(cls, data: dict[str, Any]) -> "BulkOperation":
        return cls(**{**data, "content": data["content"] and Content(**data["content"])})


dump = asdict
