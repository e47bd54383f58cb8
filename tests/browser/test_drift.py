"""Drift in a real browser: links are checked, what has drifted is read and mended by a plan, by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from linking.models import Link
from tests.browser.barriers import violations
from tests.browser.test_history import narrow, opened
from tests.linking.checked import add, describe, take_out

__all__ = ["opened"]


def pressed(page, name: str) -> None:
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


@pytest.mark.full
def test_what_has_drifted_is_found_and_mended(opened):
    place, url = opened
    page, scene = place.page, place.scene
    page.goto(f"{url}/links/")
    page.get_by_role("link", name="Drift").click()
    expect(page.get_by_text("Nothing has been checked yet.")).to_be_visible()
    assert violations(page, "nothing checked") == []
    Link.objects.update(linked="2026-01-01T00:00:00Z")
    stranger = scene.shop.product_with("product-b-2").media[0]
    describe(scene, "top", "Somebody’s")
    take_out(scene, "front")
    add(scene, "product-a-1", stranger)
    pressed(page, "Check links")
    expect(page.get_by_text("It is not in the gallery any more.")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("link", name="Alt text changed: 1")).to_be_visible()
    assert violations(page, "drift") == []
    assert narrow(page)
    page.get_by_label("Drift").last.select_option(label="Added by others")
    expect(page.get_by_text("AssetLink did not put 1 picture there, and no run has seen it.")).to_be_visible()
    expect(page.get_by_text("It is not in the gallery any more.")).to_have_count(0)
    pressed(page, "Mend North …")
    expect(page.get_by_role("button", name="Apply this plan")).to_be_visible(timeout=30_000)
    pressed(page, "Apply this plan")
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_be_visible(timeout=30_000)
    page.goto(f"{url}/links/drift/")
    pressed(page, "Check links")
    expect(page.get_by_text("AssetLink did not put 1 picture there")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Mend North …")).to_have_count(0)
