"""Requests that are nearly right: what they say is not guessed at, and none of them is an error of ours."""

import pytest

from linking.models import Sync
from tests.scenes import asset, product

DEEP = "[" * 100_000

A, B = "a" * 32, "b" * 32  # asset IDs


@pytest.fixture
def one(scene, program):
    return program(scene([product("a")], [asset("fa", "a")], stores=1))


def type_of(answer) -> str:
    return answer.json()["type"].rpartition("/")[2]


def sent(one, path: str, body: str, key: str = "odd"):
    headers = {"Authorization": f"Bearer {one.text}", "Idempotency-Key": key}
    return one.client.post(f"/api/v1{path}", body, "application/json", headers=headers)


@pytest.mark.parametrize("verb", ["abort", "undo", "retry"])
def test_what_takes_no_fields_refuses_some(one, verb):
    """A retry that says dry_run would write all the same."""
    path = f"/runs/{one.run(dry_run=False)['id']}/{verb}"
    answer = one.post(path, {"dry_run": True})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/dry_run")
    assert (sent(one, path, "[1]").status_code, type_of(sent(one, path, DEEP))) == (422, "malformed-request")
    assert Sync.objects.count() == 1
    assert sent(one, path, "").status_code == sent(one, path, " {} ", "other").status_code


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"dry_run": "no"}, "/dry_run"),
        ({"dry_run": 0}, "/dry_run"),
        ({"mode": "position", "position": True}, "/position"),
        ({"mode": "position", "position": "3"}, "/position"),
        ({"order_by": [{"field": "tags", "descending": "yes"}]}, "/order_by/0/descending"),
        ({"assets": [{"public_id": "x", "type": "upload/../../usage"}]}, "/assets/0/type"),
        (
            {"assets": [{"asset_id": A, "alt": "One"}, {"asset_id": B}, {"asset_id": A, "alt": "Two"}]},
            "/assets/2/alt",
        ),
    ],
)
def test_values_are_taken_as_the_document_says(one, said, pointer):
    answer = one.post("/runs", one.wanted(**said))
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])
    assert not Sync.objects.exists()


def test_pictures_that_leave_are_confirmed_by_a_number(one):
    back = one.finish(one.post(f"/runs/{one.run(dry_run=False)['id']}/undo"))
    assert back["removals"] == 1
    assert [one.post(f"/runs/{back['id']}/apply", {"removals": said}).status_code for said in (True, "1", 1)] == [
        422,
        422,
        202,
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"dry_run": true, "dry_run": false}', "dry_run stands twice"),
        ('{"note": "\\u0000"}', "NUL"),
        ('{"note": "\\ud800"}', "UTF-8"),
        (DEEP, "JSON"),
    ],
)
def test_a_body_that_cannot_be_read_says_why(one, body, said):
    answer = sent(one, "/runs", body)
    assert (answer.status_code, type_of(answer)) == (400, "malformed-request")
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("header", [{"If-Match": '"x"'}, {"If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}])
def test_a_precondition_that_does_not_hold_is_no_error_of_ours(one, header):
    answer = one.get("/runs", **header)
    assert (answer.status_code, type_of(answer)) == (412, "precondition-failed")


def test_who_is_refused_for_too_many_requests_hears_that_none_are_left(one, settings):
    settings.LIMITS = {**settings.LIMITS, "api": 1}
    first, second = one.get("/key"), one.get("/key")
    assert (first.status_code, second.status_code) == (200, 429)
    assert second["RateLimit"] == f'"key";r=0;t={second["Retry-After"]}'


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/links?asset=a", "/asset"),
        ("/files?Store=north", "/Store"),
        ("/runs?limit=5&page=2", "/page"),
        ("/key?a~b/c=1", "/a~0b~1c"),
        ("/runs/{run}?key=x", "/key"),
        ("/runs/{run}/report.csv?format=csv", "/format"),
        ("/matches?store={store}&shopify_field=sku&key=a&ignore_case=true", "/ignore_case"),
    ],
)
def test_a_parameter_that_nobody_reads_is_refused(one, path, pointer):
    """Misspelt, a filter of links would name all of them."""
    answer = one.get(path.format(run=one.run()["id"], store=one.scene.stores[0].domain))
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])


def test_what_starts_something_takes_no_parameters(one):
    answer = one.post("/runs?dry_run=true", one.wanted(dry_run=False))
    assert (answer.status_code, Sync.objects.count()) == (422, 0)


def test_who_links_the_assets_of_a_selection_decides_on_their_alt_texts(one):
    answer = one.post("/selections", {"assets": [{"asset_id": "a", "alt": "One"}]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/assets/0/alt")
