"""One environment with a few assets, and the official SDK in front of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from sandbox.cloudinary.environment import Environment
from sandbox.world import World
from tests.sandbox.world import factories


@pytest.fixture
def served(tmp_path) -> Iterator[Callable[..., World]]:
    """Call it with assets: a world that answers at its base_url."""
    with ExitStack() as stack:

        def build(*assets: Any, **known: Any) -> World:
            world = factories.world(tmp_path, assets=assets, **known)
            stack.enter_context(factories.serving(world))
            return world

        yield build


@pytest.fixture
def keys() -> Callable[[World], dict[str, Any]]:
    """What every call of the SDK is given."""

    def of(world: World, **other: Any) -> dict[str, Any]:
        environment = world.environments[0]
        known = {"cloud_name": environment.cloud_name, "upload_prefix": world.base_url, "oauth_token": None}
        known |= {"api_key": environment.keys.api_key, "api_secret": environment.keys.api_secret, "timeout": 10}
        return known | other

    return of


@pytest.fixture
def found() -> Callable[[World, str], Any]:
    """The asset with that public ID."""

    def of(world: World, public_id: str) -> Any:
        environment: Environment = world.environments[0]
        return next(asset for asset in environment.assets.values() if asset.public_id == public_id)

    return of
