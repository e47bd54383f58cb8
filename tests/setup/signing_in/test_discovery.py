"""What a provider says of itself: read strictly, within a time and a size, and never a 500 for people."""

import pytest

from setup.signing_in import discovery, wire
from tests.peer import Answer
from tests.signing_in import Visitor, code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def begin(peer, settings):
    """Call it with the discovery's answer: the page that somebody sees who wants to sign in."""
    settings.OIDC_PROVIDERS = {"odd": {"name": "Odd", "discovery": peer.url, "client_id": "a", "client_secret": "b"}}

    def build(answer: Answer):
        discovery.forget()
        peer.answers(answer)
        return Visitor().client.post("/sign-in/with/odd/")

    return build


def described(url: str, **changed: object) -> dict:
    known = {"issuer": url, "authorization_endpoint": f"{url}/a", "token_endpoint": f"{url}/t", "jwks_uri": f"{url}/k"}
    return known | changed


def test_what_is_as_it_should_be_leads_there(begin, peer):
    assert begin(Answer(described(peer.url))).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://attacker.example"},
        {"issuer": "https://login.example.com/{tenantid}/v2.0"},  # of all tenants at once
        {"issuer": None},
        {"token_endpoint": None},
        {"token_endpoint": ["https://a.example"]},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 'https://a.example/"><script>'},
        {"userinfo_endpoint": "file:///etc/passwd"},
    ],
)
def test_what_does_not_fit_is_the_installations_fault(begin, peer, changed):
    page = begin(Answer(described(peer.url, **changed)))
    assert page.status_code == 403
    assert code_of(page) == "misconfigured"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>"),
        Answer(b""),
        Answer([1, 2]),
        Answer(b"[" * 100_000),
        Answer(b'{"issuer": NaN}'),
        Answer(b"{}", status=302, headers={"Location": "https://elsewhere.example"}),
        Answer(b"{}", status=404),
        Answer(b"x" * (2**20 + 1)),
        Answer(b"\x1f\x8b\x08broken", headers={"Content-Encoding": "gzip"}),
        Answer(b"no http at all", bare=True),
        Answer(b'{"a"', length=1000),
    ],
)
def test_an_answer_that_cannot_be_read_is_named(begin, answer):
    page = begin(answer)
    assert page.status_code == 503
    assert "Odd " in page.content.decode()


@pytest.mark.parametrize(
    "answer",
    [Answer(b"{", drip=b" "), Answer(b"HTTP/1.1 200 OK\r\nX-Odd: ", bare=True, drip=b"x")],
    ids=["body", "head"],
)
def test_an_answer_without_end_is_not_waited_for(begin, monkeypatch, answer):
    monkeypatch.setattr(wire, "DEADLINE", 0.2)
    assert begin(answer).status_code == 503, "it drips for ever: without a deadline this would not come back"


def test_a_provider_of_https_has_https_addresses_only():
    assert discovery.is_fit("https://a.example/x", "https://a.example")
    assert not discovery.is_fit("http://a.example/x", "https://a.example")


def test_an_unknown_provider_is_not_there():
    assert Visitor().client.post("/sign-in/with/nobody/").status_code == 404
    assert Visitor().client.get("/sign-in/with/nobody/callback").status_code == 404


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer(b"<html>"), 503),
        (Answer([1]), 503),
        (Answer({"error": "invalid_grant", "error_description": ["odd"]}, status=400), 403),
        (Answer({"error": {"odd": 1}}, status=400), 503),
        (Answer({"error": "invalid_client"}, status=401), 403),
        (Answer({"id_token": 7, "access_token": "a"}), 403),
        (Answer({"id_token": "a.b.c", "access_token": ["a"]}), 403),
        (Answer({"id_token": "e30.e30.e30", "expires_in": "soon"}), 503),
        (Answer({"id_token": "eyJhbGciOiJSUzI1NiJ9.e30.AA", "access_token": "a"}), 403),
        (Answer(b"{}", status=302, headers={"Location": "https://elsewhere.example"}), 503),
    ],
)
def test_whatever_the_token_endpoint_says_nobody_is_signed_in_and_nothing_breaks(begin, peer, proofs, answer, status):
    visitor = Visitor()
    discovery.forget()
    known = {
        "/.well-known/openid-configuration": Answer(described(peer.url)),
        "/k": Answer({"keys": [{"kty": "RSA"}, 3]}),
    }
    peer.answers(lambda asked: known.get(asked.name, answer))
    asked = visitor.goes("odd")
    page = visitor.comes("/sign-in/with/odd/callback", {"state": asked["state"], "code": "c"})
    assert page.status_code == status
    assert proofs == []
