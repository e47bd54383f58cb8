import http.client
import socket
from urllib.parse import urlsplit

from tests.sandbox.world.factories import HTTP, asset, serving, world


def test_one_connection_carries_many_requests(served):
    place = urlsplit(served().base_url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=5)
    for _ in range(3):
        connection.request("POST", "/world/clock", body=b'{"forward": 0}', headers={"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert (answer.version, answer.status, bool(answer.read())) == (11, 200, True)
    connection.close()


def test_a_body_that_nobody_reads_is_not_taken_for_the_next_request(served):
    place = urlsplit(served().base_url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=5)
    connection.request("POST", "/nowhere", body=b"x" * 100_000)
    assert connection.getresponse().read() is not None
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()


def test_chunked_bodies_are_read(served):
    world = served()
    answer = HTTP.request(
        "POST",
        f"{world.base_url}/world/clock",
        body=(part for part in (b'{"forw', b'ard": 5}')),
        headers={"Content-Type": "application/json"},
        chunked=True,
    )
    assert (answer.status, world.forward) == (200, 5)


def test_a_connection_that_is_asked_to_close_is_closed(served):
    place = urlsplit(served().base_url)
    with socket.create_connection((place.hostname, place.port), 5) as raw:
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: raw.recv(4096), b""))
    assert received.count(b"HTTP/1.1 200") == 1


def test_a_path_of_a_hundred_asset_ids_is_taken(served):
    world = served(assets=[asset("a")])
    ids = "&".join(f"asset_ids[]={n:032x}" for n in range(100))
    answer = HTTP.request("GET", f"{world.base_url}/v1_1/sandbox/resources/by_asset_ids?{ids}")
    assert answer.status == 401


def test_a_server_that_ends_closes_connections_that_are_kept_open(tmp_path):
    with serving(world(tmp_path)) as url:
        place = urlsplit(url)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=5)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        kept = connection.sock
    assert kept.recv(1) == b"", "it would wait for more than a minute"
    connection.close()
