"""What a store keeps. Times are seconds since 1970; ids are global ids."""

from dataclasses import asdict, dataclass, field
from typing import Any

Problem = dict[str, str]  # {code, message}: why a medium turned FAILED


@dataclass
class Metafield:
    id: str
    type: str
    value: str


@dataclass
class Definition:
    """A metafield definition of products."""

    id: str
    namespace: str
    key: str
    type: str
    admin_filterable: bool


@dataclass
class Variant:
    id: str
    title: str
    sku: str | None = None
    barcode: str | None = None
    price: str = "0.00"
    picture: str | None = None  # a file of the product's gallery


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
        variants = [Variant(**row) for row in data["variants"]]
        metafields = {name: Metafield(**row) for name, row in data["metafields"].items()}
        return cls(**{**data, "variants": variants, "metafields": metafields})


@dataclass
class Content:
    """Bytes in the blobs. Sizes in pixels; None where there are none (generic files)."""

    blob: str
    mime: str
    size: int
    width: int | None = None
    height: int | None = None


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


dump = asdict
