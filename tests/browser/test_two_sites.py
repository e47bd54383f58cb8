"""The Console on one site, AssetLink on another, over https, with third-party cookies blocked: as it is on the internet."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from setup.models import Environment
from tests.conftest import PATIENCE, QUIET, WHOLE
from tests.processes import environ, free_port, redis, running, wait_for_port, wait_until, worker
from tests.scenes import asset, catalog, connected, product, served
from tests.tls import certificate, in_front_of

CONSOLE, APP, OTHER = "console.cloud.test", "app.assetlink.test", "other.test"
FRAME = "to => document.body.append(Object.assign(document.createElement('iframe'), { src: to }))"
POST = """ticket => fetch('/launch/tab', { method: 'POST', body: new URLSearchParams({ ticket }) }).then(one => one.status)"""
NO_REFERRER = """() => document.head.append(
    Object.assign(document.createElement('meta'), { name: 'referrer', content: 'no-referrer' }))"""
TOKEN = """body => fetch('/console/launch', { method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body) }).then(one => one.json()).then(reported => reported.token)"""
LAUNCH = """([to, token]) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: to });
    form.append(Object.assign(document.createElement('input'), { name: 'token', value: token }));
    document.documentElement.append(form);
    form.submit();
}"""
FLAGS = [
    *QUIET,
    f"--host-resolver-rules=MAP {CONSOLE} 127.0.0.1, MAP {APP} 127.0.0.1, MAP {OTHER} 127.0.0.1",
    "--ignore-certificate-errors",
    "--test-third-party-cookie-phaseout",
]


@dataclass
class Sites:
    console: str
    app: str
    page: Page
    context: BrowserContext
    reported: list[str]

    def launch(self, role: str) -> None:
        self.page.goto(f"{self.console}/console/")
        self.select_and_launch(role)

    def select_and_launch(self, role: str) -> None:
        self.page.get_by_role("combobox", name="Role").select_option(label=role)
        self.page.get_by_role("button", name="Select all shown").first.click()
        self.page.get_by_role("button", name="More actions").click()
        self.page.get_by_role("menuitem", name="Shopify AssetLink").click()


@pytest.fixture
def sites(transactional_db, browser, settings, tmp_path) -> Iterator[Callable[..., Sites]]:
    """Call it, perhaps with other settings for the app."""
    with ExitStack() as stack:

        def build(module: str = "assetlink_site.settings") -> Sites:
            found = catalog([product("a", pictures=1)], [asset("front", "a")])
            world, url = stack.enter_context(served(found, tmp_path))
            connected(world, url)
            cert, key = certificate(tmp_path, CONSOLE, APP)
            secure = stack.enter_context(in_front_of(int(url.rpartition(":")[2]), cert, key))
            port = free_port()
            console, app = f"https://{CONSOLE}:{secure}", f"https://{APP}:{port}"
            world.base_url, world.app_url = console, app
            Environment.objects.update(delivery_base=f"{console}/res")
            settings.REDIS_URL = stack.enter_context(redis(tmp_path))
            env = environ(settings.REDIS_URL) | {
                "APP_URL": app,
                "ALLOWED_HOSTS": APP,
                "FRAME_ANCESTORS": console,
                "IMAGE_SOURCES": console,
            }
            stack.enter_context(worker(env, tmp_path))
            options = ["--bind", f"127.0.0.1:{port}", "--certfile", str(cert), "--keyfile", str(key)]
            command = [sys.executable, "-m", "gunicorn", "assetlink_site.wsgi", *options]
            stack.enter_context(running(command, env | {"DJANGO_SETTINGS_MODULE": module}, tmp_path / "web.log"))
            wait_for_port(port)
            other = browser.browser_type.launch(executable_path=WHOLE, args=FLAGS)
            stack.callback(other.close)
            context = other.new_context(viewport={"width": 1280, "height": 900}, ignore_https_errors=True)
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            reported: list[str] = []
            page.on("console", lambda message: reported.append(message.text) if message.type == "error" else None)
            return Sites(console, app, page, context, reported)

        yield build


def test_from_the_launch_to_a_dry_run_in_the_consoles_frame(sites):
    place = sites()
    place.launch("Media Library admin")
    app = place.page.frame_locator("iframe")
    expect(app.get_by_role("heading", name="Setup", exact=True)).to_be_visible()
    expect(app.locator("#prepare[hx-trigger]")).to_have_count(
        0
    )  # it draws the sections again when it has been prepared
    app.get_by_role("combobox", name="Link Mode").select_option(label="Prepend")
    expect(app.locator("#matching-state")).to_have_text("Saved.")
    app.get_by_role("link", name="Link to Products").click()
    app.get_by_role("button", name="Dry run").click()
    expect(app.get_by_text("Dry run").first).to_be_visible()
    app.get_by_role("link", name="History").click()
    expect(app.get_by_role("heading", name="History")).to_be_visible()
    cookies = [known for known in place.context.cookies() if known["name"].startswith("__Host-")]
    assert [(c["name"], c["secure"], c["httpOnly"], c["sameSite"]) for c in cookies] == [
        ("__Host-assetlink", True, True, "None")
    ]
    assert CONSOLE.partition(".")[2] in str(cookies[0].get("partitionKey"))
    assert [text for text in place.reported if "Content Security Policy" in text or "Refused" in text] == []


@pytest.mark.full
def test_a_console_that_hides_its_origin_has_the_person_confirm_in_the_frame(sites):
    """As a Console with `Referrer-Policy: no-referrer` does; the cookie is partitioned all the same."""
    place = sites()
    place.page.goto(f"{place.console}/console/")
    place.page.evaluate(NO_REFERRER)
    place.select_and_launch("Media Library user")
    app = place.page.frame_locator("iframe")
    button = app.get_by_role("button", name="Continue as Maren Holt")
    expect(button).to_be_visible()
    expect(app.get_by_text("The browser did not say where AssetLink was opened from.")).to_be_visible()
    assert place.context.cookies() == []
    button.click()
    expect(app.get_by_role("heading", name="Link to Products")).to_be_visible()
    assert [known["name"] for known in place.context.cookies() if known.get("partitionKey")] == ["__Host-assetlink"]
    assert [text for text in place.reported if "Content Security Policy" in text or "Refused" in text] == []


def test_a_page_elsewhere_signs_nobody_in(sites):
    place = sites()
    page = place.page
    page.goto(f"{place.console}/console/")
    token = page.evaluate(TOKEN, {"asset_ids": []})
    elsewhere = place.console.replace(CONSOLE, OTHER)
    page.goto(f"{elsewhere}/world.json")
    page.evaluate(LAUNCH, [f"{place.app}/launch", token])
    expect(page.get_by_text(f"This launch came from {elsewhere}, which is not the Console")).to_be_visible()
    assert [known for known in place.context.cookies() if known["name"].startswith("__Host-")] == []


@pytest.mark.full
def test_a_frame_that_keeps_no_cookie_offers_a_tab_of_its_own_and_that_works_once(sites):
    """The same app with a cookie that is not partitioned, so that blocking of third-party cookies is seen to work, too."""
    place = sites("tests.unpartitioned")
    place.launch("Media Library user")
    app = place.page.frame_locator("iframe")
    button = app.get_by_role("button", name="Open in a new tab")
    expect(button).to_be_focused()
    with place.context.expect_page() as opened:
        button.click()
    tab = opened.value
    expect(tab.get_by_role("heading", name="Link to Products")).to_be_visible()
    tab.get_by_role("link", name="Setup").click()
    expect(tab.get_by_text("You can see the setup.")).to_be_visible()
    assert tab.evaluate("window.opener") is None
    assert tab.evaluate(POST, app.locator("[name=ticket]").input_value()) == 403


@pytest.mark.full
def test_no_other_site_may_show_assetlink_in_a_frame(sites):
    place = sites()
    page = place.page
    page.goto(f"{place.console.replace(CONSOLE, OTHER)}/world.json")
    reported: list[str] = []
    page.on("console", lambda message: reported.append(message.text))
    page.evaluate(FRAME, f"{place.app}/setup/")
    wait_until(lambda: bool(page.wait_for_timeout(100) or [text for text in reported if "frame-ancestors" in text]))
    assert any(place.app in text for text in reported)
    page.goto(f"{place.console}/world.json")
    reported.clear()
    page.evaluate(FRAME, f"{place.app}/setup/")
    expect(page.frame_locator("iframe").get_by_role("heading", name="Your session has ended")).to_be_visible()
    assert not any("frame-ancestors" in text for text in reported)
