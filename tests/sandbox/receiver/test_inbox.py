"""What is sent to the pretend receiver stands on its page, and it answers what its address says."""

import pytest

from sandbox.app import create
from sandbox.receiver.inbox import MOST
from sandbox.world import World


@pytest.fixture
def client(tmp_path):
    return create(World(folder=tmp_path, base_url="http://localhost")).test_client()


@pytest.mark.parametrize(
    ("path", "status"), [("", 204), ("500", 500), ("410", 410), ("302", 302), ("99", 400), ("600", 400)]
)
def test_an_event_is_kept_and_answered(client, path, status):
    answer = client.post(f"/hooks/{path}", data='{"type":"<b>"}', headers={"webhook-id": "evt_1", "Authorization": "x"})
    assert (answer.status_code, answer.headers.get("Location")) == (status, None)
    [event] = client.get("/hooks.json").json
    assert (event["headers"]["webhook-id"], event["body"], event["answered"]) == ("evt_1", '{"type":"<b>"}', status)
    assert "authorization" not in event["headers"]
    assert "&lt;b&gt;" in client.get("/hooks/").text


def test_only_the_last_hundred_are_kept(client):
    for at in range(MOST + 5):
        client.post("/hooks/", data=str(at))
    assert [event["body"] for event in client.get("/hooks.json").json][:: MOST - 1] == [str(MOST + 4), "5"]
