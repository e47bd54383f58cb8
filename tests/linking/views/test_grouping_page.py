"""The settings of a selection: what makes a group, with examples, and what is asked before a manual order is discarded."""

import re

import pytest

from linking.models import GroupArrangement, Selection, StoreMatch
from setup.models import Environment
from tests.linking.visits import ask_and_answer, enter, open_page, text_of
from tests.scenes import asset, product


def choose(client, selection, **changed):
    """What the form sends when one of its fields is changed."""
    kept = Selection.objects.get(pk=selection.pk)
    kind, _, metafield = kept.shopify_field.partition(":")
    data = {
        "version": kept.version,
        "cloudinary_field": kept.cloudinary_field,
        "pattern": kept.pattern,
        "separator": kept.separator,
        "shopify_kind": kind,
        "metafield": metafield,
        "order_field": kept.order_field,
        "link_mode": kept.link_mode,
        "stores": list(kept.stores.values_list("pk", flat=True)),
    } | ({"fold": "on"} if kept.fold else {})
    return client.post(f"/selections/{selection.key}/settings/", data | changed)


def settings_of(selection) -> Selection:
    return Selection.objects.get(pk=selection.pk)


@pytest.fixture
def place(scene):
    """Files named after their products, and one that is not."""
    names = ["ABC-1_front", "ABC-1_side", "ABC-2_front", "logo"]
    return scene([product("ABC-1"), product("ABC-2")], [asset(name, None, at) for at, name in enumerate(names)])


def test_a_pattern_takes_the_key_out_of_a_name_and_the_stores_are_asked_for_it(client, place):
    chosen = place.select(cloudinary_field="display_name")
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    page = choose(client, chosen, pattern=r"^([A-Z]+-\d+)_")
    assert page.status_code == 200
    assert "2 groups by Display name" in text_of(page)
    ask_and_answer(settings_of(chosen))
    assert "Link 3 assets in 2 groups to 2 products" in open_page(client, place, chosen)


def test_examples_show_what_becomes_of_values_and_how_many_assets_have_no_key(client, place):
    chosen = place.select(cloudinary_field="display_name", pattern=r"^([A-Z]+-\d+)_")
    page = open_page(client, place, chosen)
    assert "ABC-1_front → gives ABC-1" in page
    assert "logo → gives no key" in page
    assert "1 of 4 assets has no key" in page


def test_options_that_are_not_as_a_new_selection_begins_are_counted(client, place):
    def counted(**chosen) -> str:
        found = re.search(r"More options (?:(\d) changed)?", open_page(client, place, place.select(**chosen)))
        return found[1] or ""

    assert counted(cloudinary_field="display_name") == ""
    assert counted(pattern="^(A)", separator=",", fold=True, alt_policy="fill", variant_pictures=True) == "5"
    Environment.objects.update(default_fold=True, alt_policy="fill")
    assert counted(fold=True, alt_policy="fill") == ""


def test_examples_follow_while_a_pattern_is_written_and_nothing_is_saved(client, place):
    chosen = place.select(cloudinary_field="display_name")
    enter(client, place.member, chosen)
    url = f"/selections/{chosen.key}/examples/"
    shown = text_of(client.get(url, {"cloudinary_field": "display_name", "pattern": r"_(\w+)$"}))
    assert "ABC-1_front → gives front" in shown
    assert "1 of 4 assets has no key" in shown
    assert "cannot read the pattern" in text_of(client.get(url, {"cloudinary_field": "display_name", "pattern": "(["}))
    assert (settings_of(chosen).pattern, settings_of(chosen).version) == ("", chosen.version)


def test_a_bad_pattern_is_reported_at_its_field_and_the_old_one_stays_in_force(client, place):
    chosen = place.select(cloudinary_field="display_name", pattern=r"^([A-Z]+-\d+)_")
    enter(client, place.member, chosen)
    page = choose(client, chosen, pattern="([A-Z]", link_mode="prepend")
    assert page.status_code == 422
    assert "cannot read the pattern" in text_of(page)
    assert 'value="([A-Z]"' in page.content.decode()
    assert 'id="groups"' not in page.content.decode()  # they are as before
    found = settings_of(chosen)
    assert (found.pattern, found.link_mode) == (r"^([A-Z]+-\d+)_", "prepend")


def test_a_separator_makes_several_groups_of_one_value(client, scene):
    place = scene([product("A"), product("B")], [asset("one", "A; B"), asset("two", "B", 1)])
    chosen = place.select()
    enter(client, place.member, chosen)
    choose(client, chosen, separator=";")
    ask_and_answer(settings_of(chosen))
    assert "Link 2 assets in 2 groups to 2 products" in open_page(client, place, chosen)


def test_a_blank_can_be_the_separator(client, scene):
    place = scene([], [asset("one", "A B")])
    chosen = place.select()
    enter(client, place.member, chosen)
    assert "2 groups by SKU" in text_of(choose(client, chosen, separator=" "))


def test_keys_are_compared_letter_by_letter_unless_one_asks_otherwise(client, scene):
    place = scene([product("abc 1")], [asset("one", "ABC1")])
    place.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    assert "No product matches." in open_page(client, place, chosen)
    choose(client, chosen, fold="on")
    ask_and_answer(settings_of(chosen))
    page = open_page(client, place, chosen)
    assert "Link 1 asset in 1 group to 1 product" in page
    assert "read all products" in page


def test_all_kinds_of_fields_are_offered_to_group_by(client, scene):
    place = scene([], [asset("one", "A", context={"season": "summer"}, tags=["x"])])
    page = open_page(client, place, place.select())
    for label in ("SKU · 1 of 1", "season (context) · 1 of 1", "Tags · 1 of 1", "Public ID", "Display name", "Folder"):
        assert label in page


@pytest.fixture
def by_hand(client, scene):
    """A group that was ordered by hand."""
    place = scene([product("a")], [asset(f"a{at}", "a", at, metadata={"sequence": 3 - at}) for at in range(3)])
    chosen = place.select(order_field="")
    order = list(chosen.assets.values_list("asset_id", flat=True))[::-1]
    GroupArrangement.objects.create(selection=chosen, keying=str(chosen.keying), key="a", order=order)
    enter(client, place.member, chosen)
    return chosen


def test_another_ordering_field_asks_before_it_discards_a_manual_order(client, by_hand):
    page = choose(client, by_hand, order_field="metadata:sequence", link_mode="prepend")
    assert "1 group has a manual order. Ordering by Sequence would discard it." in text_of(page)
    assert "manual order" in page["HX-Trigger"]
    assert '<option value="" selected>' in page.content.decode()
    found = settings_of(by_hand)
    assert (found.order_field, found.link_mode) == ("", "prepend")
    assert GroupArrangement.objects.get().order != []


def test_a_manual_order_is_discarded_when_that_is_confirmed(client, by_hand):
    choose(client, by_hand, order_field="metadata:sequence")
    page = choose(client, by_hand, order_asked="metadata:sequence", discard_order="on")
    assert "manual order" not in text_of(page)
    assert settings_of(by_hand).order_field == "metadata:sequence"
    assert GroupArrangement.objects.get().order == []
    assert "Manual order of 1 group discarded. Undo" in text_of(page)
    back = settings_of(by_hand).last_change["back"] | {"version": settings_of(by_hand).version}
    client.post(f"/selections/{by_hand.key}/arrange/", back)
    assert GroupArrangement.objects.get().order != []


def test_a_manual_order_that_is_kept_keeps_the_ordering_field(client, by_hand):
    page = choose(client, by_hand, order_asked="metadata:sequence", keep_order="on")
    assert "would discard it" not in text_of(page)
    assert settings_of(by_hand).order_field == ""
    assert GroupArrangement.objects.get().order != []


def test_a_manual_order_of_another_grouping_does_not_ask(client, by_hand):
    GroupArrangement.objects.update(keying="tags")
    choose(client, by_hand, order_field="metadata:sequence")
    assert settings_of(by_hand).order_field == "metadata:sequence"


def test_another_direction_or_second_field_leaves_a_manual_order_alone(client, by_hand):
    Selection.objects.update(order_field="metadata:sequence")
    wanted = {"order_descending": "on", "then_field": "display_name", "then_descending": "on", "group_order": "key"}
    page = choose(client, by_hand, **wanted)
    assert "would discard it" not in text_of(page)
    assert GroupArrangement.objects.get().order != []
    found = settings_of(by_hand)
    saved = found.order_descending, found.then_field, found.then_descending, found.group_order
    assert saved == (True, "display_name", True, "key")
    assert "Sequence, highest first; then Display name, Z to A." in text_of(page)


@pytest.mark.parametrize("wrong", [{"then_field": "color"}, {"group_order": "size"}])
def test_an_order_that_nobody_could_have_chosen_is_not_saved(client, by_hand, wrong):
    assert choose(client, by_hand, order_field="", **wrong).status_code == 422
    assert (settings_of(by_hand).then_field, settings_of(by_hand).group_order) == ("", "variants")


def test_settings_that_were_changed_in_another_tab_are_not_overwritten(client, place):
    chosen = place.select()
    enter(client, place.member, chosen)
    choose(client, chosen, link_mode="prepend")
    page = choose(client, chosen, link_mode="reset", version=chosen.version)
    assert page.status_code == 409
    assert "changed in another tab" in text_of(page)
    assert settings_of(chosen).link_mode == "prepend"


def test_another_field_forgets_answers_and_the_same_one_keeps_them(client, place):
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    choose(client, chosen, link_mode="prepend")
    assert StoreMatch.objects.get().known
    choose(client, chosen, pattern="^(A)")
    assert not StoreMatch.objects.get().known
