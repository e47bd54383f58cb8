import json

import cloudinary.api
import cloudinary.uploader
import pytest
import urllib3
from cloudinary.exceptions import AuthorizationRequired, NotFound, RateLimited

from tests.sandbox.world.factories import HTTP, asset


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"api_secret": "nonsense"}, "api_secret mismatch"),
        ({"api_key": "1"}, "unknown api_key"),
        ({"cloud_name": "elsewhere"}, "Invalid cloud_name elsewhere"),
    ],
)
def test_wrong_credentials_are_refused_with_their_reason(served, keys, wrong, message):
    with pytest.raises(AuthorizationRequired, match=message):
        cloudinary.api.ping(**keys(served(), **wrong))


def test_without_credentials_the_answer_is_401_in_json(served):
    world = served()
    answer = HTTP.request("GET", f"{world.base_url}/v1_1/{world.environments[0].cloud_name}/ping")
    assert answer.status == 401
    assert json.loads(answer.data) == {"error": {"message": "Must supply api_key and api_secret"}}


def test_every_answer_tells_what_is_left_of_the_hour(served, keys):
    world = served()
    world.settings.change({"hourly_limit": 500})
    answers = [cloudinary.api.ping(**keys(world)) for _ in range(3)]
    assert [answer.rate_limit_remaining for answer in answers] == [499, 498, 497]
    assert answers[0].rate_limit_allowed == 500
    assert answers[0].rate_limit_reset_at[4] == 0  # on the hour
    assert len({answer.request_id for answer in answers}) == 3


def test_beyond_the_hourly_limit_calls_are_refused_until_the_next_hour(served, keys):
    world = served()
    world.settings.change({"hourly_limit": 2})
    for _ in range(2):
        cloudinary.api.ping(**keys(world))
    with pytest.raises(RateLimited, match="Limit of 2 api operations reached"):
        cloudinary.api.ping(**keys(world))
    world.forward += 3600
    cloudinary.api.ping(**keys(world))


def test_the_upload_api_has_no_hourly_limit(served, keys):
    world = served(asset("a"))
    world.settings.change({"hourly_limit": 0})
    assert cloudinary.uploader.add_context({"alt": "A"}, ["a"], **keys(world))["public_ids"] == ["a"]


def test_unknown_routes_answer_404_in_json(served, keys):
    world = served()
    with pytest.raises(NotFound, match="Unknown route"):
        cloudinary.api.list_streaming_profiles(**keys(world))


def test_ping_usage_and_config_answer(served, keys):
    world = served(asset("a"))
    assert cloudinary.api.ping(**keys(world))["status"] == "ok"
    assert cloudinary.api.usage(**keys(world))["media_limits"]["image_max_px"] == 25_000_000
    assert cloudinary.api.config(settings=True, **keys(world))["settings"] == {"folder_mode": "dynamic"}


def test_connections_stay_open_between_requests(served):
    world = served()
    pool = urllib3.connectionpool.connection_from_url(world.base_url)
    for _ in range(3):
        pool.request("GET", "/healthz")
    assert (pool.num_connections, pool.num_requests) == (1, 3)
