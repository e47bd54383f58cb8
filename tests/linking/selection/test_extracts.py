"""What lists show of assets is read without their details, and is never that of an older state."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.assets import Asset
from linking.matching import answers
from linking.models import BriefRow, KeyMatch, SelectedAsset, Selection, SelectionExtract
from linking.pages.link_board import board_of
from linking.pages.store_cards import store_cards
from linking.selection import extracts
from linking.selection.extracts import rows_of
from tests.linking.visits import ask_and_answer
from tests.scenes import asset, product

TEXT = st.text(max_size=5)
ASSETS = st.builds(
    Asset,
    asset_id=st.just("id"),
    public_id=st.text(min_size=1, max_size=5),
    width=st.integers(0, 9),
    duration=st.none() | st.just(1.5),
    tags=st.lists(TEXT, max_size=2).map(tuple),
    context=st.dictionaries(st.just("alt"), TEXT),
    metadata=st.dictionaries(TEXT, TEXT | st.lists(TEXT, max_size=2).map(tuple), max_size=2),
    windows=st.none() | st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple),
    moderation=st.lists(st.sampled_from(["approved", "pending"]), max_size=2).map(tuple),
    known_as=st.sampled_from(["", "old"]),
    gone=st.booleans(),
)


@given(ASSETS, st.booleans())
def test_what_is_kept_of_an_asset_is_what_was_made_of_its_details(asset, known):
    row = BriefRow(1, 0, "id", asset if known else Asset.of({}, "id"), known, "https://a")
    assert extracts._row(json.loads(json.dumps(extracts._kept(row)))) == row


@pytest.fixture
def chosen(scene):
    place = scene([product("a")], [asset(name, "a", at) for at, name in enumerate(("front", "side"))])
    selection = place.select()
    ask_and_answer(selection)
    return selection


def elsewhere() -> None:
    """As another process, which has looked at nothing yet."""
    extracts.kept.known.clear()
    answers.kept.known.clear()


def names(selection) -> list[str]:
    fresh = Selection.objects.get(pk=selection.pk)
    return [card.name for group in board_of(fresh, store_cards(fresh)).groups for card in group.assets]


def renamed(row: SelectedAsset) -> SelectedAsset:
    row.details = row.details | {"display_name": "renamed"}
    return row


def test_details_are_read_once_for_all_processes(chosen):
    assert names(chosen) == ["front", "side"]
    elsewhere()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert names(chosen) == ["front", "side"]
    assert not [query["sql"] for query in queries if '"details"' in query["sql"]]


@pytest.mark.parametrize("look", [lambda: None, elsewhere])
def test_what_was_read_at_cloudinary_shows_at_once_in_every_process(chosen, look):
    assert "renamed" not in names(chosen)
    extracts.keep_details(chosen, [renamed(chosen.assets.first())])
    look()
    assert names(chosen) == ["renamed", "side"]


def test_what_a_worker_of_the_last_release_has_read_shows_at_once(chosen):
    assert "renamed" not in names(chosen)
    renamed(chosen.assets.first()).save()
    Selection.objects.filter(pk=chosen.pk).update(reread=timezone.now())
    assert names(chosen) == ["renamed", "side"]


def test_what_another_process_edits_shows_at_once(chosen):
    rows_of(chosen)
    chosen.assets.filter(place=1).update(excluded=True, alt="Side", alt_source="typed")
    assert [(row.excluded, row.alt) for row in rows_of(chosen)] == [(False, None), (True, "Side")]
    chosen.assets.update(excluded=False, alt=None)
    assert [(row.excluded, row.alt) for row in rows_of(chosen)] == [(False, None), (False, None)]


def test_another_answer_of_a_store_shows_at_once(chosen):
    fresh = Selection.objects.get(pk=chosen.pk)
    assert board_of(fresh, store_cards(fresh)).linked_products == 1
    [old] = KeyMatch.objects.all()
    old.delete()
    KeyMatch.objects.create(store_match=old.store_match, key="a", verdict="unmatched")
    assert board_of(fresh, store_cards(fresh)).linked_products == 0


def test_a_field_that_nobody_has_looked_at_yet_is_read_for_it(chosen):
    row = chosen.assets.first()
    row.details["metadata"]["season"] = "summer"
    extracts.keep_details(chosen, [row])
    fresh = Selection.objects.get(pk=chosen.pk)
    assert "season" not in rows_of(fresh)[0].asset.metadata
    assert rows_of(fresh, "metadata:season")[0].asset.metadata["season"] == "summer"
    elsewhere()
    assert rows_of(fresh)[0].asset.metadata["season"] == "summer"  # for whom looks next, too


@pytest.mark.parametrize("body", ["", "{", "[1]", '{"codes": [], "rows": [[1]]}', '{"codes": 1, "rows": 2}'])
def test_an_extract_that_cannot_be_read_is_made_again(chosen, body):
    rows_of(chosen)
    SelectionExtract.objects.update(body=body)
    elsewhere()
    assert [row.asset.name for row in rows_of(chosen)] == ["front", "side"]
