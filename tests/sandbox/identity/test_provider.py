"""The pretend providers are as strict as real ones."""

import jwt
import pytest

from sandbox.app import create
from sandbox.building import build
from sandbox.identity.provider import CLIENT_ID, CLIENT_SECRET, GOOD_FOR, LASTS, challenge_of
from sandbox.world import World
from tests.scenes import catalog

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
def world(tmp_path):
    return World(folder=tmp_path, base_url="http://localhost:8001")


@pytest.fixture
def client(world):
    return create(world).test_client()


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


def form_for(code: str, provider: str = "fjord", **changed: str) -> dict[str, str]:
    back = ASKED["redirect_uri"].replace("fjord", provider)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": "a" * 43}
    return form | {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | changed


def exchange(client, code: str, **changed: str):
    return client.post("/identity/token", data=form_for(code, **changed))


def code_for(client, path: str = "/identity/authorize", sub: str = "7b1f-maren", **changed: str) -> str:
    answer = client.post(path, query_string=ASKED | changed, data={"sub": sub})
    assert answer.status_code == 303
    return answer.headers["Location"].partition("code=")[2].partition("&")[0]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


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


@pytest.mark.parametrize("verifier", ["a" * 42, "a" * 129, "ä" * 43])
def test_a_verifier_has_the_form_of_one(client, verifier):
    code = code_for(client, code_challenge=challenge_of(verifier))
    assert exchange(client, code, code_verifier=verifier).json["error"] == "invalid_grant"


def test_the_body_of_an_exchange_is_a_plain_form(client):
    form = form_for(code_for(client))
    assert client.post("/identity/token", json=form).json["error"] == "invalid_request"
    parts = client.post("/identity/token", data=form, content_type="multipart/form-data")
    assert parts.json["error"] == "invalid_request"
    assert client.post("/identity/token", data=form).status_code == 200


def test_a_client_shows_its_secret_in_one_way(client):
    def by_basic(secret: str, **more: str):
        given = form_for(code_for(client))
        form = {name: text for name, text in given.items() if not name.startswith("client_")} | more
        return client.post("/identity/token", data=form, auth=(CLIENT_ID, secret))

    assert by_basic(CLIENT_SECRET).status_code == 200
    assert by_basic(CLIENT_SECRET, client_id=CLIENT_ID).status_code == 200
    assert by_basic("guessed").status_code == 401
    assert by_basic("guessed").headers["WWW-Authenticate"] == "Basic"
    assert by_basic("", client_id=CLIENT_ID).status_code == 401
    assert by_basic(CLIENT_SECRET, client_id="another").json["error"] == "invalid_client"
    assert by_basic(CLIENT_SECRET, client_secret=CLIENT_SECRET).json["error"] == "invalid_request"
    assert by_basic("", client_id=CLIENT_ID, client_secret=CLIENT_SECRET).json["error"] == "invalid_request"


def test_userinfo_is_for_a_bearer_and_while_the_token_lasts(client, world):
    token = exchange(client, code_for(client)).json["access_token"]
    assert client.get("/identity/userinfo", headers=bearer(token)).json["sub"] == "7b1f-maren"
    assert client.get("/identity/userinfo", headers={"Authorization": token}).status_code == 401
    assert client.get("/identity/userinfo", query_string={"access_token": token}).status_code == 401
    world.forward += LASTS + 1
    assert client.get("/identity/userinfo", headers=bearer(token)).status_code == 401


def test_a_code_is_good_for_a_minute(client, world):
    code = code_for(client)
    world.forward += GOOD_FOR + 1
    assert exchange(client, code).json["error"] == "invalid_grant"


def test_a_code_that_comes_twice_takes_back_what_it_gave(client):
    code = code_for(client)
    token = bearer(exchange(client, code).json["access_token"])
    assert client.get("/identity/userinfo", headers=token).json["sub"] == "7b1f-maren"
    assert exchange(client, code).json["error"] == "invalid_grant"
    assert client.get("/identity/userinfo", headers=token).status_code == 401


def test_so_does_one_of_cloudinary(tmp_path):
    world = build(catalog([], []), folder=tmp_path, base_url="http://localhost:8001")
    client, cloudinary = create(world).test_client(), "/cloudinary-oauth"
    back = ASKED["redirect_uri"].replace("fjord", "cloudinary")
    code = code_for(client, f"{cloudinary}/oauth2/auth", "u-maren", redirect_uri=back, scope="openid")
    form = form_for(code, "cloudinary")
    token = client.post(f"{cloudinary}/oauth2/token", data=form).json["access_token"]
    said = jwt.decode(token, options={"verify_signature": False})
    assert said["ext"] == {"cloud_name": world.environments[0].cloud_name}
    assert client.get(f"{cloudinary}/userinfo", headers=bearer(token)).json["sub"] == "u-maren"
    assert client.post(f"{cloudinary}/oauth2/token", data=form).json["error"] == "invalid_grant"
    assert client.get(f"{cloudinary}/userinfo", headers=bearer(token)).status_code == 401
