"""A rehearsal: an admin in front of Setup, and stores behind real HTTP that are not connected yet."""

from collections.abc import Callable

import pytest

from setup.models import Store
from tests.linking.visits import enter
from tests.scenes import Scene, product
from tests.setup.rehearsal import Rehearsal


@pytest.fixture
def rehearse(scene, client, settings) -> Callable[..., Rehearsal]:
    """Call it: a world with a store (or more), an environment without any, and its admin's browser."""

    def build(*, connected: bool = False, products=None, assets=(), stores: int = 1, app: bool = True) -> Rehearsal:
        place: Scene = scene([product("a")] if products is None else products, assets, stores=stores)
        settings.APP_URL = place.world.app_url = "http://testserver"
        settings.SHOPIFY_BASE_URL = place.url
        if not connected:
            Store.objects.all().delete()
        place.member.roles = ["master_admin"]
        place.member.save()
        found = Rehearsal(place, enter(client, place.member))
        if app:
            found.name_app()
        return found

    return build
