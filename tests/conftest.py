"""What all tests may use: a pretend world over HTTP, and one browser for everybody (two loops in one process clash)."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection
from django.template import Template
from django.test.utils import _TestState
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

from setup.security import append_only, limits
from tests import clear_keys, migrated, sharing, tiers
from tests.peer import Peer, listening_peer
from tests.scenes import FIELDS, Scene, catalog, connected, served

# Playwright's own loop runs in this thread; Django would refuse to touch the database beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM = next(filter(None, [os.environ.get("CHROMIUM"), *map(shutil.which, BROWSERS)]), "chromium")
# The shell knows no third-party cookies that are blocked: who tests that takes the whole browser.
WHOLE = (shutil.which("chromium") if "headless-shell" in CHROMIUM else None) or CHROMIUM
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-gpu-compositing",
]
# How long an example takes is the machine's affair, not a property of what is tested.
settings.register_profile("landing", deadline=None, max_examples=50)
settings.register_profile("full", deadline=None, max_examples=500)
settings.load_profile("full" if tiers.FULL else "landing")
# Milliseconds that are waited for what a page is to show, and for a control that is to be pressed. On a machine whose
# cores are all busy things take long, and nobody waits longer for what comes than it takes.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def pytest_configure(config) -> None:
    config.pluginmanager.register(clear_keys.Watch(), clear_keys.__name__)


def pytest_collection_modifyitems(config, items) -> None:
    """With several processes each takes its turn; by itself, a process goes from room to room."""
    if not tiers.FULL and (others := set(tiers.left_out(items))):
        config.hook.pytest_deselected(items=list(others))
        items[:] = [item for item in items if item not in others]
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: sharing.turn_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log) -> sharing.Sharing:
    return sharing.Sharing(config, log)


gc.disable()  # until all tests are collected: nothing of that goes away


def pytest_collection_finish() -> None:
    """Python looks for cycles among everything that lives, a third of a second each time: there are thousands of tests."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@pytest.fixture(autouse=True, scope="session")
def unwatched_templates(django_test_environment) -> None:
    """For its client Django would copy the context of every template and every include, which no test looks at."""
    Template._render = _TestState.saved_data.template_render


@pytest.fixture(autouse=True)
def counters() -> None:
    """Without Redis a process counts by itself, and its counters would outlive a test: which ones are over would depend on how
    many tests of a kind ran in this process before."""
    limits._here.forget()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb, django_db_modify_db_settings) -> Iterator[bool]:
    """On SQLite the tables are there already, as a copy: pytest-django then only looks whether a migration is missing."""
    if connection.vendor != "sqlite":
        yield django_db_keepdb
        return
    database = Path(connection.settings_dict["TEST"]["NAME"])
    migrated.copy_to(database)
    yield True
    database.unlink()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """Tests with real transactions empty all tables afterwards, which the audit log's triggers would refuse."""
    with django_db_blocker.unblock():
        append_only.release(connection)


@pytest.fixture
def scene(db, tmp_path) -> Iterator[Callable[..., Scene]]:
    """Call it with products and assets: a world of its own for this test, reached over HTTP."""
    with ExitStack() as stack:

        def build(products=(), assets=(), *, metafields=(), fields=FIELDS, stores=1, plan="plus") -> Scene:
            found = catalog(products, assets, metafields, fields)
            world, url = stack.enter_context(served(found, tmp_path, stores=stores, plan=plan))
            return connected(world, url)

        yield build


@pytest.fixture(scope="module")
def listening() -> Iterator[Peer]:
    with listening_peer() as found:
        yield found


@pytest.fixture
def peer(listening) -> Peer:
    """A server that answers whatever a test wishes, with nothing left of the test before."""
    listening.answers()
    return listening
