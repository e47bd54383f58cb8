"""The receiver of Cloudinary's events: each that was believed is a row, whatever else comes."""

import json
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError
from django.db.models import Value
from django.test import Client
from django.utils import timezone

from setup.events import receiving
from setup.models import CloudinaryEvent, Environment, EventSecret
from tests.setup.events.notifications import environment_with_events, send, signature

pytestmark = pytest.mark.django_db
UPLOAD = {"notification_type": "upload", "asset_id": "a1", "public_id": "shop/a", "version": 7}


@pytest.fixture
def environment():
    return environment_with_events()


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_signed_event_is_a_row_as_it_came(environment, algorithm):
    assert send(environment, UPLOAD, algorithm=algorithm) == 200
    row = CloudinaryEvent.objects.get()
    assert (row.environment, row.type, json.loads(row.body), row.settled) == (environment, "upload", UPLOAD, None)
    assert abs(row.received - timezone.now()) < timedelta(minutes=1)


def test_an_event_is_taken_without_a_session_and_leaves_none(environment, django_assert_num_queries):
    client = Client(enforce_csrf_checks=True)
    with django_assert_num_queries(3) as asked:  # the address, the secrets, the row
        assert send(environment, UPLOAD, token="token-of-demo", client=client) == 200
    assert sum("INSERT" in one["sql"] for one in asked.captured_queries) == 1
    assert not client.cookies


def test_a_repeat_is_answered_and_kept_once(environment):
    at = time.time()
    assert [send(environment, UPLOAD, at=at) for _ in range(3)] == [200, 200, 200]
    assert send(environment, UPLOAD, at=at - 60) == 200
    assert CloudinaryEvent.objects.count() == 2


def test_the_same_event_in_two_environments_is_two_rows(environment):
    other, at = environment_with_events("other"), time.time()
    assert [send(one, UPLOAD, at=at) for one in (environment, other)] == [200, 200]
    assert CloudinaryEvent.objects.filter(environment=other).count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "another secret"},
        {"signature": ""},
        {"signature": "0" * 40},
        {"signature": "é" * 40},
        {"at": 1_000_000_000},
        {"at": 4_000_000_000},
        {"timestamp": ""},
        {"timestamp": "now"},
    ],
)
def test_what_is_forged_or_old_is_refused_and_leaves_nothing(environment, changed):
    assert send(environment, UPLOAD, **changed) == 401
    assert not CloudinaryEvent.objects.exists()


def test_a_signature_of_the_newer_kind_alone_is_refused(environment):
    answer = Client().post(
        "/webhooks/cloudinary/token-of-demo",
        b"{}",
        content_type="application/json",
        headers={"X-Cld-Timestamp": str(int(time.time())), "X-Cld-Signature_v2": "a" * 128},
    )
    assert (answer.status_code, answer.content) == (401, b"")


def test_another_environments_secret_opens_nothing_here(environment):
    environment_with_events("other", api_secret="the secret of the other one")
    assert send(environment, UPLOAD, secret="the secret of the other one") == 401
    assert send(environment, UPLOAD, token="nobody's") == 404


def test_another_key_than_the_environments_counts_when_an_admin_has_added_it(environment):
    assert send(environment, UPLOAD, secret="webhook secret") == 401
    EventSecret.objects.create(environment=environment, secret="webhook secret", hint="cret")
    assert send(environment, UPLOAD, secret="webhook secret") == 200
    assert send(environment, UPLOAD) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"1",
        b"\xff",
        b"{",
        b'"a"',
        b"[" * 100_000,
        b"9" * 5000,
        '{"a": 1}'.encode("utf-16"),
        b'{"a": NaN}',
    ],
)
def test_a_signed_body_that_is_no_event_is_a_bad_request_without_an_echo(environment, body):
    at = str(int(time.time()))
    headers = {"X-Cld-Timestamp": at, "X-Cld-Signature": signature(body, at)}
    answer = Client().post("/webhooks/cloudinary/token-of-demo", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.content) == (400, b"")
    assert not CloudinaryEvent.objects.exists()


def test_odd_types_are_kept_without_their_name(environment):
    for at, kind in enumerate(["\0", "x" * 5000, {"a": 1}, None, "DROP TABLE", "\ud800"]):
        assert send(environment, {"notification_type": kind, "at": at}) == 200
    assert set(CloudinaryEvent.objects.values_list("type", flat=True)) == {""}


def test_a_bulk_edit_of_a_thousand_assets_fits_and_more_than_a_megabyte_does_not(environment):
    bulk = {f"shop/{at:060}": {"asset_id": f"{at:032}", "new_metadata": {"sku": "x" * 500}} for at in range(1000)}
    assert 600_000 < len(json.dumps(bulk)) < 1_000_000
    assert send(environment, {"notification_type": "resource_metadata_changed", "resources": bulk}) == 200
    assert send(environment, json.dumps({"a": "x" * 1_100_000}).encode()) == 413
    assert CloudinaryEvent.objects.count() == 1


@pytest.mark.parametrize("error", [OperationalError("database is locked"), DatabaseError("gone")])
def test_an_event_that_cannot_be_written_down_is_to_come_again(environment, monkeypatch, error, caplog):
    def fails(*_arguments, **_known):
        raise error

    monkeypatch.setattr(receiving, "keep", fails)
    assert send(environment, UPLOAD) == 503
    assert "could not be kept" in caplog.text
    assert "shop/a" not in caplog.text


def test_an_event_that_nobody_can_check_is_to_come_again(environment):
    Environment.objects.update(api_secret=Value("v2$00000000$damaged"))
    assert send(environment, UPLOAD) == 503


def test_events_are_not_counted_as_requests_of_strangers_are(environment, settings):
    settings.LIMITS = settings.LIMITS | {"request": 2, "webhook": 2}
    now = time.time()  # each second is another event
    assert [send(environment, UPLOAD, at=now - past) for past in range(8)] == [200] * 8
    assert CloudinaryEvent.objects.count() == 8


def test_only_posts_are_taken(environment):
    assert Client().get("/webhooks/cloudinary/token-of-demo").status_code == 405
