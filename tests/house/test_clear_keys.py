"""The look for secrets in clear finds one wherever it is planted, and nothing where there is none."""

import zipfile
from pathlib import Path

import django_rq
import pytest
from django.contrib.sessions.backends.db import SessionStore
from redis import Redis

from linking.models import WebhookEndpoint
from linking.webhooks import endpoints
from setup.models import Environment, Member
from setup.security import api_keys
from tests import clear_keys
from tests.clear_keys import Watch, judge
from tests.processes import redis


@pytest.fixture
def watch(monkeypatch):
    """One of its own, in the place of that which watches this run: what is planted here is no fault of a test."""
    monkeypatch.setattr(api_keys, "_drawn", api_keys._drawn.__wrapped__)
    monkeypatch.setattr(endpoints, "drawn", endpoints.drawn.__wrapped__)
    return Watch()


@pytest.fixture
def environment(db):
    return Environment.objects.create(cloud_name="one", api_key="k", api_secret="s")


@pytest.fixture
def key(watch, environment) -> str:
    return api_keys.make(environment, "a program", ["runs:read"], who=None)[1]


def places(watch: Watch, *sections: tuple[str, str], folder: Path | None = None) -> list[str]:
    return watch.found(sections, folder)


def test_where_nothing_was_planted_nothing_is_found(watch, key):
    assert places(watch, ("Captured log call", "al_live_" + "a" * 8 + "_" + "b" * 43)) == []


def test_a_key_is_found_in_a_log_also_by_its_secret_part_and_one_that_nobody_here_made(watch, key):
    for text in (f"GET {key}", key[-43:], "al_live_" + "x" * 8 + "_" + "y" * 43):
        assert places(watch, ("Captured log call", text)) == ["Captured log call"]


def test_a_key_is_found_in_rows_and_in_sessions(watch, key, environment):
    Member.objects.create(environment=environment, external_id="u1", name=f"Ada {key}")
    session = SessionStore()
    session["made"] = key
    session.create()
    assert places(watch) == ['table "setup_member"', "a session"]


def test_a_secret_of_a_webhook_is_found_and_the_sealed_one_is_not(watch, environment):
    endpoint, secret = endpoints.add(environment, "http://127.0.0.1:1/", ["run.finished"], who=None)
    assert places(watch) == []
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(url=f"http://127.0.0.1:1/{secret}")
    assert places(watch) == ['table "linking_webhookendpoint"']


def test_a_key_is_found_in_redis_also_in_a_packed_job(watch, key, tmp_path, settings):
    with redis(tmp_path) as url:
        settings.REDIS_URL = url
        with Redis.from_url(url) as known:
            known.set("counted", key)
            known.sadd("some", f"a {key}")
        django_rq.get_queue("default", connection=Redis.from_url(url)).enqueue_call("linking.jobs.fetch", (key,))
        found = places(watch)
    assert {"Redis, counted", "Redis, some"} < set(found)
    assert any(place.startswith("Redis, rq:job:") for place in found)


def test_a_key_is_found_in_reports_and_in_logs_of_processes(watch, key, tmp_path, settings):
    options = settings.STORAGES["reports"]["OPTIONS"] | {"location": tmp_path / "reports"}
    settings.STORAGES = settings.STORAGES | {"reports": settings.STORAGES["reports"] | {"OPTIONS": options}}
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "one.csv").write_text(key)
    with zipfile.ZipFile(tmp_path / "reports" / "two.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("sheet.xml", f"<c>{key}</c>")
    (tmp_path / "web.log").write_text(f"GET /?{key}")
    assert sorted(places(watch, folder=tmp_path)) == ["one.csv", "two.xlsx", "web.log"]


def test_a_test_that_left_one_has_failed_and_the_text_does_not_repeat_it():
    report = pytest.TestReport("a", ("a", 1, "a"), {}, "passed", None, "call")
    judge(report, list)
    assert report.passed
    judge(report, lambda: ["a session"])
    assert (report.failed, report.longrepr) == (True, "A secret that is shown once stands in clear: a session.")


def test_where_nobody_can_look_the_test_has_failed():
    def look() -> list[str]:
        raise ValueError("no connection")

    report = pytest.TestReport("a", ("a", 1, "a"), {}, "passed", None, "call")
    judge(report, look)
    assert (report.failed, "no connection" in report.longrepr) == (True, True)


def test_this_run_is_watched(request):
    assert request.config.pluginmanager.get_plugin(clear_keys.__name__)
