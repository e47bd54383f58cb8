"""Link to Products in a language whose texts are longer than English by half: nothing sticks out of its place, and nothing
scrolls sideways."""

import pytest

from setup.models import Member
from tests.browser.states.stage import Stage
from tests.browser.test_long_names import wrong
from tests.pseudo import KEPT, Pseudo, pseudo
from tests.scenes import asset, product

PARTS = ("mode", "stores", "match", "order", "more")


def longer(text: str) -> str:
    """Every second letter twice, as far as it is in words."""
    return "".join(letter * 2 if letter.isalpha() and at % 2 else letter for at, letter in enumerate(text))


class Long(Pseudo):
    def gettext(self, message: str) -> str:
        text, at, parts = message.rpartition("\x04")[2], 0, []
        for kept in KEPT.finditer(text):
            parts += [longer(text[at : kept.start()]), kept.group()]
            at = kept.end()
        return f"{''.join(parts)}{longer(text[at:])}"


@pytest.fixture
def stage(house, client, live_server, settings) -> Stage:
    settings.LIMITS = {**settings.LIMITS, "request": 10_000, "look": 1000}
    return Stage(house, client, live_server.url, settings, lambda page, name, at, by_address, again: None)


@pytest.mark.full
def test_link_to_products_holds_longer_texts(stage):
    """Each popover is looked at where it opens."""
    pictures = [asset(name, "a") for name in ("front", "side", "top")]
    others = [asset("other", "b"), asset("logo", None)]
    with pseudo(Long()):
        stage.furnish([product("a", title="Oak chair", pictures=1), product("c")], pictures + others, stores=2)
        Member.objects.update(language="de")
        page = stage.visit(stage.board())
        found = wrong(page)
        page.set_viewport_size({"width": 1024, "height": 700})
        for part in PARTS:
            page.locator(f"#part-{part}").click()
            found += wrong(page)
            page.set_viewport_size({"width": 1024, "height": 700})
            page.keyboard.press("Escape")
        for button, then in (("#view-regular", ".group-rows"), ("#select-mode", "#bulk-done")):
            page.locator(button).click()
            page.locator(then).first.wait_for()
            found += wrong(page)
            page.set_viewport_size({"width": 1024, "height": 700})
    # The dot beside the estimate stands out of it.
    assert [one for one in found if 'id="estimate"' not in one] == []
