"""What is wanted and what Cloudinary answers are compared in one shape, however an answer is written."""

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from setup.preparing.parts import BY_SLUG, PARTS
from setup.preparing.shapes import (
    State,
    access_text,
    differences,
    pairs_of,
    preset_shape,
    spelled,
    state_of,
    together,
    transformation_shape,
)
from setup.preparing.things import SHAPES
from setup.preparing.uploading import later

LINES = st.dictionaries(st.sampled_from(["type", "label", "a", "b", "c"]), st.text(max_size=5))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["settings", "metadata", "eager", "tags", "access_control", "transformation", "info", "datasource", "condition"]
NAMES += ["auto_transcription", "auto_tagging", "type", "label", "values", "restrictions", "start", "state"]


@given(LINES, LINES)
def test_only_what_is_wanted_can_differ_and_an_update_ends_it(wanted, there):
    changed = differences(wanted, there)
    assert {one.name for one in changed} <= wanted.keys()
    after = {**there, **{one.name: one.after for one in changed}}
    assert differences(wanted, after) == []
    assert all(after[name] == there[name] for name in there.keys() - wanted.keys())


@given(LINES, LINES)
def test_the_state_says_what_can_be_done(wanted, there):
    state = state_of(wanted, there)
    names = {one.name for one in differences(wanted, there)}
    assert (state == State.THERE) == (not names)
    assert (state == State.FIXED) == ("type" in names)
    assert state_of(wanted, None) == State.MISSING


@given(st.lists(st.sampled_from(list(State)), min_size=1))
def test_a_part_is_there_when_all_of_it_is(states):
    assert (together(states) == State.THERE) == (set(states) == {State.THERE})
    assert together(states) in states


@given(st.dictionaries(st.sampled_from(NAMES), JSON | st.dictionaries(st.sampled_from(NAMES), JSON)))
def test_an_answer_of_any_shape_is_read(raw):
    for shape in SHAPES.values():
        assert all(isinstance(one, str) for pair in shape(raw).items() for one in pair)


def test_what_a_part_begins_with_has_no_difference_to_itself():
    for part in PARTS:
        for thing in part.make(part.begins):
            assert state_of(thing.shape, thing.shape) == State.THERE


def test_the_order_of_parameters_means_nothing_and_that_of_steps_does():
    assert spelled("w_1,c_pad/q_auto/") == spelled("c_pad,w_1/q_auto") != spelled("q_auto/c_pad,w_1")


def test_a_definition_is_read_as_text_and_as_steps_with_long_names():
    info = [{"crop": "pad", "width": 2048, "height": "2048", "background": "white"}, {"quality": "auto"}]
    wanted = BY_SLUG["transformation-product_images"]
    assert transformation_shape({"info": info}) == wanted.make(wanted.begins)[0].shape


@given(
    st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text(st.characters(min_codepoint=33), max_size=8))
)
def test_metadata_is_read_as_it_is_sent(pairs):
    text = "|".join(
        f"{name}={value.replace('=', chr(92) + '=').replace('|', chr(92) + '|')}" for name, value in pairs.items()
    )
    if not any("\\" in value for value in pairs.values()):
        assert pairs_of(text) == pairs_of(pairs)


def test_a_preset_is_the_same_in_each_spelling_of_its_settings():
    window = [{"access_type": "anonymous", "start": "2027-01-01T00:00:00Z", "end": "2027-02-01T00:00:00Z"}]
    texts = {"tags": "b,a", "eager": "q_auto/w_1|w_2", "metadata": "status=x|asset_type=y", "use_filename": "1"}
    texts |= {"access_control": json.dumps(window), "auto_tagging": "0.70", "transformation": "t_a"}
    lists = {"tags": ["a", "b"], "metadata": {"asset_type": "y", "status": "x"}, "use_filename": True}
    lists |= {"eager": [[{"width": 2}], [{"quality": "auto"}, {"width": 1}]], "auto_tagging": 0.7}
    lists |= {"access_control": window, "transformation": [{"transformation": ["a"]}]}
    one, other = ({"unsigned": False, "settings": known} for known in (texts, lists))
    assert preset_shape(one | {"settings": texts | {"eager": "w_2"}}) == preset_shape(
        other | {"settings": lists | {"eager": [[{"width": 2}]]}}
    )


def test_times_are_the_same_in_each_zone():
    known = {"access_type": "anonymous", "end": "2027-01-01T01:00:00+01:00"}
    assert access_text([known]) == access_text([known | {"end": "2027-01-01T00:00:00.000Z"}])


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_months_later_is_that_day_or_the_last_of_its_month(day, months):
    found = later(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day <= day.day


def test_two_months_after_the_end_of_december_is_the_end_of_february():
    assert later(date(2026, 12, 31), 2) == date(2027, 2, 28)
