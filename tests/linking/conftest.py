"""What tests of jobs share."""

from collections.abc import Iterator

import pytest

from tests.processes import redis


@pytest.fixture
def queue(tmp_path, settings) -> Iterator[str]:
    """The URL of an empty Redis, which the app of this process rings, too."""
    with redis(tmp_path) as url:
        settings.REDIS_URL = url
        yield url
