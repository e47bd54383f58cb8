"""Pictures of states for people to look at: every size in every language, light and dark by turns or both, and in forced
colours."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.scrolling import scroll_to

DIALOG = {"width": 1024, "height": 700}
FORCED = ("board", "plan, filtered", "Throttled", "Done in part", "Several", "Setup, for admins")


@dataclass(frozen=True)
class Shot:
    language: str
    name: str
    media: dict[str, Any]
    size: dict[str, int]
    # The whole page, and not only what the window shows.
    whole: bool = False


LIGHT, DARK = {"color_scheme": "light"}, {"color_scheme": "dark"}
WINDOW, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 700}
SHOTS = [
    Shot("en", "1280-light", LIGHT, WINDOW),
    Shot("de", "1280-dark", DARK, WINDOW),
    Shot("en", "1024-light", LIGHT, DIALOG, whole=True),
    Shot("de", "1024-dark", DARK, DIALOG, whole=True),
    Shot("en", "375-dark", DARK, PHONE, whole=True),
    Shot("de", "375-light", LIGHT, PHONE, whole=True),
    Shot("en", "1024-forced", DARK | {"forced_colors": "active", "reduced_motion": "reduce"}, DIALOG),
]
EVERY = [
    Shot(language, f"{size['width']}-{scheme}", media, size, whole=size != WINDOW)
    for language in ("en", "de")
    for size in (WINDOW, DIALOG, PHONE)
    for scheme, media in (("light", LIGHT), ("dark", DARK))
]
# Two frames: what sticks to the window's edge is drawn where the new size has it.
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
HEIGHT = "document.documentElement.scrollHeight"
USUAL = {"color_scheme": "light", "forced_colors": "none", "reduced_motion": "no-preference"}


@dataclass(frozen=True)
class Camera:
    folder: Path
    # Each size in both schemes and both languages, and not by turns.
    every: bool = False

    def take(self, page: Page, state: str, at: Locator | None, language: str) -> None:
        """`<number>-<state>-<language>-<shot>.png`, with `at` in view; the page's size is as before afterwards. A state is in
        English first."""
        known = len(list(self.folder.glob(f"*-{SHOTS[0].language}-{SHOTS[0].name}.png")))
        number = known + (language == SHOTS[0].language)
        slug = re.sub(r"[^a-z0-9]+", "-", state.lower()).strip("-")
        for shot in [*EVERY, SHOTS[-1]] if self.every else SHOTS:
            forced = "forced_colors" in shot.media
            if shot.language != language or (forced and not any(word in state for word in FORCED)):
                continue
            page.emulate_media(**shot.media)
            page.set_viewport_size(shot.size)  # type: ignore[arg-type]
            if shot.whole:  # seen as a whole, so that what sticks to the window's edge is where it belongs
                tall = max(shot.size["height"], page.evaluate(HEIGHT))
                page.set_viewport_size({"width": shot.size["width"], "height": tall})
            page.evaluate(DRAWN)
            if at:
                scroll_to(at)
            page.screenshot(path=self.folder / f"{number:03}-{slug}-{shot.language}-{shot.name}.png")
        page.emulate_media(**USUAL)
        page.set_viewport_size(DIALOG)  # type: ignore[arg-type]
