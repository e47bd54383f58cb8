"""Groups are kept from one request to the next: a board that is made of what is kept is the one that is made of nothing."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from unittest import mock

import pytest
from django.utils import timezone

from linking.domain.counting import Standing
from linking.domain.ranges import ranges
from linking.matching import answers, asking
from linking.matching.answering import match_store
from linking.models import KeyMatch, SelectedAsset, Selection, StoreMatch
from linking.pages import kept_groups
from linking.pages.group_cards import GroupCard
from linking.pages.link_board import Board, board_of
from linking.pages.store_cards import store_cards
from linking.runtime.kept import Kept
from linking.selection import editing, extracts, locking, picking
from linking.selection.editing import SelectionEdit
from setup.models import Store
from tests.linking.visits import ask_and_answer
from tests.scenes import asset, product

KEYS = ("a", "b", "c", "d", "zz")
OPENS = 2_000_000_000  # 2033
STEPS = 25


@pytest.fixture
def chosen(scene) -> Selection:
    """Assets in one group, in several, and in none; one that is shown from a moment on only. Of `d` there are two products."""
    tagged = [
        asset(f"n{at}", None, at, tags=list(tags)) for at, tags in enumerate(["a", "a", "ab", "bc", "c", "d", "dz"])
    ]
    tagged += [asset("none", None, 8), asset("far", None, 9, tags=["zz", "a"])]
    catalog = [
        product("a"),
        product("b"),
        product("c"),
        product("d"),
        product("d", handle="d-too"),
        product("zz", title="zz"),
    ]
    chosen = scene(catalog, tagged, stores=2).select(cloudinary_field="tags")
    row = chosen.assets.get(details__display_name="n4")
    row.details["windows"] = [[OPENS, OPENS + 1000]]
    extracts.keep_details(chosen, [row])
    ask_and_answer(chosen)
    return Selection.objects.get(pk=chosen.pk)


@contextmanager
def nothing_kept() -> Iterator[None]:
    with (
        mock.patch.object(kept_groups, "kept", Kept(kept_groups.MOST_KEPT)),
        mock.patch.object(extracts, "kept", Kept(extracts.MOST_KEPT)),
        mock.patch.object(answers, "kept", Kept(answers.MOST_KEPT)),
    ):
        yield


def board(selection: Selection) -> Board:
    fresh = Selection.objects.get(pk=selection.pk)
    return board_of(fresh, store_cards(fresh))


def seen(found: Board) -> list:
    """Everything that pages show of a board."""
    cards = [[getattr(group, one.name) for one in fields(GroupCard)] for group in (*found.groups, found.rest)]
    counted = [
        (group.id, group.standing, group.out, group.left_out, group.in_trouble, group.words) for group in found.groups
    ]
    sums = (found.numbers, found.tally, found.assets, found.linked_assets, found.linked_groups, found.linked_products)
    return [cards, counted, sums, found.missing, found.total, found.long_alts, found.stores]


# Edits, each as something that a person, an admin, a store or the hour does.


def edited(selection: Selection, change: Callable[[SelectionEdit], None]) -> None:
    version = Selection.objects.values_list("version", flat=True).get(pk=selection.pk)
    with locking.edit(selection, version) as row:
        change(SelectionEdit.of(row))


def exclude(selection: Selection, dice: random.Random) -> None:
    places = dice.sample(range(9), dice.randint(1, 3))
    edited(selection, lambda edit: editing.exclude(edit, places, out=dice.random() < 0.6))


def any_group(edit: SelectionEdit, dice: random.Random) -> str:
    return dice.choice(edit.arranged.groups).id


def exclude_group(selection: Selection, dice: random.Random) -> None:
    out = dice.random() < 0.6
    edited(selection, lambda edit: editing.exclude_group(edit, any_group(edit, dice), out=out))


def move(selection: Selection, dice: random.Random) -> None:
    def change(edit: SelectionEdit) -> None:
        group = dice.choice(edit.arranged.groups)
        of = dice.choice(group.assets).asset_id
        place = next(row.place for row in edit.rows if row.asset_id == of)
        editing.move(edit, group.id, place, dice.randint(1, 4))

    edited(selection, change)


def restore(selection: Selection, dice: random.Random) -> None:
    edited(selection, lambda edit: editing.restore(edit, any_group(edit, dice), "Sequence"))


def undo(selection: Selection, dice: random.Random) -> None:
    was = Selection.objects.get(pk=selection.pk).last_change.get("was", {})
    edited(selection, lambda edit: editing.take_back(edit, was))


def pick(selection: Selection, dice: random.Random) -> None:
    row = KeyMatch.objects.filter(store_match__selection=selection, key=dice.choice("da")).order_by("pk").first()
    if row is None:  # the store is asked for other keys
        return
    ids = [product["id"] for product in row.products]
    version = Selection.objects.values_list("version", flat=True).get(pk=selection.pk)
    with locking.edit(selection, version) as locked:
        picking.pick(locked, row, "choose", dice.sample(ids, dice.randint(0, len(ids))))


def write_alt(selection: Selection, dice: random.Random) -> None:
    text = dice.choice(["", "A bench", None])
    SelectedAsset.objects.filter(selection=selection, place=dice.randrange(9)).update(alt=text)


def match_again(selection: Selection, dice: random.Random) -> None:
    store = dice.choice(list(Store.objects.order_by("pk")))
    question, _ = asking.put(Selection.objects.get(pk=selection.pk), store, now=timezone.now(), again=True)
    if dice.random() < 0.7:
        match_store(question.pk)


def fail(selection: Selection, dice: random.Random) -> None:
    state = dice.choice(["failed", "done"])
    StoreMatch.objects.filter(store=Store.objects.order_by("pk").last()).update(state=state, known=state == "done")


def rename(selection: Selection, dice: random.Random) -> None:
    Store.objects.filter(pk=Store.objects.first().pk).update(label=dice.choice(["Fjord", "Fern", ""]))


def untick(selection: Selection, dice: random.Random) -> None:
    selection.stores.set(dice.sample(list(Store.objects.all()), dice.randint(0, 2)))


def settle(selection: Selection, dice: random.Random) -> None:
    values = {
        "order_field": dice.choice(["", "display_name"]),
        "cloudinary_field": dice.choice(["tags", "tags", "display_name"]),
    }
    Selection.objects.filter(pk=selection.pk).update(**values, fold=dice.random() < 0.3)


def allow(selection: Selection, dice: random.Random) -> None:
    selection.environment.no_swatches = not selection.environment.no_swatches
    selection.environment.image_transformation = dice.choice(["c_limit,w_2048", "w_9000,h_9000,c_scale"])
    selection.environment.save()


def reread(selection: Selection, dice: random.Random) -> None:
    row = SelectedAsset.objects.get(selection=selection, place=dice.randrange(9))
    row.details["tags"] = dice.sample(KEYS, 2)
    extracts.keep_details(selection, [row])


DOINGS = (
    exclude,
    exclude_group,
    move,
    restore,
    undo,
    pick,
    write_alt,
    match_again,
    fail,
    rename,
    untick,
    settle,
    allow,
    reread,
)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.cases(2)
def test_what_is_made_of_what_is_kept_is_what_is_made_of_nothing(chosen, seed):
    dice = random.Random(seed)
    hours = [timezone.now().replace(year=year) for year in (2030, 2034)]
    for step in range(STEPS):
        dice.choice(DOINGS)(chosen, dice)
        hour = dice.choice(hours)
        with mock.patch("linking.cloudinary.renditions.timezone.now", return_value=hour):
            found = board(chosen)
            with nothing_kept():
                assert seen(found) == seen(board(chosen)), f"after step {step}"
        assert_sums(found)


def assert_sums(found: Board) -> None:
    """By the words that say what each counts, asset by asset."""
    linked = [group for group in found.groups if group.matched and not group.excluded]
    going = {card.id for group in linked for card in group.assets if not card.trouble and not card.excluded}
    assert (found.linked_assets, found.assets.linked, found.assets.total) == (len(going), len(going), found.total)
    assert found.tally.excluded == sum(group.standing == Standing.EXCLUDED for group in found.groups)
    reached = {
        (answer.store.pk, one["id"])
        for group in linked
        if {card.id for card in group.assets} & going
        and any(not (card.trouble or card.excluded) for card in group.assets)
        for answer in group.answers
        if answer.state == "matched"
        for one in answer.products
    }
    assert found.linked_products == len(reached)
    assert all(group.numbers == ranges(card.number for card in group.assets) for group in found.groups)


def test_only_what_was_edited_is_drawn_again(chosen):
    before = board(chosen).groups
    edited(chosen, lambda edit: editing.exclude_group(edit, before[1].id, out=True))
    after = board(chosen).groups
    assert [old is new for old, new in zip(before, after, strict=True)] == [True, False, *[True] * (len(before) - 2)]
    assert all(old is new for old, new in zip(after, board(chosen).groups, strict=True))


def test_a_store_has_its_new_name_at_once(chosen):
    assert "Fjord" not in {str(answer.store) for group in board(chosen).groups for answer in group.answers}
    Store.objects.update(label="Fjord")
    assert {str(answer.store) for group in board(chosen).groups for answer in group.answers} == {"Fjord"}
