"""Galleries in several pages, over HTTP: what is answered was there in one moment, however the pages come."""

import pytest

from linking.shopify import galleries
from setup.shopify.errors import Remedy, ShopifyError
from tests.peer import Answer, Asked

PRODUCT = "gid://shopify/Product/1"


def page(ids: str, after: str = "") -> dict:
    """Media of a page; `after`: the cursor of the next one, if there is one."""
    rows = [{"id": id, "alt": "", "status": "READY", "mediaContentType": "IMAGE", "preview": None} for id in ids]
    return {"nodes": rows, "pageInfo": {"hasNextPage": bool(after), "endCursor": after or None}}


def shows(*views: tuple[str, str]):
    """A rule: the first request shows the first page of the first view, what follows the views' pages one after another."""
    left = [half for view in views for half in view]

    def rule(asked: Asked) -> Answer:
        ids = left.pop(0)
        media = page(ids, "" if asked.variables.get("after") else "more")
        node = {"id": PRODUCT, "title": "", "handle": "", "media": media}
        return Answer({"data": {"nodes": [node]} if asked.name == "Galleries" else {"product": node}})

    return rule


def test_a_gallery_that_changes_between_its_pages_is_read_until_it_comes_alike_twice(peer):
    # c moves to the front while the second page is on its way: b is shown twice, or c never.
    peer.answers(shows(("ab", "bd"), ("ca", "bd"), ("ca", "bd")))
    (gallery,) = galleries.read(peer.client(), [PRODUCT]).values()
    assert ("".join(gallery.ids), gallery.whole) == ("cabd", True)
    assert peer.names == ["Galleries"] + ["GalleriesMore"] * 5


def test_a_gallery_that_never_comes_alike_twice_is_asked_for_later(peer):
    views = [(f"a{at}", "bc") for at in range(20)]
    peer.answers(shows(*views))
    with pytest.raises(ShopifyError) as caught:
        galleries.read(peer.client(), [PRODUCT])
    assert (caught.value.remedy, caught.value.code) == (Remedy.LATER, "torn")
    assert len(peer.waits) == len(galleries.TORN_PAUSES) - 1


def test_a_gallery_on_one_page_is_read_once(peer):
    node = {"id": PRODUCT, "title": "", "handle": "", "media": page("abc")}
    peer.answers(Answer({"data": {"nodes": [node]}}))
    (gallery,) = galleries.read(peer.client(), [PRODUCT]).values()
    assert ("".join(gallery.ids), peer.names) == ("abc", ["Galleries"])
