"""One world for a run of the suite, removed at its end however it ends; and a recording of every question's answers."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.films import clip
from tests.live import keys, recording
from tests.live.cleaning import clean
from tests.live.ledger import Ledger
from tests.live.services import NotForThis, Services, World
from tests.scenes import picture

FOLDER = Path(os.environ.get("LIVE_FOLDER") or Path(__file__).resolve().parents[2] / ".cache" / "live")


def asked_for(config: pytest.Config) -> bool:
    return "live" in (config.getoption("markexpr") or "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """It runs when it is asked for by `-m live` and has keys; without keys one line says what is missing."""
    live = [item for item in items if item.get_closest_marker("live")]
    if live and asked_for(config) and (wrong := keys.faults(os.environ)):
        raise pytest.UsageError(*wrong)
    trouble = keys.trouble(os.environ) if live and asked_for(config) else ""
    if not live or (asked_for(config) and not trouble):
        return
    if asked_for(config):
        live.pop(0).add_marker(pytest.mark.skip(reason=trouble))
    config.hook.pytest_deselected(items=live)
    left = set(live)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def services() -> Services:
    try:
        return Services.open(keys.read(os.environ))
    except NotForThis as wrong:
        pytest.exit(str(wrong), returncode=3)


@pytest.fixture(scope="session")
def world(services) -> Iterator[World]:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl+C: what was made is removed
    ledger = Ledger.begin(FOLDER, shop=services.keys.shop, cloud=services.keys.cloud)
    try:
        yield furnished(World(services, ledger))
    finally:
        left = clean(ledger, services)
        signal.signal(signal.SIGTERM, before)
        assert not left, f"{left} could not be removed: `python -m tests.live cleanup` tries again"


def furnished(world: World) -> World:
    world.upload("red", picture(1), context={"alt": "Red | and = green", "live_sku": world.ledger.name("mug")})
    world.upload("blue", picture(2), context={"live_sku": world.ledger.name("cup")})
    world.upload("film", clip(), "video")
    world.upload("text.jpg", b"A text.", "raw")
    for last in ("mug", "cup"):
        world.product(last)
    return world


@pytest.fixture(scope="session")
def recordings() -> Path:
    named = os.environ.get("LIVE_RECORDINGS")
    return Path(named) if named else FOLDER / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"


class Record(list):
    """Answers of one question, in the order asked. `ask` and `call` as of Services, returning the answer alone."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services

    def ask(self, document, **variables) -> dict:
        self.append(self.services.ask(document, **variables))
        return self[-1]["answer"]

    def call(self, function, *args, **options) -> dict:
        self.append(self.services.call(function, *args, **options))
        return self[-1]["answer"]

    def note(self, asked: str, answer: object) -> None:
        """What follows from answers: compared as it is."""
        self.append({"asked": asked, "answer": answer, "noted": True})

    def measure(self, asked: str, number: float) -> None:
        self.append({"asked": asked, "answer": number})


@pytest.fixture
def record(request, services, world, recordings) -> Iterator[Record]:
    found = Record(services)
    yield found
    if not found:
        return
    secrets = services.secrets | {world.ledger.run: "RUN"}
    recording.write(recordings, request.node.name, (request.function.__doc__ or "").strip(), found, secrets)


@pytest.fixture
def rows(services, settings, db):
    """The environment, the store and a member as rows; secrets under a key that nobody else has."""
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    settings.PATIENCE = 1.0
    return services.rows()
