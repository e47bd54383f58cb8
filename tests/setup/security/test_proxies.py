"""Proxies that the settings do not know, or expect and miss: one line of warning for each process."""

import pytest

from setup.security import proxies

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_named_yet(monkeypatch):
    monkeypatch.setattr(proxies, "_named", set())


@pytest.mark.parametrize(
    ("trusted", "headers", "said"),
    [
        (0, {}, ""),
        (0, {"X-Forwarded-For": "203.0.113.7"}, "A request has X-Forwarded-For, and TRUSTED_PROXIES is 0"),
        (0, {"X-Forwarded-Proto": "https"}, "A request has X-Forwarded-Proto, and TRUSTED_PROXIES is 0"),
        (1, {"X-Forwarded-For": "203.0.113.7"}, ""),
        (2, {"X-Forwarded-For": "203.0.113.7"}, "X-Forwarded-For has 1 of the 2 addresses"),
        (1, {}, "X-Forwarded-For has 0 of the 1 addresses"),
    ],
)
def test_a_proxy_that_is_not_as_the_settings_say_is_named_once(client, settings, caplog, trusted, headers, said):
    settings.TRUSTED_PROXIES = trusted
    for path in ("/healthz", "/setup/", "/", "/setup/"):
        client.get(path, headers=headers)
    found = [record.getMessage() for record in caplog.records if record.name == "setup.security.proxies"]
    assert len(found) == bool(said)
    assert said in "".join(found)


def test_health_checks_which_come_past_the_proxy_name_none(client, settings, caplog):
    settings.TRUSTED_PROXIES = 1
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    assert "X-Forwarded-For" not in caplog.text
