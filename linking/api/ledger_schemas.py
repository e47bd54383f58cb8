"""What the HTTP API answers about the ledger as a whole."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from linking.api.schemas import PageOut


class ChangedProductLinks(Schema):
    """Where to read more."""

    self: str = Field(description="its links")


class ChangedProductOut(Schema):
    """A product whose media AssetLink changed, by a run or an undo, or whose linked media are gone."""

    store: str = Field(description="its domain")
    product_id: str = Field(description="Shopify's")
    product: str = Field(description="its title")
    handle: str = Field(description="of the product")
    changed: datetime = Field(description="when, the last time")
    links: ChangedProductLinks


class ChangedProductsOut(PageOut):
    """Products whose media changed, page by page, and how far this goes."""

    items: list[ChangedProductOut] = Field(description="in the order of their latest changes; each product once")
    cursor: str = Field(description="keep it: asked with it next time, the answer has what changed since")
    complete: bool = Field(
        description="false: products that changed more than 90 days ago are missing, so read all links once more"
    )
