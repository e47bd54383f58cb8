"""Asking for tokens, over HTTP from a peer that answers as it likes: what ends a store's access, and what is only a moment."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from setup.shopify.auth import grants
from setup.shopify.auth.grants import REASONS, Grant
from setup.shopify.auth.keys import Keys
from setup.shopify.errors import Remedy, ShopifyError, ShutOut
from tests.peer import Answer, Peer
from tests.tiers import drawn

KEYS = Keys("id", "secret")
GRANT = {"access_token": "shpat_2", "scope": "write_products,write_files", "expires_in": 3600}
PAIR = GRANT | {"refresh_token": "shprt_2", "refresh_token_expires_in": 7_776_000}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def ask(peer: Peer) -> Grant:
    return grants.by_refresh_token("north.myshopify.com", peer.url, KEYS, "shprt_1")


def failed(peer: Peer) -> ShopifyError:
    with pytest.raises(ShopifyError) as caught:
        ask(peer)
    return caught.value


@pytest.mark.parametrize("code", REASONS)
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_shopifys_own_words_end_the_access(peer, code, status):
    peer.answers(Answer({"error": code}, status))
    error = failed(peer)
    assert (error.remedy, error.reason) == (Remedy.STOP_STORE, REASONS[code])
    assert not isinstance(error, ShutOut)


@pytest.mark.parametrize("status", [401, 402, 403, 404, 423])
@pytest.mark.parametrize("body", [b"", b"<html>", {"error": {}}, {"error": None}, {"error": "something_new"}])
def test_a_status_alone_asks_for_a_second_look(peer, status, body):
    peer.answers(Answer(body, status))
    assert isinstance(failed(peer), ShutOut)


@pytest.mark.parametrize("status", [302, 400, 405, 408, 409, 418, 422, 429, 430, 500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", {"error": {"a": 1}}, {"error": "something_new"}, {"error": ["invalid_grant"]}])
def test_every_other_answer_is_a_moment(peer, status, body):
    peer.answers(Answer(body, status))
    assert failed(peer).remedy == Remedy.LATER


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_words_beside_an_outage_are_not_believed(peer, status):
    peer.answers(Answer({"error": "invalid_grant"}, status))
    assert failed(peer).remedy == Remedy.LATER


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b""),
        Answer(b"<html>"),
        Answer([]),
        Answer({}),
        Answer({"access_token": None}),
        Answer({"access_token": ""}),
        Answer({"access_token": "two\nlines"}),
        Answer({"access_token": ["shpat_2"]}),
        Answer(PAIR | {"refresh_token": {"a": 1}}),
        Answer(b'{"access_token": "shpat_2", "expires_in": NaN}'),
        Answer(b'{"access_token": ' + b"[" * 50_000),
        Answer(b'{"access_', length=100),
        Answer(bytes(2 * 2**20)),
    ],
    ids=lambda answer: str(answer.body)[:30],
)
def test_a_grant_that_cannot_be_read_is_a_moment(peer, answer):
    peer.answers(answer)
    assert failed(peer).remedy == Remedy.LATER


def test_a_pair_is_read(peer):
    peer.answers(Answer(PAIR))
    assert ask(peer) == Grant("shpat_2", ("write_files", "write_products"), 3600, "shprt_2", 7_776_000)


def test_a_refresh_token_stays_if_no_other_comes(peer):
    for refresh in (None, "", 0, False):
        peer.answers(Answer(GRANT | {"refresh_token": refresh}))
        assert ask(peer).refresh_token == "shprt_1"


@pytest.mark.parametrize(
    ("reported", "seconds"),
    [
        (3600, 3600),
        (3600.9, 3600),
        (0, None),
        (-5, None),
        (None, None),
        (True, None),
        ("3600", None),
        (1e300, 315_360_000),
    ],
)
def test_a_life_of_any_shape_makes_a_date(peer, reported, seconds):
    peer.answers(Answer(GRANT | {"expires_in": reported}))
    assert ask(peer).expires_in == seconds


def remedy_of(peer: Peer) -> Remedy | None:
    """None for a grant."""
    try:
        assert ask(peer).access_token
    except ShopifyError as error:
        return error.remedy
    return None


@given(st.dictionaries(st.sampled_from([*PAIR, "error"]), VALUES), st.sampled_from([200, 400, 401, 403, 500]))
@examples(max_examples=drawn(15, 240), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_body_is_a_grant_or_says_what_to_do(peer, body, status):
    peer.answers(Answer(PAIR | body, status))
    assert remedy_of(peer) in (None, Remedy.LATER, Remedy.STOP_STORE)
