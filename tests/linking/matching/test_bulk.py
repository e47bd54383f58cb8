"""Matching when searching will not do: very many keys, a field that cannot be searched, a search without an end."""

import pytest
from django.utils import timezone

from linking.domain.fields import ShopifyField
from linking.matching import answering, asking
from linking.matching.answering import match_store
from linking.models import StoreMatch, StoreSync, Sync
from linking.shopify import bulk, catalog
from linking.shopify.catalog import everything
from linking.syncing.work import work
from setup.shopify.client import ShopifyClient
from tests import pressing
from tests.scenes import Metafield, Variant, asset, part_of, product

CODE = [Metafield("custom", "code", "single_line_text_field")]
ENDED = ("CANCELING", "CANCELED")


class Killed(BaseException):
    """What a worker's death looks like from inside."""


def coded(sku: str, code: str):
    return product(sku, metafields={("custom", "code"): ("single_line_text_field", code)})


@pytest.fixture
def place(scene):
    """A field that cannot be searched; assets of three keys."""
    found = scene(
        [coded("a", "C1"), coded("b", "c1"), coded("c", "C2"), product("d")],
        [asset("one", "C1"), asset("two", "C2", 1), asset("three", "C3", 2)],
        metafields=CODE,
    )
    found.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    return found


def question(place, **chosen) -> StoreMatch:
    chosen.setdefault("shopify_field", "metafield:custom.code")
    selection = place.select(**chosen)
    match, _ = asking.put(selection, place.stores[0], now=timezone.now())
    return match


def answers(match: StoreMatch) -> dict[str, tuple[str, list[str]]]:
    """key -> verdict and handles."""
    return {row.key: (row.verdict, [found["handle"] for found in row.products]) for row in match.keys.all()}


def operations(place) -> list[str]:
    return [entry["operation"] for entry in place.mutations()]


def answer_until(match: StoreMatch, *acts) -> None:
    """Answer; of these acts one is called in each pause."""
    left = list(acts)

    def pause(seconds: float, reason: str) -> None:
        if left:
            left.pop(0)()

    answering.answer(match, ShopifyClient(match.store, pause=pause))


def killed() -> None:
    raise Killed


def interrupted(match: StoreMatch, *before) -> StoreMatch:
    """A worker dies while the store reads its catalog. `before`: what happens in earlier pauses."""
    with pytest.raises(Killed):
        answer_until(match, *before, killed)
    match.refresh_from_db()
    return match


def test_a_metafield_that_cannot_be_searched_is_read_of_all_products_with_a_note(place):
    match = question(place)
    match_store(match.pk)
    match.refresh_from_db()
    assert answers(match) == {
        "C1": ("matched", ["product-a"]),  # and not product-b, whose c1 is another value
        "C2": ("matched", ["product-c"]),
        "C3": ("unmatched", []),
    }
    assert (match.state, str(match.problem), str(match.doing)) == ("done", "", "")
    assert "cannot search the metafield custom.code" in str(match.note)


def test_more_than_five_hundred_keys_are_one_bulk_query_and_no_search(scene):
    shelf = [product(f"S{at}", variants=(Variant(sku=f"S{at}"), Variant(sku=f"X{at}", title="L"))) for at in range(30)]
    place = scene(shelf, [asset("many", tags=[f"S{at}" for at in range(501)])])
    match = question(place, cloudinary_field="tags", shopify_field="sku")
    place.world.faults.add(service="shopify", kind="internal_error", operation="productVariants", times=None)
    match_store(match.pk)
    match.refresh_from_db()
    assert (match.matched, match.unmatched, str(match.note)) == (30, 471, "")
    assert operations(place) == ["bulkOperationRunQuery"]
    [row] = match.keys.filter(key="S7")
    [variant] = row.products[0]["variants"]
    assert place.shop.product_with("product-s7").variants[0].id == variant


def test_five_hundred_keys_are_still_searched(scene):
    place = scene([product("S1")], [asset("many", tags=[f"S{at}" for at in range(500)])])
    match = question(place, cloudinary_field="tags", shopify_field="sku")
    match_store(match.pk)
    assert StoreMatch.objects.get(pk=match.pk).matched == 1
    assert operations(place) == []


def test_a_search_that_would_page_too_deep_is_read_in_bulk_instead(scene, monkeypatch):
    monkeypatch.setattr(catalog, "MAX_PAGES", 1)
    place = scene([product(f"p{at}", tags=["oak"]) for at in range(260)], [asset("front", tags=["oak"])])
    match = question(place, cloudinary_field="tags", shopify_field="tag")
    match_store(match.pk)
    match.refresh_from_db()
    assert (match.matched, match.products) == (1, 260)
    assert operations(place) == ["bulkOperationRunQuery"]


def test_children_may_come_before_their_parents():
    lines = [{"id": "v1", "sku": "S", "__parentId": "p1"}, {"id": "p1", "title": "S"}, {"id": "p2", "title": "T"}]
    [found] = everything(ShopifyField.parse("sku"), lines)
    assert (found.product_id, found.values, found.variant_id) == ("p1", ("S",), "v1")


def test_progress_is_on_the_row(place):
    match = question(place)
    seen = []
    answer_until(match, lambda: seen.append(StoreMatch.objects.get(pk=match.pk)))
    assert str(seen[0].doing).startswith("Reading products and variants: ")
    assert seen[0].bulk_id


def test_other_fields_cancel_the_reading_and_nobody_keeps_its_answer(place):
    place.world.settings.change({"bulk_seconds": [30, 30]})
    match = question(place)

    def change_fields() -> None:
        match.selection.shopify_field = "sku"
        match.selection.save()
        asking.put(match.selection, place.stores[0], now=timezone.now())

    answer_until(match, change_fields)
    [operation] = place.shop.bulk_operations.values()
    assert operation.status in ENDED
    after = StoreMatch.objects.get(pk=match.pk)
    assert (after.state, after.shopify_field, after.bulk_id) == ("waiting", "sku", "")
    assert answers(after) == {}


def test_a_lost_worker_costs_no_second_reading(place):
    match = interrupted(question(place))
    assert match.bulk_id
    match_store(match.pk)
    match.refresh_from_db()
    assert (match.state, match.matched, match.bulk_id) == ("done", 2, "")
    assert operations(place).count("bulkOperationRunQuery") == 1
    assert "cannot search the metafield" in str(match.note)


def test_a_reading_that_a_lost_worker_left_for_another_question_is_cancelled(place):
    place.world.settings.change({"bulk_seconds": [30, 30]})
    match = interrupted(question(place))
    match.selection.shopify_field = "sku"
    match.selection.save()
    asking.put(match.selection, place.stores[0], now=timezone.now())
    match_store(match.pk)
    [operation] = place.shop.bulk_operations.values()
    assert operation.status in ENDED
    match.refresh_from_db()
    assert (match.state, match.unmatched, match.bulk_id) == ("done", 3, "")


def test_refresh_reads_again(place):
    match = question(place)
    match_store(match.pk)
    asking.put(match.selection, place.stores[0], now=timezone.now(), again=True)
    match_store(match.pk)
    assert operations(place).count("bulkOperationRunQuery") == 2
    assert StoreMatch.objects.get(pk=match.pk).matched == 2


def test_a_job_that_waits_for_too_long_leaves_the_rest_to_the_next_one(place, monkeypatch):
    match = question(place)
    monkeypatch.setattr(answering, "SLICE", 0.2)
    place.world.settings.change({"bulk_seconds": [1.0, 1.0]})
    assert match_store(match.pk) is True
    assert StoreMatch.objects.get(pk=match.pk).state == "waiting"
    monkeypatch.setattr(answering, "SLICE", 60)
    assert match_store(match.pk) is False
    assert StoreMatch.objects.get(pk=match.pk).state == "done"
    assert operations(place).count("bulkOperationRunQuery") == 1


def test_a_reading_that_fails_says_so_and_the_next_try_is_a_new_one(place):
    place.world.faults.add(service="shopify", kind="bulk_fails", code="TIMEOUT")
    match = question(place)
    match_store(match.pk)
    failed = StoreMatch.objects.get(pk=match.pk)
    assert failed.state == "failed"
    assert "broke off reading the catalog (TIMEOUT)" in str(failed.problem)
    asking.put(match.selection, place.stores[0], now=timezone.now(), again=True)
    match_store(match.pk)
    assert StoreMatch.objects.get(pk=match.pk).matched == 2


def aborting(sync: Sync, monkeypatch) -> None:
    """The person aborts while the store reads its catalog."""
    look = bulk.look

    def looked(client, id):
        Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
        return look(client, id)

    monkeypatch.setattr(bulk, "look", looked)


def test_an_aborted_run_cancels_its_reading(place, monkeypatch):
    place.world.settings.change({"bulk_seconds": [30, 30]})
    sync = pressing.link(place.select(shopify_field="metafield:custom.code"), "token", dry_run=False)
    aborting(sync, monkeypatch)
    work(part_of(sync).pk)
    assert part_of(sync).state == StoreSync.State.ABORTED
    [operation] = place.shop.bulk_operations.values()
    assert operation.status in ENDED
    assert StoreMatch.objects.get().bulk_id == ""


def test_an_aborted_run_leaves_the_page_its_answer(place, monkeypatch):
    place.world.settings.change({"bulk_seconds": [30, 30]})
    match = question(place)
    StoreMatch.objects.claim(match.pk, now=timezone.now())  # the page's own job is at it
    sync = pressing.link(match.selection, "token", dry_run=False)
    aborting(sync, monkeypatch)
    work(part_of(sync).pk)
    [operation] = place.shop.bulk_operations.values()
    assert operation.status not in ENDED


def test_a_dry_run_may_read_the_whole_catalog_and_writes_nothing(place):
    sync = place.run(place.select(shopify_field="metafield:custom.code"), dry_run=True)
    assert part_of(sync).state == StoreSync.State.PLANNED
    assert operations(place) == ["bulkOperationRunQuery"]


def test_two_matches_that_lost_an_answer_never_share_a_reading(place):
    """The second one finds the first one's operation, with the same query, and leaves it alone."""
    place.world.settings.change({"bulk_seconds": [30, 30]})
    first = interrupted(question(place))
    place.world.faults.add(service="shopify", kind="lost_answer", operation="bulkOperationRunQuery")
    second = interrupted(question(place), lambda: None)  # the first pause is for the lost answer
    assert second.bulk_id not in ("", first.bulk_id)
    assert operations(place).count("bulkOperationRunQuery") == 2


def test_a_run_of_an_unsearchable_field_links_what_it_finds(place):
    sync = place.run(place.select(shopify_field="metafield:custom.code"))
    assert part_of(sync).state == StoreSync.State.DONE
    assert place.assets_in("product-a") == ["one"]
    assert place.assets_in("product-b") == []
