"""What a person does with groups by hand: order, exclusion, views; each saved at once, reported, and taken back."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linking.models import Selection
from linking.selection.arrangement import group_id as group
from setup.models import Member
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product

NAMES = ["front", "side", "top", "back"]


@pytest.fixture
def place(scene):
    """Four pictures of `a`, ordered by sequence, one of `b` and one without a product."""
    pictures = [asset(name, "a", at, metadata={"sequence": at}) for at, name in enumerate(NAMES)]
    return scene([product("a"), product("b")], [*pictures, asset("other", "b", 8), asset("stray", "zz", 9)])


@pytest.fixture
def chosen(client, place):
    chosen = place.select(*NAMES, "other", "stray", order_field="metadata:sequence")
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    return chosen


def kept(selection) -> Selection:
    return Selection.objects.get(pk=selection.pk)


def edit(client, selection, do: str, **fields):
    version = fields.pop("version") if "version" in fields else kept(selection).version
    return client.post(f"/selections/{selection.key}/arrange/", {"do": do, "version": version, **fields})


def page(client, selection, query: str = "") -> str:
    return client.get(f"/selections/{selection.key}/{query}").content.decode()


def order_in(text: str, key: str = "a") -> list[str]:
    """The names of the assets of a group as a page shows them."""
    shown = text.split(f'id="l-{group(key)}"')[1].split("</article>")[0]
    return re.findall(r'aria-label="(?:Ex|In)clude ([^"]+)"', shown)


def triggers(response) -> dict:
    return json.loads(response["HX-Trigger"])


def test_an_excluded_asset_is_shown_as_such_and_the_buttons_numbers_follow_at_once(client, chosen):
    answer = edit(client, chosen, "exclude", a="1")
    assert answer.status_code == 200
    assert 'aria-label="Include side"' in answer.content.decode()
    assert "Link 4 assets in 2 groups to 2 products" in text_of(answer)
    assert "4 assets · 1 excluded" in text_of(answer)
    assert triggers(answer)["announce"] == "side is excluded."
    assert 'aria-label="Include side"' in page(client, chosen)
    assert edit(client, chosen, "include", a="1").status_code == 200
    assert 'aria-label="Exclude side"' in page(client, chosen)


def test_an_asset_in_several_groups_is_excluded_in_all_of_them(client, scene):
    place = scene(
        [product("a"), product("b")], [asset("both", None, 1, tags=["a", "b"]), asset("one", None, 2, tags=["a"])]
    )
    chosen = place.select(cloudinary_field="tags")
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    number = chosen.assets.get(details__display_name="both").place
    answer = edit(client, chosen, "exclude", a=str(number)).content.decode()
    assert {f'id="a-{group(key)}-{number}"' in answer for key in "ab"} == {True}
    assert page(client, chosen).count('aria-label="Include both"') == 2


def test_an_excluded_group_stays_visible_and_is_not_linked(client, chosen):
    answer = edit(client, chosen, "exclude-group", g=group("a"))
    assert 'aria-label="Include group a"' in answer.content.decode()
    assert "Link 1 asset in 1 group to 1 product" in text_of(answer)
    assert order_in(page(client, chosen)) == NAMES
    assert "Link 5 assets in 2 groups to 2 products" in text_of(edit(client, chosen, "include-group", g=group("a")))


def test_many_assets_are_excluded_by_their_numbers_also_those_that_no_page_has_shown(client, scene):
    place = scene([product(f"k{at:03}") for at in range(120)], [asset(f"n{at}", f"k{at:03}", at) for at in range(120)])
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    assert 'data-numbers="0-119"' in page(client, chosen)
    answer = edit(client, chosen, "exclude", a="0-117")
    assert "Link 2 assets in 2 groups to 2 products" in text_of(answer)
    assert "list-changed" in triggers(answer)  # instead of 118 tiles
    assert triggers(answer)["announce"] == "118 assets are excluded."


@pytest.mark.parametrize(
    ("do", "fields", "after"),
    [
        ("up", {"a": "2"}, ["front", "top", "side", "back"]),
        ("down", {"a": "0"}, ["side", "front", "top", "back"]),
        ("top", {"a": "3"}, ["back", "front", "side", "top"]),
        ("bottom", {"a": "0"}, ["side", "top", "back", "front"]),
        ("move", {"a": "0", "value": "3"}, ["side", "top", "front", "back"]),
        ("move", {"a": "0", "value": "99"}, ["side", "top", "back", "front"]),
        ("up", {"a": "0"}, NAMES),
    ],
)
@pytest.mark.cases(4)
def test_an_asset_moves_within_its_group_and_stays_there_after_reload(client, chosen, do, fields, after):
    answer = edit(client, chosen, do, g=group("a"), **fields)
    reported = triggers(answer)
    names = [NAMES[number] for number in reported["ordered"]["groups"][group("a")]]
    assert names == order_in(page(client, chosen)) == after
    assert re.fullmatch(r"a: \w+ (moved to|stays at) position \d of 4\.", reported["announce"])


def test_a_move_tells_the_place_and_offers_the_order_of_the_field_again(client, chosen):
    answer = edit(client, chosen, "move", g=group("a"), a="0", value="2")
    assert triggers(answer)["announce"] == "a: front moved to position 2 of 4."
    assert "manual order" in text_of(answer)
    menu = client.get(f"/selections/{chosen.key}/groups/menu/", {"g": group("a")})
    assert "Back to order by Sequence" in text_of(menu)
    answer = edit(client, chosen, "restore", g=group("a"))
    assert order_in(page(client, chosen)) == NAMES
    assert "Back to order" not in text_of(answer)


def test_an_order_belongs_to_the_way_of_grouping_and_is_there_again_when_that_is(client, chosen):
    edit(client, chosen, "top", g=group("a"), a="3")
    Selection.objects.filter(pk=chosen.pk).update(cloudinary_field="public_id")
    assert group("a") not in page(client, chosen)
    Selection.objects.filter(pk=chosen.pk).update(cloudinary_field="metadata:sku")
    assert order_in(page(client, chosen))[0] == "back"


@pytest.mark.parametrize(
    ("do", "fields", "text"),
    [
        ("exclude", {"a": "0-2"}, "3 assets are excluded."),
        ("exclude-group", {"g": "a"}, "a is excluded."),
        ("bottom", {"g": "a", "a": "0"}, "a: front moved to position 4 of 4."),
    ],
)
@pytest.mark.cases(2)
def test_undo_brings_back_what_the_last_change_did(client, chosen, do, fields, text):
    edit(client, chosen, "top", g=group("a"), a="1")
    before = [order_in(page(client, chosen)), text_of(client.get(f"/selections/{chosen.key}/actions/"))]
    fields = fields | ({"g": group(fields["g"])} if "g" in fields else {})
    answer = edit(client, chosen, do, **fields)
    toast = answer.content.decode().split('id="toast"')[1]
    assert text in toast
    assert 'data-do="undo"' in toast
    undone = edit(client, chosen, "undo")
    assert triggers(undone)["announce"] == "Undone."
    assert [order_in(page(client, chosen)), text_of(client.get(f"/selections/{chosen.key}/actions/"))] == before
    assert 'id="undo"' not in undone.content.decode()


def test_undo_of_the_first_order_by_hand_is_the_order_of_the_field(client, chosen):
    edit(client, chosen, "top", g=group("a"), a="3")
    answer = edit(client, chosen, "undo")
    assert "manual order" not in text_of(answer)
    assert order_in(page(client, chosen)) == NAMES


def test_a_stale_edit_changes_nothing_and_gets_the_present_state_with_a_notice(client, chosen):
    seen = kept(chosen).version
    edit(client, chosen, "exclude", a="0")
    answer = edit(client, chosen, "exclude", a="1", version=seen)
    assert answer.status_code == 409
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#board", "outerHTML")
    assert "changed in another tab or window" in text_of(answer)
    assert "changed in another tab or window" in triggers(answer)["announce"]
    assert f'name="version" value="{seen + 1}"' in answer.content.decode()
    assert [row.excluded for row in chosen.assets.all()][:2] == [True, False]


def test_a_stale_undo_takes_nothing_back(client, chosen):
    edit(client, chosen, "exclude", a="0")
    seen = kept(chosen).version
    edit(client, chosen, "exclude", a="1")
    assert edit(client, chosen, "undo", version=seen).status_code == 409
    assert [row.excluded for row in chosen.assets.all()][:2] == [True, True]


@pytest.mark.parametrize(
    ("do", "fields", "status"),
    [
        ("fly", {}, 400),
        ("view", {"value": "cinema"}, 400),
        ("exclude", {"a": "77"}, 404),
        ("exclude", {"a": "x"}, 404),
        ("up", {"g": "0000", "a": "0"}, 404),
        ("up", {"g": "b", "a": "0"}, 404),
        ("move", {"g": "a", "a": "0", "value": "first"}, 404),
        ("exclude", {"a": "0", "version": "-1"}, 409),
        ("exclude", {"a": "0", "version": "²"}, 409),
    ],
)
@pytest.mark.cases(5)
def test_what_cannot_be_done_changes_nothing(client, chosen, do, fields, status):
    fields = fields | ({"g": group(fields["g"])} if "g" in fields else {})
    before = kept(chosen).version
    assert edit(client, chosen, do, **fields).status_code == status
    assert kept(chosen).version == before
    assert not chosen.assets.filter(excluded=True).exists()


def test_nobody_arranges_the_selection_of_somebody_else(client, place, chosen):
    other = Member.objects.create(environment=place.environment, external_id="u2", name="Bo", roles=[])
    enter(client, other)
    assert edit(client, chosen, "exclude", a="0").status_code == 404
    assert client.get(f"/selections/{chosen.key}/groups/one/?g={group('a')}").status_code == 404
    assert client.get(f"/selections/{chosen.key}/groups/rows/?g={group('a')}&from=0").status_code == 404


def test_the_regular_view_shows_what_is_known_of_each_asset_and_all_controls_and_is_kept(client, chosen):
    answer = edit(client, chosen, "view", value="regular")
    assert answer["HX-Retarget"] == "#groups"
    shown = page(client, chosen)
    for control in ("Exclude front", "Move up side", "Move down side", "Move side to top", "Move side to bottom"):
        assert f'aria-label="{control}"' in shown
    assert 'aria-label="Move side to position"' in shown
    assert "Asset SKU Sequence Tags Alt text Order" in text_of(client.get(f"/selections/{chosen.key}/"))
    assert "side JPG, 40 × 50 a 1 –" in text_of(client.get(f"/selections/{chosen.key}/"))
    assert "Alt text of side" in text_of(client.get(f"/selections/{chosen.key}/"))


def test_a_group_opens_as_rows_in_the_compact_view_and_edits_of_it_answer_with_rows(client, chosen):
    closed = client.get(f"/selections/{chosen.key}/groups/one/", {"g": group("a")}).content.decode()
    opened = client.get(f"/selections/{chosen.key}/groups/one/", {"g": group("a"), "open": group("a")}).content.decode()
    assert ("Move up side" in closed, "Move up side" in opened) == (False, True)
    assert 'aria-expanded="true"' in opened
    answer = edit(client, chosen, "exclude", a="1", open=group("a")).content.decode()
    assert re.search(rf'<template><tr id="a-{group("a")}-1"', answer)


@pytest.mark.parametrize(
    ("do", "fields"),
    [("down", {"g": "a", "a": "0"}), ("exclude", {"a": "1-9"}), ("exclude-group", {"g": "b"}), ("undo", {})],
)
@pytest.mark.cases(2)
def test_an_edit_asks_the_database_no_more_than_twelve_times(client, scene, do, fields):
    place = scene([product("a"), product("b")], [asset(f"p{at}", "ab"[at % 2], at) for at in range(60)], stores=2)
    chosen = place.select(view="regular")
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    edit(client, chosen, "exclude-group", g=group("a"))
    fields = fields | ({"g": group(fields["g"])} if "g" in fields else {})
    data = {"do": do, "version": kept(chosen).version, **fields}
    with CaptureQueriesContext(connection) as asked:
        assert client.post(f"/selections/{chosen.key}/arrange/", data).status_code == 200
    # BEGIN is the twelfth: within a test's own transaction it is a savepoint.
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) <= 11


@pytest.mark.parametrize("then", [{"do": "exclude", "a": "1"}, {"do": "view", "value": "regular"}])
def test_what_changes_nothing_leaves_the_undo_of_the_edit_before(client, chosen, then):
    edit(client, chosen, "exclude", a="1")
    assert edit(client, chosen, **then).status_code == 200
    edit(client, chosen, "undo")
    assert not kept(chosen).assets.filter(excluded=True).exists()
