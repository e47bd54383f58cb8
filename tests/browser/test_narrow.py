"""No page of runs, links and uploads scrolls sideways on a phone, however long names are that have no blank."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from linking.models import ProductSync, StoreSync, Sync
from setup.models import Member
from setup.reasons import Reason
from tests.linking.visits import enter
from tests.scenes import asset, product

LONG = 200
WIDTHS = (320, 375)
OPEN = "document.querySelectorAll('details:not([open]) > summary').forEach(one => one.click())"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def long(word: str) -> str:
    """So many characters in which no line may break."""
    return (word * LONG)[:LONG]


@pytest.fixture
def opened(house, client, live_server, settings):
    """Two stores, a person, products, keys and files, all with names of 200 characters; and a page with a member's session."""
    skus = [f"{long('SKU')[:-1]}{at}" for at in range(3)]
    names = [f"{long('picture')[:-5]}{at}" for at in range(3)]
    place = house(
        [product(sku, 2, handle=f"p{at}", title=f"{long('Chair')[:-1]}{at}") for at, sku in enumerate(skus[:2])],
        [
            asset(name, sku, at, public_id=f"shop/{at}{long('f')}")
            for at, (name, sku) in enumerate(zip(names, skus, strict=True))
        ],
        stores=2,
        workers=0,
    )
    scene = place.scene
    for at, store in enumerate(scene.stores):
        store.name = f"{long('Store')[:-1]}{at}"
        store.save()
    Member.objects.update(name=long("Person"))
    scene.member.refresh_from_db()
    enter(client, scene.member)
    name = settings.SESSION_COOKIE_NAME
    place.page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return place, live_server.url


def too_wide(page: Page, url: str) -> list[str]:
    """What does not fit, with how many pixels it has too much; every fold of it open."""
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.evaluate(OPEN)
    page.wait_for_load_state("networkidle")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        if more := page.evaluate(SIDEWAYS):
            found.append(f"{url} at {width}: {more} px")
    return found


def busy(sync: Sync) -> None:
    later = timezone.now() + timedelta(minutes=5)
    sync.parts.update(state="applying", owner="w", lease_until=later, finished=None)


def test_no_page_scrolls_sideways_with_names_of_200_characters(opened):
    place, url = opened
    scene = place.scene
    dry = scene.run(scene.select(link_mode="reset"), dry_run=True)
    done = scene.run(scene.select(link_mode="append"))
    part = scene.run(scene.select(link_mode="prepend"))
    failed = part.parts.first()
    ProductSync.objects.filter(part=failed).update(state="partial")
    failed.changes.filter(product__isnull=False).update(outcome="failed", reason=Reason("file.image_download_failure"))
    StoreSync.objects.filter(pk=failed.pk).update(troubled=True)
    undo = scene.undo(done)
    upload = scene.select()
    pages = [f"/syncs/{sync.key}/" for sync in (dry, done, part, undo)]
    pages += [f"/syncs/{done.key}/report/", "/syncs/", "/links/", f"/selections/{upload.key}/upload"]
    assert [line for path in pages for line in too_wide(place.page, url + path)] == []
    busy(part)
    assert too_wide(place.page, f"{url}/syncs/{part.key}/") == []
