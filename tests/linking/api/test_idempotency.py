"""An Idempotency-Key beyond its first answer: kept no more, lost with its server, or taken back while somebody asks."""

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from linking.api import idempotency
from linking.models import IdempotentRequest, Sync
from linking.operations.retention import old_requests
from tests.scenes import asset, product


@pytest.fixture
def one(scene, program):
    return program(scene([product("a")], [asset("fa", "a")], stores=1))


def forget(key: str) -> None:
    """What three days and housekeeping do."""
    long_ago = timezone.now() - timedelta(days=3)
    IdempotentRequest.objects.filter(text=key).update(created=long_ago)
    Sync.objects.update(created=long_ago)
    old_requests(timezone.now()).delete()
    assert not IdempotentRequest.objects.exists()


def test_a_key_that_is_kept_no_more_begins_another_run(one):
    first = one.post("/runs", one.wanted(), again="nightly").json()["id"]
    forget("nightly")
    second = one.post("/runs", one.wanted(), again="nightly")
    assert (second.status_code, second.json()["id"] == first) == (202, False)
    assert one.post("/runs", one.wanted(), again="nightly").json()["id"] == second.json()["id"]
    forget("nightly")
    other = one.post("/runs", one.wanted(mode="prepend"), again="nightly").json()
    assert (other["mode"], Sync.objects.count()) == ("prepend", 3)


def test_an_answer_that_was_lost_with_its_server_begins_nothing_twice(one):
    first = one.post("/runs", one.wanted(), again="lost").json()["id"]
    for change in ({"status": 0, "begun": timezone.now() - 2 * idempotency.LOST}, None):
        rows = IdempotentRequest.objects.filter(text="lost")
        rows.update(**change) if change else rows.delete()  # an error of ours forgets it
        assert one.post("/runs", one.wanted(), again="lost").json()["id"] == first
    assert Sync.objects.count() == 1


def test_a_request_whose_twin_is_refused_meanwhile_is_to_be_sent_again(one, monkeypatch):
    IdempotentRequest.objects.create(key=one.key, text="twin", fingerprint="x", begun=timezone.now())

    class Meanwhile(suppress):
        def __exit__(self, *error) -> bool:
            is_known = super().__exit__(*error)
            IdempotentRequest.objects.filter(text="twin").delete()
            return is_known

    monkeypatch.setattr(idempotency, "suppress", Meanwhile)
    answer = one.post("/runs", one.wanted(), again="twin")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2], answer["Retry-After"]) == (
        409,
        "request-under-way",
        "1",
    )


def test_an_address_that_opens_a_selection_is_kept_sealed_and_answered_again(scene, program):
    place = scene([], [asset("front")])
    one = program(place, "selections:write")
    wanted = {"assets": [{"asset_id": id} for id in place.world.environments[0].assets]}
    first = one.post("/selections", wanted, again="same")
    address = first.json()["address"]
    row = IdempotentRequest.objects.get()
    assert address.rpartition("/")[2] not in json.dumps(row.body)
    assert one.post("/selections", wanted, again="same").json() == first.json()


def test_an_answer_whose_encryption_key_is_lost_says_where_what_it_began_is(scene, program, settings):
    place = scene([product("a")], [asset("front", "a")])
    one = program(place, "runs:read", "links:read", "links:write")
    first = one.post("/runs", one.wanted(), again="same")
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    again = one.post("/runs", one.wanted(), again="same")
    assert (again.status_code, again["Location"], again.json()) == (202, first["Location"], {})
