"""Rules of fields, mandatory fields and validation, where metadata is written; pure, then by the calls that write."""

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.exceptions import BadRequest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.records import MetadataField
from sandbox.cloudinary.ruling import holds, of_upload, ruled
from tests.sandbox.world.factories import asset, picture


class Here:
    """What of an environment rules need."""

    def __init__(self, *rules, **fields):
        self.fields = {name: MetadataField(name, name.title(), "string", **known) for name, known in fields.items()}
        whole = {"state": "active", "name": "Only red", "metadata_field_id": "b"}
        self.rules = {str(at): {**whole, "position": at, **rule} for at, rule in enumerate(rules)}


RED = {"metadata_field_id": "a", "equals": "red"}
ONLY_RED = {"condition": RED, "result": {"enable": True}}
VALUES = st.dictionaries(st.sampled_from("ab"), st.sampled_from(["red", "blue", ""]))


@given(before=VALUES, given=VALUES, clear=st.booleans())
def test_no_value_ever_stands_where_its_rule_does_not_hold(before, given, clear):
    here = Here(ONLY_RED, a={}, b={})
    try:
        after = ruled(here, before, given, clear=clear)
    except Refused:
        wanted = {**before, **given}
        assert wanted["b"]
        assert wanted.get("a") != "red"
        return
    assert "" not in after.values()
    assert "b" not in after or after["a"] == "red"
    assert after.get("a", "") == {**before, **given}.get("a", "")


@given(first=st.booleans(), second=st.booleans())
def test_conditions_are_joined_as_they_say(first, second):
    values = {"a": "red" if first else "blue", **({"c": ["x", "y"]} if second else {})}
    parts = [RED, {"metadata_field_id": "c", "includes": ["x"]}]
    assert holds({"and": parts}, values) == (first and second)
    assert holds({"or": parts}, values) == (first or second)
    assert holds({"metadata_field_id": "c", "populated": True}, values) == second
    assert holds({"metadata_field_id": "c", "equals": "y"}, values) == second


def test_an_inactive_rule_says_nothing_and_one_of_several_has_to_hold():
    values = {"a": "blue", "b": "1"}
    assert ruled(Here(ONLY_RED | {"state": "inactive"}, a={}, b={}), {}, values) == values
    blue = {"condition": {**RED, "equals": "blue"}, "result": {"enable": True}}
    assert ruled(Here(ONLY_RED, blue, a={}, b={}), {}, values) == values
    with pytest.raises(Refused, match="disabled by the rule 'Only red'"):
        ruled(Here(blue | {"result": {"enable": False}}, a={}, b={}), {}, values)


@pytest.mark.parametrize(("mode", "kept"), [("default", "mine"), ("overwrite", "theirs")])
def test_a_rule_sets_a_value(mode, kept):
    here = Here({"condition": RED, "result": {"apply_value": {"value": "theirs", "mode": mode}}}, a={}, b={})
    assert ruled(here, {}, {"a": "red"})["b"] == "theirs"
    assert ruled(here, {}, {"a": "red", "b": "mine"})["b"] == kept
    assert "b" not in ruled(here, {}, {"a": "blue"})


def test_a_rule_bounds_the_values_of_a_list():
    here = Here({"condition": RED, "result": {"activate_values": {"external_ids": ["x"]}}}, a={}, b={})
    assert ruled(here, {}, {"a": "red", "b": "x"})["b"] == "x"
    assert ruled(here, {}, {"a": "blue", "b": "y"})["b"] == "y"
    with pytest.raises(Refused, match="'y' is not valid for field 'B'"):
        ruled(here, {}, {"a": "red", "b": "y"})


def test_a_mandatory_field_without_a_value_refuses_an_upload():
    here = Here(b={"mandatory": True, "default_value": "x", "default_disabled": True})
    with pytest.raises(Refused, match="Missing value for mandatory field 'B'"):
        of_upload(here, {})
    assert of_upload(here, {"b": "y"}) == {"b": "y"}


def test_uploads_explicit_and_bulk_calls_are_refused_alike_and_write_nothing(served, keys, found):
    world = served(asset("red", metadata={"color": "red_1"}), asset("plain"))
    rule = {"metadata_field_id": "sku", "name": "Red has a SKU", "result": {"enable": True}}
    rule["condition"] = {"metadata_field_id": "color", "equals": "red_1"}
    cloudinary.api.add_metadata_rule(rule, **keys(world))
    with pytest.raises(BadRequest, match="'SKU' is disabled by the rule 'Red has a SKU'"):
        cloudinary.uploader.upload(picture(), public_id="new", metadata={"sku": "A-1"}, **keys(world))
    with pytest.raises(BadRequest, match="disabled by the rule"):
        cloudinary.uploader.explicit("plain", type="upload", metadata={"sku": "A-1"}, **keys(world))
    with pytest.raises(BadRequest, match="disabled by the rule"):
        cloudinary.uploader.update_metadata({"sku": "A-1"}, ["red", "plain"], **keys(world))
    assert (found(world, "red").metadata, found(world, "plain").metadata) == ({"color": "red_1"}, {})
    assert len(world.environments[0].assets) == 2

    made = cloudinary.uploader.upload(picture(), metadata={"sku": "A-1", "color": "red_1"}, **keys(world))
    assert made["metadata"] == {"sku": "A-1", "color": "red_1"}
    cloudinary.uploader.update_metadata({"sku": "A-1"}, ["red"], **keys(world))
    with pytest.raises(BadRequest, match="disabled by the rule"):
        cloudinary.uploader.update_metadata({"color": "blue_1"}, ["red"], **keys(world))
    cloudinary.uploader.update_metadata({"color": "blue_1"}, ["red"], clear_invalid=True, **keys(world))
    assert found(world, "red").metadata == {"color": "blue_1"}


@pytest.mark.parametrize(
    ("type", "rule", "good", "bad"),
    [
        ("string", {"type": "strlen", "min": 2, "max": 3}, "ab", "a"),
        ("string", {"type": "strlen", "max": 3}, "", "abcd"),
        ("integer", {"type": "greater_than", "equals": True, "value": 1}, "1", "0"),
        ("integer", {"type": "less_than", "equals": False, "value": 9}, "8", "9"),
        ("date", {"type": "greater_than", "equals": False, "value": "2027-01-01"}, "2027-01-02", "2027-01-01"),
    ],
)
def test_validation_holds_for_uploads_and_bulk_calls(served, keys, type, rule, good, bad):
    world = served(asset("one"))
    both = {"type": "and", "rules": [rule]}
    field = {"external_id": "x", "label": "X", "type": type, "validation": both}
    cloudinary.api.add_metadata_field(field, **keys(world))
    cloudinary.uploader.update_metadata({"x": good}, ["one"], **keys(world))
    cloudinary.uploader.upload(picture(), metadata={"x": good}, **keys(world))
    for call in (
        lambda: cloudinary.uploader.update_metadata({"x": bad}, ["one"], **keys(world)),
        lambda: cloudinary.uploader.upload(picture(), metadata={"x": bad}, **keys(world)),
    ):
        with pytest.raises(BadRequest, match=f"'{bad}' is not valid for field 'X'"):
            call()


@pytest.mark.parametrize(
    ("type", "rule"),
    [
        ("integer", {"type": "strlen", "max": 3}),
        ("string", {"type": "greater_than", "value": 3}),
        ("integer", {"type": "greater_than", "value": "three"}),
        ("string", {"type": "strlen", "min": 5, "max": 3}),
        ("string", {"type": "strlen"}),
        ("string", {"type": "regexp", "value": ".*"}),
        ("string", {"type": "and", "rules": []}),
        ("string", "strlen"),
    ],
)
def test_a_validation_that_no_value_could_be_checked_by_is_refused(served, keys, type, rule):
    world = served()
    with pytest.raises(BadRequest, match="Invalid validation"):
        cloudinary.api.add_metadata_field({"label": "X", "type": type, "validation": rule}, **keys(world))
    id = {"string": "sku", "integer": "sequence"}[type]
    with pytest.raises(BadRequest, match="Invalid validation"):
        cloudinary.api.update_metadata_field(id, {"validation": rule}, **keys(world))
