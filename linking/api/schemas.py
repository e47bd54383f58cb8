"""What requests and answers of the HTTP API hold. Unknown fields of a request are refused: a misspelt `dryrun` must not
write."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

from linking.domain.alts import AltPolicy
from linking.domain.galleries import LinkMode

LARGEST = 2**31 - 1  # of a number that is counted
Text = Annotated[str, Field(max_length=255)]
# As the document says: no text that reads like one, and true is no number.
Flag = Annotated[bool, Field(strict=True)]
Place = Annotated[int, Field(strict=True, ge=1, le=250)]
Count = Annotated[int, Field(strict=True, ge=0)]

CLOUDINARY_FIELD = "`metadata:EXTERNAL_ID`, `context:KEY`, `tags`, `public_id`, `display_name` or `folder`"
SHOPIFY_FIELD = (
    "`sku`, `barcode`, `title`, `handle`, `tag`, `vendor`, `product_type`, `metafield:NAMESPACE.KEY` of products, "
    "or `variant_metafield:NAMESPACE.KEY`"
)
MODES = (
    "how the assets of a product enter its gallery. `append` and `prepend`: after and before what is there. `position`: from "
    "there on, among what is there. `in_place`: instead of what stands in the places 1 to n; what is beyond the gallery's end is "
    "not linked. `overwrite_and_add`: the same, and that is added. `reset`: the assets are all that the gallery has. `mirror`: "
    "they take the places of those that AssetLink linked before; what else is there stays"
)
ALT_POLICIES = (
    "what becomes of the alt text of a file that is in the store already. `keep`: it stays. `fill`: the asset's takes its place "
    "if it is empty. `overwrite`: the asset's takes its place"
)


def one_of(values: Iterable[str]) -> dict[str, Any]:
    """For the document: which values there are. What is none of them is refused with a text of its own."""
    return {"enum": [str(value) for value in values]}


class Asked(BaseModel):
    """Of a request: pydantic's own, as ninja's Schema looks at each of a thousand assets as if it were a row."""

    model_config = ConfigDict(extra="forbid")


class Wrong(Schema):
    """A place in the request, and what is wrong there."""

    pointer: str = Field(description="where in the request")
    detail: str = Field(description="what is wrong there")


class Problem(Schema):
    """An error (RFC 9457). Clients go by `type`."""

    type: str = Field(description="the address of a page that says what to do")
    title: str = Field(description="the same for each type")
    status: int = Field(description="of HTTP")
    detail: str = Field(description="of this case")
    instance: str = Field(description="the path that was asked")
    request_id: str = Field(description="for who runs AssetLink: it is in the logs")
    errors: list[Wrong] = Field(default=[], description="what is wrong in the request, place by place")


class StoreOut(Schema):
    """A store that the key sees."""

    domain: str = Field(description="as runs name it")
    name: str = Field(description="as AssetLink calls it")
    status: str = Field(description="`connected`, `broken` or `paused`")
    writable: bool = Field(description="whether the key's runs may write there")
    problem: str = Field(description="why it is broken or paused, for people")


class WhoOut(Schema):
    """Whose key this is, and what it may do."""

    environment: str = Field(description="the name of its cloud in Cloudinary")
    key: str = Field(description="its label")
    scopes: list[str] = Field(description="what it may do")
    expires: datetime | None = Field(description="when it ends; null: never")
    stores: list[StoreOut] = Field(description="those that it sees")
    limits: dict[str, int] = Field(
        description="requests a minute, writing runs and dry runs an hour; undo, retry, unlink and selections count as dry runs"
    )


class AssetNameIn(Asked):
    """An asset by its asset ID, or by its public ID."""

    asset_id: Text = Field(default="", description="Cloudinary's immutable id; or name it by `public_id`")
    public_id: Text = Field(default="", description="with its folder where folders are fixed")
    resource_type: Literal["image", "video", "raw"] = Field(default="image", description="of the public ID")
    type: Literal["upload", "private", "authenticated"] = Field(default="upload", description="of the public ID")


class AssetIn(AssetNameIn):
    """An asset by its asset ID, or by its public ID, and what it gets."""

    alt: Annotated[str, Field(max_length=512)] | None = Field(
        default=None, description="its alt text in the store; null: as its fields say"
    )


class RowAssetIn(AssetIn):
    """An asset of a product that is named."""

    role: Literal["gallery", "swatch"] | None = Field(
        default=None,
        description="swatch: of the product, or of the variants with the SKU, and in no gallery; null: as Setup's rule says",
    )


class MatchIn(Asked):
    """Which products the assets go to: those whose Shopify field has the value of the assets' Cloudinary field."""

    cloudinary_field: Annotated[str, Field(max_length=300)] = Field(
        description=CLOUDINARY_FIELD, examples=["metadata:sku"]
    )
    shopify_field: Annotated[str, Field(max_length=400)] = Field(
        description=SHOPIFY_FIELD,
        examples=["sku"],
    )
    pattern: Annotated[str, Field(max_length=300)] = Field(
        default="",
        description="a regular expression that takes the key out of a value: its first group, or all that it finds",
    )
    separator: Annotated[str, Field(max_length=10)] = Field(
        default="", description="what stands between several keys in one value"
    )
    ignore_case: Flag = Field(default=False, description="whether upper and lower case and spaces make no difference")


class OrderIn(Asked):
    """A field of assets to order by."""

    field: Annotated[str, Field(max_length=300)] = Field(description=CLOUDINARY_FIELD, examples=["metadata:sequence"])
    descending: Flag = Field(default=False, description="the last one first")


class ProductIn(Asked):
    """A product of each store by its id, its handle or a SKU of its variants; by one of them only."""

    id: Text = Field(default="", description="Shopify's", examples=["gid://shopify/Product/1"])
    handle: Text = Field(default="", description="as in the address of its page")
    sku: Text = Field(default="", description="of one of its variants")


class ProductRowIn(Asked):
    """A product with its assets, in order. A handle or SKU that a store does not have, or that several of its products have, is
    an error of this row in that store only."""

    product: ProductIn = Field(description="by one of its three names")
    assets: Annotated[list[RowAssetIn], Field(min_length=1, max_length=250)] = Field(description="in order")
    position: Place | None = Field(
        default=None,
        description="where they begin in the gallery, for the mode `position`; rows of one product go by the first",
    )


class RunIn(Asked):
    """A run that links assets to products, or uploads them to Store Files. Nothing is written unless `dry_run` is false."""

    kind: Literal["link", "upload"] = Field(default="link", description="link to products, or upload to Store Files")
    stores: Annotated[list[Text], Field(max_length=100)] = Field(
        default=[], description="domains; may be left out for a key of one store"
    )
    assets: Annotated[list[AssetIn], Field(max_length=1000)] = Field(
        default=[], description="what is linked or uploaded, in order; or a `search`, or `products`"
    )
    search: Annotated[str, Field(max_length=2000)] = Field(
        default="",
        description="an expression of Cloudinary's Search API, instead of `assets`; of up to 10,000 assets, as one run. One that "
        "finds none is the problem `nothing-found`",
    )
    products: Annotated[list[ProductRowIn], Field(max_length=1000)] = Field(
        default=[],
        description="products with their assets, instead of `assets` and `match`; at most 1,000 assets in all",
    )
    match: MatchIn | None = Field(default=None, description="for a run of kind link that names no products")
    mode: str = Field(default="append", description=MODES, json_schema_extra=one_of(LinkMode))
    position: Place | None = Field(default=None, description="for the mode `position`")
    order_by: Annotated[list[OrderIn], Field(max_length=2)] = Field(
        default=[], description="how the assets of a product are ordered; else as they are given"
    )
    alt_policy: str = Field(
        default="keep",
        description=ALT_POLICIES,
        json_schema_extra=one_of(AltPolicy),
    )
    rendition: Text = Field(default="", description="a named transformation that an admin allows; empty: the default")
    variant_pictures: Flag = Field(
        default=False, description="whether the first picture becomes the variant's picture as well"
    )
    new_versions: Literal["add", "replace"] = Field(
        default="add",
        description="what an upload does with an asset whose earlier version AssetLink brought. `add`: the new version becomes a "
        "file beside it. `replace`: the file gets the new version's content, wherever it is used",
    )
    exclude: Annotated[list[AssetNameIn], Field(max_length=1000)] = Field(
        default=[],
        description="of the assets, or of what the search finds: these are left out, and reported as excluded",
    )
    dry_run: Flag = Field(default=True, description="true: only the plan is made")
    removals: Annotated[Count, Field(le=LARGEST)] = Field(
        default=0,
        description="how many pictures may leave galleries without a look at the plan; a run whose plan has another number stops "
        "there. More than 0 needs `links:remove`",
    )
    replaced: Annotated[Count, Field(le=LARGEST)] = Field(
        default=0, description="the same of an upload: how many files may get other content"
    )


class ApplyIn(Asked):
    """What a person would confirm: how many pictures leave galleries, and how many files get other content."""

    removals: Count = Field(default=0, description="as the run says; needs `links:remove`")
    replaced: Count = Field(default=0, description="as the run says")


class StoreRunOut(Schema):
    """A run in one of its stores."""

    store: str = Field(description="its domain")
    state: str = Field(description="`planning`, `planned`, `applying`, `done`, `aborted` or `failed`")
    result: str = Field(description="what came of it, for people")
    doing: str = Field(description="what it does right now, for people")
    problem: str = Field(description="why it stopped, for people")
    problem_code: str = Field(description="the same for programs; empty: it did not stop")
    counts: dict[str, int] = Field(description="changes by outcome")
    galleries: dict[str, int] = Field(description="galleries by state")
    requests: int = Field(description="that the store was sent")
    points: int = Field(description="of Shopify's bucket that they took")


class RunOut(Schema):
    """A run. While `busy` is true it is under way: ask again after as many seconds as `Retry-After` says."""

    id: str = Field(description="for the addresses of the run")
    kind: str = Field(description="`link`, `upload`, `unlink` or `undo`")
    state: str = Field(description="`planning`, `planned`, `applying`, `done`, `aborted` or `failed`")
    busy: bool = Field(description="whether it is under way")
    dry_run: bool = Field(description="whether only a plan is made, or the run stopped at its plan")
    percent: int = Field(description="how far it is")
    mode: str = Field(description="of a run of kind link; else empty")
    names_products: bool = Field(description="whether the request named the products of its assets")
    created: datetime = Field(description="when it began")
    created_by: str = Field(description="the member, or the key's label")
    removals: int = Field(description="pictures that leave galleries, as planned")
    replaced: int = Field(description="files that get other content, as planned")
    not_applied: str = Field(
        description="of a run that was no dry run: why it stopped at its plan, and what to do, for people; else empty"
    )
    counts: dict[str, int] = Field(description="changes by outcome, of all stores")
    stores: list[StoreRunOut] = Field(description="the run in each of its stores")
    links: dict[str, str] = Field(description="addresses: `self`, `changes`, `report`; `page` is for people")


class ChangeOut(Schema):
    """An asset in a gallery, or among the files, of a store: what is planned, and what became of it."""

    store: str = Field(description="its domain")
    row: int | None = Field(description="of the request's products, from 0; null where it named none")
    key: str = Field(description="by which the product was found")
    asset: str = Field(description="its name")
    asset_id: str = Field(description="Cloudinary's immutable id")
    product: str = Field(description="its title")
    product_id: str = Field(description="Shopify's")
    handle: str = Field(description="of the product")
    planned: str = Field(description="`add`, `replace`, `move`, `keep`, `unlink` or `skip`")
    outcome: str = Field(
        description="`pending`, `done`, `unchanged`, `skipped`, `failed`, `refused`, `aborted` or `unknown`, which Shopify did "
        "not confirm"
    )
    reason: str = Field(description="for people")
    reason_code: str = Field(description="the same for programs")
    position_before: int | None = Field(description="in the gallery, from 1; null: it was not there")
    position_after: int | None = Field(description="in the gallery, from 1; null: it is not there")
    alt_before: str = Field(description="the alt text that it had in the store")
    alt_after: str | None = Field(description="the alt text that it gets; null: as it was")
    file_id: str = Field(description="Shopify's; empty until it is known")
    file_name: str = Field(description="in the store")


class PageOut(Schema):
    next_cursor: str | None = Field(description="for `?cursor=`; null: that was all")


class RunsOut(PageOut):
    """Runs, page by page."""

    items: list[RunOut] = Field(description="runs, the newest first")


class ChangesOut(PageOut):
    """Changes of a run, page by page."""

    items: list[ChangeOut] = Field(description="in the order of the plan")


class SelectionIn(Asked):
    """Assets for a person to link: the answer is an address that opens them in AssetLink, once, within a day."""

    assets: Annotated[list[AssetNameIn], Field(max_length=1000)] = Field(
        default=[], description="what the person links, in order; or a `search`"
    )
    search: Annotated[str, Field(max_length=2000)] = Field(
        default="",
        description="an expression of Cloudinary's Search API, instead of `assets`; of up to 10,000. One that finds none is the "
        "problem `nothing-found`",
    )
    note: Annotated[str, Field(max_length=1000)] = Field(default="", description="for the person who opens it")


class SelectionOut(Schema):
    """What a person opens."""

    address: str = Field(description="opens once, for a member of the environment; shown only now")
    expires: datetime = Field(description="a day later")
    assets: int = Field(description="how many it has")


class FileOut(Schema):
    """A file that AssetLink brought to a store, or is bringing."""

    store: str = Field(description="its domain")
    asset_id: str = Field(description="Cloudinary's immutable id")
    version: int = Field(description="of the asset that it shows")
    kind: str = Field(description="`image`, `video` or `file`")
    name: str = Field(description="in the store")
    state: str = Field(description="`sent`, `uploaded`, `late`, `ready` or `failed`; `ready` is in the store")
    file_id: str = Field(description="Shopify's; empty until it is known")
    source_url: str = Field(description="of the rendition in Cloudinary that it was made from")
    alt: str = Field(description="its alt text")
    problem: str = Field(description="why it failed, for people")
    problem_code: str = Field(description="the same for programs")


class FilesOut(PageOut):
    """Files, page by page."""

    items: list[FileOut] = Field(description="in the order in which they were brought")


class MatchedOut(Schema):
    """A product that has the key."""

    id: str = Field(description="Shopify's")
    title: str = Field(description="in the store")
    handle: str = Field(description="as in the address of its page")
    status: str = Field(description="`ACTIVE`, `DRAFT` or `ARCHIVED`")
    skus: list[str] = Field(description="of the variants that have the key")


class KeyOut(Schema):
    """What a key means in a store. The assets of a run go to its products if the verdict is `matched`."""

    key: str = Field(description="as it was asked")
    verdict: str = Field(description="`matched`, `ambiguous` or `unmatched`")
    reason: str = Field(description="why it is not matched, for people")
    reason_code: str = Field(description="the same for programs")
    count: int = Field(description="of the products that have the key")
    products: list[MatchedOut] = Field(description="the first 250 of the whole answer")


class MatchesOut(Schema):
    """What keys mean, in the order in which they were asked, each once."""

    items: list[KeyOut] = Field(description="one for each key")
