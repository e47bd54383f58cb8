"""Pictures of states for people to look at: light, dark, narrow, and in forced colours."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

WIDE, NARROW = {"width": 1024, "height": 700}, {"width": 320, "height": 700}
FORCED = ("board", "plan, filtered", "Throttled", "Done in part", "Several", "Setup, for admins")


@dataclass(frozen=True)
class Shot:
    name: str
    media: dict[str, Any]
    size: dict[str, int]
    # The whole page, and not only what the window shows.
    whole: bool = False


SHOTS = [
    Shot("light", {"color_scheme": "light"}, WIDE),
    Shot("dark", {"color_scheme": "dark"}, WIDE),
    Shot("narrow", {"color_scheme": "light"}, NARROW, whole=True),
    Shot("forced", {"color_scheme": "dark", "forced_colors": "active", "reduced_motion": "reduce"}, WIDE),
]
HEIGHT = "document.documentElement.scrollHeight"
USUAL = {"color_scheme": "light", "forced_colors": "none", "reduced_motion": "no-preference"}


@dataclass(frozen=True)
class Camera:
    folder: Path

    def take(self, page: Page, state: str, at: Locator | None) -> None:
        """`<number>-<state>-<shot>.png`, with `at` in view; the page's size is as before afterwards."""
        number = len(list(self.folder.glob("*-light.png"))) + 1
        slug = re.sub(r"[^a-z0-9]+", "-", state.lower()).strip("-")
        for shot in SHOTS:
            if shot.name == "forced" and not any(word in state for word in FORCED):
                continue
            page.emulate_media(**shot.media)
            page.set_viewport_size(shot.size)  # type: ignore[arg-type]
            if shot.whole:  # seen as a whole, so that what sticks to the window's edge is where it belongs
                page.set_viewport_size({"width": shot.size["width"], "height": page.evaluate(HEIGHT)})
            if at:
                at.scroll_into_view_if_needed()
            page.screenshot(path=self.folder / f"{number:02}-{slug}-{shot.name}.png")
        page.emulate_media(**USUAL)
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
