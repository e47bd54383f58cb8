"""Limits: a client that is too quick learns when to try again; nobody else notices, and Redis may be away."""

import re
import time

import pytest

from linking.models import Sync
from setup.models import Environment, Member
from setup.redis_client import client as redis_of_app
from setup.security import limits
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.processes import redis
from tests.scenes import asset, product
from tests.setup.security.launches import post, signed

pytestmark = pytest.mark.django_db
SECRET = "a launch secret of more than 32 bytes, as HS256 wants it"


@pytest.fixture(autouse=True)
def nobody_was_here_before():
    limits._here.forget()
    yield
    limits._here.forget()


@pytest.fixture
def few(settings):
    """few(launch=2): that many, everything else without a limit."""

    def build(**known: int) -> None:
        settings.LIMITS = dict.fromkeys(settings.LIMITS, 1000) | known

    return build


def member(cloud: str = "demo", person: str = "u1") -> Member:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "console", "launch_secret": SECRET}
    owner, _ = Environment.objects.get_or_create(cloud_name=cloud, defaults=known)
    return Member.objects.create(environment=owner, external_id=person, roles=["master_admin"])


def spent(name: str, who: Member, times: int) -> bool:
    try:
        for _ in range(times):
            limits.spend(name, who)
    except limits.TooMany:
        return True
    return False


def test_one_more_than_the_limit_is_refused_with_when_to_try_again(few):
    few(sync=3)
    ada = member()
    assert not spent("sync", ada, 3)
    with pytest.raises(limits.TooMany) as caught:
        limits.spend("sync", ada)
    assert re.search(r"Try again in \d+ (minutes|seconds)", caught.value.text)
    assert 0 < caught.value.seconds <= 3601


def test_another_member_and_another_kind_are_not_concerned(few):
    few(sync=1, dry_run=1)
    ada, bob = member(), member(person="u2")
    assert spent("sync", ada, 2)
    assert not spent("dry_run", ada, 1)
    assert not spent("sync", bob, 1)


def test_an_environment_has_ten_times_as_many_and_no_more(few):
    few(sync=1)
    assert not any(spent("sync", member(person=f"p{at}"), 1) for at in range(10))
    assert spent("sync", member(person="one more"), 1)
    assert not spent("sync", member("elsewhere"), 1)


def test_a_new_period_begins_again(few, monkeypatch):
    few(launch=1)
    ada, now = member(), time.time()
    assert spent("launch", ada, 2)
    monkeypatch.setattr(limits.time, "time", lambda: now + 61)
    assert not spent("launch", ada, 1)


def test_counts_are_shared_by_processes_through_redis(few, settings, tmp_path):
    few(sync=2)
    ada = member()
    with redis(tmp_path) as url:
        settings.REDIS_URL = url
        limits._away._until = 0.0
        assert not spent("sync", ada, 2)
        limits._here.forget()
        assert spent("sync", ada, 1)
        assert all(0 < redis_of_app().ttl(key) <= 7200 for key in redis_of_app().keys("limit:*"))


def test_while_redis_is_away_pages_answer_and_limits_hold(client, few, settings, monkeypatch):
    few(request=3)
    asked = []
    monkeypatch.setattr(limits, "client", lambda: asked.append("once") or redis_of_app())
    monkeypatch.setattr(limits, "REST", 3600.0)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limits._away._until = 0.0
    enter(client, member())
    answers = [client.get("/setup/people/").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert asked == ["once"], "no page waits for it twice"
    limits._away._until = 0.0


def test_a_page_too_many_is_a_friendly_429(client, few):
    few(request=1)
    enter(client, member())
    client.get("/setup/people/")
    page = client.get("/setup/people/")
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 61
    assert "Try again in" in text_of(page)
    assert "Nothing was changed." in text_of(page)


def test_a_fragment_too_many_is_one_sentence(client, few):
    few(request=1)
    enter(client, member())
    client.get("/setup/people/")
    answer = client.get("/setup/people/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Content-Type"]) == (429, "text/plain; charset=utf-8")
    assert answer.content.decode().startswith("Too many requests came from here just now. Try again in")


def test_strangers_are_counted_by_their_address(client, few):
    few(request=2)
    assert [client.get("/setup/").status_code for _ in range(3)] == [401, 401, 429]
    assert client.get("/setup/", REMOTE_ADDR="203.0.113.9").status_code == 401


def test_what_strangers_use_up_is_not_missing_to_those_who_look_after_the_app_or_to_shopify(client, few, settings):
    """Behind a proxy that no setting names, all of them have its address."""
    few(request=3)
    settings.METRICS_TOKEN = "a-token-for-tests"
    assert [client.get("/nowhere").status_code for _ in range(5)] == [404, 404, 404, 429, 429]
    for _ in range(5):
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200
        assert client.get("/metrics", headers={"Authorization": "Bearer a-token-for-tests"}).status_code == 200
        assert client.get("/metrics").status_code == 401
        assert client.post("/webhooks/shopify", b"{}", content_type="application/json").status_code == 401
    assert client.get("/nowhere").status_code == 429


def test_webhooks_have_a_limit_of_their_own(client, few):
    few(webhook=2)
    answers = [client.post("/webhooks/shopify", b"{}", content_type="application/json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 61
    assert answers[-1]["Content-Type"] == "text/plain; charset=utf-8"
    assert client.get("/nowhere").status_code == 404


def test_a_person_who_opens_the_app_very_often_has_to_wait(client, few):
    few(launch=2)
    member().environment.save()
    launches = [post(client, signed(SECRET)) for _ in range(3)]
    assert [answer.status_code for answer in launches] == [200, 200, 429]
    assert post(client, signed(SECRET, user={"id": "u2"})).status_code == 200


def test_runs_and_dry_runs_have_limits_of_their_own(client, few, scene):
    few(dry_run=1, sync=1)
    place = scene([product("a")], [asset("front", "a")])
    selection = place.select()
    ask_and_answer(selection)
    enter(client, place.member, selection)
    address = f"/selections/{selection.key}/syncs/"
    assert client.post(address, {"token": "1", "dry_run": ""}).status_code == 302
    refused = client.post(address, {"token": "2", "dry_run": ""})
    assert refused.status_code == 429
    assert "Too many dry runs were started in the last hour." in text_of(refused)
    assert client.post(address, {"token": "3"}).status_code == 302
    assert client.post(address, {"token": "4"}).status_code == 429
    assert Sync.objects.count() == 2


@pytest.mark.parametrize("length", [str(1024 * 1024 + 1), "9" * 30, "-1", "x"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(client, length):
    answer = client.generic(
        "POST", "/launch", b"token=x", content_type="application/x-www-form-urlencoded", CONTENT_LENGTH=length
    )
    assert answer.status_code == 413
    assert "at most 1 MB" in text_of(answer)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n', "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data"),
        (b"token=" + b"%" * 100, "application/x-www-form-urlencoded; charset=utf-7"),
        (b"a=1&" * 4000, "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"", ""),
    ],
)
def test_a_malformed_body_is_no_launch_and_no_error_of_ours(client, body, kind):
    client.raise_request_exception = False
    assert client.generic("POST", "/launch", body, content_type=kind).status_code in (400, 403)


def test_malformed_bodies_of_members_are_refused_without_an_error(client):
    client.raise_request_exception = False
    enter(client, member())
    for body, kind in [
        (b"a=1&" * 4000, "application/x-www-form-urlencoded"),
        (b"x" * 600_000, "application/x-www-form-urlencoded"),
        (b"garbage", "multipart/form-data; boundary=x"),
    ]:
        assert client.generic("POST", "/setup/matching/", body, content_type=kind).status_code in (302, 400, 413, 422)
