"""What tests of jobs share."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from linking.domain.waiting import DEADLINES, Wait
from tests.processes import redis


@pytest.fixture
def queue(tmp_path, settings) -> Iterator[str]:
    """The URL of an empty Redis, which the app of this process rings, too."""
    with redis(tmp_path) as url:
        settings.REDIS_URL = url
        yield url


@pytest.fixture
def shelf(settings, tmp_path) -> Path:
    """Where reports are kept: a storage of its own for each test that asks for it."""
    options = settings.STORAGES["reports"]["OPTIONS"] | {"location": tmp_path / "reports"}
    settings.STORAGES = settings.STORAGES | {"reports": settings.STORAGES["reports"] | {"OPTIONS": options}}
    return tmp_path / "reports"


@pytest.fixture
def no_pauses(monkeypatch) -> None:
    """Repeats of one call follow each other at once."""
    monkeypatch.setattr("linking.selection.alt_texts.calls.PAUSES", (0.0, 0.0))
    monkeypatch.setattr("setup.cloudinary.client.PAUSES", (0.0, 0.0))
    monkeypatch.setattr("setup.shopify.client.ATTEMPTS", 1)


@pytest.fixture
def given_up(monkeypatch) -> Callable[[Wait], None]:
    """A wait that is over at its first look. The others keep their time, so what a busy machine is slow at is still seen."""

    def at_once(what: Wait) -> None:
        monkeypatch.setitem(DEADLINES, what, replace(DEADLINES[what], seconds=0))

    return at_once
