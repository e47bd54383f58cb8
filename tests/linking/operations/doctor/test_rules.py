"""What the doctor makes of what was seen: rules without database, network or clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet

from assetlink_site import variables
from linking.operations.doctor import clocks, outside, queueing, services
from linking.operations.doctor.findings import Level, ok, unknown, warning, worst, wrong
from linking.operations.doctor.outside import FORGED, Seen
from linking.operations.queue_health import QueueHealth
from linking.operations.redis_state import RedisState
from linking.runtime import presence
from setup.reasons import Reason
from setup.shopify.errors import Remedy, ShopifyError

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
CLIENT, PROXY = "198.51.100.7", "10.0.0.2"


def seen(*hops: str, address: str = CLIENT, peer: str = PROXY, secure: bool = True, host: str = "a.example") -> Seen:
    return Seen(secure, host, peer, hops, address)


@pytest.mark.parametrize(
    ("trusted", "what", "code", "advice"),
    [
        (1, seen(CLIENT), "ok", ""),  # a proxy that believes nobody's header, as Caddy
        (1, seen(FORGED, CLIENT), "ok", ""),  # one that adds to it, as nginx's $proxy_add_x_forwarded_for
        (2, seen(FORGED, CLIENT, PROXY), "ok", ""),
        (0, seen(FORGED, CLIENT, address=PROXY), "too_few", "TRUSTED_PROXIES=1"),
        (1, seen(FORGED, CLIENT, PROXY, address=PROXY), "too_few", "TRUSTED_PROXIES=2"),
        (2, seen(FORGED, CLIENT, address=FORGED), "forged", "TRUSTED_PROXIES=1"),
        (1, seen(FORGED, address=FORGED), "forged", "Let the proxy in front set it"),  # one that passes it on
        (2, seen(CLIENT, address=PROXY), "too_many", "TRUSTED_PROXIES=1"),
        (1, seen(address=PROXY), "nothing_added", "Let the proxy in front set it"),  # one that takes it away
        (0, seen(FORGED, address=PROXY), "nothing_added", "Let the proxy in front"),  # who ends TLS is a proxy
    ],
)
def test_how_many_proxies_there_are_shows_in_a_forged_header(trusted, what, code, advice):
    found = outside.of_count(what, trusted)
    assert found.code == code
    assert advice in found.advice
    assert (found.level == Level.WRONG) == bool(advice)


def test_without_https_there_need_not_be_a_proxy():
    assert outside.of_count(seen(FORGED, peer=CLIENT), 0, https=False).code == "ok"
    assert "TRUSTED_PROXIES=0" in outside.of_count(seen(FORGED, address=FORGED), 1, https=False).advice


def test_a_proxy_that_forgets_https_or_the_host_is_named():
    found = outside.of_proxies(seen(CLIENT, secure=False, host="web:8000"), app_url="https://a.example", trusted=1)
    proto, host, count = found
    assert (proto.code, host.code, count.code) == ("proto", "host", "ok")
    assert "X-Forwarded-Proto: https" in proto.advice
    assert "web:8000 instead of a.example" in host.text


@pytest.mark.parametrize(
    ("status", "location", "code", "word"),
    [
        (308, "https://b.example/healthz", "redirects", "APP_URL"),
        (400, "", "host", "ALLOWED_HOSTS"),
        (502, "", "proxy", "Start them"),
        (404, "", "stranger", "all its paths"),
    ],
)
def test_what_else_answers_there_is_named(status, location, code, word):
    found = outside.other_answer(status, location, "https://a.example")
    assert (found.level, found.code) == (Level.WRONG, code)
    assert word in found.advice


@pytest.mark.parametrize(("seconds", "level"), [(0, Level.OK), (-29, Level.OK), (31, Level.WRONG), (-600, Level.WRONG)])
def test_a_clock_that_is_off_is_named_with_its_direction(seconds, level):
    found = clocks.compared("the database", timedelta(seconds=seconds))
    assert found.level == level
    if level == Level.WRONG:
        assert ("behind" if seconds > 0 else "ahead of") in found.text


def test_a_date_header_is_compared_with_the_middle_of_the_call():
    at = clocks.offset_of("Sun, 29 Nov 2026 12:01:01 GMT", NOW, NOW + timedelta(seconds=3))
    assert at == timedelta(seconds=60)
    assert clocks.offset_of("yesterday", NOW, NOW) is clocks.offset_of(None, NOW, NOW) is None


@pytest.mark.parametrize(
    ("failed", "fetched", "level"),
    [
        (None, None, Level.UNKNOWN),
        (None, 1, Level.OK),
        (1, None, Level.WRONG),
        (2, 1, Level.WRONG),
        (1, 2, Level.WARNING),
    ],
)
def test_whether_stores_can_fetch_pictures_is_what_came_last(failed, fetched, level):
    at = [None if one is None else NOW + timedelta(minutes=one) for one in (failed, fetched)]
    assert services.fetchable(*at, "a.myshopify.com").level == level


@pytest.mark.parametrize(
    ("remedy", "reason", "level"),
    [
        (Remedy.GIVE_UP, "shopify.api_limit", Level.WARNING),  # who looks does not wait for it
        (Remedy.LATER, "shopify.unreachable", Level.WRONG),
        (Remedy.STOP_STORE, "shopify.http_401", Level.WRONG),
    ],
)
def test_a_store_that_only_throttles_is_not_wrong(remedy, reason, level):
    assert (
        services.refused_by_store(ShopifyError(remedy, Reason(reason)), "a", "https://a.myshopify.com").level == level
    )


@pytest.mark.parametrize(("served", "code"), [("2026-10", "ok"), ("2027-01", "retired"), ("", "unknown")])
def test_a_version_of_the_api_that_is_gone_is_named(served, code):
    assert services.of_version(served, "a.myshopify.com").code == code


def test_a_subscription_that_leads_elsewhere_is_no_subscription(settings):
    settings.APP_URL = "https://new.example"
    rows = [{"topic": "APP_UNINSTALLED", "uri": "https://old.example/webhooks/shopify"}]
    found = services.subscribed(rows, None, "a.myshopify.com")
    assert found.code == "missing"
    assert "https://old.example" in found.text
    rows = [{"topic": "APP_UNINSTALLED", "uri": "https://new.example/webhooks/shopify"}]
    assert "the last one came 2026-11-29 12:00" in services.subscribed(rows, NOW, "a.myshopify.com").text


HEALTHY = QueueHealth(True, 3, 1.0, 1, 1, 2.0, RedisState("ok", "ok", "ok"))


@pytest.mark.parametrize(
    ("state", "level", "words"),
    [
        (RedisState("full", "ok", "ok"), Level.WRONG, "Check what else uses it"),
        (RedisState("ok", "off", "ok"), Level.WARNING, "Set `appendonly yes`."),
        (RedisState("ok", "ok", "evicts"), Level.WARNING, "Set `maxmemory-policy noeviction`."),
        (RedisState("ok"), Level.UNKNOWN, "`appendonly yes` and `noeviction`"),
    ],
)
def test_a_redis_that_may_lose_work_is_named(state, level, words):
    (found,) = queueing.of_redis(QueueHealth(True, redis=state))
    assert found.level == level
    assert words in found.advice


def test_nobody_who_works_or_sweeps_is_wrong():
    nobody = QueueHealth(True)
    found = [queueing.of_workers(nobody), queueing.of_sweeper(nobody), queueing.of_queue(nobody)]
    assert [one.level for one in found] == [Level.WRONG, Level.WRONG, Level.OK]
    found = [queueing.of_workers(HEALTHY), queueing.of_sweeper(HEALTHY), queueing.of_queue(HEALTHY)]
    assert [one.level for one in found] == [Level.OK] * 3


@pytest.fixture
def other_keys(settings):
    """What a process says that has another key first, and what it says with ours."""

    def says(*held: str, release: str = "1.0"):
        settings.ENCRYPTION_KEYS, kept = list(held), settings.ENCRYPTION_KEYS
        settings.RELEASE, ours = release, settings.RELEASE
        found = presence.of_this_process("worker", "w")
        settings.ENCRYPTION_KEYS, settings.RELEASE = kept, ours
        return found

    return says


def test_keys_and_releases_of_processes_are_compared(other_keys, settings):
    ours, other = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [ours]

    def codes(one, workers=1, sweepers=0):
        found = queueing.of_processes([one], workers=workers, sweepers=sweepers, release="1.0")
        return [finding.code for finding in found]

    assert codes(other_keys(ours)) == ["ok"]
    assert codes(other_keys(ours, other)) == ["ok"]
    assert codes(other_keys(other)) == ["foreign", "ok"]  # its release is ours
    assert codes(other_keys()) == ["foreign", "ok"]
    assert codes(other_keys(ours, release="0.9")) == ["other"]
    assert codes(other_keys(ours), workers=3) == ["older"]
    assert codes(other_keys(ours), sweepers=1) == ["older"]
    assert codes(replace(other_keys(ours), marks={"TRUSTED_PROXIES": "0", "NEWER": "1"})) == ["other", "ok"]
    settings.ENCRYPTION_KEYS = [ours, other]
    assert codes(other_keys(other)) == ["lacking", "ok"]


def test_settings_that_processes_have_otherwise_are_named_and_their_values_are_not():
    def marks(**changed):
        return variables.marks(variables.read({"SECRET_KEY": "x", "APP_URL": "https://a.example"} | changed))

    ours = marks()
    assert queueing.differing_settings(ours, marks(PORT="9000", LOG_LEVEL="DEBUG", DATABASE_URL="sqlite:///x")) == []
    changed = marks(TRUSTED_PROXIES="1", SHOPIFY_CLIENT_SECRET="s")
    assert queueing.differing_settings(ours, changed) == ["SHOPIFY_CLIENT_SECRET", "TRUSTED_PROXIES"]
    assert queueing.differing_settings(ours, marks(SECRET_KEY="y")) == ["SECRET_KEY"]
    assert "a.example" not in str(ours)


def test_the_worst_of_all_counts_and_what_is_not_known_is_not_wrong():
    well, so_so, bad = ok("a", "x"), warning("a", "c", "x", "y"), wrong("a", "c", "x", "y")
    assert worst([well, unknown("a", "x")]) == Level.OK
    assert worst([well, so_so]) == Level.WARNING
    assert worst([so_so, bad, well]) == Level.WRONG
