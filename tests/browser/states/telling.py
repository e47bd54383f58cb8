"""History, the links behind it, and reports of what is no link run."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import override

from linking import jobs
from linking.models import Link, LinkCheck, Report, Sync
from linking.reporting import asking
from sandbox.catalog.records import Product
from setup.reasons import Reason
from tests import pressing
from tests.browser.states.stage import LANGUAGES, Stage
from tests.scenes import Scene, Variant, asset, product


def links_of_all_kinds(stage: Stage) -> None:
    scene = stage.furnish(*clothes(), role="master_admin", stores=2)
    stage.shows("/links/", "Links, none yet", "No links.")
    stage.shows("/syncs/", "History, nothing yet", "No runs yet.")
    scene.run(scene.select(variant_pictures=True))
    page = stage.shows("/links/", "Links", "Unlink ticked")
    page.locator("[name=link]").first.check()
    stage.look(page, "Links, one ticked", by_address=False)
    stage.shows("/links/?q=nothing", "Links, nothing found", "No links found.")
    stage.shows("/syncs/?q=nothing", "History, nothing found", "No runs found.")
    checked(scene)
    stage.shows("/links/", "Links, something gone", "the file or the asset is gone")
    stage.shows("/links/?gone=1", "Links, only what is gone", "Product deleted")
    waiting = LinkCheck.objects.filter(store=scene.stores[0])
    waiting.update(state="waiting", finished=None, looked=2, problem=Reason("shopify.no_answer"))
    stage.shows("/links/", "Links are being checked", "AssetLink tries it again by itself.")


def checked(scene: Scene) -> None:
    """What was looked at an hour ago, and was not all there."""
    for store in scene.stores:
        ended = timezone.now() - timedelta(hours=1)
        LinkCheck.objects.create(store=store, state="done", finished=ended, looked=3)
    for link, gone in zip(Link.objects.order_by("-pk"), ("product", "file", "gallery", "asset"), strict=False):
        Link.objects.filter(pk=link.pk).update(gone=gone)


def unlinking(stage: Stage) -> None:
    scene = stage.furnish(*clothes())
    scene.run(scene.select(variant_pictures=True))
    shown = scene.finish(pressing.unlink(scene.member, list(Link.objects.all()), "u"))
    stage.shows(f"/syncs/{shown.key}/", "An unlinking is shown", "the picture of 2 variants")
    done = scene.apply(shown)
    stage.shows(f"/syncs/{done.key}/", "Unlinked", "Unlinked")
    stage.shows(f"/syncs/{scene.undo(done).key}/", "An unlinking, undone", "variant pictures")
    reports(stage, done, "an unlinking")


def uploading(stage: Stage) -> None:
    scene = stage.furnish(*clothes())
    sync = scene.finish(pressing.upload(scene.select(), "up", dry_run=False))
    reports(stage, sync, "an upload")


def reports(stage: Stage, sync: Sync, of: str) -> None:
    path = f"/syncs/{sync.key}/report/"
    stage.shows(path, f"The report of {of}", "Choose a format")
    for language in LANGUAGES:
        with override(language):
            for format in ("csv", "xlsx"):
                jobs.report(asking.put(sync, format, now=timezone.now()).pk)
    Report.objects.filter(format="csv").update(state="failed", problem=Reason("report.no_room"))
    stage.shows(path, f"The report of {of}, one format ready, one failed", "disk is full")


def clothes() -> tuple[list[Product], list]:
    shirt = Product(handle="shirt", title="Shirt", variants=(Variant("Red", sku="red"), Variant("Blue", sku="blue")))
    pictures = [asset("red-front", "red", 1), asset("red-back", "red", 2), asset("blue-front", "blue", 3)]
    return [shirt, product("table", title="Oak table")], [*pictures, asset("top", "table", 4)]
