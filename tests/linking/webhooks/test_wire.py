"""Where events are never sent: to addresses that are not public, however they are named, and whatever a name leads to later."""

import socket

import pytest

from linking import jobs
from linking.models import WebhookDelivery, WebhookEndpoint
from linking.webhooks import endpoints, wire
from tests.linking.domain.test_public_addresses import OURS
from tests.peer import Answer
from tests.tls import certificate, in_front_of

HEADERS = {"Content-Type": "application/json"}


def port_of(receiver) -> int:
    return int(receiver.url.rpartition(":")[2])


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Every name leads to this machine; which ones were asked for."""
    found: list[str] = []
    monkeypatch.setattr(wire, "resolve", lambda host, port: found.append(host) or ["127.0.0.1"])
    return found


@pytest.fixture
def strict(settings) -> None:
    """As in production."""
    settings.WEBHOOK_NETWORKS = []


@pytest.mark.parametrize(
    "address", [one for one in OURS.split() if (one[0] in "0123456789:f" and "." in one) or ":" in one]
)
def test_a_name_that_leads_to_what_is_not_public_is_not_connected_to(monkeypatch, strict, address):
    monkeypatch.setattr(wire, "resolve", lambda host, port: [address])
    monkeypatch.setattr(wire, "_asked", lambda *known: pytest.fail("connected"))
    assert wire.send("https://hooks.example/", b"{}", HEADERS).problem.code == "webhook.not_public"


def test_one_address_of_several_that_is_not_public_is_enough(monkeypatch, strict):
    monkeypatch.setattr(wire, "resolve", lambda host, port: ["8.8.8.8", "10.0.0.1"])
    monkeypatch.setattr(wire, "_asked", lambda *known: pytest.fail("connected"))
    assert wire.send("https://hooks.example/", b"{}", HEADERS).problem.code == "webhook.not_public"


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_this_machine_is_refused_by_whatever_name_the_system_knows_it(receiver, strict, host):
    answer = wire.send(f"https://{host}:{port_of(receiver)}/", b"{}", HEADERS)
    assert answer.problem.code in ("webhook.not_public", "webhook.unknown_host")
    assert receiver.got == []


def test_http_is_refused_in_production_and_elsewhere_but_in_the_networks_of_the_settings(receiver, asked, settings):
    settings.WEBHOOK_NETWORKS = []
    assert wire.send(f"http://hooks.example:{port_of(receiver)}/", b"{}", HEADERS).problem.code == "webhook.not_https"
    settings.WEBHOOK_NETWORKS = ["10.0.0.0/8"]
    assert wire.send(f"http://hooks.example:{port_of(receiver)}/", b"{}", HEADERS).problem.code == "webhook.not_public"
    assert receiver.got == []


def test_http_to_a_public_address_is_refused_although_the_settings_name_networks(monkeypatch):
    monkeypatch.setattr(wire, "resolve", lambda host, port: ["8.8.8.8"])
    monkeypatch.setattr(wire, "_asked", lambda *known: pytest.fail("connected"))
    assert wire.send("http://hooks.example/", b"{}", HEADERS).problem.code == "webhook.not_https"


def test_the_connection_goes_to_the_address_that_was_looked_at_and_the_host_stays_the_name(
    receiver, monkeypatch, asked
):
    """The system knows no such name: who asked it once more would not connect."""
    monkeypatch.setattr(socket, "getaddrinfo", only_numbers(socket.getaddrinfo))
    assert wire.send(f"http://hooks.example:{port_of(receiver)}/a?b=c", b"{}", HEADERS).status == 204
    [got] = receiver.got
    assert (got.path, got.headers["host"]) == ("/a?b=c", f"hooks.example:{port_of(receiver)}")
    assert asked == ["hooks.example"]


def only_numbers(real):
    def getaddrinfo(host, *known, **more):
        assert host == "127.0.0.1", f"{host} was resolved behind our back"
        return real(host, *known, **more)

    return getaddrinfo


def test_a_name_that_leads_inside_at_the_second_try_is_refused_then(receiver, environment, monkeypatch):
    """DNS rebinding: looked at again at each try."""
    addresses = [["127.0.0.1"], ["10.0.0.7"], ["169.254.169.254"], ["127.0.0.1"]]
    monkeypatch.setattr(wire, "resolve", lambda host, port: addresses.pop(0))
    receiver.answers(Answer(status=500), Answer(status=200))
    url = f"http://hooks.example:{port_of(receiver)}/"
    endpoint, _secret = endpoints.add(environment, url, ["run.finished"], who=None)
    endpoints.test(endpoint, who=None)
    said = []
    for _try in range(4):
        WebhookDelivery.objects.update(not_before=None)
        WebhookEndpoint.objects.update(rests_until=None)
        jobs.webhook(WebhookDelivery.objects.get().pk)
        said.append(WebhookDelivery.objects.get().problem.code)
    assert said == ["webhook.status", "webhook.not_public", "webhook.not_public", ""]
    assert len(receiver.got) == 2


def test_redirects_to_inside_are_not_followed(receiver, asked):
    receiver.answers(Answer(status=307, headers={"Location": f"{receiver.url}/admin"}))
    answer = wire.send(f"http://hooks.example:{port_of(receiver)}/hooks", b"{}", HEADERS)
    assert (answer.status, [got.path for got in receiver.got]) == (307, ["/hooks"])


def test_an_address_that_does_not_answer_leads_to_the_next_one(receiver, monkeypatch):
    monkeypatch.setattr(wire, "resolve", lambda host, port: ["127.9.9.9", "127.0.0.1"])
    assert wire.send(f"http://hooks.example:{port_of(receiver)}/", b"{}", HEADERS).status == 204


def test_a_name_that_leads_nowhere_is_named(monkeypatch):
    def unknown(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(wire, "resolve", unknown)
    assert wire.send("https://hooks.example/", b"{}", HEADERS).problem.code == "webhook.unknown_host"


@pytest.mark.parametrize(("name", "code"), [("hooks.example", ""), ("other.example", "webhook.certificate")])
def test_the_certificate_has_to_be_of_the_name_and_from_somebody_who_is_trusted(
    receiver, asked, tmp_path, monkeypatch, name, code
):
    cert, key = certificate(tmp_path, "hooks.example")
    with in_front_of(port_of(receiver), cert, key) as port:
        url = f"https://{name}:{port}/"
        assert wire.send(url, b"{}", HEADERS).problem.code == "webhook.certificate", "nobody trusts it yet"
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        answer = wire.send(url, b"{}", HEADERS)
    assert (answer.problem.code, len(receiver.got)) == (code, 0 if code else 1)
