"""People who sign in by themselves, without the Console: each way in a real browser, most of it by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from sandbox.mail.catcher import Catcher
from script.ports import free_port
from setup.models import Passkey
from setup.signing_in import discovery
from tests.browser.barriers import violations
from tests.scenes import asset, product
from tests.signing_in import company

# A device with a fingerprint that is always right: https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(house, live_server, settings) -> Page:
    """/sign-in, where the company's provider is set up, and its admins are admins of the environment."""
    place = house([product("a", pictures=1)], [asset("front", "a")], workers=0)
    cloud = place.scene.environment.cloud_name
    settings.APP_URL = live_server.url
    settings.OIDC_PROVIDERS = company(place.scene.url)
    settings.GROUP_ROLES = [(f"{place.scene.url}/identity", "assetlink-admins", cloud, "admin")]
    discovery.forget()
    place.page.goto(f"{live_server.url}/sign-in")
    place.page.place = place
    return place.page


def press(page: Page, name: str) -> None:
    """By keyboard."""
    button = page.get_by_role("button", name=name)
    button.focus()
    page.keyboard.press("Enter")


def comes_in(page: Page) -> None:
    expect(page.get_by_role("link", name="Setup")).to_be_visible()
    expect(page.locator(".who")).to_contain_text("Tove Dahl")


def test_an_admin_by_group_signs_in_adds_a_passkey_and_comes_back_with_it(page):
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    assert violations(page, "sign in") == []
    press(page, "Continue with Fjord & Fern")
    press(page, "Tove Dahl")
    comes_in(page)
    page.get_by_role("link", name="Tove Dahl").press("Enter")
    page.get_by_label("Name of the device").fill("Laptop")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Laptop is added.")).to_be_visible()
    assert violations(page, "you") == []
    page.locator("#sign-out").press("Enter")
    expect(page.get_by_role("heading", name="Sign in to AssetLink")).to_be_visible()
    press(page, "Use a passkey")
    comes_in(page)
    assert Passkey.objects.get().last_used is not None


@pytest.mark.full
def test_a_code_comes_by_mail_and_one_whom_nobody_invited_reads_whom_to_ask(page, settings):
    port = free_port()
    catcher = Catcher(page.place.scene.world.mailbox, port)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.DEFAULT_FROM_EMAIL = "AssetLink <assetlink@sandbox.example>"
    catcher.start()
    try:
        page.reload()
        page.get_by_label("E-mail address").fill("ada@elsewhere.example")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
        assert violations(page, "type the code") == []
        found = re.search(r"\d{4} \d{4}", page.place.scene.world.mailbox.mails()[0].text)
        assert found
        page.get_by_label("Code").fill(found[0])
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("ada@elsewhere.example")
        expect(page.get_by_role("link", name="Setup")).to_have_count(0)
    finally:
        catcher.stop()
