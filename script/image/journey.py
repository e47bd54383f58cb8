"""What the first admin does, in Chromium, in the frame of a Console on another site: connect a store, link, read the report."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Page, expect, sync_playwright

from script import chromium
from tests.browser import bar

PATIENCE = 60_000  # milliseconds
RUN = re.compile(r"Link \d+ assets in \d+ groups to \d+ products")


@dataclass(frozen=True)
class Place:
    console: str
    shop: str  # the domain of the store that is connected
    store: str  # its name
    names: list[str]  # that lead to this machine


def travelled(place: Place) -> Counter[str]:
    """The outcomes of the report's rows. Raises AssertionError or playwright's Error where a page is not as it should be."""
    expect.set_options(timeout=PATIENCE)
    names = ", ".join(f"MAP {name} 127.0.0.1" for name in place.names)
    flags = ["--no-sandbox", "--disable-gpu", f"--host-resolver-rules={names}", "--ignore-certificate-errors"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=flags)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, ignore_https_errors=True)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text) if "Security Policy" in message.text else None)
        app = launched(page, place)
        connected(page, app, place)
        report = linked(page, app, place)
        kept = [cookie for cookie in context.cookies() if cookie["name"] == "__Host-assetlink"]
        assert [(cookie["secure"], bool(cookie.get("partitionKey"))) for cookie in kept] == [(True, True)], kept
        assert refused == [], refused
        browser.close()
    return Counter(row["Outcome"] for row in csv.DictReader(io.StringIO(report, newline="")))


def launched(page: Page, place: Place) -> FrameLocator:
    page.goto(f"{place.console}/console/")
    page.get_by_role("combobox", name="Role").select_option(label="Media Library admin")
    page.get_by_role("button", name="Select all shown").first.click()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Shopify AssetLink").click()
    app = page.frame_locator("iframe")
    expect(app.get_by_role("heading", name="Setup", exact=True)).to_be_visible()
    return app


def connected(page: Page, app: FrameLocator, place: Place) -> None:
    """By Shopify's own page, in a window of its own."""
    app.get_by_role("link", name="Connect a store").click()
    app.locator("#install-domain").fill(place.shop)
    app.locator("#install-domain").press("Enter")
    with page.context.expect_page() as opened:
        app.get_by_role("button", name="Open Shopify in a new window").click()
    opened.value.get_by_role("button", name="Install").click()
    expect(opened.value.get_by_role("heading", name=re.compile("is connected"))).to_be_visible()
    opened.value.close()
    expect(app.get_by_text(re.compile("is connected")).first).to_be_visible()


def linked(page: Page, app: FrameLocator, place: Place) -> str:
    """The report as CSV."""
    app.get_by_role("link", name="Link to Products").click()
    bar.control(app, "checkbox", place.store).check()
    bar.close(app)
    expect(app.get_by_role("button", name=RUN)).to_be_enabled()
    bar.link_mode(app, "Append")
    expect(app.get_by_role("button", name=RUN)).to_be_enabled()
    app.get_by_role("button", name="Dry run").click()
    app.get_by_role("button", name="Apply this plan").click()
    expect(app.get_by_role("button", name="Undo").or_(app.get_by_role("link", name="Undo")).first).to_be_visible()
    app.get_by_role("link", name="Download report").click()
    with page.expect_download(timeout=PATIENCE) as download:
        app.get_by_role("button", name="Download CSV").click()
    return download.value.path().read_text("utf-8-sig")
