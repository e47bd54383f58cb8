"""Connecting a store from the Console's frame: Shopify in a window of its own, all of it by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from setup.models import Store
from setup.shopify.auth import keys
from setup.shopify.connection import by_token
from tests.browser.barriers import violations
from tests.scenes import asset, product


@pytest.fixture
def admin(house, live_server, settings):
    """An admin in the Console, in front of Setup; no store is connected."""
    place = house([product("A")], [asset("a", "A", 1)], workers=0)
    scene = place.scene
    settings.APP_URL, settings.SHOPIFY_BASE_URL = live_server.url, scene.url
    Store.objects.all().delete()
    app = scene.world.app
    keys.remember(scene.environment, app.client_id, app.client_secret, installs=True)
    return place, place.launch("a", role="Master admin")


def press(control) -> None:
    control.focus()
    control.press("Enter")


def test_a_store_is_installed_by_keyboard_while_the_frame_waits(admin):
    place, app = admin
    shop = place.scene.shop
    press(app.get_by_role("link", name="Connect a store"))
    domain = app.locator("#install-domain")
    domain.fill(shop.domain)
    domain.press("Enter")
    button = app.get_by_role("button", name="Open Shopify in a new window")
    expect(button).to_be_visible()
    with place.page.context.expect_page() as opened:
        press(button)
    window = opened.value
    expect(window.get_by_role("heading", name="Install AssetLink")).to_be_visible()
    press(window.get_by_role("button", name="Install"))
    expect(window.get_by_role("heading", name=f"{shop.name} is connected")).to_be_visible()
    expect(app.get_by_text(f"{shop.name} is connected.")).to_be_visible()
    expect(app.get_by_role("row", name=re.compile(shop.name))).to_contain_text("Installed in Shopify")


def test_what_is_wrong_is_reported_at_its_place_and_the_way_stays_open(admin):
    place, app = admin
    press(app.get_by_role("link", name="Connect a store"))
    press(app.locator("#way-credentials"))
    app.locator("#credentials-domain").fill(place.scene.shop.domain)
    app.locator("#credentials-client_id").fill("nobody")
    app.locator("#credentials-client_secret").fill("secret")
    press(app.locator("#connect-by-credentials"))
    expect(app.get_by_role("alert")).to_contain_text("knows no app with this client ID")
    expect(app.locator("#credentials-client_id")).to_have_value("nobody")
    expect(app.locator("#credentials-client_secret")).to_have_value("")


@pytest.mark.full
def test_what_is_reported_while_a_store_is_connected_has_no_violation_that_axe_finds(admin):
    place, app = admin
    shop, page = place.scene.shop, place.page
    store = by_token(place.scene.environment, shop.domain, shop.access_token)
    here = app.get_by_role("heading", name="Setup").evaluate("one => one.ownerDocument.location.href")
    page.goto(f"{here}connect/?store={store.pk}")
    found = violations(page, "again")
    page.goto(f"{here}connect/")
    page.locator("#connect-by-install").click()
    found += violations(page, "refused")
    page.locator("#install-domain").fill(shop.domain)
    page.locator("#connect-by-install").click()
    expect(page.get_by_role("button", name="Open Shopify in a new window")).to_be_visible()
    found += violations(page, "installing")
    assert found == []
