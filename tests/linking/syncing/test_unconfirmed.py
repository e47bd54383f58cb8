"""What Shopify was asked for and has not shown: it is neither done nor failed, wherever outcomes are shown."""

import io
import json
import re

import pytest
from django.core.management import call_command
from django.db import transaction

from linking.domain.reasons import NOT_SHOWN
from linking.models import ChangeRow, ProductSync, StoreSync, Sync
from linking.reporting.xlsx import COLOURS
from setup.reasons import said
from tests import pressing, totals
from tests.linking.pages.test_run_filter import kinds, shown
from tests.linking.syncing.test_ending import ended
from tests.linking.visits import enter, text_of
from tests.scenes import asset, part_of, product
from tests.tiers import together


@pytest.fixture
def moved(client, scene, settings):
    """A picture whose gallery was to be put into another order, which Shopify has not shown; and one that is linked."""
    shelf = [product("a", title="Oak chair", pictures=1), product("b", title="Stool")]
    place = scene(shelf, [asset("front", "a", 1), asset("top", "b", 2)])
    place.run(place.select("front"))
    settings.PATIENCE = 0.01
    place.world.settings.change({"reorder_seconds": 9999})
    sync = pressing.link(place.select("front", "top", link_mode="prepend"), "t", dry_run=False)
    assert ended(sync).state == StoreSync.State.DONE
    enter(client, place.member)
    return place, sync


@pytest.fixture
def late(client, scene, settings):
    """A picture that Shopify does not finish."""
    place = scene([product("a", title="Oak chair", pictures=1)], [asset("front", "a", 1)])
    settings.PATIENCE = 0.002
    place.world.settings.change({"media_seconds": [9999, 9999]})
    sync = pressing.link(place.select(), "t", dry_run=False)
    ended(sync)
    enter(client, place.member)
    return place, sync


def page(client, sync) -> str:
    return client.get(f"/syncs/{sync.key}/").content.decode()


def printed(*words: str) -> str:
    out = io.StringIO()
    call_command("syncs", *words, stdout=out)
    return out.getvalue()


def its_product_is_done_in_part_and_says_why(client, sync):
    row = part_of(sync).products.get(title="Oak chair")
    assert (row.state, row.reason) == (ProductSync.State.PARTIAL, NOT_SHOWN)
    assert set(row.changes.values_list("outcome", "reason")) == {("unknown", NOT_SHOWN)}


def the_page_counts_it_and_does_not_call_the_store_done(client, sync):
    html = page(client, sync)
    n = ChangeRow.objects.filter(part__sync=sync, outcome="unknown").count()
    assert f'<span class="outcome outcome-warn"><b>{n}</b> Unconfirmed</span>' in html
    assert '<p class="status status-warn">Unconfirmed</p>' in html
    assert f'<li class="mark-warn">{NOT_SHOWN}</li>' in client.get(f"/syncs/{sync.key}/products/").content.decode()
    assert "status-good" not in html
    assert totals.of_page(sync) == totals.of_database(sync, all_media=True)


def the_verdict_says_that_it_may_have_happened_and_what_to_do(client, sync):
    html = page(client, sync)
    n = ChangeRow.objects.filter(part__sync=sync, outcome="unknown").count()
    verdict = " ".join(re.sub(r"<[^>]+>", "", re.search(r'<p id="verdict".*?</p>', html)[0]).split())
    assert verdict.startswith(
        "Added 1 picture. 1 of 2 galleries is done. 1 gallery needs your attention. "
        "Shopify has not confirmed everything: “Retry failed” looks"
    )
    assert 'id="retry"' in html
    assert "1 gallery needs your attention" in re.search(r'data-announce="Done in part: ([^"]*)"', html)[1]
    assert n


def it_is_among_the_problems_with_what_to_do_and_has_a_filter(client, sync):
    n = ChangeRow.objects.filter(part__sync=sync, outcome="unknown").count()
    words = text_of(client.get(f"/syncs/{sync.key}/"))
    assert f"but may have made it: 1 gallery {n} unconfirmed" in words
    assert kinds(shown(client, sync)[1])["problem"] == "Problems 1"
    assert kinds(shown(client, sync, kind="unknown")[1])["unknown"] == "Unconfirmed 1"
    assert shown(client, sync, kind="unknown")[0] == ["Oak chair"]


def bad_news_comes_before_it_and_what_was_aborted_after_it(client, sync):
    for outcome in ("aborted", "failed"):
        ChangeRow.objects.create(part=part_of(sync), change="add", outcome=outcome, reason=said("Why not."))
    found = re.findall(r'<b>\d+</b> <span class="status status-(\w+)">(\w+)</span>', page(client, sync))
    assert found == [("bad", "failed"), ("warn", "unconfirmed"), ("warn", "aborted")]


def it_is_shown_while_the_run_goes_on(client, sync):
    n = ChangeRow.objects.filter(part__sync=sync, outcome="unknown").count()
    sync.parts.update(state=StoreSync.State.APPLYING, finished=None)
    answer = client.get(f"/syncs/{sync.key}/progress/")
    assert f"may have made it: 1 gallery {n} unconfirmed · The next run looks." in text_of(answer)
    assert f'data-failed="0" data-unconfirmed="{n}"' in answer.content.decode()


def test_a_picture_that_may_be_there_is_not_shown_as_lost(client, late):
    _, sync = late
    html = page(client, sync)
    assert ", unconfirmed" in html
    assert 'class="shot unconfirmed' in html
    assert 'class="shot fail' not in html
    html = client.get(f"/syncs/{sync.key}/lines/{part_of(sync).products.get(title='Oak chair').pk}/").content.decode()
    assert re.search(r'<li class="line line-unknown">.*<span class="line-outcome">Unconfirmed</span>', html)


@pytest.mark.full
def test_a_picture_that_is_late_does_not_hold_the_bar_up(client, late):
    _, sync = late
    sync.parts.update(state=StoreSync.State.APPLYING, finished=None)
    ChangeRow.objects.filter(part__sync=sync, change="add").update(outcome="pending")
    part_of(sync).products.update(state=ProductSync.State.WORKING)
    assert 'data-percent="50"' in client.get(f"/syncs/{sync.key}/progress/").content.decode()


def history_counts_it_and_finds_it(client, sync):
    html = client.get("/syncs/").content.decode()
    row = " ".join(re.search(rf'<a id="run-{sync.pk}".*?</tr>', html, re.DOTALL)[0].split())
    assert '<span class="status status-warn">Unconfirmed</span>' in row
    assert "Added 1 picture." in row
    assert "1 of 2 galleries is done. 1 gallery needs your attention." in row

    def found(outcome: str) -> bool:
        return f'id="run-{sync.pk}"' in client.get("/syncs/", {"outcome": outcome}).content.decode()

    assert [found(name) for name in ("unconfirmed", "problems", "done", "aborted")] == [True, True, False, False]


def every_format_of_the_report_has_its_word(client, sync):
    counted = totals.of_database(sync)
    assert ("north.myshopify.com", "Unconfirmed") in counted
    for count in (totals.of_csv, totals.of_json, totals.of_json_summary, totals.of_workbook):
        assert count(sync) == counted
    values = {row["outcome"]: row["reason"] for row in totals.json_rows(sync, "change")}
    assert values["unknown"] == str(NOT_SHOWN)
    [summary] = totals.json_rows(sync, "summary")
    assert [row["result"] for row in summary["stores_table"]] == ["Unconfirmed"]
    sheet = totals.book(sync)["Rows"]
    colours = {cell.value: cell.font.color.rgb for row in sheet for cell in row if cell.value == "Unconfirmed"}
    assert colours == {"Unconfirmed": f"FF{COLOURS['unknown'].removeprefix('#')}"}


def an_operator_reads_it_with_its_reason(client, sync):
    n = ChangeRow.objects.filter(part__sync=sync, outcome="unknown").count()
    words = printed("show", str(sync.pk))
    assert f"rows of its report: 1 done, {n} unconfirmed" in words
    assert f"{n} unconfirmed: {NOT_SHOWN}" in words
    assert "done (unconfirmed), nobody works on it" in words
    [listed] = [line for line in printed("list").splitlines() if line.split()[0] == str(sync.pk)]
    assert "unconfirmed" in listed.split()
    known = json.loads(printed("show", str(sync.pk), "--json"))
    assert known["outcomes"] == {"done": 1, "unknown": n}
    known_as = {"reason": str(NOT_SHOWN), "reason_code": NOT_SHOWN.code}
    assert known["troubles"] == [known_as | {"outcome": "unknown", "changes": n}]
    assert known["parts"][0]["result"] == "unconfirmed"


def test_retry_looks_and_finds_it_done(client, moved, settings):
    place, sync = moved
    place.world.forward += 20_000  # by now it has been carried out
    settings.PATIENCE = 0.1
    again = place.retry(sync)
    assert [row.title for row in part_of(again).products.all()] == ["Oak chair"]
    assert place.assets_in("product-a")[0] == "front"
    assert part_of(again).result.tone == "good"


def undo_is_offered_for_what_may_have_been_done(client, sync):
    page(client, sync)
    row = part_of(sync).products.get(title="Oak chair")
    html = client.get(f"/syncs/{sync.key}/lines/{row.pk}/").content.decode()
    assert f'id="undo-product{row.pk}"' in html
    ProductSync.objects.filter(part__sync=sync).exclude(pk=row.pk).delete()
    assert 'id="undo-all"' in page(client, sync)


LOOKS = [
    its_product_is_done_in_part_and_says_why,
    the_page_counts_it_and_does_not_call_the_store_done,
    the_verdict_says_that_it_may_have_happened_and_what_to_do,
    it_is_among_the_problems_with_what_to_do_and_has_a_filter,
    bad_news_comes_before_it_and_what_was_aborted_after_it,
    it_is_shown_while_the_run_goes_on,
    history_counts_it_and_finds_it,
    every_format_of_the_report_has_its_word,
    an_operator_reads_it_with_its_reason,
    undo_is_offered_for_what_may_have_been_done,
]


@pytest.mark.parametrize("looks", together(LOOKS))
def test_it_is_neither_done_nor_failed_wherever_one_looks(client, moved, looks):
    """What a look changes in the database is taken back."""
    _, sync = moved
    for look in looks:
        with transaction.atomic():
            look(client, sync)
            transaction.set_rollback(True)


def test_an_upload_that_is_not_confirmed_can_be_tried_again(client, scene, settings):
    place = scene([], [asset("banner", shade=1)])
    settings.PATIENCE = 0.002
    place.world.settings.change({"media_seconds": [9999, 9999]})
    sync = pressing.upload(place.select(), "t", dry_run=False)
    ended(sync)
    html = enter(client, place.member).get(f"/syncs/{sync.key}/").content.decode()
    assert "<b>Not confirmed yet.</b> <span>Files: 1\N{NO-BREAK SPACE}unconfirmed." in html
    assert 'tabindex="-1">Upload: not confirmed</h1>' in html
    assert 'id="retry"' in html
    assert '<input id="kind-unknown"' in html
    settings.PATIENCE = 1.0
    place.world.forward += 20_000
    again = place.finish(pressing.retry(sync, place.member, "again"))
    assert Sync.objects.get(pk=again.pk).parts.get().result.tone == "good"
