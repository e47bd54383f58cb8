"""What the HTTP API answers about the ledger as a whole."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from linking.api.schemas import PageOut


class LinkOut(Schema):
    """A picture or video that AssetLink put into a gallery."""

    id: int = Field(description="for `POST /links/unlink`")
    store: str = Field(description="its domain")
    asset_id: str = Field(description="Cloudinary's immutable id")
    public_id: str = Field(description="Cloudinary's, when it was brought; empty: not known")
    product_id: str = Field(description="Shopify's")
    product: str = Field(description="its title")
    handle: str = Field(description="of the product")
    media_id: str = Field(description="Shopify's id of the picture or video")
    position: int | None = Field(description="in the gallery, from 1, as the last run left it; null: not known")
    url: str = Field(description="from where Shopify got it; empty: not known")
    skus: list[str] = Field(
        description="of the variants that it was linked for; of all, where it was linked for the product as a whole"
    )
    gone: str = Field(description="why it is not there any more: `product`, `file`, `gallery`, `asset`; empty: it is")
    linked: datetime = Field(description="when")
    last_run: str | None = Field(
        description="the id of the last run that wrote to its product; null: it is not kept any more"
    )


class LinksOut(PageOut):
    """Links, page by page."""

    items: list[LinkOut] = Field(description="in the order in which they were made")


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
