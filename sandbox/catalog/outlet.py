"""A second product environment, with a part of the first one's assets and their pictures: for who changes between two."""

import copy

from sandbox.catalog.library import plain
from sandbox.cloudinary.environment import Environment, Keys
from sandbox.world import World

SHARE = 6  # every so manieth SKU


def open_outlet(world: World) -> Environment:
    first = world.environments[0]
    made = Environment(
        cloud_name=f"{first.cloud_name}-outlet", name=f"{first.name} Outlet", keys=Keys.draw(), world=world
    )
    made.fields, made.transformations = copy.deepcopy(first.fields), dict(first.transformations)
    world.environments.append(made)
    assets = [asset for asset in first.assets.values() if asset.metadata.get("sku") and plain(asset)]
    chosen = set(sorted({asset.metadata["sku"] for asset in assets})[::SHARE])
    for asset in assets:
        if asset.metadata["sku"] in chosen:
            made.add_like(copy.deepcopy(asset))
    return made
