"""What files carry of themselves, read from real bytes of a JPEG."""

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary import Search
from cloudinary.exceptions import BadRequest

from sandbox.catalog.inscribed import inscribed
from tests.sandbox.world.factories import asset, film, picture

IMAGE_DESCRIPTION, ARTIST = 0x010E, 0x013B
CARRIED = {
    "Keywords": ["HOOK-01", "Küche"],
    "OriginalTransmissionReference": "HOOK-01",
    "Subject": ["HOOK-01", "hooks"],
    "ImageDescription": "A hook",
    "Artist": "Ada",
}


def carrying():
    return inscribed(
        picture(),
        iptc={25: ["HOOK-01", "Küche"], 103: ["HOOK-01"]},
        xmp={"subject": ["HOOK-01", "hooks"]},
        exif={IMAGE_DESCRIPTION: "A hook", ARTIST: "Ada"},
    )


def spent(world):
    return 2000 - world.environments[0].spending.remaining


def searched(world, keys, *fields):
    search = Search().expression("resource_type:(image OR video)")
    for name in fields:
        search.with_field(name)
    return {item["public_id"]: item for item in search.execute(**keys(world))["resources"]}


@pytest.mark.parametrize("name", ["media_metadata", "image_metadata"])
def test_an_upload_answers_what_the_file_carries_only_if_asked(served, keys, name):
    world = served()
    asked = cloudinary.uploader.upload(carrying(), public_id="a", **{name: True}, **keys(world))
    assert {key: asked[name][key] for key in CARRIED} == CARRIED
    assert name not in cloudinary.uploader.upload(carrying(), public_id="b", **keys(world))


@pytest.mark.parametrize("name", ["media_metadata", "image_metadata"])
def test_details_and_searches_have_it_only_if_asked_and_each_counts_as_a_call(served, keys, found, name):
    world = served(asset("a", content=carrying()), asset("bare"), asset("film", content=film()))
    before = spent(world)
    id = found(world, "a").asset_id
    assert name not in cloudinary.api.resource_by_asset_id(id, **keys(world))
    assert cloudinary.api.resource_by_asset_id(id, **{name: True}, **keys(world))[name]["Artist"] == "Ada"
    assert cloudinary.api.resource("a", **{name: True}, **keys(world))[name]["Artist"] == "Ada"
    assert all("image_metadata" not in item for item in searched(world, keys).values())
    items = searched(world, keys, "image_metadata")
    assert items["a"]["image_metadata"]["Keywords"] == ["HOOK-01", "Küche"]
    assert "image_metadata" not in items["film"]
    assert spent(world) - before == 5


def test_searches_may_lack_it_or_be_refused(served, keys):
    world = served(asset("a", content=carrying()))
    world.settings.change({"embedded_in_search": "absent"})
    assert "image_metadata" not in searched(world, keys, "image_metadata")["a"]
    world.settings.change({"embedded_in_search": "refused"})
    with pytest.raises(BadRequest, match="with_field"):
        searched(world, keys, "image_metadata")


def test_texts_without_a_code_for_utf_8_count_as_latin(served, keys):
    content = inscribed(picture(), iptc={25: ["Küche".encode()], 105: ["Küche".encode("latin-1")]})
    answer = cloudinary.uploader.upload(content, public_id="a", media_metadata=True, **keys(served()))
    assert (answer["media_metadata"]["Keywords"], answer["media_metadata"]["Headline"]) == ("KÃ¼che", "Küche")
