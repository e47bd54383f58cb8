"""A whole house for the browser: sandbox, Redis, a worker and the app, under one host name so that cookies reach the frame."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

import pytest
from django.conf import settings as configured
from playwright.sync_api import FrameLocator, Page

from tests.browser.announcements import NOTED
from tests.conftest import PATIENCE
from tests.processes import emptied, environ, redis, worker
from tests.scenes import FIELDS, Scene, catalog, connected, served
from tests.tiers import FULL

# What turns while something is on its way is drawn sixty times a second.
MOTION: Literal["no-preference", "reduce"] = "no-preference" if FULL else "reduce"


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@dataclass
class House:
    scene: Scene
    page: Page

    @property
    def app(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def launch(self, *names: str, role: str = "Media Library user") -> FrameLocator:
        """In the Console: select assets by name (all without names) and open AssetLink."""
        self.page.goto(f"{self.scene.url}/console/")
        self.page.get_by_role("combobox", name="Role").select_option(label=role)
        for name in names:
            self.page.get_by_role("checkbox", name=name, exact=True).check()
        if not names:
            self.page.get_by_role("button", name="Select all shown").first.click()
        self.page.get_by_role("button", name="More actions").click()
        self.page.get_by_role("menuitem", name="Shopify AssetLink").click()
        return self.app


@pytest.fixture(scope="session")
def queue(tmp_path_factory) -> Iterator[str]:
    """The Redis of all houses that this process builds, one after another."""
    with redis(tmp_path_factory.mktemp("queue")) as url:
        yield url


@pytest.fixture
def house(transactional_db, live_server, settings, browser, queue, tmp_path) -> Iterator[Callable[..., House]]:
    """Call it with products and assets; a worker runs as long as the test."""
    settings.REDIS_URL = emptied(queue)
    with ExitStack() as stack:

        def build(
            products=(), assets=(), *, stores=1, plan="plus", viewport=(1280, 900), workers=1, fields=FIELDS
        ) -> House:
            found = catalog(products, assets, fields=fields)
            world, url = stack.enter_context(served(found, tmp_path, stores=stores, plan=plan, host="localhost"))
            world.app_url = live_server.url
            policy = configured.CONTENT_SECURITY_POLICY["DIRECTIVES"]
            ours = {"frame-ancestors": ["'self'", url], "img-src": ["'self'", "data:", url]}
            settings.LAUNCH_ORIGINS = [url]
            settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy | ours}
            for at in range(workers):
                stack.enter_context(worker(environ(queue), tmp_path, f"worker-{at}"))
            shape = {"width": viewport[0], "height": viewport[1]}
            context = browser.new_context(viewport=shape, color_scheme="light", reduced_motion=MOTION)
            stack.callback(context.close)
            context.add_init_script(NOTED)
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            return House(connected(world, url), page)

        yield build
