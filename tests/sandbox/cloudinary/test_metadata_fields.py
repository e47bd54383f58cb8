import cloudinary.api
import pytest
from cloudinary.exceptions import BadRequest, NotFound


def test_fields_come_with_the_labels_of_their_values(served, keys):
    fields = cloudinary.api.list_metadata_fields(**keys(served()))["metadata_fields"]
    color = next(field for field in fields if field["external_id"] == "color")
    values = [(value["external_id"], value["value"], value["state"]) for value in color["datasource"]["values"]]
    assert (color["type"], values) == ("enum", [("red_1", "Red", "active"), ("blue_1", "Blue", "active")])


def test_a_string_field_has_no_datasource(served, keys):
    field = cloudinary.api.metadata_field_by_field_id("sku", **keys(served()))
    assert (field["label"], "datasource" in field) == ("SKU", False)


def test_an_unknown_field_is_a_404(served, keys):
    with pytest.raises(NotFound):
        cloudinary.api.metadata_field_by_field_id("nothing", **keys(served()))


def test_a_new_field_is_there_at_once_with_its_restrictions(served, keys):
    world = served()
    given = {"external_id": "gtin", "label": "GTIN", "type": "string", "restrictions": {"readonly_ui": True}}
    made = cloudinary.api.add_metadata_field(given, **keys(world))
    assert made["restrictions"] == {"readonly_ui": True}
    assert cloudinary.api.metadata_field_by_field_id("gtin", **keys(world))["label"] == "GTIN"


ONE = {"values": [{"external_id": "1", "value": "One"}]}
TWICE = {"values": [{"external_id": "1", "value": "One"}, {"external_id": "1", "value": "Two"}]}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"external_id": "sku", "label": "SKU again", "type": "string"}, "external id sku already exists"),
        ({"external_id": "x", "label": "X", "type": "text"}, "Invalid type text"),
        ({"external_id": "x", "type": "string"}, "label"),
        ({"external_id": "x", "label": "X", "type": "string", "mandatory": True}, "default_value"),
        ({"external_id": "x", "label": "X", "type": "enum"}, "datasource"),
        ({"external_id": "x", "label": "X", "type": "date", "default_value": "soon"}, "not valid for field 'X'"),
        ({"external_id": "x", "label": "X", "type": "integer", "default_value": "1.5"}, "not valid for field 'X'"),
        ({"external_id": "x", "label": "X", "type": "enum", "datasource": TWICE}, "unique"),
        ({"external_id": "x", "label": "X", "type": "enum", "datasource": ONE, "default_value": "One"}, "not valid"),
    ],
)
def test_a_field_that_cannot_be_is_refused(served, keys, given, message):
    with pytest.raises(BadRequest, match=message):
        cloudinary.api.add_metadata_field(given, **keys(served()))


def test_a_hundred_fields_are_the_most(served, keys):
    world = served()
    for n in range(95):
        cloudinary.api.add_metadata_field({"external_id": f"f{n}", "label": f"F{n}", "type": "string"}, **keys(world))
    with pytest.raises(BadRequest, match="At most 100"):
        cloudinary.api.add_metadata_field({"external_id": "more", "label": "More", "type": "string"}, **keys(world))
