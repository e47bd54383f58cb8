"""A run of a chain: all parts with one press, as one run."""

import io
import json
from collections import Counter
from contextlib import suppress

import pytest
from django.utils import timezone

from linking import runs
from linking.jobs import fetch
from linking.models import ChangeRow, GroupArrangement, Link, Selection, StoreMatch, StoreSync, Sync
from linking.operations import retention
from linking.reporting.content import Content
from linking.reporting.writing import WRITERS
from linking.selection import chaining
from linking.syncing.work import answering, work
from setup.models import AuditEntry
from setup.security import limits
from setup.security.actors import Actor
from tests import pressing
from tests.linking.chained import launched, names_of, pressed, run_of
from tests.scenes import asset, product

SKUS = "abcdef"
DONE, UNCHANGED = ChangeRow.Outcome.DONE, ChangeRow.Outcome.UNCHANGED


@pytest.fixture
def place(scene, settings):
    """Six products with two pictures each, of which the stores have five and four; three assets for each, one without a SKU."""
    settings.SELECTION_MAX_ASSETS = 7
    pictures = [asset(f"p{at:02}", SKUS[at % 6], at, tags=[f"t{at % 6}"]) for at in range(18)]
    shelf = [product(sku, pictures=2, tags=["t0", "t5"] if sku == "a" else []) for sku in SKUS]
    return scene(shelf, [*pictures, asset("p18")], stores=2)


HERE = "abcef"  # in the first store
OLD = {sku: [f"product-{sku}-0", f"product-{sku}-1"] for sku in HERE}
OURS = {sku: [f"p{at:02}", f"p{at + 6:02}", f"p{at + 12:02}"] for at, sku in enumerate(SKUS)}
LINKED = {sku: OLD[sku] + OURS[sku] for sku in HERE}
LINES = [15, 12]


def galleries(place) -> dict[str, list[str]]:
    return {sku: place.assets_in(f"product-{sku}") for sku in HERE}


def test_one_press_links_all_parts_in_one_run_with_one_line_for_each_asset(place):
    second = list(launched(place).whole())[1]
    sync = run_of(place, second)
    assert Sync.objects.count() == 1
    assert galleries(place) == LINKED
    for part, lines in zip(sync.parts.all(), LINES, strict=True):
        assert part.state == StoreSync.State.DONE
        known = {DONE: lines, ChangeRow.Outcome.SKIPPED: 19 - lines}
        assert Counter(part.changes.values_list("outcome", flat=True)) == known
        assert part.products.count() == lines // 3


def test_a_dry_run_shows_all_parts_and_its_plan_is_applied_as_shown(place):
    first = launched(place)
    shown = run_of(place, first, dry_run=True)
    assert galleries(place) == OLD
    assert ChangeRow.objects.filter(part__sync=shown, change="add").count() == sum(LINES)
    place.apply(shown)
    assert galleries(place) == LINKED


def test_a_second_run_finds_everything_unchanged(place):
    first = launched(place)
    run_of(place, first)
    written = len(place.mutations())
    again = run_of(place, list(first.whole())[2])
    assert len(place.mutations()) == written
    assert set(ChangeRow.objects.filter(part__sync=again, product__isnull=False).values_list("outcome", flat=True)) == {
        UNCHANGED
    }


def test_one_undo_takes_back_all_parts(place):
    sync = run_of(place, launched(place))
    back = place.undo(sync)
    assert galleries(place) == OLD
    assert (back.chain, Link.objects.count()) == (sync.chain, 0)


@pytest.mark.parametrize("mode", ["reset", "mirror"])
@pytest.mark.cases(1)
def test_a_mode_that_takes_away_leaves_what_another_part_brings(place, mode):
    """A tag that two groups have in two parts leads to one product: it is planned once, by both."""
    first = launched(place, cloudinary_field="tags", shopify_field="tag", link_mode=mode)
    first = regrouped(first)
    homes = {
        key: part.part for part in first.whole() for row in part.assets.all() for key in part.keying.keys(row.asset)
    }
    assert homes["t0"] != homes["t5"]
    sync = run_of(place, first)
    both = sorted([*OURS["a"], *OURS["f"]])
    gallery = place.assets_in("product-a")
    assert sorted(name for name in gallery if name not in OLD["a"]) == both
    assert [name in gallery for name in OLD["a"]] == [mode == "mirror"] * 2
    assert sync.parts.first().products.get().keys == ["t0", "t5"]
    again = run_of(place, first, dry_run=True)
    assert ChangeRow.objects.filter(part__sync=again).taking_away().count() == 0


def regrouped(first: Selection) -> Selection:
    """The split by the settings that a test has written into the rows."""
    first = Selection.objects.get(pk=first.pk)
    chaining.follow(first)
    first.save()
    return first


def test_what_was_decided_in_any_part_counts(place):
    first, second, third = launched(place).whole()
    second.assets.filter(asset_id=second.assets.first().asset_id).update(excluded=True)
    gone = names_of(second)[0]
    last = names_of(third)[0]
    key = third.keying.keys(third.assets.first().asset)[0]
    GroupArrangement.objects.create(selection=third, keying=str(third.keying), key=key, excluded=True)
    run_of(place, first)
    linked = {name for gallery in galleries(place).values() for name in gallery}
    ours = {name for sku in HERE for name in OURS[sku]}
    assert linked & ours == ours - {gone} - set(OURS[key])
    assert {gone, last} <= ours


@pytest.mark.parametrize("slices", [1, 2, 3])
@pytest.mark.cases(1)
def test_a_worker_that_is_lost_between_two_parts_is_replaced_and_nothing_comes_twice(place, monkeypatch, slices):
    """It ends after so many parts were matched, with the lease in its hand."""
    sync = pressed(place, launched(place))
    asked, real = [], answering.answer

    def answer(match, client, **known):
        asked.append(match)
        real(match, client, **known)
        if len(asked) == slices:
            raise KeyboardInterrupt

    StoreMatch.objects.all().delete()
    monkeypatch.setattr("linking.syncing.work.answering.answer", answer)
    part = sync.parts.first()
    with suppress(KeyboardInterrupt):
        work(part.pk)
    assert part.changes.count() == 0
    part.rows().update(lease_until=timezone.now())
    place.finish(sync)
    assert galleries(place) == LINKED
    assert Link.objects.count() == sum(LINES)


def test_an_abort_before_the_plan_tells_of_every_asset_of_every_part(place):
    sync = pressed(place, launched(place))
    runs.abort(Actor(place.member), sync)
    place.finish(sync)
    for part in sync.parts.all():
        assert Counter(part.changes.values_list("outcome", flat=True)) == {ChangeRow.Outcome.ABORTED: 19}


@pytest.mark.full
def test_one_report_has_all_rows_in_every_format(place):
    sync = run_of(place, launched(place))
    content = Content(sync, timezone.now())
    rows = list(content.lines())
    assert len(rows) == 2 * 19
    assert {row.asset for row in rows} == {f"p{at:02}" for at in range(19)}
    for write in WRITERS.values():
        out = io.BytesIO()
        write(Content(sync, timezone.now()), out)
        assert out.tell()
    out = io.BytesIO()
    WRITERS["jsonl"](Content(sync, timezone.now()), out)
    kept = [json.loads(line) for line in out.getvalue().splitlines()]
    assert sum("asset_id" in row and row.get("planned") is not None for row in kept) == 38


def test_an_upload_takes_all_parts(place):
    second = list(launched(place).whole())[1]
    sync = place.finish(pressing.upload(second, "u", dry_run=False))
    assert [part.changes.filter(outcome=DONE).count() for part in sync.parts.all()] == [19, 19]


def test_a_run_spends_what_a_run_of_each_part_would_and_is_written_down_once(place, settings):
    settings.LIMITS = settings.LIMITS | {"sync": 5}
    first = launched(place)
    pressed(place, first)
    assert AuditEntry.objects.filter(action="sync.start").count() == 1
    with pytest.raises(limits.TooMany):
        pressed(place, first, "another")


def test_run_again_makes_parts_with_what_was_decided(place):
    first, second, _third = launched(place).whole()
    second.assets.filter(asset_id=second.assets.first().asset_id).update(excluded=True)
    out = names_of(second)[0]
    sync = run_of(place, first)
    again = runs.again(Actor(place.member), sync)
    for part in list(again.whole()):
        fetch(part.pk)
    parts = list(again.whole())
    assert (again.chain_id != sync.chain_id, len(parts), all(part.fetched for part in parts)) == (True, 3, True)
    assert [row.asset.name for part in parts for row in part.assets.filter(excluded=True)] == [out]
    for part in parts:
        own = {key for row in part.assets.all() for key in part.keying.keys(row.asset)}
        assert {row.key for row in part.arrangements.all()} == own


def test_housekeeping_removes_a_chain_with_all_of_its_parts_and_not_before_its_run(place, settings):
    first = launched(place)
    sync = run_of(place, first, dry_run=True)
    later = timezone.now() + timezone.timedelta(days=settings.SELECTION_DAYS + 1)
    Sync.objects.filter(pk=sync.pk).update(created=later)
    retention.clean(now=later, seconds=60)
    assert Selection.objects.count() == 3
    Sync.objects.filter(pk=sync.pk).update(created=timezone.now())
    retention.clean(now=later, seconds=60)
    assert Selection.objects.count() == 0
