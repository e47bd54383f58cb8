import hashlib
import re

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
        (b"GIF", {"moderation": "manual"}, "does not know the upload parameter moderation"),
        (b"GIF", {"eager": "c_fill,w_wide"}, "Invalid width"),
        (b"GIF", {"public_id": "a?b"}, "is invalid"),
        (b"GIF", {"upload_preset": "none"}, "Upload preset not found"),
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


def preset(world, keys, name: str, **given) -> str:
    cloudinary.api.create_upload_preset(name=name, **given, **keys(world))
    return name


def test_a_preset_says_what_the_call_leaves_out(served, keys, found):
    world = served()
    named = preset(world, keys, "p", use_filename=True, unique_filename=False, tags="new,shop", metadata="sku=A-1")
    answer = upload(world, keys, picture(), upload_preset=named, filename_override="Oak chair 1", tags=["mine"])
    kept = found(world, "Oak_chair_1")
    assert (kept.tags, kept.metadata, answer["public_id"]) == (["mine"], {"sku": "A-1"}, "Oak_chair_1")


def test_a_name_is_made_unique_where_nobody_asked_for_it_as_it_is(served, keys):
    answer = upload(served(), keys, picture(), use_filename=True, filename_override="bag")
    assert re.fullmatch(r"bag_[0-9a-f]{6}", answer["public_id"])


def test_renditions_are_made_beforehand(served, keys):
    answer = upload(served(), keys, picture(), public_id="a", eager=[{"width": 20, "crop": "limit"}])
    assert [one["transformation"] for one in answer["eager"]] == ["c_limit,w_20"]
    assert HTTP.request("GET", answer["eager"][0]["secure_url"]).status == 200


def test_who_signs_nothing_needs_a_preset_that_allows_it_and_says_little(served, keys):
    world = served()
    for name, unsigned in (("open", True), ("shut", False)):
        preset(world, keys, name, unsigned=unsigned)
    address = f"{world.base_url}/v1_1/{keys(world)['cloud_name']}/auto/upload"

    def sent(**fields) -> str:
        answer = HTTP.request("POST", address, fields={**fields, "file": ("a.jpg", picture())})
        return answer.json().get("error", {}).get("message", "")

    assert "must be whitelisted" in sent(upload_preset="shut")
    assert "not found" in sent(upload_preset="other")
    assert "overwrite parameter is not allowed when using unsigned upload" in sent(upload_preset="open", overwrite="1")
    assert not world.environments[0].assets
    assert sent(upload_preset="open", public_id="a") == ""
    assert len(world.environments[0].assets) == 1


def test_a_large_file_comes_in_parts_and_is_one(served, keys, found, tmp_path):
    world = served()
    file = tmp_path / "large.bin"
    content = bytes(range(256)) * 50_000  # 12.8 MB
    file.write_bytes(content)
    cloudinary.uploader.upload_large(
        str(file), public_id="large.bin", resource_type="raw", chunk_size=6_000_000, **keys(world)
    )
    kept = found(world, "large.bin")
    assert world.blobs.get(kept.blob) == content


def test_parts_that_are_too_small_or_do_not_fit_are_refused(served, keys, tmp_path):
    world = served()
    file = tmp_path / "large.bin"
    file.write_bytes(b"1" * 3_000_000)
    with pytest.raises(Error, match="larger than 5mb"):
        cloudinary.uploader.upload_large(str(file), resource_type="raw", chunk_size=1_000_000, **keys(world))
    assert not world.environments[0].assets


def test_a_page_of_another_site_may_send_files(served, keys):
    world = served()
    address = f"{world.base_url}/v1_1/{keys(world)['cloud_name']}/auto/upload"
    asked = HTTP.request("OPTIONS", address, headers={"Origin": "https://app.example"})
    assert (asked.status, asked.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert "X-Unique-Upload-Id" in asked.headers["Access-Control-Allow-Headers"]
    assert HTTP.request("POST", address).headers["Access-Control-Allow-Origin"] == "*"


def test_the_etag_is_the_md5_of_the_file(served, keys):
    world = served()
    content = picture()
    known = hashlib.md5(content, usedforsecurity=False).hexdigest()
    answer = upload(world, keys, content, public_id="a")
    [listed] = cloudinary.api.resources_by_asset_ids([answer["asset_id"]], fields=["etag"], **keys(world))["resources"]
    assert (answer["etag"], listed["etag"]) == (known, known)
