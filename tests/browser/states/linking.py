"""Plans, runs under way, and what came of them."""

import re
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import expect

from linking import jobs
from linking.domain.reasons import ABORTED, NOT_SHOWN
from linking.models import ChangeRow, ProductSync, Report, StoreFile, StoreLease, StoreSync, Sync
from linking.reporting import asking
from sandbox.catalog.records import Product
from setup.reasons import NONE, Reason
from tests import pressing
from tests.browser.states.stage import Stage
from tests.scenes import Scene, Variant, asset, product


def chairs(count: int = 3) -> tuple[list[Product], list]:
    shelf = [product(str(at), title=f"Oak chair {at}", pictures=2) for at in range(count)]
    return shelf, [asset(f"front-{at}", str(at), at, context={"alt": f"Chair {at}"}) for at in range(count)]


def plans(stage: Stage) -> None:
    shirt = Product(handle="shirt", title="Shirt", variants=(Variant("Red", sku="red"), Variant("Blue", sku="blue")))
    shelf, pictures = chairs(2)
    full = product("full", title="Full gallery", pictures=249)
    clothes = [asset("red-front", "red", 5), asset("red-swatch", "red", 6, tags=["swatch"]), asset("x", "full", 7)]
    scene = stage.furnish([shirt, full, *shelf], [*clothes, asset("y", "full", 8), *pictures, asset("stray", "zz", 9)])
    scene.environment.swatch_field, scene.environment.swatch_value = "tags", "swatch"
    scene.environment.save()
    every = {"variant_pictures": True, "alt_policy": "overwrite"}
    stage.shows(stage.run(scene.select(**every), dry_run=True), "A dry run with a gallery over 250 media", "251 media")
    page = stage.shows(
        stage.run(scene.select("front-0", link_mode="reset"), dry_run=True), "A plan that unlinks", "Tick to confirm"
    )
    page.locator("#kind-unlink").check()
    expect(page.locator("#live")).to_have_text("1 gallery shown")
    stage.look(page, "A plan, filtered")
    stage.shows(
        stage.run(scene.select("stray"), dry_run=True), "A plan that changes nothing", "This plan changes nothing"
    )


def plans_that_cannot_be_kept(stage: Stage) -> None:
    scene = stage.furnish(*chairs(2))
    shown = scene.run(scene.select(), dry_run=True)
    gone = scene.shop.product_with("product-0").media[0]
    scene.delete_file(gone)
    stage.shows(f"/syncs/{scene.apply(shown).key}/", "A stale plan", "needs your attention")
    other = scene.run(scene.select(), dry_run=True)
    scene.world.faults.add(service="shopify", kind="http_401", times=None)
    stage.shows(f"/syncs/{scene.apply(other).key}/", "A run that had to stop", "had to stop")


def runs_under_way(stage: Stage) -> None:
    scene = stage.furnish(*chairs())
    begun = pressing.link(scene.select(), "begun", dry_run=True)
    stage.shows(f"/syncs/{begun.key}/", "A plan is being made", "Planning")
    first, sync = scene.run(scene.select()), scene.run(scene.select())
    path = f"/syncs/{sync.key}/"
    part = busy(sync, doing=Reason("doing.linking", done=1, all=3))
    part.products.filter(place__gt=0).update(state=ProductSync.State.WORKING)
    stage.shows(path, "A run", "Linking")
    part.rows().update(doing=Reason("shopify.throttled"), waited=60, points=40_000)
    stage.shows(path, "Throttled by Shopify", "rate limit")
    ahead = busy(first)
    StoreLease.objects.update(part=ahead)
    part.rows().update(owner="", lease_until=None, enqueued_at=timezone.now(), doing=NONE, waited=0)
    stage.shows(path, "Another person's run has the store", "Waiting for")
    ahead.rows().update(state="done")
    reachable, stage.settings.REDIS_URL = stage.settings.REDIS_URL, "redis://127.0.0.1:1/0"
    stage.shows(path, "The queue is down during a run", "The queue is down.")
    stage.settings.REDIS_URL = reachable
    busy(sync, doing=Reason("doing.linking", done=1, all=3))
    Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
    stage.shows(path, "Aborting", "AssetLink begins no new change")
    stage.shows(f"{path}report/", "No report before the end", "The run is still in progress")
    part.products.filter(state="working").update(state="aborted")
    part.changes.filter(product__state="aborted").update(outcome="aborted", reason=ABORTED)
    part.rows().update(state=StoreSync.State.ABORTED)
    stage.shows(path, "Aborted", "“Retry failed” does the rest.")


def busy(sync: Sync, **known) -> StoreSync:
    """As rows, in the hands of a worker with a heartbeat."""
    part = sync.parts.get()
    now = timezone.now()
    held = {"owner": "w", "lease_until": now + timedelta(minutes=5), "started": now - timedelta(minutes=2)}
    part.rows().update(**{"state": "applying", "finished": None, **held} | known)
    return part


def results(stage: Stage) -> None:
    scene = stage.furnish(*chairs(), role="master_admin")
    scene.world.faults.add(service="shopify", kind="media_fails", match="front-1", code="IMAGE_PROCESSING_FAILURE")
    partly = scene.run(scene.select())
    stage.shows(f"/syncs/{partly.key}/", "Done in part", "needs your attention")
    stage.shows(f"/syncs/{scene.retry(partly).key}/", "What failed, tried again", "Tries again")
    done = scene.run(scene.select("front-2", link_mode="prepend"))
    stage.shows(f"/syncs/{done.key}/", "Done", "as planned")
    stage.shows(f"/syncs/{scene.undo(done).key}/", "Undone", "Undone")
    stage.shows("/syncs/", "History", "History")
    reports(stage, done)
    uploads(stage, scene)
    unconfirmed(stage, done)
    busy(partly, doing=Reason("doing.next_look", text=Reason("shopify.throttled"), seconds=9))
    stage.shows(f"/syncs/{partly.key}/", "A run with problems", "Problems so far")


def unconfirmed(stage: Stage, sync: Sync) -> None:
    """Of the run as rows: what Shopify has not shown by the deadline."""
    part = sync.parts.get()
    lines = part.changes.exclude(product=None)
    lines.update(outcome=ChangeRow.Outcome.UNKNOWN, reason=NOT_SHOWN)
    part.products.update(state=ProductSync.State.PARTIAL, reason=NOT_SHOWN)
    known = {"outcome_counts": {"unknown": lines.count()}, "troubled": True}
    part.rows().update(**known, pictures=None, galleries=None)
    page = stage.shows(f"/syncs/{sync.key}/", "Unconfirmed", "Not confirmed yet")
    page.locator("summary[id^=l]").first.click()
    stage.look(page, "An unconfirmed change by name", page.locator(".line-unknown").first)
    stage.shows("/syncs/", "History with an unconfirmed run", "Not confirmed yet")


def reports(stage: Stage, sync: Sync) -> None:
    path = f"/syncs/{sync.key}/report/"
    page = stage.shows(path, "A report's formats", "Choose a format")
    page.get_by_role("button", name="Download CSV").click()
    expect(page.get_by_text("Waiting to start")).to_be_visible()
    with override("de"):  # each language has its own
        asking.put(sync, "csv", now=timezone.now())
    stage.look(page, "A report is being written")
    page.goto("about:blank")  # else the page that waits begins the download when it is there
    for report in Report.objects.all():
        jobs.report(report.pk)
    stage.shows(path, "A report is ready", "Ready")
    Report.objects.update(expires=timezone.now() - timedelta(days=1))
    stage.shows(path, "A report has expired", "is gone")


def uploads(stage: Stage, scene: Scene) -> None:
    selection = scene.select()
    StoreFile.objects.all().delete()  # else the files of the links are there already
    stage.enter("media_library_user", selection)
    page = stage.shows("/uploads/", "Upload to Store Files", "Upload to Shopify Files")
    page.get_by_role("button", name=re.compile("^Upload to Shopify Files")).click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    scene.finish(Sync.objects.get(kind="upload"))
    expect(page.get_by_role("heading", name="Uploaded")).to_be_visible()
    stage.look(page, "Uploaded")
