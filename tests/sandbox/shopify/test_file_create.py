"""fileCreate: rows checked one by one, names that are unique, downloads that end READY or FAILED by the clock."""

import re

import pytest


def row(source: str, **more: object) -> dict[str, object]:
    return {"originalSource": source, **more}


def test_a_new_file_is_uploaded_then_processing_then_ready(client, sources):
    created = client.create(row(f"{sources}/a.jpg"))
    (file,) = created["files"]
    assert (file["fileStatus"], file["image"], created["userErrors"]) == ("UPLOADED", None, [])
    assert client.statuses([file["id"]]) == ["PROCESSING"]
    assert client.settled([file["id"]]) == ["READY"]


def test_a_file_is_not_ready_before_its_time_however_fast_the_download(client, world, sources):
    (file,) = client.create(row(f"{sources}/a.jpg"))["files"]
    world.forward(0.4)
    assert client.statuses([file["id"]]) == ["PROCESSING"]


def test_files_come_back_in_the_order_of_their_rows(client, shop, sources):
    files = client.create(*(row(f"{sources}/{name}.jpg") for name in "cabd"))["files"]
    assert [shop.files[file["id"]].filename for file in files] == ["c.jpg", "a.jpg", "b.jpg", "d.jpg"]


@pytest.mark.parametrize("source", ["nonsense", "ftp://a.example/x.jpg", "http:///x.jpg", "file:///etc/passwd"])
def test_a_source_that_is_no_web_address_is_refused(client, source):
    answer = client.create(row(source))
    error = {"field": ["files", "0", "originalSource"], "message": "File URL is invalid"}
    assert answer == {"files": [], "userErrors": [{**error, "code": "INVALID_IMAGE_SOURCE_URL"}]}


@pytest.mark.parametrize("filename", ["a.png", "a.JPG", "a"])
def test_the_filename_must_have_the_extension_of_the_url_in_the_same_case(client, sources, filename):
    (error,) = client.create(row(f"{sources}/x.jpg?format=.png", filename=filename))["userErrors"]
    assert error == {
        "field": ["files", "0", "filename"],
        "message": "Provided filename extension must match original source.",
        "code": "MISMATCHED_FILENAME_AND_ORIGINAL_SOURCE",
    }


def test_one_bad_row_does_not_hold_up_the_others(client, shop, sources):
    answer = client.create(row(f"{sources}/a.jpg"), row("nonsense"), row(f"{sources}/b.jpg"))
    assert [shop.files[file["id"]].filename for file in answer["files"]] == ["a.jpg", "b.jpg"]
    assert [error["field"] for error in answer["userErrors"]] == [["files", "1", "originalSource"]]


def test_a_bad_row_can_be_made_to_hold_up_the_others(client, world, shop, sources):
    world.settings.refused_rows = "with_all"
    answer = client.create(row(f"{sources}/a.jpg"), row("nonsense"))
    assert (answer["files"], answer["userErrors"][0]["field"]) == ([], ["files", "1", "originalSource"])
    assert shop.files == {}


def test_a_taken_name_can_be_made_to_refuse_the_call_without_a_word_of_which(client, world, shop, sources):
    world.settings.duplicate_name = "whole_call"
    given = row(f"{sources}/a.jpg", duplicateResolutionMode="RAISE_ERROR")
    client.create(given)
    answer = client.create(row(f"{sources}/b.jpg"), given)
    error = {"field": ["files"], "message": "Filename already exists.", "code": "FILENAME_ALREADY_EXISTS"}
    assert answer == {"files": [], "userErrors": [error]}
    assert len(shop.files) == 1


def test_a_row_has_one_error_the_url_first(client):
    (error,) = client.create(row("nonsense.jpg", filename="a.png", duplicateResolutionMode="REPLACE"))["userErrors"]
    assert error["code"] == "INVALID_IMAGE_SOURCE_URL"


@pytest.mark.parametrize(("length", "words"), [(2049, "too long (maximum is 2048)"), (0, "too short (minimum is 1)")])
def test_a_source_of_a_wrong_length_is_a_top_level_error_and_nothing_is_made(client, shop, length, words):
    source = ("http://a.example/" + "x" * 3000)[:length]
    answer = client.post(
        "mutation ($files: [FileCreateInput!]!) { fileCreate(files: $files) { files { id } } }",
        {"files": [row("http://a.example/a.jpg"), row(source)]},
    )
    assert answer.error["message"] == f"originalSource is {words}"
    assert answer.error["extensions"] == {"code": "INVALID_FIELD_ARGUMENTS"}
    assert answer.body["data"] == {"fileCreate": None}
    assert shop.files == {}


def test_an_alt_text_of_more_than_512_characters_is_refused(client, sources):
    assert client.create(row(f"{sources}/a.jpg", alt="x" * 512))["userErrors"] == []
    (error,) = client.create(row(f"{sources}/a.jpg", alt="x" * 513))["userErrors"]
    assert error == {
        "field": ["files", "0", "alt"],
        "message": "The alt value exceeds the maximum limit of 512 characters.",
        "code": "ALT_VALUE_LIMIT_EXCEEDED",
    }


def test_a_taken_name_gets_a_uuid_before_the_extension(client, shop, sources):
    ids = [file["id"] for file in client.create(*[row(f"{sources}/a.jpg")] * 2)["files"]]
    first, second = (shop.files[file_id].filename for file_id in ids)
    assert first == "a.jpg"
    assert re.fullmatch(r"a_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jpg", second)


def test_raise_error_refuses_a_taken_name_at_once(client, sources):
    client.create(row(f"{sources}/a.jpg"))
    answer = client.create(row(f"{sources}/a.jpg", duplicateResolutionMode="RAISE_ERROR"))
    assert (answer["files"], [e["code"] for e in answer["userErrors"]]) == ([], ["FILENAME_ALREADY_EXISTS"])


def test_raise_error_counts_names_within_the_same_call(client, sources):
    rows = [row(f"{sources}/{n}/a.jpg", duplicateResolutionMode="RAISE_ERROR") for n in range(2)]
    answer = client.create(*rows)
    assert (len(answer["files"]), [e["field"][1] for e in answer["userErrors"]]) == (1, ["1"])


def test_raise_error_can_be_made_to_fail_later_instead(client, world, shop, sources):
    world.settings.duplicate_name = "later"
    (first,) = client.ready(row(f"{sources}/a.jpg"))
    answer = client.create(row(f"{sources}/a.jpg", duplicateResolutionMode="RAISE_ERROR"))
    (second,) = [file["id"] for file in answer["files"]]
    assert client.settled([first, second]) == ["READY", "FAILED"]
    assert shop.files[second].problem["code"] == "DUPLICATE_FILENAME_ERROR"


def test_replace_needs_the_type_image_and_a_filename(client, sources):
    wrong = [
        row(f"{sources}/a.jpg", duplicateResolutionMode="REPLACE"),
        row(f"{sources}/a.jpg", duplicateResolutionMode="REPLACE", contentType="IMAGE"),
    ]
    untyped, unnamed = client.create(*wrong)["userErrors"]
    assert untyped == {
        "field": ["files", "0", "duplicateResolutionMode"],
        "message": "Duplicate resolution mode 'REPLACE' is not supported for 'MISSING' media type.",
        "code": "INVALID_DUPLICATE_MODE_FOR_TYPE",
    }
    assert unnamed == {
        "field": ["files", "1", "filename"],
        "message": "Missing filename argument when attempting to use REPLACE duplicate mode.",
        "code": "MISSING_FILENAME_FOR_DUPLICATE_MODE_REPLACE",
    }


def test_replace_gives_the_file_of_that_name_new_content(client, shop, sources):
    (first,) = client.ready(row(f"{sources}/a.jpg", alt="old"))
    before = shop.files[first].content.blob
    answer = client.create(
        row(f"{sources}/red.jpg", filename="a.jpg", contentType="IMAGE", duplicateResolutionMode="REPLACE", alt="new")
    )
    assert [file["id"] for file in answer["files"]] == [first]
    file = shop.files[first]
    while file.download:
        client.settled([first])
    assert (file.content.blob != before, file.alt) == (True, "old")


@pytest.mark.parametrize(
    "wanted",
    [{"originalSource": "http://a.example/v.mp4"}, {"originalSource": "http://a.example/v", "contentType": "VIDEO"}],
)
def test_a_video_from_a_foreign_url_is_refused(client, shop, wanted):
    assert [e["field"] for e in client.create(wanted)["userErrors"]] == [["files", "0", "originalSource"]]
    assert shop.files == {}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.jpg", "MediaImage"), ("a.PNG", "MediaImage"), ("manual.pdf", "GenericFile"), ("a", "GenericFile")],
)
def test_without_a_content_type_the_extension_decides(client, sources, name, kind):
    (file_id,) = client.ready(row(f"{sources}/{name}"))
    assert f"/{kind}/" in file_id


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing.jpg", "IMAGE_DOWNLOAD_FAILURE"),
        ("missing.pdf", "GENERIC_FILE_DOWNLOAD_FAILURE"),
        ("page.jpg", "UNSUPPORTED_IMAGE_FILE_TYPE"),
        ("cut.jpg", "IMAGE_PROCESSING_FAILURE"),
        ("wide.png", "INVALID_IMAGE_RESOLUTION"),
        ("many.png", "INVALID_IMAGE_RESOLUTION"),
        ("heavy.jpg", "INVALID_IMAGE_FILE_SIZE"),
    ],
)
def test_a_source_that_cannot_be_used_is_accepted_and_fails_later(client, shop, sources, name, code):
    answer = client.create(row(f"{sources}/{name}"))
    (file_id,) = [file["id"] for file in answer["files"]]
    assert answer["userErrors"] == []
    assert client.settled([file_id]) == ["FAILED"]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on File { fileErrors { code message } preview { image { url } } } } }"
    (node,) = client.get(query, {"ids": [file_id]})["nodes"]
    assert [error["code"] for error in node["fileErrors"]] == [code]
    assert (node["preview"] or {}).get("image") is None


def test_a_source_where_nobody_listens_fails(client, shop):
    (file,) = client.create(row("http://127.0.0.1:9/a.jpg"))["files"]
    assert client.settled([file["id"]]) == ["FAILED"]


def test_a_failed_file_gives_its_name_back(client, sources):
    (failed,) = client.create(row(f"{sources}/missing.jpg", filename="a.jpg"))["files"]
    client.settled([failed["id"]])
    assert client.create(row(f"{sources}/a.jpg", duplicateResolutionMode="RAISE_ERROR"))["userErrors"] == []


def test_equal_bytes_are_not_merged(client, sources):
    first, second = client.ready(row(f"{sources}/a.jpg"), row(f"{sources}/b.jpg"))
    assert first != second


def test_250_rows_cost_20_points_and_251_are_too_many(client, sources):
    query = "mutation ($files: [FileCreateInput!]!) { fileCreate(files: $files) { userErrors { message } } }"
    rows = [row(f"{sources}/p{n}.jpg") for n in range(251)]
    cost = client.post(query, {"files": rows[:250]}).cost
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (20, 20)
    answer = client.post(query, {"files": rows})
    assert answer.error["message"] == "The input array size of 251 is greater than the maximum allowed of 250."
    assert (answer.error["path"], answer.error["extensions"]) == (
        ["fileCreate", "files"],
        {"code": "MAX_INPUT_SIZE_EXCEEDED"},
    )
    assert answer.cost["actualQueryCost"] is None
    assert "data" not in answer.body


def test_a_refused_row_alone_costs_the_base(client):
    query = (
        "mutation ($files: [FileCreateInput!]!) { fileCreate(files: $files) { files { id } userErrors { message } } }"
    )
    assert client.post(query, {"files": [row("nonsense")]}).cost["actualQueryCost"] == 20
