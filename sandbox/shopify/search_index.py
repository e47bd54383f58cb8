"""What searches see: it lags behind what the store has."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sandbox.shopify.ids import number_of
from sandbox.shopify.records import LABELS, Collection, File, Product, Variant

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

TOKEN = re.compile(r"\w+")

Document = dict[str, list[str]]  # field -> its values


def tokens(text: str) -> tuple[str, ...]:
    """Words without case, split at blanks and punctuation."""
    return tuple(TOKEN.findall(text.casefold()))


class Entry:
    """One record as searches see it now, and its later states that they do not see yet."""

    def __init__(self, document: Document | None) -> None:
        self.pending: list[tuple[float, Document]] = []
        self.show(document)

    def show(self, document: Document | None) -> None:
        self.document = document
        self._tokens: dict[str, list[tuple[str, ...]]] = {}

    def values(self, field: str) -> list[str]:
        return (self.document or {}).get(field, [])

    def tokens(self, field: str) -> list[tuple[str, ...]]:
        """The values of a field, tokenised once."""
        if field not in self._tokens:
            self._tokens[field] = [tokens(value) for value in self.values(field)]
        return self._tokens[field]

    def catch_up(self, now: float) -> None:
        while self.pending and self.pending[0][0] <= now:
            self.show(self.pending.pop(0)[1])


class SearchIndex:
    """Entries by id. Not thread-safe: its shop's lock guards it."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def put(self, record_id: str, document: Document, *, due: float, now: float) -> None:
        """Searches see `document` from `due` on."""
        entry = self._entries.setdefault(record_id, Entry(None))
        entry.catch_up(now)
        entry.pending.append((due, document))
        entry.catch_up(now)

    def remove(self, record_id: str) -> None:
        self._entries.pop(record_id, None)

    def entries(self, kinds: tuple[str, ...], now: float) -> list[tuple[str, Entry]]:
        """What is visible of these GraphQL types, in the order of the ids' numbers."""
        starts = tuple(f"gid://shopify/{kind}/" for kind in kinds)
        found = []
        for record_id, entry in self._entries.items():
            if record_id.startswith(starts):
                entry.catch_up(now)
                if entry.document is not None:
                    found.append((record_id, entry))
        return sorted(found, key=lambda pair: number_of(pair[0]))

    def dump(self, now: float) -> dict[str, Any]:
        """Only what searches do not see yet; the rest follows from the records."""
        rows = {}
        for record_id, entry in self._entries.items():
            entry.catch_up(now)
            if entry.pending:
                rows[record_id] = {"visible": entry.document, "pending": entry.pending}
        return rows

    def load(self, rows: dict[str, Any]) -> None:
        for record_id, row in rows.items():
            entry = self._entries[record_id] = Entry(row["visible"])
            entry.pending = [(due, document) for due, document in row["pending"]]


def documents_of(shop: "Shop", record: Product | File | Collection) -> dict[str, Document]:
    """A product's variants are searched for by themselves, so they come with it."""
    if isinstance(record, File):
        return {record.id: _file(shop, record)}
    if isinstance(record, Collection):
        return {record.id: _collection(record)}
    return {record.id: _product(record)} | {v.id: _variant(record, v) for v in record.variants}


def _product(product: Product) -> Document:
    return {
        "id": [str(number_of(product.id))],
        "title": [product.title],
        "handle": [product.handle],
        **_shared(product),
        "status": [product.status],
        "sku": [v.sku for v in product.variants if v.sku],
        "barcode": [v.barcode for v in product.variants if v.barcode],
        "variant_id": [str(number_of(v.id)) for v in product.variants],
        "variant_title": [v.title for v in product.variants],
        "created_at": [iso(product.created_at)],
        "updated_at": [iso(product.updated_at)],
        **{f"metafields.{name}": [field.value] for name, field in product.metafields.items()},
    }


def _variant(product: Product, variant: Variant) -> Document:
    options = [f for f in variant.title.split(" / ") if f and f != "Default Title"][:3]
    return {
        "id": [str(number_of(variant.id))],
        "title": [f"{product.title} - {variant.title}"],
        "sku": [variant.sku] if variant.sku else [],
        "barcode": [variant.barcode] if variant.barcode else [],
        "product_id": [str(number_of(product.id))],
        **_shared(product),
        "product_status": [product.status],
        **{f"option{number}": [option] for number, option in enumerate(options, 1)},
        "updated_at": [iso(product.updated_at)],
    }


def _collection(collection: Collection) -> Document:
    return {
        "id": [str(number_of(collection.id))],
        "title": [collection.title],
        "handle": [collection.handle],
        "updated_at": [iso(collection.updated_at)],
    }


def _shared(product: Product) -> Document:
    return {
        "tag": list(product.tags),
        "vendor": [product.vendor] if product.vendor else [],
        "product_type": [product.product_type] if product.product_type else [],
    }


def _file(shop: "Shop", file: File) -> Document:
    return {
        "id": [str(number_of(file.id))],
        "filename": [file.filename],
        "media_type": [LABELS.get(file.kind, "GENERIC_FILE")],
        "status": [file.status],
        "original_upload_size": [str(file.content.size)] if file.content else [],
        "created_at": [iso(file.created_at)],
        "updated_at": [iso(file.updated_at)],
    }


def iso(seconds: float) -> str:
    """2026-10-01T12:00:00Z"""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
