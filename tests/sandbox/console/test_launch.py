import time

import jwt
import pytest

from tests.sandbox.world.factories import HTTP, asset


def launch(world, **given):
    answer = HTTP.request("POST", f"{world.base_url}/console/launch", json={"asset_ids": [], **given})
    return answer.status, answer.json()


def claims_of(world, token):
    environment = world.as_json()["environments"][0]
    known = {"audience": environment["launch_audience"], "issuer": environment["launch_issuer"]}
    return jwt.decode(token, environment["launch_secret"], algorithms=["HS256"], **known)


def test_the_token_says_who_comes_in_which_role_with_which_assets(served):
    world = served(assets=[asset("a")])
    ids = list(world.environments[0].assets)
    status, answer = launch(world, asset_ids=ids, role="technical_admin", person="u-jonas")
    claims = claims_of(world, answer["token"])
    assert (status, answer["url"]) == (200, f"{world.app_url}/launch")
    assert (claims["asset_ids"], claims["roles"]) == (ids, ["technical_admin"])
    assert claims["user"] == {"id": "u-jonas", "name": "Jonas Lind", "email": "jonas@fjordandfern.example"}
    environment = world.environments[0]
    assert (claims["cloud_name"], claims["environment_id"]) == (environment.cloud_name, environment.keys.environment_id)


def test_a_token_is_good_for_a_minute_and_has_an_id_of_its_own(served):
    world = served()
    first, second = (claims_of(world, launch(world)[1]["token"]) for _ in range(2))
    assert first["exp"] - first["iat"] == 60
    assert abs(first["iat"] - time.time()) < 5
    assert first["jti"] != second["jti"]
    assert jwt.get_unverified_header(launch(world)[1]["token"]) == {"alg": "HS256", "typ": "JWT"}


def test_another_secret_does_not_verify_it(served):
    world = served()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(launch(world)[1]["token"], "x" * 40, algorithms=["HS256"], audience="assetlink")


def test_tokens_can_be_handed_out_stale(served):
    world = served()
    world.settings.change({"launch_age": 120})
    with pytest.raises(jwt.ExpiredSignatureError):
        claims_of(world, launch(world)[1]["token"])


def test_the_worlds_clock_does_not_make_tokens_of_the_future(served):
    world = served()
    world.forward += 86_400
    assert abs(claims_of(world, launch(world)[1]["token"])["iat"] - time.time()) < 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"asset_ids": [f"{n:032x}" for n in range(1001)]},
        {"asset_ids": "a"},
        {"asset_ids": [1]},
        {"role": "owner"},
        {"role": "reports"},  # which has no Media Library to launch from
        {"person": "nobody"},
        {"environment": "elsewhere"},
    ],
)
def test_what_the_console_cannot_sign_is_refused(served, wrong):
    status, answer = launch(served(), **wrong)
    assert (status, set(answer)) == (400, {"error"})


def test_the_console_sends_people_to_the_host_name_that_the_app_shares(served):
    world = served()
    other = world.base_url.replace("127.0.0.1", "localhost")
    answer = HTTP.request("GET", f"{other}/console/?environment=sandbox", redirect=False)
    assert (answer.status, answer.headers["Location"]) == (302, f"{world.base_url}/console/?environment=sandbox")


def test_an_unknown_environment_is_a_404(served):
    assert HTTP.request("GET", f"{served().base_url}/console/?environment=none").status == 404
