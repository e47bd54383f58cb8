"""An edit that changes nothing leaves the way back of the edit before it; one that changes something takes its place."""

import pytest

from linking.models import Selection
from linking.models.selections import RUN_SETTINGS
from linking.selection.arrangement import group_id
from tests.linking.visits import ask_and_answer, enter, row_of
from tests.scenes import asset, product


@pytest.fixture
def page(client, scene):
    """Call it with the part of the page that an edit is sent to, and its fields. `x` has two products, of which one is chosen,
    and of `a` the second asset is excluded: that is the last edit."""
    shelf = [product("a"), product("x", handle="x1"), product("x", handle="x2")]
    pictures = [asset("fa", "a"), asset("fb", "a", 1, context={"alt": "Own"}), asset("fx", "x", 2)]
    chosen = scene(shelf, pictures).select()
    ask_and_answer(chosen)
    enter(client, chosen.member, chosen)

    def send(part: str, **fields):
        version = Selection.objects.get(pk=chosen.pk).version
        return client.post(f"/selections/{chosen.key}/{part}/", {"version": version, **fields})

    send("alts", do="alt", at="0", value="Words")
    send("picks", **first_of_x(do="pick"))
    send("arrange", do="move", g=group("a"), a="0", value="2")
    send("arrange", do="exclude-group", g=group("x"))
    send("arrange", do="exclude", a="1")
    assert last_change()["was"] == {"assets": [[1, False]]}
    return send


def last_change() -> dict:
    return Selection.objects.get().last_change


def group(key: str) -> str:
    return group_id(Selection.objects.get().keying.same(key))


def first_of_x(**fields) -> dict:
    row = row_of("x")
    return {"k": row.pk, "p": row.products[0]["id"], **fields}


def settings(**changed) -> dict:
    """What the form of the settings sends, with everything as it is but for what is `changed`."""
    chosen = Selection.objects.get()
    known = {name: getattr(chosen, name) for name in (*RUN_SETTINGS, "cloudinary_field", "pattern", "separator")}
    known |= {
        "shopify_kind": known.pop("shopify_field"),
        "stores": [store.pk for store in chosen.stores.all()],
    } | changed
    return {name: value for name, value in known.items() if value is not False}


# Part of the page -> edits that leave everything as it is.
WITHOUT_EFFECT = {
    "excluded already": lambda: ("arrange", {"do": "exclude", "a": "1"}),
    "included already": lambda: ("arrange", {"do": "include", "a": "0"}),
    "a group excluded already": lambda: ("arrange", {"do": "exclude-group", "g": group("x")}),
    "a group included already": lambda: ("arrange", {"do": "include-group", "g": group("a")}),
    "moved to its own place": lambda: ("arrange", {"do": "move", "g": group("a"), "a": "0", "value": "2"}),
    "moved down at the end": lambda: ("arrange", {"do": "down", "g": group("a"), "a": "0"}),
    "ordered by the field already": lambda: ("arrange", {"do": "restore", "g": group("x")}),
    "the view": lambda: ("arrange", {"do": "view", "value": "regular"}),
    "the same text": lambda: ("alts", {"do": "alt", "at": "0", "value": "Words"}),
    "its own text": lambda: ("alts", {"do": "alt", "at": "1", "value": "Own"}),
    "no text where none was": lambda: ("alts", {"do": "alt", "at": "2", "value": ""}),
    "undecided already": lambda: ("alts", {"do": "revert", "at": "2"}),
    "nothing to fill": lambda: ("alts", {"do": "fill", "field": "context:alt"}),
    "no proposal": lambda: ("alts", {"do": "accept-all", "count": "0"}),
    "excluded from an upload already": lambda: ("upload/edit", {"do": "exclude", "a": "1"}),
    "uploaded already": lambda: ("upload/edit", {"do": "include", "a": "0"}),
    "picked already": lambda: ("picks", first_of_x(do="pick")),
    "chosen already": lambda: ("picks", first_of_x(do="choose")),
    "ticked already": lambda: ("ticks", {"do": "tick-all"}),
    "the same settings": lambda: ("settings", settings()),
    "the same settings of an upload": lambda: ("upload/settings", settings()),
    "an offer that is declined": lambda: ("last-time", {"do": "dismiss"}),
}
WITH_EFFECT = {
    "a mode": lambda: ("settings", settings(link_mode="prepend")),
    "a store": lambda: ("settings", settings(stores=[])),
    "a policy of an upload": lambda: ("upload/settings", settings(alt_policy="overwrite")),
    "a group included": lambda: ("arrange", {"do": "include-group", "g": group("x")}),
    "a text": lambda: ("alts", {"do": "alt", "at": "0", "value": "Other words"}),
    "a pick": lambda: ("picks", first_of_x(do="unpick")),
    "taken back": lambda: ("arrange", {"do": "undo"}),
}


@pytest.mark.parametrize("edit", WITHOUT_EFFECT.values(), ids=WITHOUT_EFFECT)
@pytest.mark.cases(6)
def test_an_edit_without_effect_leaves_the_way_back_of_the_edit_before(page, edit):
    before = last_change()
    part, fields = edit()
    answer = page(part, **fields)
    assert answer.status_code == 200, answer.content
    assert last_change() == before
    assert "changed" not in answer.get("HX-Trigger", "").replace("Nothing changed.", "").replace("-changed", "")
    page("arrange", do="undo")
    assert not Selection.objects.get().assets.filter(excluded=True).exists()


@pytest.mark.parametrize("edit", WITH_EFFECT.values(), ids=WITH_EFFECT)
@pytest.mark.cases(3)
def test_an_edit_with_an_effect_takes_its_place(page, edit):
    before = last_change()
    part, fields = edit()
    assert page(part, **fields).status_code == 200
    assert last_change() != before


def test_what_is_taken_back_elsewhere_than_it_was_done_is_left_alone(page):
    """An old page sends it: each part of the page takes back only what it has done."""
    before = last_change()
    assert "nothing left to undo" in page("ticks", do="undo")["HX-Trigger"]
    page("alts", do="take-back")
    assert last_change() == before
