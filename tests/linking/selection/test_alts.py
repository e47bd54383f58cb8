"""Alt texts of a selection: what a person decides reaches the store's files, and nothing else does."""

import pytest
from django.utils import timezone

from linking.domain.fields import CloudinaryField
from linking.selection.alt_texts import deciding, working
from linking.selection.alt_texts.asking import suggest, suggestible
from linking.selection.alt_texts.deciding import BadAlt
from linking.selection.locking import edit
from tests import pressing
from tests.scenes import asset, product

NAMES = ["own", "titled", "bare", "long"]


@pytest.fixture
def place(scene):
    assets = [
        asset("own", "a", 0, context={"alt": "Its own words", "title": "A title"}),
        asset("titled", "a", 1, context={"title": "A titled chair"}),
        asset("bare", "a", 2),
        asset("long", "a", 3, context={"title": "word " * 50}),
    ]
    return scene([product("a")], assets)


def decide(selection, change, name: str = "", *args) -> None:
    selection.refresh_from_db()
    with edit(selection, selection.version) as row:
        asset_rows = [deciding.asset_at(row, str(NAMES.index(name)))] if name else []
        change(row, *asset_rows, *args)


def fill(selection, code: str = "context:title") -> None:
    decide(selection, lambda row: deciding.fill(row, CloudinaryField.parse(code), "Title"))


def proposed(selection) -> None:
    job, _ = suggest(selection, suggestible(selection.assets.all()), now=timezone.now())
    while working.work_on_assets(job.pk):
        pass


def alts(selection) -> dict[str, str | None]:
    return {row.asset.name: row.alt for row in selection.assets.all()}


def at_shopify(place) -> dict[str, str]:
    files = place.shop.files.values()
    return {file.filename.split("-al")[0]: file.alt for file in files if "-al" in file.filename}


def test_texts_that_were_typed_filled_and_accepted_reach_the_store(place):
    place.world.settings.change({"caption_seconds": [0, 0]})
    chosen = place.select()
    decide(chosen, deciding.write, "own", "Typed by hand")
    fill(chosen)
    proposed(chosen)
    decide(chosen, deciding.accept, "bare")
    place.run(chosen)
    found = at_shopify(place)
    assert found["own"] == "Typed by hand"
    assert found["titled"] == "A titled chair"
    assert found["bare"].endswith("picture of bare")
    assert {row.asset.name: row.alt_source for row in chosen.assets.all()} == {
        "own": "typed",
        "titled": "field",
        "bare": "ai",
        "long": "field",
    }


def test_a_proposal_that_nobody_accepted_never_reaches_a_store(place):
    place.world.settings.change({"caption_seconds": [0, 0]})
    chosen = place.select()
    proposed(chosen)
    decide(chosen, deciding.reject, "bare")
    place.run(chosen)
    assert at_shopify(place) == {"own": "Its own words", "titled": "", "bare": "", "long": ""}


def test_a_text_left_empty_on_purpose_reaches_the_store_as_none(place):
    chosen = place.select()
    decide(chosen, deciding.leave_empty, "own")
    place.run(chosen)
    assert at_shopify(place)["own"] == ""


def test_a_run_keeps_the_texts_that_it_began_with(place):

    chosen = place.select()
    decide(chosen, deciding.write, "own", "As it was started")
    sync = pressing.link(chosen, "token", dry_run=False)
    decide(chosen, deciding.write, "own", "Changed afterwards")
    place.finish(sync)
    assert at_shopify(place)["own"] == "As it was started"


def test_filling_leaves_own_texts_and_decisions_alone(place):
    chosen = place.select()
    decide(chosen, deciding.leave_empty, "titled")
    fill(chosen)
    assert alts(chosen) == {"own": None, "titled": "", "bare": None, "long": ("word " * 50).strip()}


def test_a_filled_selection_is_taken_back_in_one_go(place):
    chosen = place.select()
    fill(chosen)
    chosen.refresh_from_db()
    was = chosen.last_change
    assert "2 alt texts" in str(was["text"])
    deciding.take_back(chosen, was["was"])
    assert set(alts(chosen).values()) == {None}
    assert set(chosen.assets.values_list("alt_source", flat=True)) == {""}


def test_a_decision_can_be_taken_back_to_what_it_was_before(place):
    chosen = place.select()
    decide(chosen, deciding.write, "own", "First")
    decide(chosen, deciding.write, "own", "Second")
    chosen.refresh_from_db()
    deciding.take_back(chosen, chosen.last_change["was"])
    assert alts(chosen)["own"] == "First"


def test_a_proposal_that_comes_meanwhile_survives_a_decision_and_its_way_back(place):
    chosen = place.select()
    chosen.assets.filter(place=2).update(caption_state="asked")
    decide(chosen, deciding.write, "bare", "Typed")
    chosen.assets.filter(place=2).update(caption="Words", caption_state="offered")
    chosen.refresh_from_db()
    deciding.take_back(chosen, chosen.last_change["was"])
    row = chosen.assets.get(place=2)
    assert (row.alt, row.caption_state) == (None, "offered")


def test_reverting_brings_the_assets_own_text_back(place):
    chosen = place.select()
    decide(chosen, deciding.write, "own", "Typed")
    decide(chosen, deciding.revert, "own")
    assert alts(chosen)["own"] is None


def test_typing_the_assets_own_text_is_no_decision_unless_another_was_made(place):
    chosen = place.select()
    decide(chosen, deciding.write, "own", " Its own\nwords ")
    assert alts(chosen)["own"] is None
    decide(chosen, deciding.write, "own", "Others")
    decide(chosen, deciding.write, "own", "Its own words")
    assert alts(chosen)["own"] == "Its own words"


@pytest.mark.parametrize("name", ["own", "bare"])
def test_an_empty_field_is_no_wish_whether_the_asset_has_a_text_or_not(place, name):
    chosen = place.select()
    decide(chosen, deciding.write, name, "x")
    decide(chosen, deciding.write, name, " ")
    row = chosen.assets.get(place=NAMES.index(name))
    assert (row.alt, row.alt_source) == (None, "")
    chosen.refresh_from_db()
    assert "tick Decorative" in str(chosen.last_change["text"])


def test_decorative_is_a_choice_of_its_own_and_typing_ends_it(place):
    chosen = place.select()
    decide(chosen, deciding.leave_empty, "own")
    row = chosen.assets.get(place=0)
    assert (row.alt, row.alt_source) == ("", "typed")
    decide(chosen, deciding.write, "own", "After all")
    assert alts(chosen)["own"] == "After all"


def test_a_text_that_is_longer_than_shopify_takes_is_refused_with_its_length_and_changes_nothing(place):
    chosen = place.select()
    with pytest.raises(BadAlt, match="at most 512 characters; this one has 513"):
        decide(chosen, deciding.write, "own", "x" * 513)
    assert alts(chosen)["own"] is None
    decide(chosen, deciding.write, "own", "x" * 512)
    assert len(alts(chosen)["own"]) == 512


def test_an_edited_proposal_counts_as_typed(place):
    place.world.settings.change({"caption_seconds": [0, 0]})
    chosen = place.select()
    proposed(chosen)
    decide(chosen, deciding.accept, "bare", "My words")
    row = chosen.assets.get(place=2)
    assert (row.alt, row.alt_source, row.caption_state) == ("My words", "typed", "")


def test_a_very_long_proposal_is_cut_at_a_word_when_it_is_accepted(place):
    chosen = place.select()
    chosen.assets.filter(place=2).update(caption="word " * 150, caption_state="offered")
    decide(chosen, deciding.accept, "bare")
    assert len(alts(chosen)["bare"]) <= 512
    assert alts(chosen)["bare"].endswith("word…")


def test_all_are_accepted_only_if_they_are_as_many_as_the_person_saw(place):
    chosen = place.select()
    chosen.assets.filter(place__in=[1, 2]).update(caption="words", caption_state="offered")
    with pytest.raises(BadAlt, match="More suggestions"):
        decide(chosen, deciding.accept_all, "", "1")
    decide(chosen, deciding.accept_all, "", "2")
    assert alts(chosen) == {"own": None, "titled": "words", "bare": "words", "long": None}


def test_new_selections_are_filled_from_the_field_that_admins_chose(place):
    place.environment.alt_field = "context:title"
    place.environment.save()
    chosen = place.select()
    assert alts(chosen)["titled"] == "A titled chair"
    assert alts(chosen)["own"] is None
    assert chosen.last_change == {}
