from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.scenes import Scene, catalog, connected, served


@pytest.fixture
def scene(db, tmp_path) -> Iterator[Callable[..., Scene]]:
    """Call it with products and assets: a world of its own for this test, reached over HTTP."""
    with ExitStack() as stack:

        def build(products=(), assets=(), *, metafields=(), stores=1, plan="plus") -> Scene:
            found = catalog(products, assets, metafields)
            world, url = stack.enter_context(served(found, tmp_path, stores=stores, plan=plan))
            return connected(world, url)

        yield build
