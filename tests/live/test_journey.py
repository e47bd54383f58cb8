"""One whole journey: launched with assets, matched, shown, linked, linked again, undone. The worker's part is done in place."""

import time

import pytest
from django.utils import timezone

from linking.matching import asking
from linking.matching.answering import match_store
from linking.models import Selection, StoreFile, StoreMatch, Sync
from linking.selection.fetching import fetch_selection
from linking.shopify import galleries
from linking.syncing.work import Next, work
from setup.shopify.client import ShopifyClient
from tests import pressing
from tests.live.cleaning import found_by_name, in_galleries
from tests.live.services import PATIENCE
from tests.setup.security.launches import post, signed

pytestmark = pytest.mark.live
LAST = ("mug", "cup")


@pytest.fixture
def selection(client, world, rows) -> Selection:
    """As a launch brings it."""
    environment, store = rows
    ids = [world.assets[name]["asset_id"] for name in ("red", "blue")]
    known = {"iss": environment.launch_issuer, "cloud_name": environment.cloud_name, "asset_ids": ids}
    assert b"AssetLink is opening" in post(client, signed(environment.launch_secret, **known)).content
    found = Selection.objects.get()
    fetch_selection(found.pk)
    fields = {"cloudinary_field": "context:live_sku", "shopify_field": "sku", "link_mode": "append"}
    Selection.objects.filter(pk=found.pk).update(**fields)
    found.refresh_from_db()
    found.stores.set([store])
    return found


def matched(selection: Selection) -> StoreMatch:
    """Once the store's index knows the new products."""
    store, until = selection.stores.get(), time.monotonic() + PATIENCE
    while True:
        question, _ = asking.put(selection, store, now=timezone.now(), again=True)
        match_store(question.pk)
        question.refresh_from_db()
        if question.matched == len(LAST) or question.state == "failed" or time.monotonic() > until:
            return question
        time.sleep(1)


def finished(sync: Sync) -> Sync:
    """Worked off, as a worker does it, at the pace of the services."""
    until = time.monotonic() + 2 * PATIENCE
    for part in sync.parts.all():
        while (following := work(part.pk)) != Next.NOTHING and time.monotonic() < until:
            time.sleep(0 if following == Next.AGAIN else 1)
    return Sync.objects.get(pk=sync.pk)


def results(sync: Sync) -> list[str]:
    return sorted(f"{change.change} {change.outcome}" for part in sync.parts.all() for change in part.changes.all())


def test_from_the_launch_to_the_undo(world, rows, selection, record):
    """A dry run writes nothing, a run links each asset once, the next one finds nothing to do, and Undo takes it back."""
    _, store = rows
    products = {last: world.products[last] for last in LAST}
    before = read(store, products)
    match = matched(selection)
    assert (match.state, match.matched) == ("done", 2), match.problem

    shown = finished(pressing.link(selection, "live-1", dry_run=True))
    assert read(store, products) == before
    record.note("dry run", results(shown))

    linked = finished(pressing.link(selection, "live-2", dry_run=False))
    record.note("link", results(linked))
    after = read(store, products)
    assert {last: len(after[last]) - len(before[last]) for last in LAST} == {"mug": 1, "cup": 1}, results(linked)

    again = finished(pressing.link(selection, "live-3", dry_run=False))
    record.note("link again", results(again))
    assert read(store, products) == after
    ours = set(in_galleries(world.ledger, world.services, list(products.values())))
    assert len(ours) == len(LAST)
    assert len({*found_by_name(world.ledger, world.services), *ours} & named_as_renditions(world)) == len(LAST)

    undo = finished(pressing.undo(linked, selection.member, "live-4"))
    pressing.apply(undo)
    record.note("undo", results(finished(undo)))
    assert read(store, products) == before


def read(store, products: dict[str, str]) -> dict[str, list[str]]:
    found = galleries.read(ShopifyClient(store), list(products.values()))
    return {last: found[id].ids for last, id in products.items()}


def named_as_renditions(world) -> set[str]:
    """Files of galleries that this journey brought: by the ledger of the app."""
    return set(StoreFile.objects.exclude(file_id="").values_list("file_id", flat=True))
