"""The pretend providers are as strict as real ones."""

import pytest

from sandbox.app import create
from sandbox.identity.provider import CLIENT_ID, CLIENT_SECRET, challenge_of
from sandbox.world import World

ASKED = {
    "client_id": CLIENT_ID,
    "redirect_uri": "http://localhost:8000/sign-in/with/fjord/callback",
    "response_type": "code",
    "scope": "openid email",
    "code_challenge_method": "S256",
    "code_challenge": challenge_of("a" * 43),
    "state": "s",
}


@pytest.fixture
def client(tmp_path):
    return create(World(folder=tmp_path, base_url="http://localhost:8001")).test_client()


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "http://localhost:8000/sign-in/with/fjord/callback/../x"},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"scope": "email"},
        {"scope": "openid everything"},
    ],
)
def test_what_a_client_did_not_register_is_refused_and_sent_nowhere(client, changed):
    for method in ("get", "post"):
        answer = getattr(client, method)("/identity/authorize", query_string=ASKED | changed)
        assert answer.status_code == 400
        assert "Location" not in answer.headers


def exchange(client, code: str, **changed: str):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": ASKED["redirect_uri"]}
    form |= {"code_verifier": "a" * 43, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return client.post("/identity/token", data=form | changed)


def code_for(client) -> str:
    answer = client.post("/identity/authorize", query_string=ASKED, data={"sub": "7b1f-maren"})
    assert answer.status_code == 303
    return answer.headers["Location"].partition("code=")[2].partition("&")[0]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "b" * 43}, "invalid_grant"),
        ({"redirect_uri": "http://localhost:8000/"}, "invalid_grant"),
        ({"client_secret": "guessed"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_code_is_exchanged_as_it_was_asked_for_only(client, changed, error):
    assert exchange(client, code_for(client), **changed).json["error"] == error


def test_a_code_that_comes_twice_takes_back_what_it_gave(client):
    code = code_for(client)
    bearer = {"Authorization": f"Bearer {exchange(client, code).json['access_token']}"}
    assert client.get("/identity/userinfo", headers=bearer).json["sub"] == "7b1f-maren"
    assert exchange(client, code).json["error"] == "invalid_grant"
    assert client.get("/identity/userinfo", headers=bearer).status_code == 401
