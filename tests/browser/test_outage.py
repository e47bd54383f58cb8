"""The database goes away while a person works, and comes back: a real web server, and a real browser in front of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import migrated
from tests.conftest import PATIENCE
from tests.processes import free_port, manage, web
from tests.setup.security.launches import signed

SECRET = "a launch secret of more than 32 bytes, as HS256 wants it"
CONSOLE = "http://console.test"
FORM = """<form method="post" action="{}/launch"><input name="token" value="{}"><button>Open</button></form>"""
AWAY = "AssetLink cannot reach its database"
# What htmx says of an answer of 500, of a look or of a change.
FAILED = """verb => document.dispatchEvent(new CustomEvent("htmx:responseError", { detail: {
  xhr: { status: 500, getResponseHeader: () => "text/html" }, requestConfig: { verb } } }))"""


@dataclass
class Site:
    """An app of its own on a database of its own, in a folder that can be taken away."""

    address: str
    page: Page
    folder: Path
    log: Path

    def lose_database(self) -> None:
        self.folder.rename(self.folder.with_name("elsewhere"))

    def get_database_back(self) -> None:
        self.folder.with_name("elsewhere").rename(self.folder)

    def launch(self) -> None:
        """From a page of the Console's origin."""
        token = signed(SECRET, roles=["master_admin"])
        html = FORM.format(self.address, token)
        self.page.route(f"{CONSOLE}/", lambda route: route.fulfill(body=html, content_type="text/html"))
        self.page.goto(f"{CONSOLE}/")
        self.page.get_by_role("button", name="Open").click()
        expect(self.page.get_by_role("heading", name="Setup", exact=True)).to_be_visible()

    def lines_about(self, path: str) -> list[str]:
        """Of the log, without those of the access log."""
        return [line for line in self.log.read_text().splitlines() if path in line and "gunicorn.access" not in line]


@pytest.fixture
def site(tmp_path, browser) -> Iterator[Site]:
    port, folder = free_port(), tmp_path / "data"
    folder.mkdir()
    env = {
        "DJANGO_SETTINGS_MODULE": "assetlink_site.settings",
        "DEBUG": "",
        "SECRET_KEY": "only-for-tests",
        "ENCRYPTION_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
        "APP_URL": f"http://localhost:{port}",
        "DATABASE_URL": f"sqlite:///{folder}/app.sqlite3",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "STATIC_ROOT": str(tmp_path / "static"),
        "FRAME_ANCESTORS": CONSOLE,
        "CLOUD_NAME": "demo",
        "CLOUD_UPLOAD_PREFIX": "http://127.0.0.1:1",  # nobody there
        "CLOUD_API_KEY": "k",
        "CLOUD_API_SECRET": "s",
        "LAUNCH_SECRET": SECRET,
        "LAUNCH_ISSUER": "console",
    }
    migrated.copy_to(folder / "app.sqlite3")
    for command in (["collectstatic", "--noinput", "-v0"], ["environment", "from-env"]):
        manage(env, tmp_path / "manage.log", *command)
    with web(env, tmp_path, port) as address:
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        yield Site(address, page, folder, tmp_path / "web.log")
        context.close()


@pytest.mark.full
def test_a_person_gets_our_page_and_is_led_back_when_all_is_well(site):
    site.launch()
    page = site.page
    page.goto(f"{site.address}/syncs/")
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    site.lose_database()
    answer = page.goto(f"{site.address}/setup/people/")
    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    expect(page.get_by_role("heading", name=AWAY)).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('main')).borderRadius") == "8px", "it has its style"
    site.get_database_back()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    assert page.url == f"{site.address}/setup/people/"


@pytest.mark.full
def test_the_log_has_one_line_for_each_request(site):
    site.launch()
    site.lose_database()
    for path in ("/links/", "/syncs/", "/nowhere"):
        assert site.page.context.request.get(f"{site.address}{path}").status == 503
        (line,) = site.lines_about(path)
        assert f"Service Unavailable: {path}" in line
    assert ": the database is away: unable to open database file" in site.lines_about("/links/")[0]
    assert "Traceback" not in site.log.read_text()


def test_a_page_that_is_open_says_so_in_one_sentence_and_takes_it_back(site):
    site.launch()
    page = site.page
    expect(page.locator("#prepare[hx-trigger]")).to_have_count(
        0
    )  # it draws the sections again when it has been prepared
    mode = page.get_by_role("combobox", name="Link Mode")
    mode.select_option(label="Prepend")
    expect(page.locator("#matching-state")).to_have_text("Saved.")
    site.lose_database()
    mode.select_option(label="Append")
    trouble = page.locator("#trouble")
    expect(trouble).to_contain_text(f"{AWAY}. Your last change may not be saved")
    site.get_database_back()
    expect(trouble).to_be_hidden()  # without a click
    mode.select_option(label="Prepend")
    expect(page.locator("#matching-state")).to_have_text("Saved.")
    page.evaluate(FAILED, "get")
    expect(trouble).to_have_text(
        "AssetLink had an internal error and tries again. If this message stays, reload the page."
    )
    page.evaluate(FAILED, "post")
    expect(trouble).to_have_text("AssetLink had an internal error. Your last change may not be saved. Reload the page.")
