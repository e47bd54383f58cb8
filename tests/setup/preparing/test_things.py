"""What choices make: always something that Cloudinary can read, and never more than was chosen."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sandbox.cloudinary.transformation import parse
from setup.cloudinary.transformations import checked
from setup.preparing.making import sent
from setup.preparing.parts import BY_SLUG, PARTS
from setup.preparing.shapes import differences, preset_shape, spelled
from setup.preparing.things import PRESET, access, needs, picture_text, video_text

SIDES, TURNS = st.integers(16, 5000), st.sampled_from(["", "auto_right", "auto_left"])
PICTURES = st.fixed_dictionaries(
    {
        "width": SIDES,
        "height": SIDES,
        "fit": st.sampled_from(["pad", "fill"]),
        "ground": st.sampled_from(["white", "black", "transparent", "auto", "gen_fill", "rgb:f5F5f5"]),
        "padding": st.integers(0, 40),
        "cut_out": st.booleans(),
        "trim": st.booleans(),
        "shadow": st.booleans(),
        "orientation": TURNS,
    }
)
VIDEOS = st.fixed_dictionaries(
    {
        "width": SIDES,
        "height": SIDES,
        "fit": st.sampled_from(["limit", "pad", "fill"]),
        "start": st.integers(0, 600),
        "seconds": st.integers(0, 600),
        "silent": st.booleans(),
        "orientation": TURNS,
    }
)
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2100, 1, 1)).map(date.isoformat)
PRESETS = st.fixed_dictionaries(
    {
        "folder": st.sampled_from(["", "a/b"]),
        "naming": st.sampled_from(["file", "drawn"]),
        "id_prefix": st.sampled_from(["", "p"]),
        "tags": st.lists(st.sampled_from(["a", "b", "c d"]), unique=True),
        "asset_type": st.sampled_from(["", "main"]),
        "status": st.sampled_from(["", "linked"]),
        "normalise": st.booleans(),
        "eager": st.lists(st.sampled_from(["320", "768"]), unique=True),
        "start": DAYS,
        "end": DAYS,
        "tagging": st.sampled_from(["", "google_tagging"]),
        "confidence": st.none() | st.floats(0, 1),
        "captions": st.booleans(),
        "transcribe": st.booleans(),
        "translate": st.lists(st.sampled_from(["de", "fr"]), unique=True),
    }
)


@given(PICTURES)
def test_every_choice_of_a_picture_makes_a_transformation_that_can_be_read(choices):
    text = picture_text(choices)
    assert checked(text) == text
    steps = parse(text, {}).steps
    last = next(step for step in reversed(steps) if step.get("w"))
    assert (last.get("w"), last.get("h")) == (str(choices["width"]), str(choices["height"]))
    assert ("e_background_removal" in text) == choices["cut_out"]
    assert ("shadow" in text) == choices["shadow"]
    assert spelled(spelled(text)) == spelled(text)


@given(VIDEOS)
def test_every_choice_of_a_video_makes_a_transformation_that_can_be_read(choices):
    text = video_text(choices)
    assert checked(text) == text
    assert parse(text, {}).steps
    assert ("ac_none" in text) == choices["silent"]


@given(PRESETS, st.booleans())
def test_what_is_sent_of_a_preset_is_what_was_wanted_without_what_is_empty(choices, unsigned):
    name = "product_assets_unsigned" if unsigned else "product_assets"
    [thing] = BY_SLUG[f"preset-{name}"].make(choices)
    given = sent(thing.definition)
    assert all(value not in (None, "", [], {}) for value in given.values())
    given["transformation"] = given.pop("raw_transformation", "")
    assert differences(thing.shape, preset_shape(given)) == []
    assert not (unsigned and "overwrite" in given)


@given(DAYS, DAYS)
def test_access_has_the_days_that_were_chosen_and_none_besides(start, end):
    rules = access({"start": start, "end": end})
    days = {name: rule[name][:10] for rule in rules for name in ("start", "end") if name in rule}
    assert days == {name: day for name, day in (("start", start), ("end", end)) if day}


def test_what_a_part_begins_with_needs_only_what_comes_before_it():
    known = set()
    for part in PARTS:
        things = part.make(part.begins)
        assert {(kind, name) for thing in things for kind, name, _line in needs(thing)} <= known
        known |= {(thing.kind, thing.name) for thing in things}


def test_no_preset_takes_the_place_of_what_is_there():
    for part in PARTS:
        if part.kind == PRESET:
            [thing] = part.make(part.begins)
            assert thing.definition.get("overwrite", False) is False
