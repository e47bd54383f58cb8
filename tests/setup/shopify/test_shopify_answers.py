"""What the client makes of answers that are not as they should be: over HTTP, from a peer that answers as it likes."""

import gzip
import json
import math

import pytest
import urllib3
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from linking.shopify.swatches import SET as WRITE
from setup.shopify import transport
from setup.shopify.client import ATTEMPTS, SHOP
from setup.shopify.connection import CONNECTION as READ
from setup.shopify.errors import HTTP_STOPS, Remedy, ShopifyError
from setup.shopify.graphql_documents import Document
from tests.linking.shopify.damage import ANYTHING, damages, with_damages, written
from tests.peer import COST, Answer, Peer, good, refused
from tests.tiers import drawn

DATA = {"shop": {"name": "North"}}
PAYLOAD = {"metafieldsSet": {"userErrors": []}}
FINE = good(DATA)
HTML = Answer(b"<html><h1>502</h1></html>", 502)
UNKNOWN = {
    "408": Answer(b"", 408),
    "500": Answer(b"", 500),
    "502 in HTML": HTML,
    "599": Answer({"errors": "?"}, 599),
    "TIMEOUT": refused("TIMEOUT"),
    "INTERNAL_SERVER_ERROR": refused("INTERNAL_SERVER_ERROR"),
    "a code that nobody knows": refused("SOMETHING_NEW"),
    "no code": refused(None),
    "a code of ours": refused("paused"),
    "no JSON": Answer(b"<html></html>"),
    "an empty body": Answer(b""),
    "a list": Answer([]),
    "a text": Answer("no"),
    "no data": Answer({}),
    "data that is null": Answer({"data": None}),
    "data that is a list": Answer({"data": []}),
    "deep JSON": Answer(b'{"data": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"),
    "NaN": Answer(b'{"data": {"a": NaN}}'),
    "Infinity": Answer(b'{"data": {"a": -Infinity}}'),
    "no UTF-8": Answer(b'{"data": {"a": "\xff"}}'),
    "errors as a text": Answer({"errors": "Something"}),
    "errors as an object": Answer({"errors": {"query": "Something"}}),
    "errors as texts": Answer({"errors": ["Something", "else"]}),
    "errors as nulls": Answer({"errors": [None]}),
    "errors as a number": Answer({"errors": 5}),
    "extensions that are null": Answer({"errors": [{"message": "x", "extensions": None}], "extensions": None}),
    "extensions as a list": Answer({"errors": [{"message": 5, "extensions": []}]}),
    "a code as an object": Answer({"errors": [{"extensions": {"code": {}}}]}),
    "a body that ends early": Answer(b'{"data": {', length=50),
    "gzip that is none": Answer(b"{}", headers={"Content-Encoding": "gzip"}),
    "gzip that ends early": Answer(gzip.compress(json.dumps({"data": DATA}).encode())[:-9], headers={"Content-Encoding": "gzip"}),
    "an encoding that nobody asked for": Answer(b"{}", headers={"Content-Encoding": "br"}),
    "a redirect": Answer(b"", 302, {"Location": "http://127.0.0.1:9/"}),
    "204": Answer(b"", 204),
    "400": Answer({"errors": {"query": "Required parameter missing"}}, 400),
    "418": Answer(b"", 418),
}  # fmt: skip
REFUSED = ("INVALID_VARIABLE", "undefinedField", "MAX_COST_EXCEEDED", "RESOURCE_NOT_FOUND", "PARSE_ERROR")


def failed(peer: Peer, document: Document = READ, **known) -> ShopifyError:
    with pytest.raises(ShopifyError) as caught:
        peer.client(**known).run(document)
    return caught.value


@pytest.mark.parametrize("answer", UNKNOWN.values(), ids=UNKNOWN)
def test_a_write_of_unknown_outcome_is_looked_at_and_never_sent_again(peer, answer):
    peer.answers(answer)
    assert failed(peer, WRITE).remedy == Remedy.LOOK
    assert peer.names == ["MetafieldsSet"]


@pytest.mark.parametrize("answer", UNKNOWN.values(), ids=UNKNOWN)
def test_a_read_without_a_good_answer_is_sent_again(peer, answer):
    peer.answers(answer, answer, FINE)
    assert peer.client().run(READ) == DATA
    assert len(peer.asked) == 3


@pytest.mark.parametrize("answer", UNKNOWN.values(), ids=UNKNOWN)
def test_a_read_that_never_gets_a_good_answer_ends(peer, answer):
    peer.answers(answer)
    error = failed(peer)
    refused_for_good = answer.status in (302, 400, 418)
    assert error.remedy == (Remedy.GIVE_UP if refused_for_good else Remedy.LATER)
    assert len(peer.asked) == ATTEMPTS


@pytest.mark.parametrize("code", REFUSED)
@pytest.mark.parametrize("document", [READ, WRITE], ids=["read", "write"])
def test_a_request_that_is_wrong_is_given_up_at_once(peer, document, code):
    for answer in (refused(code), refused(code, data={"metafieldsSet": None}), refused(code, code)):
        peer.answers(answer)
        assert (failed(peer, document).remedy, len(peer.asked)) == (Remedy.GIVE_UP, 1)


def test_a_status_is_believed_if_the_body_says_what_is_wrong(peer):
    peer.answers(Answer(refused("INVALID_VARIABLE").body, 400))
    assert failed(peer, WRITE).remedy == Remedy.GIVE_UP
    peer.answers(Answer(refused("INVALID_VARIABLE").body, 500))
    assert failed(peer, WRITE).remedy == Remedy.LOOK


@pytest.mark.parametrize(
    ("codes", "remedy"),
    [
        (("THROTTLED", "TIMEOUT"), Remedy.LOOK),
        (("INVALID_VARIABLE", "TIMEOUT"), Remedy.LOOK),
        (("ACCESS_DENIED", None), Remedy.LOOK),
        (("THROTTLED", "INVALID_VARIABLE"), Remedy.GIVE_UP),
        (("INVALID_VARIABLE", "ACCESS_DENIED"), Remedy.STOP_STORE),
    ],
)
def test_of_several_errors_the_worst_decides(peer, codes, remedy):
    for order in (codes, codes[::-1]):
        peer.answers(refused(*order))
        assert failed(peer, WRITE).remedy == remedy


@pytest.mark.parametrize("errors", [[], None, {}, ""])
def test_no_errors_may_be_said_in_many_ways(peer, errors):
    peer.answers(Answer({"data": DATA, "errors": errors}))
    assert peer.client().run(READ) == DATA


@pytest.mark.parametrize("code", ["TIMEOUT", "ACCESS_DENIED", "INVALID_VARIABLE", "THROTTLED", None])
def test_a_mutation_that_answers_beside_an_error_ran(peer, code):
    peer.answers(refused(code, data=PAYLOAD))
    assert failed(peer, WRITE).remedy == Remedy.LOOK
    assert peer.names == ["MetafieldsSet"]


def test_data_beside_an_error_are_read_again(peer):
    peer.answers(refused("TIMEOUT", data=DATA), FINE)
    assert peer.client().run(READ) == DATA
    peer.answers(refused("TIMEOUT", data=DATA))
    assert failed(peer).remedy == Remedy.LATER


@pytest.mark.parametrize(
    "extensions",
    [
        None,
        [],
        {"cost": None},
        {"cost": []},
        {"cost": {}},
        {"cost": {"requestedQueryCost": "x", "actualQueryCost": [], "throttleStatus": None}},
        {"cost": COST | {"throttleStatus": {"restoreRate": 0, "maximumAvailable": 0, "currentlyAvailable": None}}},
        {"cost": COST | {"throttleStatus": {"restoreRate": -5, "maximumAvailable": -1, "currentlyAvailable": -1e300}}},
        {"cost": {"requestedQueryCost": 1e308, "actualQueryCost": -1, "throttleStatus": {"restoreRate": 1e-300}}},
        {"cost": {"requestedQueryCost": 10**400, "actualQueryCost": 10**400}},
        {"search": None},
        {"search": [None, {"warnings": None}, {"warnings": []}]},
    ],
    ids=str,
)
def test_an_answer_may_tell_its_cost_in_any_shape(peer, extensions):
    client = peer.client()
    for document, data in ((READ, DATA), (WRITE, PAYLOAD), (READ, DATA)):
        peer.answers(Answer({"data": data, "extensions": extensions}))
        assert client.run(document) == data
    assert client.pace.rate > 0
    assert 0 <= client.spent.points <= 30_000
    assert all(0 <= seconds <= 60 for seconds in peer.waits)


@pytest.mark.parametrize("warnings", [[{"message": "Invalid search field"}], [None], "x", {"message": "x"}])
def test_a_search_with_a_warning_of_any_shape_is_no_answer(peer, warnings):
    peer.answers(good(DATA, search=[{"warnings": warnings}]))
    assert failed(peer).code == "search_warning"


@pytest.mark.parametrize(
    "body",
    [
        {"extensions": {"cost": None}},
        {"extensions": None},
        {},
        {"extensions": {"cost": {"requestedQueryCost": 5, "throttleStatus": {"restoreRate": 0}}}},
        {"extensions": {"cost": COST}},
    ],
    ids=str,
)
@pytest.mark.parametrize("document", [READ, WRITE], ids=["read", "write"])
def test_throttling_of_any_shape_is_waited_out_longer_each_time(peer, document, body):
    throttled = Answer({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}], **body})
    looks = []
    peer.answers(*[throttled] * 8, good(DATA))
    assert peer.client(look=lambda: looks.append(1)).run(document) == DATA
    assert len(looks) == 9
    assert 2 < max(peer.waits) <= 60


def test_without_any_word_about_the_bucket_the_first_wait_is_two_seconds(peer):
    peer.answers(refused("THROTTLED", extensions=None), FINE)
    peer.client().run(READ)
    assert 2.0 <= peer.waits[0] <= 2.5


def test_throttling_waits_until_the_bucket_as_last_reported_holds_enough(peer):
    cost = COST | {"requestedQueryCost": 900, "throttleStatus": COST["throttleStatus"] | {"currentlyAvailable": 100}}
    peer.answers(refused("THROTTLED", extensions={"cost": cost}), FINE)
    peer.client().run(READ)
    assert 7.5 <= peer.waits[0] <= 8.5


@pytest.mark.parametrize("value", ["4.0", "", "soon", "nan", "inf", "-3", "1e9"])
def test_a_request_to_slow_down_is_heeded_in_any_words(peer, value):
    peer.answers(Answer(b"", 429, {"Retry-After": value}), Answer(b"", 430, {"Retry-After": value}), FINE)
    assert peer.client().run(READ) == DATA
    assert all(0 < seconds <= 60 for seconds in peer.waits)


@pytest.mark.parametrize("status", HTTP_STOPS)
def test_a_write_that_a_store_refused_once_is_looked_at(peer, status):
    """The store is asked something cheap instead of the write."""
    peer.answers(Answer(b"", status), good({"shop": {"id": "1"}}))
    assert failed(peer, WRITE).remedy == Remedy.LOOK
    assert peer.names == ["MetafieldsSet", SHOP.name]
    assert [1 <= seconds <= 2 for seconds in peer.waits] == [True]


@pytest.mark.parametrize("second", HTTP_STOPS)
def test_a_second_refusal_of_any_such_kind_stops_the_store(peer, second):
    for document in (READ, WRITE):
        peer.answers(Answer(b"", 403), Answer(b"", second))
        error = failed(peer, document)
        assert (error.remedy, error.reason) == (Remedy.STOP_STORE, HTTP_STOPS[second])


def test_a_second_look_that_finds_nobody_is_no_second_refusal(peer):
    peer.answers(Answer(b"", 403), HTML)
    assert failed(peer, WRITE).remedy == Remedy.LOOK
    peer.answers(Answer(b"", 403), HTML)
    assert failed(peer).remedy == Remedy.LATER


def test_a_write_without_permission_is_sent_once_more(peer):
    denied = refused("ACCESS_DENIED", data={"metafieldsSet": None})
    peer.answers(denied, good(PAYLOAD))
    assert peer.client().write(WRITE, "metafieldsSet") == PAYLOAD["metafieldsSet"]
    peer.answers(denied)
    error = failed(peer, WRITE)
    assert (error.remedy, len(peer.asked)) == (Remedy.STOP_STORE, 2)
    assert "About ACCESS_DENIED." in error.text


def test_a_read_without_permission_stops_the_store_if_it_stays_so(peer):
    denied = refused("ACCESS_DENIED", data={"shop": None})
    peer.answers(denied, FINE)
    assert peer.client().run(READ) == DATA
    peer.answers(denied)
    assert (failed(peer).remedy, len(peer.asked)) == (Remedy.STOP_STORE, 2)


@pytest.mark.parametrize("data", [{}, {"metafieldsSet": None}, {"metafieldsSet": []}, {"metafieldsSet": "x"}])
def test_a_mutation_that_does_not_say_what_it_did_is_looked_at(peer, data):
    peer.answers(good(data))
    with pytest.raises(ShopifyError) as caught:
        peer.client().write(WRITE, "metafieldsSet")
    assert (caught.value.remedy, caught.value.code) == (Remedy.LOOK, "no_payload")


@pytest.mark.parametrize("is_packed", [True, False], ids=["packed", "plain"])
def test_an_answer_that_is_too_large_is_not_read_to_its_end(peer, is_packed):
    bomb = bytes(70 * 2**20)
    peer.answers(
        Answer(gzip.compress(bomb, 1), headers={"Content-Encoding": "gzip"}) if is_packed else Answer(bomb, headers={})
    )
    assert failed(peer, WRITE).remedy == Remedy.LOOK


@pytest.mark.parametrize("drip", [b" ", gzip.compress(b" ")], ids=["plain", "packed"])
def test_an_answer_that_never_ends_is_left_at_a_deadline(peer, drip, monkeypatch):
    monkeypatch.setattr(transport, "DEADLINE", 0.3)
    headers = {"Content-Encoding": "gzip"} if len(drip) > 1 else {}
    peer.answers(Answer(drip, headers=headers, drip=drip))
    assert failed(peer, WRITE).code == "no_answer"


def test_an_answer_that_falls_silent_is_left(peer, monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT", urllib3.Timeout(connect=5, read=0.2))
    peer.answers(Answer(gzip.compress(b"{}")[:5], headers={"Content-Encoding": "gzip"}, drip=b""))
    assert failed(peer, WRITE).code == "no_answer"


def test_connections_are_kept_for_the_next_request_and_closed_after_a_broken_answer(peer):
    client = peer.client()
    packed = gzip.compress(json.dumps({"data": DATA, "extensions": {}}).encode())
    peer.answers(FINE, Answer(packed, headers={"Content-Encoding": "gzip"}), UNKNOWN["gzip that is none"], FINE)
    assert [client.run(READ) for _ in range(3)] == [DATA] * 3


def test_a_packed_answer_is_read_whole_in_one_member_or_several(peer):
    body = json.dumps({"data": {"many": ["x" * 1000] * 300}}).encode()
    for packed in (gzip.compress(body), gzip.compress(body[:500]) + gzip.compress(body[500:])):
        peer.answers(Answer(packed, headers={"Content-Encoding": "gzip"}))
        assert peer.client().run(READ) == json.loads(body)["data"]


def test_numbers_beyond_all_measure_do_not_reach_the_pace(peer):
    client = peer.client()
    peer.answers(Answer(b'{"data": {"shop": {}}, "extensions": {"cost": {"throttleStatus": {"restoreRate": 1e999}}}}'))
    client.run(READ)
    assert math.isfinite(client.pace.rate)


HEAD = b"HTTP/1.1 200 OK\r\n"
WIRE = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n",
    "a status line and no more": HEAD,
    "an odd status": b"HTTP/1.1 999 Odd\r\n\r\n",
    "a status that is no number": b"HTTP/1.1 abc\r\n\r\n",
    "a length that is no number": HEAD + b"Content-Length: many\r\n\r\n{}",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
    "a negative length": HEAD + b"Content-Length: -5\r\n\r\n{}",
    "a header without end": HEAD + b"X: " + b"a" * 100_000 + b"\r\n\r\n{}",
    "too many headers": HEAD + b"X: a\r\n" * 200 + b"\r\n{}",
    "a header that is no text": HEAD + b"\xff\xfe: \x00\r\n\r\n{}",
    "a chunk of no size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    "chunks that end early": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}",
    "only continue": b"HTTP/1.1 100 Continue\r\n\r\n",
}


@pytest.mark.parametrize("wire", WIRE.values(), ids=WIRE)
def test_what_is_no_http_is_no_answer(peer, wire):
    peer.answers(Answer(wire, bare=True))
    assert failed(peer, WRITE).remedy == Remedy.LOOK
    peer.answers(Answer(wire, bare=True), FINE)
    assert peer.client().run(READ) == DATA


def remedy_of(peer: Peer, document: Document) -> Remedy | None:
    """None for data."""
    try:
        assert isinstance(peer.client().run(document), dict)
    except ShopifyError as error:
        return error.remedy
    return None


STATUSES = st.sampled_from([200] * 8 + [400, 401, 403, 404, 408, 422, 500, 502, 599])


@given(ANYTHING, STATUSES)
@examples(max_examples=drawn(20, 320), suppress_health_check=[HealthCheck.function_scoped_fixture])
@example({"data": {}, "errors": {"extensions": None}}, 200)
def test_any_json_is_data_or_an_error_of_ours(peer, body, status):
    peer.answers(Answer(written(body), status))
    assert remedy_of(peer, READ) in (None, Remedy.LATER, Remedy.GIVE_UP, Remedy.STOP_STORE)
    assert remedy_of(peer, WRITE) in (None, Remedy.LOOK, Remedy.GIVE_UP, Remedy.STOP_STORE)


@given(damages(), st.sampled_from(["THROTTLED", "ACCESS_DENIED", "TIMEOUT", None]), STATUSES)
@examples(max_examples=drawn(20, 320), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_to_an_answer_with_errors_is_an_error_of_ours(peer, wanted, code, status):
    body = with_damages({"data": {"metafieldsSet": None}, **refused(code).body}, wanted)
    throttled = [Answer(written(body), status)] * 3  # an answer that waits for ever would be right, too
    peer.answers(*throttled, Answer({"errors": [{"extensions": {"code": "INVALID_VARIABLE"}}]}))
    assert remedy_of(peer, READ) in (None, Remedy.LATER, Remedy.GIVE_UP, Remedy.STOP_STORE)
    peer.answers(*throttled, Answer({"errors": [{"extensions": {"code": "INVALID_VARIABLE"}}]}))
    assert remedy_of(peer, WRITE) in (None, Remedy.LOOK, Remedy.GIVE_UP, Remedy.STOP_STORE)


@given(st.binary(max_size=200), st.sampled_from([{}, {"Content-Encoding": "gzip"}]))
@examples(max_examples=drawn(15, 240), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_an_error_of_ours(peer, body, headers):
    peer.answers(Answer(body, headers=headers))
    assert remedy_of(peer, READ) == Remedy.LATER
    assert remedy_of(peer, WRITE) == Remedy.LOOK
