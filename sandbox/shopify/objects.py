"""The fields of products, variants, files and the like; what is not named here is the record's own attribute."""

import re
from collections.abc import Callable
from typing import Any

from graphql import GraphQLResolveInfo, GraphQLTypeResolver

from sandbox.shopify import cdn, filenames, wording
from sandbox.shopify.call import Call, field_of
from sandbox.shopify.connections import connection
from sandbox.shopify.ids import kind_of, number_of
from sandbox.shopify.orders import shuffled
from sandbox.shopify.records import LABELS, Definition, File, Metafield, Product, Variant
from sandbox.shopify.search_index import iso
from sandbox.shopify.unsupported import Unsupported

CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
TYPE_NAMES = {Variant: "ProductVariant", Definition: "MetafieldDefinition"}
Page = dict[str, Any]


def attribute(source: Any, info: GraphQLResolveInfo) -> Any:
    """The default: a payload's key, or the attribute that createdAt names as created_at."""
    if isinstance(source, dict):
        return source.get(info.field_name)
    name = CAPITAL.sub("_", info.field_name).lower()
    if not hasattr(source, name):
        raise Unsupported(f"{info.parent_type.name}.{info.field_name}")
    return getattr(source, name)


def type_name(value: Any, _info: GraphQLResolveInfo, _abstract: Any) -> str:
    """The concrete type behind Node, File and Media."""
    if isinstance(value, File):
        return value.kind
    return TYPE_NAMES.get(type(value), type(value).__name__)


resolve_type: GraphQLTypeResolver = type_name


def page(call: Call, items: list[Any], paging: dict[str, Any]) -> Page:
    """A page of records by the numbers of their ids; bulk operations read on to the end."""
    if items and call.behaviours.first("cursor_stuck"):
        return stuck_page(call, items, paging)
    return usual_page(call, items, paging)


def stuck_page(call: Call, items: list[Any], paging: dict[str, Any]) -> Page:
    """It is scripted that the list never gets on."""
    found = usual_page(call, items, paging | {"after": None, "before": None})
    return found | {"pageInfo": found["pageInfo"] | {"hasNextPage": True}}


def usual_page(call: Call, items: list[Any], paging: dict[str, Any]) -> Page:
    asked = min(len(items), paging.get("first") or paging.get("last") or 0)
    fault = call.behaviours.first("pages_of", when=lambda fault: asked > int(fault.code))
    most = int(fault.code) if fault else None
    return connection(items, lambda record: str(number_of(record.id)), **paging, whole=call.whole, most=most)


def gallery_page(call: Call, files: list[File], paging: dict[str, Any], sort_key: str = "POSITION") -> Page:
    if paging.pop("query", None):
        raise Unsupported("media(query:)")
    ordered = sorted(files, key=lambda f: number_of(f.id)) if sort_key == "ID" else files
    return page(call, ordered, paging)


@field_of("Product", "media")
def product_media(product: Product, call: Call, sortKey: str = "POSITION", **paging: Any) -> Page:
    return gallery_page(call, [call.shop.files[media_id] for media_id in product.media], paging, sortKey)


@field_of("Product", "featuredMedia")
def featured_media(product: Product, call: Call) -> File | None:
    return call.shop.files[product.media[0]] if product.media else None


@field_of("Product", "variants")
def variants(product: Product, call: Call, sortKey: str = "POSITION", **paging: Any) -> Page:
    if sortKey not in ("POSITION", "ID"):
        raise Unsupported(f"variants(sortKey: {sortKey})")
    return page(call, shuffled(call, product.variants), paging)


@field_of("Product", "metafield")
@field_of("ProductVariant", "metafield")
def metafield(owner: Product | Variant, call: Call, key: str, namespace: str | None = None) -> Metafield | None:
    """Without a namespace the app's own is meant, of which the sandbox keeps none."""
    return owner.metafields.get(f"{namespace}.{key}") if namespace else None


@field_of("Product", "inCollection")
def in_collection(product: Product, call: Call, id: str) -> bool:
    if kind_of(id) != "Collection":
        raise wording.wrong_id(id)
    collection = call.shop.collections.get(id)
    return collection is not None and product.id in collection.products


@field_of("Product", "collections")
def collections_of(product: Product, call: Call, **paging: Any) -> Page:
    if paging.pop("query", None) or paging.pop("sortKey", "ID") != "ID":
        raise Unsupported("Product.collections(query:, sortKey:)")
    return page(call, [one for one in call.shop.collections.values() if product.id in one.products], paging)


@field_of("Product", "onlineStoreUrl")
def online_store_url(product: Product, call: Call) -> str | None:
    """Null unless customers can see the product."""
    if product.status not in ("ACTIVE", "UNLISTED"):
        return None
    return f"{call.shop.world.base_url}/store/{call.shop.domain}/products/{product.handle}"


@field_of("ProductVariant", "product")
def product_of(variant: Variant, call: Call) -> Product:
    found = call.shop.variant(variant.id)
    assert found
    return found[0]


@field_of("ProductVariant", "position")
def position_of(variant: Variant, call: Call) -> int:
    return 1 + next(at for at, one in enumerate(product_of(variant, call).variants) if one.id == variant.id)


@field_of("ProductVariant", "media")
def variant_media(variant: Variant, call: Call, **paging: Any) -> Page:
    return gallery_page(call, [call.shop.files[variant.picture]] if variant.picture else [], paging)


@field_of("MediaImage", "image")
def image(file: File, call: Call) -> dict[str, Any] | None:
    """Null before READY, and while a new source is under way."""
    return None if file.status != "READY" or file.replacing or lacks_picture(file, call) else image_of(file)


def lacks_picture(file: File, call: Call) -> bool:
    """Whether it is scripted that a file is READY for some time before it has anything to show."""
    about, age = f"{file.id} {file.filename}", call.shop.now() - file.ready_at
    return file.status == "READY" and bool(
        call.behaviours.first("ready_without_image", about, lambda fault: age < fault.seconds)
    )


@field_of("MediaImage", "preview")
@field_of("Video", "preview")
@field_of("GenericFile", "preview")
def preview(file: File, call: Call) -> dict[str, Any] | None:
    """While a new source is under way, the old picture; of a video its poster."""
    has_picture = file.status == "READY" and (file.kind == "MediaImage" or bool(file.content and file.content.poster))
    shown = has_picture and not lacks_picture(file, call)
    return {"image": image_of(file) if shown else None, "status": file.status}


def image_of(file: File) -> dict[str, Any] | None:
    content, url = file.content, cdn.poster_url if file.kind == "Video" else cdn.url
    return {"file": file, "url": url, "width": content.width, "height": content.height} if content else None


@field_of("Image", "url")
def image_url(image: dict[str, Any], call: Call, transform: dict[str, Any] | None = None) -> str:
    wishes = transform or {}
    if wishes.get("crop") or wishes.get("preferredContentType") or wishes.get("scale", 1) != 1:
        raise Unsupported("Image.url(transform:) beyond maxWidth and maxHeight")
    url: Callable[..., str] = image["url"]
    return url(call.shop, image["file"], width=wishes.get("maxWidth"), height=wishes.get("maxHeight"))


@field_of("MediaImage", "mimeType")
def mime_type(file: File, call: Call) -> str | None:
    return file.content.mime if file.content else None


@field_of("GenericFile", "url")
def file_url(file: File, call: Call) -> str | None:
    return cdn.url(call.shop, file) if file.content and not lacks_picture(file, call) else None


@field_of("Video", "filename")
def video_name(file: File, call: Call) -> str:
    """The schema allows no null."""
    return "" if lacks_picture(file, call) else file.filename


@field_of("Video", "sources")
def video_sources(file: File, call: Call) -> list[dict[str, Any]]:
    """Empty until READY. Shopify makes several of different sizes; here there is the one that was uploaded."""
    source = original_source(file, call)
    return [source] if source else []


@field_of("Video", "originalSource")
def original_source(file: File, call: Call) -> dict[str, Any] | None:
    content = file.content
    if file.status != "READY" or content is None or lacks_picture(file, call):
        return None
    return {
        "url": cdn.url(call.shop, file),
        "mimeType": content.mime,
        "format": filenames.extension(file.filename).lower() or "mp4",
        "width": content.width or 0,
        "height": content.height or 0,
        "fileSize": content.size,
    }


@field_of("MediaImage", "originalSource")
def original_picture(file: File, call: Call) -> dict[str, Any] | None:
    """The file as it was uploaded. Shopify's address of it is in its own storage, and ends soon."""
    content = file.content
    if file.status != "READY" or content is None or lacks_picture(file, call):
        return None
    return {"url": cdn.url(call.shop, file), "fileSize": content.size}


@field_of("Video", "duration")
def duration(file: File, call: Call) -> int | None:
    """Milliseconds; null until READY."""
    return file.content.duration if file.status == "READY" and file.content else None


field_of("Product", "createdAt")(lambda product, call: iso(product.created_at))
field_of("Product", "updatedAt")(lambda product, call: iso(product.updated_at))


def register_common_file_fields(type_name: str) -> None:
    """What MediaImage, Video and GenericFile have in common."""
    field_of(type_name, "fileStatus")(lambda file, call: file.status)
    field_of(type_name, "mediaContentType")(lambda file, call: LABELS[file.kind])
    field_of(type_name, "createdAt")(lambda file, call: iso(file.created_at))
    for name in ("fileErrors", "mediaErrors"):
        field_of(type_name, name)(lambda file, call: [{**file.problem, "details": None}] if file.problem else [])


for _type in ("MediaImage", "Video", "GenericFile"):
    register_common_file_fields(_type)


@field_of("MetafieldDefinition", "capabilities")
def capabilities(definition: Definition, call: Call) -> dict[str, Any]:
    switches = {"adminFilterable": definition.admin_filterable, "uniqueValues": definition.unique_values}
    return {name: {"enabled": enabled} for name, enabled in switches.items()}


@field_of("MetafieldDefinition", "type")
def definition_type(definition: Definition, call: Call) -> dict[str, str]:
    return {"name": definition.type}
