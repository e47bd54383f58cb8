import hashlib

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.exceptions import AuthorizationRequired, BadRequest, Error
from cloudinary.utils import api_sign_request

from tests.sandbox.world.factories import HTTP, asset, film, picture


def upload(world, keys, content, **options):
    return cloudinary.uploader.upload(content, **options, **keys(world))


def test_an_uploaded_picture_is_there_with_what_was_given(served, keys, found):
    world = served()
    given = {"tags": ["a", "b"], "context": {"alt": "x = y | z"}, "metadata": {"sku": "A-1"}, "asset_folder": "shop"}
    answer = upload(world, keys, picture(), public_id="shop/bag", display_name="Bag", **given)
    kept = found(world, "shop/bag")
    assert (kept.tags, kept.context, kept.metadata) == (["a", "b"], {"alt": "x = y | z"}, {"sku": "A-1"})
    assert (answer["asset_id"], answer["asset_folder"], answer["display_name"]) == (kept.asset_id, "shop", "Bag")
    signed = f"public_id=shop/bag&version={answer['version']}{world.environments[0].keys.api_secret}"
    assert answer["signature"] == hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()
    assert HTTP.request("GET", answer["secure_url"]).status == 200


def test_a_taken_public_id_gets_a_new_version_unless_it_is_kept(served, keys, found):
    world = served(asset("a", tags=["old"]))
    before = found(world, "a").version
    answer = upload(world, keys, picture(), public_id="a", overwrite=False)
    assert (answer["existing"], answer["version"]) == (True, before)
    answer = upload(world, keys, picture(), public_id="a", tags=["new"])
    assert (answer["overwritten"], answer["version"] > before, found(world, "a").tags) == (True, True, ["new"])
    assert len(world.environments[0].assets) == 1


@pytest.mark.parametrize(("kind", "content", "found"), [("auto", film, "video"), ("auto", picture, "image")])
def test_auto_takes_what_it_gets_and_a_public_id_is_drawn(served, keys, kind, content, found):
    answer = upload(served(), keys, content(), resource_type=kind)
    assert (answer["resource_type"], len(answer["public_id"])) == (found, 20)


def test_raw_files_may_be_of_any_bytes(served, keys):
    world = served()
    answer = upload(world, keys, b"text", public_id="a.txt", resource_type="raw")
    assert (answer["resource_type"], answer["secure_url"][-6:]) == ("raw", "/a.txt")
    assert HTTP.request("GET", answer["secure_url"]).data == b"text"
    assert upload(world, keys, b"text", public_id="b.txt", resource_type="auto")["resource_type"] == "raw"


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"text", {}, "Invalid image file"),
        (b"text", {"resource_type": "video"}, "Unsupported video format"),
        (b"", {}, "Missing required parameter - file"),
        ("https://example.com/a.jpg", {}, "takes files only"),
        (b"GIF", {"eager": "c_fill,w_1"}, "does not know the upload parameter eager"),
        (b"GIF", {"type": "nonsense"}, "Invalid"),
        (b"GIF", {"metadata": {"nothing": "1"}}, "Invalid image file"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_made(served, keys, content, options, words):
    world = served()
    with pytest.raises(Error, match=words):
        upload(world, keys, content, **options)
    assert not world.environments[0].assets


def test_metadata_that_does_not_fit_is_refused_before_anything_is_made(served, keys):
    world = served()
    with pytest.raises(BadRequest, match="do not exist"):
        upload(world, keys, picture(), metadata={"nothing": "1"})
    assert not world.environments[0].assets


def test_another_secret_uploads_nothing(served, keys):
    world = served()
    with pytest.raises(AuthorizationRequired, match="Invalid Signature"):
        upload(world, lambda known: keys(known, api_secret="wrong"), picture())
    assert not world.environments[0].assets


def test_a_stale_call_uploads_nothing(served, keys):
    world = served()
    known = keys(world)
    fields = {"timestamp": 1_000_000_000, "public_id": "a"}
    fields |= {"signature": api_sign_request(fields, known["api_secret"]), "api_key": known["api_key"]}
    address = f"{world.base_url}/v1_1/{known['cloud_name']}/image/upload"
    answer = HTTP.request("POST", address, fields={**fields, "file": ("a.jpg", picture())})
    assert (answer.status, "Stale request" in answer.json()["error"]["message"]) == (400, True)
