from collections.abc import Iterator

import pytest

from tests.contract.peer import Peer, listening_peer


@pytest.fixture(scope="module")
def listening() -> Iterator[Peer]:
    with listening_peer() as found:
        yield found


@pytest.fixture
def peer(listening) -> Peer:
    listening.answers()
    return listening
