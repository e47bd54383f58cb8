"""Lists are read to their end, or they are an error."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.shopify.paging import pages
from setup.shopify.errors import Remedy, ShopifyError

INFO = {"hasNextPage": False, "endCursor": None}


def connection(*ids: str, after: str | None = None) -> dict:
    return {"nodes": [{"id": id} for id in ids], "pageInfo": {"hasNextPage": after is not None, "endCursor": after}}


def refused(fetch, **known) -> ShopifyError:
    with pytest.raises(ShopifyError) as caught:
        list(pages(fetch, **known))
    return caught.value


@given(st.lists(st.text(min_size=1)), st.integers(1, 7))
def test_every_row_comes_once_and_in_order(ids, size):
    def fetch(after: str | None) -> dict:
        start = int(after or 0)
        end = start + size
        return connection(*ids[start:end], after=str(end) if end < len(ids) else None)

    assert [row["id"] for page in pages(fetch) for row in page] == ids


def test_a_page_may_be_empty_and_the_list_go_on():
    answers = {None: connection(after="a"), "a": connection("1")}
    assert [len(page) for page in pages(answers.get)] == [0, 1]


@pytest.mark.parametrize("cursor", ["", None, "a", 5])
def test_a_cursor_that_does_not_move_ends_the_reading(cursor):
    answers = {None: connection("1", after="a")}
    stuck = connection("2", after="a")
    stuck["pageInfo"]["endCursor"] = cursor
    error = refused(lambda after: answers.get(after, stuck))
    assert (error.remedy, error.code) == (Remedy.GIVE_UP, "endless_list")


def test_cursors_that_go_round_end_the_reading():
    answers = {None: connection("1", after="a"), "a": connection("2", after="b"), "b": connection("3", after="a")}
    assert refused(answers.get).code == "endless_list"


def test_a_list_that_always_goes_on_ends_at_a_number_of_pages():
    cursors = count()
    asked = []

    def fetch(after: str | None) -> dict:
        asked.append(after)
        return connection("1", after=str(next(cursors)))

    assert refused(fetch, most=7).code == "endless_list"
    assert len(asked) == 7


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        {},
        {"nodes": None, "pageInfo": INFO},
        {"nodes": {}, "pageInfo": INFO},
        {"nodes": [None], "pageInfo": INFO},
        {"nodes": [], "pageInfo": None},
        {"nodes": [], "pageInfo": {"hasNextPage": None}},
        {"nodes": [], "pageInfo": {"hasNextPage": "false"}},
    ],
)
def test_what_is_no_list_or_does_not_say_whether_it_goes_on_is_no_empty_list(odd):
    error = refused(lambda after: odd)
    assert (error.remedy, error.code) == (Remedy.LATER, "no_data")
