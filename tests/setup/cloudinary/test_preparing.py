"""Prepare this environment: each thing is shown first, created when missing, and never changed when it exists."""

import cloudinary.api
import pytest

from sandbox.cloudinary.records import MetadataField
from setup.cloudinary.client import CloudinaryClient
from setup.cloudinary.preparing import ITEMS, states
from setup.cloudinary.surroundings import look
from setup.models import AuditEntry
from tests.linking.visits import enter, text_of

HTMX = {"HX-Request": "true"}


@pytest.fixture
def place(scene):
    found = scene([], [])
    found.world.environments[0].fields.clear()
    found.member.roles = ["master_admin"]
    found.member.save()
    return found


@pytest.fixture
def visit(client, place):
    return enter(client, place.member)


def create(visit, slug: str):
    return visit.post(f"/setup/prepare/{slug}/", headers=HTMX)


def test_what_is_missing_is_shown_with_what_would_be_created(visit):
    page = text_of(visit.get("/setup/sections/"))
    for words in ("What is created", "external_id: sku", "type: date", "value: Swatch", "use_filename: True", "w_2048"):
        assert words in page


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.slug)
@pytest.mark.cases(3)
def test_it_is_created_once_and_reported(visit, place, item):
    look(place.environment)
    page = create(visit, item.slug)
    assert f"{item.name} was created." in text_of(page)
    place.environment.refresh_from_db()
    assert [state.item for state in states(place.environment) if state.exists] == [item]
    assert f"{item.name} exists already. AssetLink did not change it." in text_of(create(visit, item.slug))
    assert AuditEntry.objects.get().object == item.name


def test_everything_that_was_created_is_what_cloudinary_has(visit, place):
    for item in ITEMS:
        create(visit, item.slug)
    client = CloudinaryClient(place.environment)
    fields = client.call(cloudinary.api.list_metadata_fields)["metadata_fields"]
    types = {field["external_id"]: field["type"] for field in fields}
    assert types == {"sku": "string", "sequence": "integer", "asset_type": "enum", "expiration": "date"}
    assert client.call(cloudinary.api.transformation, "t_product_images")["name"] == "t_product_images"
    preset = client.call(cloudinary.api.upload_preset, "product_assets")
    assert (preset["unsigned"], preset["settings"]["unique_filename"]) == (False, False)


def test_what_exists_in_another_shape_is_reported_and_stays(visit, place):
    here = place.world.environments[0]
    here.fields["sku"] = MetadataField("sku", "Article", "integer")
    here.fields["product_order"] = MetadataField("product_order", "Sequence", "integer")
    page = text_of(visit.get("/setup/sections/"))
    assert "Its type is integer, not string. AssetLink does not change it." in page
    assert "A field with the label Sequence exists. Its ID is product_order." in page
    create(visit, "field-sku")
    assert here.fields["sku"].label == "Article"


def test_what_somebody_created_meanwhile_is_not_changed(visit, place):
    look(place.environment)
    place.world.environments[0].transformations["product_images"] = "w_1"
    assert "exists already. AssetLink did not change it" in text_of(create(visit, "transformation-product_images"))
    assert place.world.environments[0].transformations["product_images"] == "w_1"


def test_a_refusal_of_cloudinary_is_reported_and_the_rest_can_still_be_created(visit, place):
    for at in range(100):
        place.world.environments[0].fields[f"f{at}"] = MetadataField(f"f{at}", f"F{at}", "string")
    page = create(visit, "field-sku")
    assert page.status_code == 422
    assert "sku was not created. Cloudinary refused the request" in text_of(page)
    assert "product_images was created." in text_of(create(visit, "transformation-product_images"))


def test_what_setup_does_not_know_does_not_exist(visit):
    assert create(visit, "field-nothing").status_code == 404
