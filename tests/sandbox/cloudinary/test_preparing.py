"""What an environment is prepared with: rules of fields, changes of fields, and parameters of presets that need add-ons."""

import json

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.exceptions import BadRequest, NotAllowed, NotFound, RateLimited

from tests.sandbox.world.factories import picture

RULE = {
    "metadata_field_id": "sku",
    "name": "Red has a SKU",
    "condition": {"metadata_field_id": "color", "equals": "red_1"},
    "result": {"enable": True},
}


def test_a_rule_can_be_made_listed_changed_and_deleted_and_survives_a_restart(served, keys):
    world = served()
    made = cloudinary.api.add_metadata_rule(RULE, **keys(world))
    assert (made["name"], made["state"], made["position"]) == ("Red has a SKU", "active", 1)
    id = made["external_id"]
    cloudinary.api.update_metadata_rule(id, {"state": "inactive"}, **keys(world))
    listed = cloudinary.api.list_metadata_rules(**keys(world))["metadata_rules"]
    assert [(one["external_id"], one["state"], one["condition"]) for one in listed] == [
        (id, "inactive", RULE["condition"])
    ]
    here = world.environments[0]
    assert type(here).load(here.dump(), world).rules == here.rules
    assert cloudinary.api.delete_metadata_rule(id, **keys(world))["success"] is True
    with pytest.raises(NotFound):
        cloudinary.api.delete_metadata_rule(id, **keys(world))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"metadata_field_id": "nothing"}, "External ID nothing does not exist"),
        ({"name": ""}, "Missing required parameter - name"),
        ({"condition": {"metadata_field_id": "color", "equals": "Red"}}, "not valid for field"),
        ({"condition": {"metadata_field_id": "color"}}, "Invalid condition"),
        ({"condition": {"or": []}}, "Invalid condition"),
        ({"result": {"hide": True}}, "Invalid result"),
        ({"result": {"apply_value": {"value": "x", "mode": "sometimes"}}}, "Invalid result"),
        ({"state": "asleep"}, "Invalid state"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused(served, keys, changed, message):
    world = served()
    with pytest.raises(BadRequest, match=message):
        cloudinary.api.add_metadata_rule(RULE | changed, **keys(world))
    assert world.environments[0].rules == {}


def test_an_account_without_rules_refuses_them(served, keys):
    world = served()
    world.settings.change({"metadata_rules": "absent"})
    with pytest.raises(NotAllowed, match="missing permissions"):
        cloudinary.api.list_metadata_rules(**keys(world))


def test_a_field_changes_what_is_given_and_never_its_type(served, keys):
    world = served()
    cloudinary.api.update_metadata_field(
        "sku", {"type": "integer", "mandatory": True, "default_value": "none"}, **keys(world)
    )
    field = cloudinary.api.metadata_field_by_field_id("sku", **keys(world))
    assert (field["type"], field["label"], field["mandatory"]) == ("string", "SKU", True)
    with pytest.raises(BadRequest, match="default_value"):
        cloudinary.api.update_metadata_field("sku", {"default_value": None}, **keys(world))
    with pytest.raises(NotFound):
        cloudinary.api.update_metadata_field("nothing", {"label": "X"}, **keys(world))


def test_values_of_a_list_are_added_and_renamed_and_none_goes(served, keys):
    world = served()
    values = [{"external_id": "blue_1", "value": "Navy"}, {"external_id": "green", "value": "Green"}]
    cloudinary.api.update_metadata_field_datasource("color", values, **keys(world))
    field = cloudinary.api.metadata_field_by_field_id("color", **keys(world))
    known = [(one["external_id"], one["value"]) for one in field["datasource"]["values"]]
    assert known == [("red_1", "Red"), ("blue_1", "Navy"), ("green", "Green")]
    with pytest.raises(BadRequest):
        cloudinary.api.update_metadata_field_datasource("sku", values, **keys(world))


def test_details_of_a_named_transformation_show_its_steps_by_long_names(served, keys):
    world = served(transformations={"small": "w_2", "x": "c_pad,w_9,h_9,b_white/t_small/q_auto"})
    info = cloudinary.api.transformation("t_x", **keys(world))["info"]
    first = {"crop": "pad", "width": "9", "height": "9", "background": "white"}
    assert info == [first, {"transformation": ["small"]}, {"quality": "auto"}]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"eager": ["w_wide"]}, "Invalid width"),
        ({"metadata": {"nothing": "x"}}, "do not exist"),
        ({"metadata": {"color": "Red"}}, "not valid for field"),
        ({"access_control": [{"access_type": "nobody"}]}, "Invalid access_control"),
        (
            {
                "access_control": [
                    {"access_type": "anonymous", "start": "2027-01-02T00:00Z", "end": "2027-01-01T00:00Z"}
                ]
            },
            "Invalid access_control",
        ),
        ({"categorization": "google_tagging", "auto_tagging": 1.5}, "between 0 and 1"),
        ({"auto_tagging": 0.5}, "needs categorization"),
        ({"categorization": "guessing"}, "guessing is invalid"),
        ({"detection": "moods"}, "moods is not supported"),
        ({"auto_transcription": {"translate": []}}, "Invalid auto_transcription"),
        ({"unsigned": True, "overwrite": True}, "overwrite"),
    ],
)
def test_a_preset_that_no_upload_could_use_is_refused(served, keys, given, message):
    world = served()
    with pytest.raises(BadRequest, match=message):
        cloudinary.api.create_upload_preset(name="x", **given, **keys(world))
    assert world.environments[0].presets == {}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"categorization": "google_tagging", "auto_tagging": 0.7}, "Google Auto Tagging"),
        ({"categorization": "aws_rek_tagging"}, "Amazon Rekognition Auto Tagging"),
        ({"detection": "captioning"}, "Cloudinary AI Content Analysis"),
        ({"auto_transcription": {"translate": ["fr"]}}, "Cloudinary Video Transcription"),
    ],
)
def test_what_needs_an_add_on_is_taken_where_it_is_there_and_refused_by_its_name_where_it_is_absent(
    served, keys, given, name
):
    world = served()
    world.settings.change({"add_ons": [], "captions": "absent"})
    with pytest.raises(RateLimited, match=f"active subscription for {name}"):
        cloudinary.api.create_upload_preset(name="x", **given, **keys(world))
    world.settings.change({"add_ons": ["google_tagging", "aws_rek_tagging", "transcription"], "captions": "subscribed"})
    assert cloudinary.api.create_upload_preset(name="x", **given, **keys(world))["message"] == "created"


def test_the_report_of_the_usage_lists_the_add_ons_that_are_there(served, keys):
    world = served()
    world.settings.change({"add_ons": ["transcription"]})
    report = cloudinary.api.usage(**keys(world))
    assert ("transcription" in report, "google_tagging" in report) == (True, False)


def test_an_upload_with_a_preset_has_its_access_control(served, keys):
    world = served()
    window = [{"access_type": "anonymous", "start": "2027-01-01T00:00:00Z", "end": "2027-02-01T00:00:00Z"}]
    cloudinary.api.create_upload_preset(
        name="x", access_control=window, categorization="google_tagging", auto_tagging=0.5, **keys(world)
    )
    made = cloudinary.uploader.upload(picture(), upload_preset="x", **keys(world))
    assert made["access_control"] == window
    assert made["info"] == {"categorization": {"google_tagging": {"status": "pending"}}}
    assert json.loads(world.environments[0].presets["x"]["settings"]["access_control"]) == window


def test_an_incoming_transformation_replaces_the_original(served, keys):
    world = served(transformations={"normal": "c_pad,w_30,h_20,b_white"})
    cloudinary.api.create_upload_preset(name="x", raw_transformation="t_normal", **keys(world))
    made = cloudinary.uploader.upload(picture(), upload_preset="x", **keys(world))
    assert (made["width"], made["height"]) == (30, 20)
