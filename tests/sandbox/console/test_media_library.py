"""The Media Library in a real browser, with a stand-in for the app."""

import threading

import jwt
import pytest
from flask import request
from playwright.sync_api import expect

from sandbox.app import create
from sandbox.server import listening
from tests.conftest import PATIENCE
from tests.sandbox.world import factories
from tests.sandbox.world.factories import asset, film

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


@pytest.fixture
def library(tmp_path):
    """library(*assets): (world, launches); the app shows what it was sent."""
    servers = []

    def build(*assets):
        world, launches = factories.world(tmp_path, assets=assets), []
        app = create(world)

        @app.post("/launch")
        def launch() -> str:
            claims = jwt.decode(request.form["token"], options={"verify_signature": False})
            launches.append(claims)
            return f"<h1>AssetLink got {len(claims['asset_ids'])}</h1>"

        server = listening(app, "127.0.0.1", 0)
        world.base_url = world.app_url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return world, launches

    yield build
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_selection_is_handed_to_the_app_in_a_dialog(library, page):
    assets = [asset(f"bag-{n}", tags=["bag"]) for n in range(6)] + [asset("film", content=film()), asset("cap")]
    world, launches = library(*assets)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{world.base_url}/console/")
    page.get_by_label("Role").select_option("Media Library user")
    page.get_by_label("Person").select_option("Jonas Lind")
    page.get_by_label("Search").fill("bag")
    expect(page.get_by_text("6 assets")).to_be_visible()
    boxes = page.locator("#grid li:visible input")
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.get_by_role("status").filter(has_text="3 selected")).to_be_visible()
    chosen = [boxes.nth(n).input_value() for n in (1, 2, 3)]
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Shopify AssetLink").click()
    expect(page.frame_locator("dialog iframe").get_by_text("AssetLink got 3")).to_be_visible()
    assert (launches[0]["asset_ids"], launches[0]["roles"]) == (chosen, ["media_library_user"])
    assert launches[0]["user"]["name"] == "Jonas Lind"
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert errors == []


def test_by_keyboard_alone_all_shown_are_selected_and_at_most_a_thousand_handed_over(library, page):
    world, launches = library(*(asset(f"a{n}") for n in range(1003)), asset("film", content=film()))
    page.goto(f"{world.base_url}/console/")
    page.get_by_role("radio", name="Images").press("Space")
    page.get_by_role("radio", name="Images").press("Control+a")
    expect(page.get_by_role("status").filter(has_text="1,003 selected")).to_be_visible()
    page.get_by_role("button", name="More actions").press("Enter")
    expect(page.get_by_role("menuitem", name="Shopify AssetLink")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.frame_locator("dialog iframe").get_by_text("AssetLink got 1000")).to_be_visible()
    expect(page.get_by_text("The first 1,000 were handed over.")).to_be_visible()
    assert len(launches[0]["asset_ids"]) == 1000
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="More actions")).to_be_focused()
