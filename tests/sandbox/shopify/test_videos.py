"""Videos come from staged uploads only, take their time, and fail later for what Shopify does not take."""

import time

import pytest

from sandbox.shopify import videos
from tests.sandbox.shopify.conftest import HTTP, film, jpeg, picture
from tests.sandbox.shopify.staging import image_row, new_video, staged, uploaded, video_row


def details(client, file):
    (video,) = client.run("VideoDetails", ids=[file])
    return video


def code_of(client, file):
    assert client.settled([file]) == ["FAILED"]
    (node,) = client.run_ours("FilesStatus", ids=[file])
    (error,) = node["fileErrors"]
    return error["code"]


def test_a_video_is_uploaded_then_processing_then_ready_after_its_own_time(client, world):
    world.settings.video_seconds, world.settings.media_seconds = (30.0, 30.0), (0.0, 0.0)
    source = uploaded(client, film())
    (made,) = client.create({"originalSource": source, "contentType": "VIDEO"})["files"]
    assert made["fileStatus"] == "UPLOADED"
    give_up = time.monotonic() + 10
    while not client.shop.files[made["id"]].download.arrived and time.monotonic() < give_up:
        time.sleep(0.01)
    world.forward(29)
    assert client.statuses([made["id"]]) == ["PROCESSING"]
    world.forward(1)
    assert client.statuses([made["id"]]) == ["READY"]


def test_sources_duration_and_poster_are_null_until_ready(client, world):
    file = new_video(client)
    young = details(client, file)
    assert (young["sources"], young["duration"], young["originalSource"], young["preview"]["image"]) == (
        [],
        None,
        None,
        None,
    )
    client.settled([file])
    video = details(client, file)
    (source,) = video["sources"]
    assert HTTP.request("GET", source.pop("url")).data == film()
    assert source == {"mimeType": "video/mp4", "format": "mp4", "width": 64, "height": 48, "fileSize": len(film())}
    assert (video["duration"], video["status"]) == (2000, "READY")
    poster = video["preview"]["image"]
    assert (poster["width"], poster["height"]) == (64, 48)
    answer = HTTP.request("GET", poster["url"])
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")


def test_a_foreign_mp4_is_refused(client, sources):
    for row in ({"contentType": "VIDEO"}, {}):
        (error,) = client.create({"originalSource": f"{sources}/film.mp4", **row})["userErrors"]
        assert (error["field"], error["code"]) == (["files", "0", "originalSource"], "INVALID_IMAGE_SOURCE_URL")


def test_a_resource_url_that_nothing_was_uploaded_to_turns_failed(client):
    target = staged(client, video_row())
    answer = client.create({"originalSource": target["resourceUrl"], "contentType": "VIDEO"})
    assert answer["userErrors"] == []
    assert code_of(client, answer["files"][0]["id"]).startswith("VIDEO_")


def test_a_picture_s_resource_url_that_nothing_was_uploaded_to_turns_failed(client):
    (file,) = client.create({"originalSource": staged(client, image_row())["resourceUrl"]})["files"]
    assert code_of(client, file["id"]) == "IMAGE_DOWNLOAD_FAILURE"


def test_the_resource_url_is_no_source_in_another_store(client, world):
    from tests.sandbox.shopify.conftest import Client

    world.add_shop(domain="other.myshopify.com")
    other = Client(world, domain="other.myshopify.com")
    row = {"originalSource": uploaded(client, film()), "contentType": "VIDEO"}
    assert other.create(row)["userErrors"][0]["code"] == "INVALID_IMAGE_SOURCE_URL"
    (file,) = other.create({"originalSource": uploaded(client, jpeg(), image_row())})["files"]
    assert code_of(other, file["id"]) == "IMAGE_DOWNLOAD_FAILURE"


def test_the_plain_resource_url_without_content_type_makes_a_generic_file(client):
    (file,) = client.create({"originalSource": uploaded(client, film())})["files"]
    assert file["id"].startswith("gid://shopify/GenericFile/")


def test_the_plain_resource_url_has_no_extension_that_a_filename_could_match(client):
    row = {"originalSource": uploaded(client, film()), "contentType": "VIDEO", "filename": "film.mp4"}
    assert client.create(row)["userErrors"][0]["code"] == "MISMATCHED_FILENAME_AND_ORIGINAL_SOURCE"


def test_the_resource_url_with_the_key_in_is_a_video_by_its_extension(client):
    plain = uploaded(client, film())
    (target,) = client.shop.staged.values()
    other = plain.replace("?", f"/{target.key[:-8]}abcd.mp4?")
    assert client.create({"originalSource": other})["userErrors"][0]["code"] == "INVALID_IMAGE_SOURCE_URL"
    source = plain.replace("?", f"/{target.key}?")
    (file,) = client.create({"originalSource": source, "filename": "walk.mp4"})["files"]
    assert client.settled([file["id"]]) == ["READY"]
    assert details(client, file["id"])["filename"] == "walk.mp4"


def test_without_a_filename_it_is_called_as_the_upload_was_announced(client):
    names = [details(client, new_video(client))["filename"] for _ in range(2)]
    assert names[0] == "film.mp4"
    assert names[1].startswith("film_")


def test_the_name_of_the_upload_is_taken_for_raise_error(client):
    new_video(client)
    row = {"originalSource": uploaded(client, film()), "contentType": "VIDEO", "duplicateResolutionMode": "RAISE_ERROR"}
    assert client.create(row)["userErrors"][0]["code"] == "FILENAME_ALREADY_EXISTS"


def test_a_staged_picture_or_document_is_a_source_like_any_other(client):
    pdf = {"resource": "FILE", "filename": "a.pdf", "mimeType": "application/pdf", "httpMethod": "POST"}
    rows = [uploaded(client, jpeg(), image_row()), uploaded(client, b"%PDF-1.7", pdf)]
    ids = client.ready(*({"originalSource": source} for source in rows))
    assert [file.split("/")[3] for file in ids] == ["MediaImage", "GenericFile"]


def test_a_picture_uploaded_as_a_video_turns_failed(client):
    assert code_of(client, new_video(client, jpeg())) == "VIDEO_INVALID_FILETYPE_ERROR"


def test_a_video_whose_header_cannot_be_read_turns_failed(client):
    assert code_of(client, new_video(client, film()[:200])) == "VIDEO_METADATA_READ_ERROR"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"frames": 121, "rate": 1, "width": 32, "height": 32}, "VIDEO_MAX_DURATION_ERROR"),
        ({"frames": 1, "width": 4098, "height": 64}, "VIDEO_MAX_WIDTH_ERROR"),
        ({"frames": 1, "width": 64, "height": 4098}, "VIDEO_MAX_HEIGHT_ERROR"),
    ],
)
def test_videos_beyond_ten_minutes_or_4k_turn_failed(client, content, code, monkeypatch):
    monkeypatch.setattr(videos, "MAX_SECONDS", 120)  # ten minutes take long to encode
    assert code_of(client, new_video(client, film(**content))) == code


def test_4k_is_allowed_both_ways(client):
    ids = [new_video(client, film(frames=1, width=w, height=h)) for w, h in ((3840, 2160), (2160, 3840))]
    assert client.settled(ids) == ["READY", "READY"]


def test_the_limits_are_the_recorded_ones():
    assert (videos.MAX_BYTES, videos.MAX_SECONDS) == (2**30, 600)


def test_a_video_above_the_size_limit_turns_failed(client, monkeypatch):
    monkeypatch.setattr(videos, "MAX_BYTES", len(film()) - 1)
    assert code_of(client, new_video(client)) == "VIDEO_VALIDATION_ERROR"


def test_without_pyav_only_the_size_counts(client, monkeypatch):
    monkeypatch.setattr(videos, "av", None)
    assert client.settled([new_video(client, jpeg())]) == ["READY"]


def test_a_scripted_failure_finds_a_video_by_the_name_of_its_upload(client, world):
    world.faults.add(service="shopify", kind="media_fails", match="walk", code="VIDEO_VALIDATION_ERROR")
    assert code_of(client, new_video(client, filename="walk.mp4")) == "VIDEO_VALIDATION_ERROR"


def test_a_video_enters_and_leaves_galleries_by_references(client, shop):
    product = shop.add_product(handle="mug", title="Mug", pictures=[picture()])
    before, video = client.gallery(product), new_video(client)
    (error,) = client.update({"id": video, "referencesToAdd": [product]})["userErrors"]
    assert error["code"] == "NON_READY_STATE"
    client.settled([video])
    assert client.update({"id": video, "referencesToAdd": [product]})["userErrors"] == []
    assert client.gallery(product) == [*before, video]
    client.update({"id": video, "referencesToRemove": [product]})
    assert client.gallery(product) == before


def test_product_set_and_product_update_take_staged_videos(client, shop, sources):
    product = shop.add_product(handle="mug", title="Mug")
    row = {"mediaContentType": "VIDEO", "originalSource": uploaded(client, film())}
    assert client.run("ProductAddMedia", product={"id": product}, media=[row])["userErrors"] == []
    (first,) = client.gallery(product)
    files = [{"id": first}, {"originalSource": uploaded(client, film()), "contentType": "VIDEO"}]
    client.run("ProductSetFiles", identifier={"id": product}, input={"files": files})
    _, second = client.gallery(product)
    assert client.settled([first, second]) == ["READY", "READY"]
    foreign = {"mediaContentType": "VIDEO", "originalSource": f"{sources}/film.mp4"}
    answer = client.run("ProductAddMedia", product={"id": product}, media=[foreign])
    assert answer["userErrors"][0]["field"] == ["media", "0", "originalSource"]
    assert client.gallery(product) == [first, second]


def test_replacing_a_video_in_place_is_refused(client):
    video = new_video(client)
    client.settled([video])
    answer = client.update({"id": video, "originalSource": uploaded(client, film())})
    assert answer["userErrors"][0]["message"] == "Updating the original source is not supported for this media type."
