"""Who asks: keys, their scopes and stores; and one shape for every error."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linking.models import IdempotentRequest, Sync
from setup.models import ApiKey, AuditEntry, Member
from setup.security import api_keys, audit
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    return scene([product("a")], [asset("fa", "a")], stores=2)


def kind_of(answer) -> str:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.json()["type"].rpartition("/")[2]


def test_a_key_says_whose_it_is_and_what_it_may_do(place, program):
    known = program(place, "runs:read", store=1).get("/key").json()
    assert (known["environment"], known["key"], known["scopes"]) == ("sandbox", "nightly job", ["runs:read"])
    assert [(store["domain"], store["writable"]) for store in known["stores"]] == [(place.stores[1].domain, False)]


@pytest.mark.parametrize(
    "given", ["", "Bearer ", "Basic YTpi", "Bearer al_live_x", f"Bearer al_live_{'a' * 8}_{'b' * 43}"]
)
def test_without_a_key_that_counts_nobody_gets_in(place, client, given):
    answer = client.get("/api/v1/key", headers={"Authorization": given} if given else {})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert kind_of(answer) in ("key-missing", "key-invalid")


def test_a_revoked_or_expired_key_opens_nothing(place, program):
    one = program(place)
    api_keys.revoke(one.key, who=None, now=timezone.now())
    assert kind_of(one.get("/key")) == "key-invalid"
    other = program(place)
    ApiKey.objects.filter(pk=other.key.pk).update(expires=timezone.now() - timedelta(seconds=1))
    assert kind_of(other.get("/key")) == "key-invalid"


def test_a_session_opens_nothing_there(place, client):
    session = client.session
    session["member"] = place.member.pk
    session.save()
    assert kind_of(client.get("/api/v1/key")) == "key-missing"


def test_a_key_of_one_store_sees_nothing_of_another(place, program):
    both = program(place).run()
    north = program(place, store=0, label="north")
    assert kind_of(north.get(f"/runs/{both['id']}")) == "not-found"
    assert north.get("/runs").json()["items"] == []
    assert kind_of(north.post("/runs", north.wanted())) == "invalid-request"
    own = north.run(stores=[])
    assert [one["store"] for one in own["stores"]] == [place.stores[0].domain]


def test_a_key_of_another_environment_finds_nothing(place, program, scene):
    from setup.models import Environment

    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    _key, text = api_keys.make(other, "theirs", ["runs:read", "runs:write"], who=None)
    mine = program(place).run()
    stranger = program(place)
    stranger.text = text
    assert kind_of(stranger.get(f"/runs/{mine['id']}")) == "not-found"
    assert kind_of(stranger.post(f"/runs/{mine['id']}/abort")) == "not-found"


def test_every_error_is_a_problem(place, program):
    one = program(place)
    assert kind_of(one.get("/nothing")) == "not-found"
    assert kind_of(one.get("/runs/not-a-key")) in ("not-found", "invalid-request")
    refused = one.ask("delete", "/runs")
    assert (kind_of(refused), set(refused["Allow"].split(", "))) == ("method-not-allowed", {"GET", "POST"})
    for body in ("{", '{"search": "\\u0000"}', '{"search": "\\ud800"}', "[" * 100_000, b"\xff"):
        garbled = one.client.post(
            "/api/v1/runs",
            data=body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {one.text}", "Idempotency-Key": "x"},
        )
        assert kind_of(garbled) == "malformed-request"
    assert one.client.get(refused.json()["type"].replace("http://testserver", "")).status_code == 200


def test_requests_are_counted_and_what_is_left_is_said(place, program, settings):
    settings.LIMITS = {**settings.LIMITS, "api": 2}
    one = program(place)
    first = one.get("/key")
    assert first["RateLimit-Policy"] == '"key";q=2;w=60'
    assert first["RateLimit"].startswith('"key";r=1;t=')
    one.get("/key")
    refused = one.get("/key")
    assert (kind_of(refused), refused.status_code) == ("too-many-requests", 429)
    assert int(refused["Retry-After"]) > 0


def test_what_is_sent_twice_starts_one_run_and_gets_one_answer(place, program):
    one = program(place)
    first, second = (one.post("/runs", one.wanted(), again='"the same"') for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    assert (second["Idempotent-Replayed"], second["Location"]) == ("true", first["Location"])
    other = one.post("/runs", one.wanted(mode="prepend"), again="the same")
    assert kind_of(other) == "idempotency-key-reused"
    assert Sync.objects.count() == 1


def test_what_is_refused_may_be_sent_again_mended(place, program):
    one = program(place)
    assert one.post("/runs", one.wanted(mode="wipe"), again="k").status_code == 422
    assert one.post("/runs", one.wanted(), again="k").status_code == 202


def test_without_an_idempotency_key_nothing_starts(place, program):
    one = program(place)
    assert kind_of(one.post("/runs", one.wanted(), **{"Idempotency-Key": " "})) == "idempotency-key-missing"
    assert not Sync.objects.exists()


def test_an_answer_that_got_lost_is_made_again_and_the_run_is_the_same(place, program):
    one = program(place)
    first = one.post("/runs", one.wanted(), again="k").json()
    lost = timezone.now() - timedelta(minutes=5)
    IdempotentRequest.objects.update(status=0, begun=lost)  # its process died before it kept the answer
    second = one.post("/runs", one.wanted(), again="k")
    assert (second.status_code, second.json()["id"]) == (202, first["id"])
    IdempotentRequest.objects.update(status=0, begun=timezone.now())
    assert kind_of(one.post("/runs", one.wanted(), again="k")) == "request-under-way"


def test_the_secret_is_kept_nowhere(place, program):
    one = program(place)
    one.get("/key")
    secret = one.text.rpartition("_")[2]
    assert secret not in str(list(ApiKey.objects.values()))
    assert secret not in str(list(AuditEntry.objects.values()))
    assert one.key.secret_hash == api_keys.hashed(secret)


def test_uses_are_noted_the_first_one_in_the_audit_log(place, program):
    one = program(place)
    for _ in range(2):
        one.get("/key")
    assert AuditEntry.objects.filter(action="key.first-use").count() == 1
    assert ApiKey.objects.get().last_used is not None


def test_a_key_is_no_person(place, program, client):
    program(place)
    admin = Member.objects.create(
        environment=place.environment, external_id="boss", name="Boss", roles=["master_admin"]
    )
    session = client.session
    session["member"] = admin.pk
    session.save()
    assert "nightly job" not in client.get("/setup/people/").content.decode()
    assert audit.named(ApiKey.objects.get()) == "API key nightly job"
