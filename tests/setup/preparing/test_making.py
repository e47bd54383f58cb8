"""The door: what is missing is created as it was shown, what differs waits for an update, and a second time writes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.cloudinary.records import MetadataField
from setup.models import AuditEntry, Environment
from setup.preparing import making
from setup.preparing.making import Moved, NotMade, make, make_missing, plan, plans
from setup.preparing.parts import BY_SLUG, PARTS
from setup.preparing.shapes import State, pairs_of
from setup.security.actors import Actor
from tests.scenes import asset

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)

WRITES = ("add_metadata_field", "update_metadata_field", "update_metadata_field_datasource", "add_metadata_rule")
WRITES += ("update_metadata_rule", "create_transformation", "update_transformation", "create_upload_preset")
WRITES += ("update_upload_preset",)


@pytest.fixture
def place(scene):
    found = scene([], [asset("front", "a")])
    found.here = found.world.environments[0]
    found.here.fields.clear()
    found.actor = Actor(found.member)
    return found


@pytest.fixture
def written(monkeypatch):
    """Names of the calls that change something at Cloudinary."""
    calls = []
    through = making.CloudinaryClient.call

    def call(self, function, *args, **options):
        if function.__name__ in WRITES:
            calls.append(function.__name__)
        return through(self, function, *args, **options)

    monkeypatch.setattr(making.CloudinaryClient, "call", call)
    return calls


def done(place, slug: str, **chosen):
    part = BY_SLUG[slug]
    place.environment.refresh_from_db()
    choices = {**part.choices(place.environment), **chosen}
    return make(place.actor, part, choices, plan(place.environment, part, choices).seen)


def state(place, slug: str, **chosen) -> State:
    part = BY_SLUG[slug]
    place.environment.refresh_from_db()
    return plan(place.environment, part, {**part.choices(place.environment), **chosen}).state


def test_everything_is_created_once_and_a_second_time_writes_nothing(place, written):
    assert {one.state for one in plans(place.environment)} == {State.MISSING}
    assert make_missing(place.actor) == [str(part.label) for part in PARTS if not part.optional]
    for part in PARTS:
        if part.optional:
            assert "was created" in done(place, part.slug)
    assert [one.state for one in plans(place.environment)] == [State.THERE] * len(PARTS)
    here = place.here
    assert set(here.fields) == {"sku", "asset_type", "sequence", "status", "expiration", "alt_de", "alt_fr"}
    assert (len(here.rules), len(here.transformations), len(here.presets)) == (2, 6, 2)
    before, entries = len(written), AuditEntry.objects.count()
    assert entries == before == 17
    assert make_missing(place.actor) == []
    for part in PARTS:
        assert "Nothing was written" in done(place, part.slug)
    assert (len(written), AuditEntry.objects.count()) == (before, entries)


def test_what_differs_is_shown_and_changed_only_by_an_update(place, written):
    values = [{"external_id": "swatch", "value": "Chip", "state": "active", "position": 0}]
    values += [{"external_id": "old", "value": "Old", "state": "active", "position": 1}]
    place.here.fields["asset_type"] = MetadataField("asset_type", "Kind", "enum", values=values)
    found = plan(place.environment, BY_SLUG["field-asset_type"], BY_SLUG["field-asset_type"].choices(place.environment))
    assert found.state == State.DIFFERS
    shown = {one.name: (one.before, one.after) for one in found.entries[0].differences}
    assert shown["label"] == ("Kind", "Asset type")
    assert shown["value: swatch"] == ("Chip", "Swatch")
    assert shown["value: main"] == ("", "Main")
    make_missing(place.actor)
    assert place.here.fields["asset_type"].label == "Kind"
    assert done(place, "field-asset_type") == "Asset type was updated."
    field = place.here.fields["asset_type"]
    kept = {one["external_id"]: one["value"] for one in field.values}
    assert (field.label, kept["swatch"], kept["old"], kept["main"]) == ("Asset type", "Swatch", "Old", "Main")
    entry = AuditEntry.objects.filter(action="setup.prepare-update").get()
    assert (entry.before["label"], entry.after["label"]) == ("Kind", "Asset type")


@pytest.mark.parametrize(
    ("slug", "chosen"),
    [
        ("field-sku", {"required": True, "default": "none", "locked": True}),
        ("field-sequence", {"required": True, "default": "1"}),
        ("field-sku", {"shortest": 2, "longest": 40}),
        ("field-sequence", {"least": 1, "most": 250}),
        ("field-expiration", {"latest": "2030-12-31"}),
        ("field-status", {"required": False, "default": ""}),
        ("transformation-product_images", {"ground": "rgb:f5f5f5", "padding": 10, "shadow": True, "cut_out": True}),
        ("transformation-product_list", {"fit": "fill", "orientation": "auto_right"}),
        ("transformation-product_video", {"seconds": 0, "silent": False, "fit": "pad"}),
        ("preset-product_assets", {"folder": "products/new", "tags": ["a", "b"], "status": "requires_data"}),
        ("preset-product_assets", {"normalise": True, "eager": ["320"], "naming": "drawn", "id_prefix": "p"}),
        (
            "preset-product_assets",
            {"start": "2027-01-01", "end": "2027-03-01", "tagging": "google_tagging", "confidence": 0.7},
        ),
        ("preset-product_assets", {"captions": True, "transcribe": True, "translate": ["fr", "de"]}),
        ("preset-product_assets_unsigned", {"folder": "strangers", "eager": ["768", "1600"]}),
    ],
)
def test_other_choices_differ_are_updated_and_stay(place, slug, chosen):
    place.world.settings.change({"add_ons": ["google_tagging", "transcription"]})
    make_missing(place.actor)
    if BY_SLUG[slug].optional:
        done(place, slug)
    assert state(place, slug, **chosen) == State.DIFFERS
    assert "was updated" in done(place, slug, **chosen)
    place.environment.refresh_from_db()
    assert state(place, slug) == State.THERE
    assert "was updated" in done(place, slug, **BY_SLUG[slug].begins)
    assert state(place, slug) == State.THERE


def test_an_update_of_a_preset_keeps_what_others_have_set_in_it(place):
    make_missing(place.actor)
    own = {"backup": True, "moderation": "manual", "metadata": "sku=X|status=linked"}
    place.here.presets["product_assets"]["settings"] |= own
    done(place, "preset-product_assets", folder="x", status="requires_data")
    settings = place.here.presets["product_assets"]["settings"]
    assert pairs_of(settings["metadata"]) == {"sku": "X", "status": "requires_data"}
    done(place, "preset-product_assets", status="")
    assert state(place, "preset-product_assets") == State.THERE
    settings = place.here.presets["product_assets"]["settings"]
    assert pairs_of(settings["metadata"]) == {"sku": "X"}
    assert (settings["backup"], settings["moderation"], settings["asset_folder"]) == (True, "manual", "x")


def test_a_type_is_never_changed_and_nothing_is_written(place, written):
    place.here.fields["sku"] = MetadataField("sku", "SKU", "integer")
    assert state(place, "field-sku") == State.FIXED
    with pytest.raises(NotMade, match="cannot be changed"):
        done(place, "field-sku")
    assert written == []


def test_several_skus_are_a_list_to_which_uploads_add(place):
    done(place, "field-sku", several=True, first=["A-1"])
    field = place.here.fields["sku"]
    assert (field.type, field.allow_dynamic_list_values) == ("set", True)


def test_what_is_needed_first_is_named_and_nothing_is_written(place, written):
    with pytest.raises(NotMade, match="Create sequence, asset_type, expiration and status first"):
        done(place, "rules")
    with pytest.raises(NotMade, match="Create asset_type and product_images first"):
        done(place, "preset-product_assets", asset_type="main", normalise=True)
    assert written == []


def test_an_account_without_rules_says_so_in_cloudinarys_words_and_the_rest_is_made(place):
    place.world.settings.change({"metadata_rules": "absent"})
    make_missing(place.actor)
    with pytest.raises(NotMade, match="cannot be changed"):
        done(place, "rules")
    found = plan(place.environment, BY_SLUG["rules"], BY_SLUG["rules"].begins)
    assert (found.state, "missing permissions" in found.word) == (State.ABSENT, True)
    assert len(place.here.presets) == 1


def test_an_add_on_that_is_absent_is_refused_in_cloudinarys_words(place):
    place.world.settings.change({"add_ons": [], "captions": "absent"})
    with pytest.raises(NotMade, match="You don't have an active subscription for Google Auto Tagging"):
        done(place, "preset-product_assets", tagging="google_tagging", confidence=0.5)
    assert place.here.presets == {}


def test_what_has_moved_since_it_was_shown_is_not_done(place, written):
    part = BY_SLUG["transformation-product_list"]
    seen = plan(place.environment, part, part.begins).seen
    place.here.transformations["product_list"] = "w_1"
    with pytest.raises(Moved):
        make(place.actor, part, part.begins, seen)
    with pytest.raises(Moved):
        make(place.actor, part, {**part.begins, "width": 99}, seen)
    assert written == []


def test_choices_are_kept_for_the_next_look(place):
    done(place, "transformation-product_list", width=700)
    kept = Environment.objects.get(pk=place.environment.pk)
    assert BY_SLUG["transformation-product_list"].choices(kept)["width"] == 700


@given(JSON, st.sampled_from(PARTS), st.data())
@pytest.mark.filterwarnings("ignore")
def test_choices_are_read_whatever_is_stored(kept, part, data):
    names = st.sampled_from([*part.begins])
    known = data.draw(st.dictionaries(names, JSON)) if data.draw(st.booleans()) else kept
    choices = part.choices(Environment(preparing={part.slug: known}))
    assert choices.keys() == part.begins.keys()
    assert all(isinstance(thing.shape, dict) for thing in part.make(choices))


def test_choices_that_can_no_longer_be_chosen_are_those_of_the_beginning():
    part = BY_SLUG["transformation-product_list"]
    assert part.choices(Environment(preparing={part.slug: {"width": 1, "fit": "pad"}})) == part.begins


def test_validation_of_others_differs_and_only_an_update_replaces_it(place):
    rule = {"type": "greater_than", "equals": True, "value": 5}
    place.here.fields["sequence"] = MetadataField("sequence", "Sequence", "integer", validation=rule)
    found = plan(place.environment, BY_SLUG["field-sequence"], BY_SLUG["field-sequence"].begins)
    assert [(one.name, one.before, one.after) for one in found.entries[0].differences] == [("validation", ">= 5", "")]
    make_missing(place.actor)
    assert place.here.fields["sequence"].validation == rule
    done(place, "field-sequence", least=1, most=9)
    kept = place.here.fields["sequence"].validation
    assert kept == {"type": "and", "rules": [rule | {"value": 1}, rule | {"type": "less_than", "value": 9}]}
    place.here.fields["sequence"].validation = {"type": "and", "rules": kept["rules"][::-1]}
    assert state(place, "field-sequence") == State.THERE
