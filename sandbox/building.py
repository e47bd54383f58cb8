"""From a catalog to stores and a product environment."""

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox.catalog.library import stock
from sandbox.catalog.outlet import open_outlet
from sandbox.catalog.records import Asset, Catalog, Product, Variant, bytes_of
from sandbox.cloudinary.environment import Environment, Keys
from sandbox.cloudinary.fields import built
from sandbox.shopify.installs import Install
from sandbox.shopify.shop import SCOPES, Shop
from sandbox.world import World

PLANS = ("basic", "advanced", "plus")
LEFT_OUT = (3, 1, 0, 2)  # the first store lacks every fourth product from the fourth on, the next one others
RENAMED = 11  # from the second store on, every so manieth product has SKUs of the store's own


def build(
    catalog: Catalog,
    *,
    folder: Path,
    base_url: str,
    app_url: str = "http://localhost:8000",
    stores: int = 2,
    plan: str | None = None,
    library: int = 0,
    outlet: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> World:
    """A fresh world with new keys. `plan`: the same for all stores; None is a different one for each. `library`: so many assets
    more than the catalog has. `outlet`: a second product environment."""
    world = World(folder=folder, base_url=base_url, app_url=app_url)
    fill(world, catalog, stores=stores, plan=plan, progress=progress)
    if outlet:
        progress(f"{open_outlet(world).cloud_name}: a part of them in a second product environment")
    if library:
        stock(world.environments[0], library)
        progress(f"{world.environments[0].cloud_name}: {library:,} assets more, below the folder Archive")
    return world


def fill(world: World, catalog: Catalog, *, stores: int, plan: str | None, progress: Callable[[str], None]) -> None:
    environment = Environment(
        cloud_name=catalog.cloud_name, name=catalog.environment_name, keys=Keys.draw(), world=world
    )
    environment.fields = {field.external_id: built(field) for field in catalog.metadata_fields}
    environment.transformations = dict(catalog.transformations)
    world.environments.append(environment)
    for asset in catalog.assets:
        add_asset(environment, asset)
    progress(f"{environment.cloud_name}: {len(environment.assets)} assets")
    for index in range(stores):
        shop = made_shop(world, catalog, index, plan or PLANS[index % len(PLANS)])
        for product in assortment(catalog, index, stores):
            add_product(shop, product)
        world.shops[shop.domain] = shop
        progress(f"{shop.domain}: {len(shop.products)} of {len(catalog.products)} products, plan {shop.plan}")
    world.changed()


def made_shop(world: World, catalog: Catalog, index: int, plan: str) -> Shop:
    names = catalog.store_names
    name = names[index] if index < len(names) else f"{names[0] if names else 'Sandbox store'} {index + 1}"
    domain = re.sub("[^a-z0-9]+", "-", name.lower().replace("&", "and")).strip("-") + ".myshopify.com"
    shop = Shop(domain=domain, name=name, access_token=draw_token(), plan=plan, world=world)
    shop.installs[world.app.client_id] = Install(world.app.client_id, list(SCOPES))
    for definition in catalog.metafields:
        shop.define_metafield(**vars(definition))
    return shop


def draw_token() -> str:
    return f"shpat_{secrets.token_hex(16)}"


def assortment(catalog: Catalog, index: int, stores: int) -> list[Product]:
    """The products of the store with that index: all of them if it is the only one, otherwise about three quarters."""
    if stores == 1 or (catalog.first_has_all and index == 0):
        return list(catalog.products)
    chosen = enumerate(catalog.products)
    return [
        renamed(product, f"-S{index + 1}") if index and at % RENAMED == RENAMED - 1 else product
        for at, product in chosen
        if at % 4 != LEFT_OUT[index % 4]
    ]


def renamed(product: Product, ending: str) -> Product:
    return replace(product, variants=[own_sku(variant, ending) for variant in product.variants])


def own_sku(variant: Variant, ending: str) -> Variant:
    return replace(variant, sku=variant.sku and variant.sku + ending)


def add_asset(environment: Environment, asset: Asset) -> None:
    environment.add_asset(
        content=bytes_of(asset.content),
        public_id=asset.public_id,
        display_name=asset.display_name,
        asset_folder=asset.asset_folder,
        tags=asset.tags,
        context=asset.context,
        metadata=asset.metadata,
        created_at=asset.created_at,
        type=asset.type,
        access_control=[dict(rule) for rule in asset.access_control or ()] or None,
        access_mode=asset.access_mode,
        moderation=[dict(one) for one in asset.moderation],
        placeholder=asset.placeholder,
        declared=asset.declared,
    )


def add_product(shop: Shop, product: Product) -> None:
    added = shop.add_product(
        handle=product.handle,
        title=product.title,
        vendor=product.vendor,
        product_type=product.product_type,
        tags=list(product.tags),
        status=product.status,
        description_html=product.description_html,
        variants=[vars(variant) for variant in product.variants],
        metafields=product.metafields,
        pictures=[picture_row(picture) for picture in product.pictures],
    )
    for title in product.collections:
        shop.collect(title, [added])


def picture_row(picture: Any) -> dict[str, Any]:
    return {**vars(picture), "content": bytes_of(picture.content)}
