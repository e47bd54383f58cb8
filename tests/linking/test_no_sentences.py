"""No English sentence stands in a row of a run, whatever became of it: rows hold codes, and pages, reports and logs the words."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from linking import jobs
from linking.domain.attempts import LIMITS, Cause
from linking.links import checking
from linking.models import Link, LinkCheck, ProductSync, Report, Selection, StoreMatch, StoreSync, Sync
from linking.reporting import asking as reports
from linking.selection.alt_texts import asking, working
from linking.selection.alt_texts.asking import suggest, suggestible, write_back
from linking.syncing.work import work
from sandbox.building import add_product
from setup.models import Store
from setup.reasons import Reason, said
from tests import pressing
from tests.films import clip
from tests.linking.classified import SENTENCE, reasons, sentences, unclassified, wrong_json, wrong_reason
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import Variant, asset, part_of, picture, product


@pytest.fixture(autouse=True)
def quick(monkeypatch, settings):
    """Nothing is waited for long."""
    settings.PATIENCE = 0.01
    monkeypatch.setattr("linking.selection.alt_texts.calls.PAUSES", (0.0, 0.0))


def upload(place, selection, **known) -> Sync:
    place.clicks += 1
    return place.finish(pressing.upload(selection, f"upload-{place.clicks}", dry_run=False, **known))


def aborted(place, sync: Sync) -> Sync:
    Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
    return place.finish(sync)


def says(*wanted: str) -> None:
    """The rows say at least this, and all that they say is codes."""
    assert sentences() == []
    assert set(wanted) <= reasons(), sorted(reasons())


def test_of_every_text_column_it_is_known_what_it_holds():
    assert unclassified() == []


@pytest.mark.parametrize(
    "text",
    [
        "The store is away.",
        "the order changed",
        "run.aborted now",
        "no.such_code",
        'match.too_many {"said":"No"}',
        'job.tried {"minutes":"as long as possible"}',
    ],
)
def test_what_is_no_reason_is_found(text):
    assert list(wrong_reason(text))


@pytest.mark.parametrize("value", [{"a": ["Oak chairs are out"]}, {"text": 'edit.moved {"key":"a"}'}])
def test_a_sentence_in_json_is_found(value):
    assert list(wrong_json(value))


def test_a_name_is_no_sentence():
    assert not SENTENCE.search("Oak chair 12")
    assert not list(wrong_json({"title": "Oak chair", "said": "What Shopify has said", "why": "run.aborted"}))
    assert not list(wrong_reason("run.aborted"))


def test_a_run_that_links_with_all_that_may_go_wrong(scene):
    pictures = [asset("front", "a", 1), asset("bad", "a", 2), asset("twin", "twin", 3), asset("none", "zz", 4)]
    pictures += [asset("stray", None, 5), asset("out", "a", 6), asset("secret", "a", 7), asset("gone", "a", 8)]
    place = scene([product("a", pictures=1), product("b", pictures=1)], [*pictures, asset("other", "b", 10)])
    for handle in ("twin-1", "twin-2"):
        add_product(place.shop, product("twin", handle=handle))
    place.world.environments[0].add_asset(content=b"PK", public_id="shop/paper.zip", raw=True, metadata={"sku": "a"})
    selection = place.select(link_mode="in_place")
    for row in selection.assets.all():
        changes = {"out": {"excluded": True}, "gone": {"details": {}}}.get(row.asset.name, {})
        if row.asset.name == "secret":
            changes = {"details": row.details | {"restricted": True}}
        selection.assets.filter(pk=row.pk).update(**changes)
    ask_and_answer(selection)
    place.world.faults.add(service="shopify", kind="media_fails", match="bad", code="IMAGE_PROCESSING_FAILURE")
    shown = place.run(selection, dry_run=True)
    place.delete_product("product-b")
    place.apply(shown)
    place.run(place.select("front", "bad", link_mode="append"))
    says("match.no_product", "match.several_products", "asset.no_value", "asset.excluded", "asset.gone")
    says("asset.restricted", "asset.raw", "gallery.only_so_many", "product.gone")


def test_runs_that_fail_are_refused_undone_and_unlinked(scene):
    place = scene(
        [product("a", pictures=2), product("b", pictures=1), product("full", pictures=249)],
        [
            asset("fa", "a", 1),
            asset("bad", "a", 2),
            asset("fb", "b", 3),
            asset("x1", "full", 4),
            asset("x2", "full", 5),
        ],
    )
    place.world.faults.add(service="shopify", kind="media_fails", match="bad", code="IMAGE_DOWNLOAD_FAILURE")
    first = place.run(place.select())
    place.retry(first)
    shown = place.run(place.select("fa", link_mode="reset"), dry_run=True)
    place.elsewhere("FileDelete", fileIds=[place.shop.product_with("product-a").media[0]])
    place.apply(shown)
    place.undo(first)
    second = place.run(place.select("fb"))
    link = Link.objects.get(name="fb")
    Link.objects.create(
        store=link.store,
        environment=link.environment,
        product_id=link.product_id,
        asset_id="lost",
        medium_id="gid://x/1",
    )
    place.clicks += 1
    unlinked = place.finish(
        pressing.unlink(place.member, list(Link.objects.filter(product_id=link.product_id)), "away")
    )
    place.apply(unlinked) if unlinked.dry_run else None
    place.undo(second)
    says("gallery.too_many", "file.image_download_failure", "gallery.moved", "gallery.moved_media", "gallery.not_there")
    says("gallery.failed")


def test_swatches_variants_and_videos(scene):
    variants = (Variant("Red", sku="red"), Variant("Blue", sku="blue"))
    swatches = [asset("r-swatch", "red", 2, tags=["swatch"]), asset("r-two", "red", 3, tags=["swatch"])]
    clips = [asset("turn", "film", content=clip(12)), asset("spin", "film", content=clip(12))]
    place = scene(
        [product("film", pictures=1), product(handle="shirt", title="Shirt", variants=variants)],
        [asset("r1", "red", 1), *swatches, *clips],
    )
    place.world.settings.change({"video_seconds": [0.0, 0.1]})
    place.environment.swatch_field, place.environment.swatch_value = "tags", "swatch"
    place.environment.save()
    place.world.faults.add(service="delivery", kind="http_404", match="spin", times=None)
    place.world.faults.add(service="shopify", kind="refused", operation="metafieldsSet", code="INVALID", times=None)
    place.world.faults.add(
        service="shopify", kind="refused", operation="productVariantsBulkUpdate", code="INVALID", times=None
    )
    place.run(place.select(variant_pictures=True))
    says("swatch.not_first", "swatch.not_set", "variants.not_set", "delivery.gone")


def test_uploads_with_new_versions_failures_and_an_end_before_the_end(scene):
    place = scene([], [asset("good", shade=1), asset("bad", shade=2), asset("logo", shade=3)])
    place.world.faults.add(service="shopify", kind="media_fails", match="bad", code="IMAGE_PROCESSING_FAILURE")
    place.retry(upload(place, place.select()))
    environment = place.world.environments[0]
    for at, known in enumerate(list(environment.assets.values())):
        environment.overwrite(known, picture(40 + at))
    upload(place, place.select(), new_versions="replace")
    place.clicks += 1
    aborted(place, pressing.upload(place.select(), "ended", dry_run=False))
    says("file.image_processing_failure")


def test_stores_that_are_away_frozen_paused_or_busy(scene, monkeypatch):
    place = scene([product("a", pictures=1)], [asset("fa", "a", 1)], stores=2)
    north, south = place.stores
    waiting = pressing.link(place.select(), "waiting", dry_run=False)
    work(waiting.parts.order_by("pk")[0].pk)
    follower = pressing.link(place.select(), "follower", dry_run=False)
    work(follower.parts.order_by("pk")[0].pk)
    says("doing.planned", "doing.turn")
    aborted(place, follower)
    place.finish(waiting)
    place.world.faults.add(service="shopify", kind="http_503", store=south.domain, times=None)
    monkeypatch.setattr("setup.shopify.client.ATTEMPTS", 1)
    away = pressing.link(place.select(), "away", dry_run=False)
    work(away.parts.get(store=south).pk)
    says("doing.look_again", "shopify.error_status")
    StoreSync.objects.filter(sync=away).update(away_since=timezone.now() - timedelta(days=1))
    place.finish(away)
    place.world.faults.clear()
    place.world.faults.add(service="shopify", kind="http_402", store=south.domain, times=None)
    place.finish(pressing.link(place.select(), "frozen", dry_run=False))
    place.world.faults.clear()
    says("run.away", "shopify.http_402")
    Store.objects.get(pk=north.pk).pause()
    paused = pressing.link(place.select(stores=[north]), "paused", dry_run=False)
    place.finish(paused)
    Store.objects.get(pk=north.pk).resume()
    aborted(place, paused)
    says("run.aborted")


def test_what_breaks_in_our_own_hands(scene, monkeypatch):
    place = scene([product("a")], [asset("fa", "a", 1)])
    sync = pressing.link(place.select(), "broken", dry_run=False)
    ProductSync.objects.all().delete()
    Sync.objects.filter(pk=sync.pk).update(arrangement={"groups": 1})
    place.finish(sync)
    crashed = pressing.link(place.select(), "crashed", dry_run=False)
    monkeypatch.setattr("linking.planning.linking.Planner.plan", lambda self, match: 1 / 0)
    work(part_of(crashed).pk)
    says("doing.try_again", "run.own_error")
    place.finish(crashed)
    lost = pressing.link(place.select(), "lost", dry_run=False)
    StoreSync.objects.filter(sync=lost).update(tries=99)
    place.finish(lost)
    says("run.unreadable", "run.given_up", "run.broke_off")


def test_matches_by_a_whole_catalog_and_stores_that_do_not_answer(scene):
    place = scene([product("ab-1"), product("c")], [asset("fa", "AB-2", 1), asset("fc", 'c"', 2)])
    ask_and_answer(place.select(fold=True))
    ask_and_answer(place.select())
    place.world.faults.add(service="shopify", kind="http_402", times=None)
    ask_and_answer(place.select())
    assert StoreMatch.objects.filter(state="failed").exists()
    says("match.folded", "match.no_product", "shopify.http_402")


def test_what_a_person_changes_by_hand(client, scene):
    place = scene([product("a"), product("ab-1")], [asset("fa", "a", 1), asset("fb", "a", 2), asset("near", "ab-2", 3)])
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)

    def press(page: str, **fields) -> None:
        version = Selection.objects.get(pk=chosen.pk).version
        answer = client.post(f"/selections/{chosen.key}/{page}/", {"version": version, **fields})
        assert answer.status_code == 200, answer.content
        assert json.loads(answer["HX-Trigger"])["announce"].endswith(".")
        change = Selection.objects.get(pk=chosen.pk).last_change
        assert change == {} or isinstance(change["text"], Reason)
        assert sentences() == []

    press("arrange", do="exclude", a="0")
    press("arrange", do="undo")
    press("arrange", do="exclude", a="0,1")
    press("alts", do="alt", at="1", value="Words")
    press("alts", do="revert", at="1")
    press("alts", do="empty", at="1")


def test_jobs_at_cloudinary_reports_and_checks_that_fail(scene, settings, tmp_path):
    place = scene([product("a")], [asset("r0", "a", 1), asset("r1", "a", 2)])
    place.world.settings.change({"caption_seconds": [0, 0]})
    place.world.faults.add(service="cloudinary", kind="caption_fails", match="r1", times=None)
    chosen = place.select()
    job, _ = suggest(chosen, suggestible(chosen.assets.all()), now=timezone.now())
    while working.work_on_assets(job.pk):
        pass
    chosen.assets.update(alt="Words", alt_source="typed")
    place.world.faults.add(service="cloudinary", kind="http_404", operation="context", times=None)
    saving, _ = write_back(chosen, now=timezone.now())
    while saving and working.work_on_assets(saving.pk):
        pass
    says("caption.nothing_seen")
    chosen.assets.update(caption_state="", caption="")
    place.world.settings.change({"captions": "absent"})
    job, _ = suggest(chosen, list(chosen.assets.all()), now=timezone.now())
    working.work_on_assets(job.pk)
    says("caption.not_subscribed")
    sync = place.run(chosen)
    folder = tmp_path / "a-file"
    folder.write_text("in the way")
    settings.STORAGES = settings.STORAGES | {
        "reports": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    }
    report = reports.put(sync, "csv", now=timezone.now())
    Report.objects.update(tries=LIMITS[Cause.STORAGE].tries - 1)
    jobs.report(report.pk)
    broken_storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": "no name\0"}}
    settings.STORAGES = settings.STORAGES | {"reports": broken_storage}
    broken = reports.put(sync, "jsonl", now=timezone.now())
    for _ in range(3):
        Report.objects.update(not_before=None)
        with pytest.raises(ValueError, match="null"):
            jobs.report(broken.pk)
    place.world.faults.add(service="shopify", kind="http_402", times=None)
    for check in checking.put(place.environment, now=timezone.now()):
        checking.check_links(check.pk)
    assert LinkCheck.objects.get().problem == Reason("shopify.http_402")
    says("report.not_kept", "job.tried", "job.ask_again", "shopify.http_402")
    says("job.own_error", "job.ask_again", "job.tell_reference")


def test_a_stopped_job_says_so_by_a_code(scene):
    place = scene([product("a")], [asset("r0", "a", 1)])
    chosen = place.select()
    suggest(chosen, suggestible(chosen.assets.all()), now=timezone.now())
    asking.stop(chosen, "captions")
    says("alts.stopped")


def test_what_shopify_says_is_kept_as_what_it_says(scene):
    place = scene([product("a", pictures=2)], [asset("fa", "a", 1)])
    place.world.faults.add(service="shopify", kind="refused", operation="fileCreate", code="INVALID", times=None)
    sync = place.run(place.select())
    line = part_of(sync).changes.exclude(asset_id="").get()
    assert (line.reason.code, line.reason.values["text"].code) == ("file.refused", "reason.said")
    assert line.reason.values["text"] == said(line.reason.values["text"].values["said"])
    says("file.refused")
