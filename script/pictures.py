"""script/pictures [--check] [--out FOLDER] [--port PORT]

Draws the pictures of the documents: starts the demo, walks through it in Chromium as a person would, and writes what the
page shows on the way to docs/pictures, 1,280 x 800, light. Two or three minutes. With --check nothing is drawn: the pictures
whose pages have changed since are named, and the exit code is 1 if there are any.
"""

import argparse
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from script import chromium, picture_sources
from script.commands import ROOT
from script.terminal import say

SIZE = ViewportSize(width=1280, height=800)
PATIENCE = 120_000  # ms
QUALITY = 90  # of WebP: a quarter of a PNG's size


def main(arguments: Sequence[str]) -> int:
    options = read(arguments)
    if options.check:
        return named(picture_sources.stale())
    folder = Path(options.out).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    with demo(options.port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light", locale="en-US")
        page.set_default_timeout(PATIENCE)
        for name in walk(page, f"http://localhost:{options.port}"):
            path = folder / f"{name}.webp"
            with Image.open(BytesIO(page.screenshot())) as picture:
                picture.convert("RGB").save(path, quality=QUALITY, method=6)
            say(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}: {path.stat().st_size // 1024} KiB")
    picture_sources.keep(folder)
    return 0


def named(stale: Sequence[str]) -> int:
    if stale:
        say(f"Pictures of the documents whose pages have changed: {', '.join(stale)}. Make them again: script/pictures")
    return 1 if stale else 0


def read(arguments: Sequence[str]) -> argparse.Namespace:
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="script/pictures", description=__doc__, formatter_class=about)
    parser.add_argument("--check", action="store_true", help="name the pictures that are no longer true")
    parser.add_argument("--out", metavar="FOLDER", default=ROOT / "docs" / "pictures", help="%(default)s")
    parser.add_argument("--port", type=int, default=8060, help="of the demo that is started; %(default)s")
    return parser.parse_args(arguments)


@contextmanager
def demo(port: int) -> Iterator[None]:
    """Fresh, until the pictures are taken. Raises RuntimeError if it does not start."""
    command = [sys.executable, "-m", "script.demo", "--port", str(port), "--fresh"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            if not any("From the Console:" in line for line in process.stdout or ()):
                raise RuntimeError("The demo did not start (its messages are above).")
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()


def walk(page: Page, app: str) -> Iterator[str]:
    """The name of each picture, when the page shows it."""
    launch(page, app)
    tick = page.get_by_role("button", name="Tick all that match")
    expect(tick).to_be_visible()
    settled(page)  # what matches in both stores is known by then
    yield "first-visit"
    tick.click()
    settled(page)
    dismiss_hints(page)
    settled(page)
    yield "link"
    page.locator("#part-stores").click()
    yield "stores"
    page.keyboard.press("Escape")
    page.locator("#view-regular").click()
    settled(page)
    yield "regular"
    page.locator("#view-compact").click()
    page.locator("#part-mode").click()
    page.get_by_role("radio", name="Reset").check()
    expect(page.locator("#estimate.takes-out")).to_be_visible()
    yield "link-mode"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("button", name="Apply this plan")).to_be_visible()
    settled(page)
    yield "dry-run"
    confirm = page.locator("#confirm-unlinks")
    if confirm.count():
        confirm.check()
    page.get_by_role("button", name="Apply this plan").click()
    expect(page.locator("#run-heading")).to_have_text(re.compile("^Done"))
    settled(page)
    yield "run"
    page.locator("#tab-history").click()
    settled(page)
    yield "history"
    page.locator("#tab-setup").click()
    settled(page)
    yield "setup"
    page.locator("#sections").evaluate("one => one.scrollIntoViewIfNeeded()")
    settled(page)
    yield "setup-defaults"


def launch(page: Page, app: str) -> None:
    """By the sandbox's Console; then out of its frame, so that the picture is the app's alone."""
    host, _, port = app.rpartition(":")
    page.goto(f"{host}:{int(port) + 1}/console/")
    page.get_by_role("button", name="Select all shown").first.click()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Shopify AssetLink").click()
    expect(page.frame_locator("iframe").get_by_role("navigation", name="AssetLink")).to_be_visible(timeout=PATIENCE)
    page.goto(f"{app}/")


def dismiss_hints(page: Page) -> None:
    hints = page.get_by_role("button", name="Dismiss hint")
    while left := hints.count():
        hints.first.click()
        expect(hints).to_have_count(left - 1)


def settled(page: Page) -> None:
    """Nothing is counted or asked any more, every picture in sight is there, and no message lies over the list."""
    expect(page.locator(".store-pending, .refreshing")).to_have_count(0)
    expect(page.locator("#estimate", has_text="Counting")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)  # what is drawn a moment later
    for close in page.locator("#toast button[aria-label]").all():
        close.click()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
