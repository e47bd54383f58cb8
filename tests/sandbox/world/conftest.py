from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from sandbox.world import World
from tests.sandbox.world import factories


@pytest.fixture
def served(tmp_path) -> Iterator[Callable[..., World]]:
    with ExitStack() as stack:

        def build(**known: Any) -> World:
            world = factories.world(tmp_path, **known)
            stack.enter_context(factories.serving(world))
            return world

        yield build
