"""What the page's live region has said, also what something else has overwritten a moment later, as counts do after an edit."""

import re

from playwright.sync_api import FrameLocator, Page, expect

# In each document, from its beginning: every text that comes into the live region is noted at the root.
NOTED = """document.addEventListener("readystatechange", () => {
  const live = document.getElementById("live");
  if (document.readyState !== "interactive" || !live) return;
  document.documentElement.dataset.said = "";
  new MutationObserver(all => {
    for (const one of all) for (const text of one.addedNodes)
      if (text.textContent) document.documentElement.dataset.said += `[${text.textContent}]`;
  }).observe(live, { childList: true });
});"""
FORGET = "(root, until) => { root.dataset.said = root.dataset.said.slice(until); }"


def announced(app: Page | FrameLocator, text: str | re.Pattern[str]) -> None:
    """Waits for it. What was said up to then is no answer to the next one."""
    wanted = text if isinstance(text, re.Pattern) else re.compile(re.escape(f"[{text}]"))
    root = app.locator("html")
    expect(root).to_have_attribute("data-said", wanted)
    found = wanted.search(root.get_attribute("data-said") or "")
    assert found, f"{text} was said in a document that is gone"
    root.evaluate(FORGET, found.end())
