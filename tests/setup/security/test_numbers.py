"""Numbers from outside, of every length and kind: a refusal or a page, never an error of ours."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linking.domain.ordering import natural
from setup.numbers import LARGEST, whole
from tests.linking.visits import enter
from tests.setup.security.test_access import arguments, guarded, place, reverse  # noqa: F401 - a fixture
from tests.tiers import only_full

LONG = "9" * 310  # more than a float holds
HUGE = "9" * 5000  # more digits than Python reads
TOO_LARGE = str(LARGEST + 1)
ODD = [LONG, HUGE, str(LARGEST), TOO_LARGE, "-1", "٣", "1e400", "NaN", " 1", "0x1", ""]
SIZES = [
    only_full(pytest.param(LONG, id="long")),
    pytest.param(HUGE, id="huge"),
    pytest.param(TOO_LARGE, id="just too large"),
]
# Route -> the fields in which it takes a number; tests/routes sends everything everywhere.
FIELDS = {
    "connect": ["store"],
    "audit": ["page"],
    "people": ["page"],
    "people-join": ["other"],
    "link-settings": ["version", "position", "stores"],
    "link-pick": ["k", "version"],
    "link-arrange": ["a", "value", "version"],
    "link-rows": ["from"],
    "link-alts": ["at", "a", "count", "version"],
    "sync-start": ["version"],
    "upload-assets": ["after"],
    "upload-edit": ["a", "version"],
    "history": ["store", "person", "before"],
    "links": ["store", "before"],
    "links-unlink": ["store", "link"],
    "sync": ["store", "like"],
    "sync-products": ["store", "like", "page", "unlinked"],
    "sync-files": ["like", "page"],
    "sync-apply": ["unlinks", "replaces"],
    "sync-undo": ["product", "store"],
}
REFUSED = {("sync-undo", "product"): 404, ("sync-undo", "store"): 404, ("link-settings", "version"): 409}
REFUSED |= {("link-pick", "k"): 409, ("link-arrange", "version"): 409, ("link-settings", "position"): 409}


@pytest.mark.parametrize(
    ("text", "found"),
    [("0", 0), ("12", 12), (str(LARGEST), LARGEST), *((text, None) for text in ODD if text != str(LARGEST))],
)
def test_a_whole_number_is_plain_digits_that_a_column_can_hold(text, found):
    assert whole(text) == found


def test_a_number_beyond_what_is_asked_for_is_none():
    assert (whole("10", most=10), whole("11", most=10), whole(None)) == (10, None, None)


@given(st.text() | st.integers().map(str))
@example(HUGE)
def test_reading_a_number_never_raises(text):
    assert whole(text) is None or text.isdecimal()


def test_digits_without_end_have_a_place_in_an_order():
    assert sorted([f"a{HUGE}", "a2", "a10"], key=natural)[:2] == ["a2", "a10"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", SIZES)
@pytest.mark.cases(1)
def test_no_number_in_an_address_or_a_form_is_an_error_of_ours(client, place, text):  # noqa: F811
    enter(client, place.admin, place.selection)
    client.raise_request_exception = False
    paths, wrong = {name: path for path, name in guarded("members", "workers", "admins")}, {}
    for name, fields in FIELDS.items():
        address = reverse(name, kwargs=arguments(place, paths[name], name))
        for sent in fields:
            method = client.post if client.options(address)["Allow"].startswith("POST") else client.get
            status = method(address, {"do": "move", "g": "x", sent: text}).status_code
            if status >= 500 or status != REFUSED.get((name, sent), status):
                wrong[name, sent] = status
    assert wrong == {}


@pytest.mark.django_db
@pytest.mark.parametrize("text", [LONG, HUGE, TOO_LARGE], ids=["long", "huge", "just too large"])
@pytest.mark.cases(1)
def test_a_number_of_a_path_that_no_row_has_leads_nowhere(client, place, text):  # noqa: F811
    enter(client, place.admin, place.selection)
    client.raise_request_exception = False
    paths = {path for path, _ in guarded("members", "workers", "admins") if "<int:" in path}
    assert len(paths) >= 8
    for path in paths:
        address = re.sub("<int:[^>]*>", text, path).replace("<uuid:key>", str(place.selection.key))
        assert {client.get(address).status_code, client.post(address).status_code} <= {404, 405}, path


@pytest.mark.parametrize("text", [LONG, HUGE], ids=["long", "huge"])
def test_no_length_of_a_body_is_an_error_of_ours(client, db, text):
    for path in ("/launch", "/webhooks/shopify"):
        answer = client.generic("POST", path, b"x", content_type="text/plain", CONTENT_LENGTH=text)
        assert answer.status_code == 413
