"""All of these tests run in the time of tests."""

from collections.abc import Iterator

import pytest

from tests.awkward.shop import hastened


@pytest.fixture(autouse=True)
def in_the_time_of_tests() -> Iterator[None]:
    with hastened():
        yield
