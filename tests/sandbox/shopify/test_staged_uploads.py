"""stagedUploadsCreate and the buckets behind it: strict about parameters, order, length, time, and the second object."""

import base64
import json
import re
import tracemalloc
from urllib.parse import urlsplit

import pytest

from tests.sandbox.shopify.conftest import HTTP, Client, film, jpeg
from tests.sandbox.shopify.staging import fields_of, image_row, put, send, staged, video_row

POST_PARAMETERS = [
    "Content-Type",
    "success_action_status",
    "acl",
    "key",
    "x-goog-date",
    "x-goog-credential",
    "x-goog-algorithm",
    "x-goog-signature",
    "policy",
]


def names(target):
    return [parameter["name"] for parameter in target["parameters"]]


def value(target, name):
    return next(p["value"] for p in target["parameters"] if p["name"] == name)


def test_a_picture_s_post_target_has_the_recorded_parameters_and_a_resource_url_of_url_and_key(client, shop, world):
    target = staged(client, image_row())
    assert target["url"] == f"{world.base_url}/staged/shopify-staged-uploads/"
    assert names(target) == POST_PARAMETERS
    assert (value(target, "success_action_status"), value(target, "acl")) == ("201", "private")
    number = shop.first_gid.rpartition("/")[2]
    assert re.fullmatch(rf"tmp/{number}/products/[0-9a-f-]{{36}}/a\.jpg", value(target, "key"))
    assert target["resourceUrl"] == target["url"] + value(target, "key")


@pytest.mark.parametrize(
    ("row", "folder"),
    [
        ({"resource": "FILE", "filename": "a.pdf", "mimeType": "application/pdf"}, "files"),
        ({"resource": "BULK_MUTATION_VARIABLES", "filename": "a.jsonl", "mimeType": "text/jsonl"}, "bulk"),
    ],
)
def test_each_resource_has_a_folder_of_its_own(client, row, folder):
    assert f"/{folder}/" in value(staged(client, {**row, "httpMethod": "POST"}), "key")


def test_a_video_s_target_pins_the_byte_length_and_its_resource_url_has_an_external_video_id(client, world):
    target = staged(client, video_row(fileSize="4711"))
    assert target["url"] == f"{world.base_url}/staged/shopify-video-production-core-originals"
    assert names(target) == ["GoogleAccessId", "key", "policy", "signature"]
    assert re.fullmatch(r"c/o/v/[0-9a-f]+\.mp4", value(target, "key"))
    assert re.fullmatch(re.escape(target["url"]) + r"\?external_video_id=\d+", target["resourceUrl"])
    policy = json.loads(base64.b64decode(value(target, "policy")))
    assert ["content-length-range", 4711, 4711] in policy["conditions"]


def test_the_method_is_put_by_default_with_a_signed_url_and_two_parameters(client):
    target = staged(client, {"resource": "IMAGE", "filename": "a.jpg", "mimeType": "image/jpeg"})
    assert names(target) == ["content_type", "acl"]
    assert "X-Goog-Expires=604800" in target["url"]
    assert target["resourceUrl"] == target["url"].partition("?")[0]


def test_a_refused_row_is_an_empty_target_in_its_place(client):
    exe = {"resource": "FILE", "filename": "name.exe", "mimeType": "application/x-msdownload"}
    answer = client.stage(image_row(), exe, image_row())
    empty = {"url": None, "resourceUrl": None, "parameters": []}
    assert [target == empty for target in answer["stagedTargets"]] == [False, True, False]
    message = "name.exe: (application/x-msdownload) is not a recognized format"
    assert answer["userErrors"] == [{"field": ["input", "1", "mimeType"], "message": message}]


@pytest.mark.parametrize(
    "row", [video_row(mimeType="image/jpeg"), image_row(mimeType="video/mp4"), image_row(mimeType="jpg")]
)
def test_a_mime_type_of_another_resource_is_not_recognized(client, row):
    (error,) = client.stage(row)["userErrors"]
    assert (error["field"], error["message"].endswith("is not a recognized format")) == (
        ["input", "0", "mimeType"],
        True,
    )


def test_a_video_without_its_size_is_refused(client):
    row = video_row()
    del row["fileSize"]
    (error,) = client.stage(row)["userErrors"]
    assert error == {"field": ["input", "0", "fileSize"], "message": "file size is required for video resources"}


def test_the_size_travels_as_a_string(client):
    query = "mutation ($input: [StagedUploadInput!]!) { stagedUploadsCreate(input: $input) { userErrors { field } } }"
    error = client.post(query, {"input": [video_row(fileSize=12)]}).error
    assert error["extensions"]["code"] == "INVALID_VARIABLE"


def test_user_errors_of_staged_uploads_have_no_code(client):
    query = "mutation ($i: [StagedUploadInput!]!) { stagedUploadsCreate(input: $i) { userErrors { code } } }"
    assert client.post(query, {"i": []}).error["extensions"]["code"] == "undefinedField"


def test_targets_cost_11_points_whatever_their_number(client):
    query = (
        "mutation ($i: [StagedUploadInput!]!) { stagedUploadsCreate(input: $i) "
        "{ stagedTargets { url resourceUrl parameters { name value } } userErrors { field message } } }"
    )
    for count in (1, 40):
        cost = client.post(query, {"i": [image_row()] * count}).cost
        assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (11, 11)


def test_targets_need_the_scope_of_their_resource(client, shop):
    shop.scopes = {"write_products"}
    client.stage(image_row(), video_row())
    query = "mutation ($i: [StagedUploadInput!]!) { stagedUploadsCreate(input: $i) { userErrors { field } } }"
    row = {"resource": "FILE", "filename": "a.pdf", "mimeType": "application/pdf"}
    error = client.post(query, {"i": [row]}).error
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert "`write_files`" in error["message"]


def test_targets_are_written_down_in_the_journal_with_the_variables_as_sent(client, world):
    row = video_row()
    client.stage(row)
    (entry,) = world.journal.since(0)
    assert (entry["operation"], entry["variables"], entry["cost"]) == ("stagedUploadsCreate", {"input": [row]}, 11)


def test_a_complete_form_is_answered_with_201_and_xml(client):
    target = staged(client, image_row())
    answer = send(target, fields_of(target, jpeg()))
    assert (answer.status, answer.headers["Content-Type"]) == (201, "application/xml; charset=utf-8")
    key = value(target, "key")
    assert f"<Bucket>shopify-staged-uploads</Bucket><Key>{key}</Key>" in answer.body
    assert f"<Location>{target['resourceUrl']}</Location>" in answer.body


def test_a_video_s_form_names_no_status_and_is_answered_with_204(client):
    target = staged(client, video_row())
    answer = send(target, fields_of(target, film()))
    assert (answer.status, answer.body) == (204, "")


def refused(client, target, fields, status, code):
    answer = send(target, fields)
    assert (answer.status, f"<Code>{code}</Code>" in answer.body) == (status, True), answer.body
    assert answer.body.startswith("<?xml version='1.0' encoding='UTF-8'?><Error>")
    assert all(kept.content is None for kept in client.shop.staged.values())


@pytest.mark.parametrize("row", [image_row(), video_row()])
def test_every_parameter_must_be_there(client, row):
    target = staged(client, row)
    complete = fields_of(target, film())
    for name in names(target):
        fields = [field for field in complete if field[0] != name]
        signed = name in ("policy", "signature", "x-goog-signature")
        status = 403 if signed else 400
        code = "InvalidArgument" if name == "key" else "SignatureDoesNotMatch" if signed else "InvalidPolicyDocument"
        refused(client, target, fields, status, code)
    assert send(target, complete).status in (201, 204)


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("Content-Type", 400, "InvalidPolicyDocument"),
        ("acl", 400, "InvalidPolicyDocument"),
        ("key", 403, "AccessDenied"),
        ("policy", 403, "SignatureDoesNotMatch"),
        ("x-goog-signature", 403, "SignatureDoesNotMatch"),
    ],
)
def test_every_parameter_must_be_as_it_was_given(client, name, status, code):
    target = staged(client, image_row())
    fields = [(key, "other" if key == name else kept) for key, kept in fields_of(target, jpeg())]
    refused(client, target, fields, status, code)


def test_a_field_that_the_policy_does_not_know_is_refused(client):
    target = staged(client, image_row())
    refused(client, target, [("alt", "x"), *fields_of(target, jpeg())], 400, "InvalidPolicyDocument")


def test_the_file_must_come_last(client):
    target = staged(client, image_row())
    *parameters, file = fields_of(target, jpeg())
    refused(client, target, [file, *parameters], 400, "InvalidArgument")
    refused(client, target, [*parameters[:-1], file, parameters[-1]], 403, "SignatureDoesNotMatch")


def test_a_form_without_a_file_is_refused(client):
    target = staged(client, image_row())
    refused(client, target, fields_of(target, b"")[:-1], 400, "InvalidArgument")


def test_a_body_that_is_no_form_is_refused(client):
    target = staged(client, image_row())
    for headers in ({"Content-Type": "application/json"}, {"Content-Type": "multipart/form-data; boundary=x"}):
        assert HTTP.request("POST", target["url"], body=b"{}", headers=headers).status == 400


@pytest.mark.parametrize(("announced", "code"), [(-1, "EntityTooLarge"), (1, "EntityTooSmall")])
def test_a_video_must_be_exactly_as_long_as_announced(client, announced, code):
    target = staged(client, video_row(fileSize=str(len(film()) + announced)))
    refused(client, target, fields_of(target, film()), 400, code)


def test_a_video_s_target_ends_after_an_hour(client, world):
    target = staged(client, video_row())
    world.forward(3599)
    world.forward(1)
    refused(client, target, fields_of(target, film()), 400, "ExpiredToken")


def test_a_picture_s_target_lives_for_a_week(client, world):
    early, late = staged(client, image_row()), staged(client, image_row())
    world.forward(604_799)
    assert send(early, fields_of(early, jpeg())).status == 201
    world.forward(1)
    assert send(late, fields_of(late, jpeg())).status == 400


@pytest.mark.parametrize("row", [image_row(), video_row()])
def test_a_target_takes_one_object_only(client, row):
    target = staged(client, row)
    assert send(target, fields_of(target, film())).status in (201, 204)
    again = send(target, fields_of(target, film()))
    assert (again.status, "<Code>AccessDenied</Code>" in again.body) == (403, True)


def test_bytes_are_put_to_the_signed_url(client):
    target = staged(client, {"resource": "IMAGE", "filename": "a b.jpg", "mimeType": "image/jpeg"})
    unsigned = {**target, "url": target["resourceUrl"]}
    forged = {**target, "url": target["url"][:-4] + "0000"}
    assert [put(one, jpeg()).status for one in (unsigned, forged, target, target)] == [403, 403, 200, 403]


def test_a_put_target_takes_no_form_and_a_post_target_no_bytes(client):
    by_put = staged(client, {"resource": "IMAGE", "filename": "a.jpg", "mimeType": "image/jpeg"})
    by_post = staged(client, image_row())
    bucket = by_post["url"]
    key = urlsplit(by_put["url"]).path.partition("shopify-staged-uploads/")[2]
    assert send({"url": bucket}, [("key", key), ("file", ("a", jpeg()))]).status == 403
    assert put({**by_post, "url": by_post["resourceUrl"], "parameters": []}, jpeg()).status == 403


def test_nobody_may_read_what_was_uploaded(client):
    target = staged(client, image_row())
    send(target, fields_of(target, jpeg()))
    assert HTTP.request("GET", target["resourceUrl"]).status == 403


def test_the_connection_is_kept_after_a_refusal(client):
    target = staged(client, video_row())
    refused(client, target, fields_of(target, film() * 50), 400, "EntityTooLarge")
    assert send(target, fields_of(target, film())).status == 204


def test_uploads_can_be_made_to_fail(client, world):
    fault = {"service": "shopify", "operation": "stagedUpload"}
    target = staged(client, video_row())
    fields = fields_of(target, film())
    world.faults.add(**fault, kind="http_503", match="film.mp4")
    assert (send(target, fields).status, client.shop.staged[value(target, "key")].content) == (503, None)
    world.faults.add(**fault, kind="error_after", code="502")
    assert send(target, fields).status == 502
    assert send(target, fields).status == 403  # the object was there


def test_targets_outlive_a_restart(client, world, shop):
    from sandbox.shopify.shop import Shop

    target, full = staged(client, image_row()), staged(client, image_row())
    send(full, fields_of(full, jpeg()))
    world.shops[shop.domain] = Shop.load(json.loads(json.dumps(shop.dump())), world)
    assert send(target, fields_of(target, jpeg())).status == 201
    assert send(full, fields_of(full, jpeg())).status == 403
    ids = [f["id"] for f in client.create({"originalSource": full["resourceUrl"]})["files"]]
    assert client.settled(ids) == ["READY"]


def test_a_large_upload_is_never_held_in_memory(client: Client):
    content = film() + bytes(150_000_000)
    target = staged(client, video_row(content))
    fields = fields_of(target, content)
    body, kind = encoded(fields)
    tracemalloc.start()
    got = HTTP.request("POST", target["url"], body=body, headers={"Content-Type": kind})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (got.status, peak < 20_000_000) == (204, True), peak


def encoded(fields):
    from urllib3.filepost import encode_multipart_formdata

    return encode_multipart_formdata(fields)
