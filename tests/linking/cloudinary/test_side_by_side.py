"""The details of many assets: read by calls side by side, in order, in as few as Cloudinary takes."""

import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from linking.cloudinary.assets import SIDE_BY_SIDE, fetch
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.models import Environment
from tests.peer import Answer, Asked, Peer

IDS = [f"{at:032x}" for at in range(450)]
TOO_MANY = Answer({"error": {"message": "Too many asset ids"}}, 400)


def client_of(peer: Peer) -> CloudinaryClient:
    return CloudinaryClient(Environment(cloud_name="c", api_key="k", api_secret="s", upload_prefix=peer.url))


def ids_in(asked: Asked) -> list[str]:
    return parse_qs(urlsplit(asked.name).query)["asset_ids[]"]


def listed(ids: list[str]) -> Answer:
    """In another order than they were asked for."""
    return Answer({"resources": [{"asset_id": id, "public_id": f"p-{id}", "version": 1} for id in reversed(ids)]})


def test_several_calls_are_under_way_at_a_time_and_what_they_find_comes_in_order(peer):
    together = threading.Barrier(SIDE_BY_SIDE, timeout=20)
    first = {IDS[at * 100] for at in range(SIDE_BY_SIDE)}

    def rule(asked: Asked) -> Answer:
        if ids_in(asked)[0] in first:
            together.wait()  # none is answered before all of them are asked
        return listed(ids_in(asked))

    peer.answers(rule)
    chunks = list(fetch(client_of(peer), IDS, []))
    assert [asset.asset_id for assets in chunks for asset in assets] == IDS
    assert len(peer.asked) == 5


def test_where_fewer_ids_are_taken_all_calls_that_follow_are_smaller(peer):
    peer.answers(lambda asked: TOO_MANY if len(ids_in(asked)) > 10 else listed(ids_in(asked)))
    found = [asset.asset_id for assets in fetch(client_of(peer), IDS, []) for asset in assets]
    assert found == IDS
    refused = sum(len(ids_in(asked)) > 10 for asked in peer.asked)
    assert refused <= 4 * SIDE_BY_SIDE  # 100, 50, 25 and 12, by each that was under way
    assert len(peer.asked) - refused <= 50


def test_a_refusal_of_one_call_is_raised_and_no_further_ones_are_made(peer):
    peer.answers(lambda asked: Answer({"error": {"message": "Rate limit"}}, 420))
    with pytest.raises(CloudinaryError) as refused:
        list(fetch(client_of(peer), IDS * 3, []))
    assert refused.value.trouble == Trouble.BUSY
    assert len(peer.asked) < 13


def test_what_was_under_way_beside_a_call_that_fails_is_kept(peer):
    together = threading.Barrier(SIDE_BY_SIDE, timeout=20)

    def rule(asked: Asked) -> Answer:
        together.wait()
        lost = ids_in(asked)[0] == IDS[0]
        return Answer({"error": {"message": "Rate limit"}}, 420) if lost else listed(ids_in(asked))

    peer.answers(rule)
    found: list[str] = []
    with pytest.raises(CloudinaryError):  # noqa: PT012 - what came before it is what is looked at
        for assets in fetch(client_of(peer), IDS[: 100 * SIDE_BY_SIDE], []):
            found += [asset.asset_id for asset in assets]
    assert found == IDS[100 : 100 * SIDE_BY_SIDE]
