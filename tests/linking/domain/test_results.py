"""What came of a store sync, in a word and a colour: never a green Done where something is not as planned."""

import pytest

from linking.domain.results import Result, result_of, tone, troubled


@pytest.mark.parametrize(
    ("lines", "products", "trouble"),
    [
        ({}, [], False),
        ({"done": 3, "unchanged": 2, "skipped": 1}, ["done", "unchanged"], False),
        ({"aborted": 1}, ["aborted"], False),
        ({"done": 3, "failed": 1}, ["done"], True),
        ({"refused": 1}, [], True),
        ({"done": 3, "unknown": 1}, ["done"], True),
        ({"failed": 0}, ["done"], False),
        ({"done": 3}, ["done", "partial"], True),
        ({}, ["refused"], True),
        ({}, ["failed"], True),
    ],
)
def test_failures_refusals_and_what_is_unconfirmed_are_trouble(lines, products, trouble):
    assert troubled(lines, products) is trouble


@pytest.mark.parametrize(
    ("state", "lines", "trouble", "result"),
    [
        ("done", {"done": 3}, False, ("Done", "good")),
        ("done", {}, False, ("Done", "good")),
        ("done", {"done": 3, "failed": 1}, True, ("Done in part", "warn")),
        ("done", {"done": 3, "refused": 1}, True, ("Done in part", "warn")),
        ("done", {"done": 3}, True, ("Done in part", "warn")),
        ("done", {"unchanged": 3}, True, ("Done in part", "warn")),
        ("done", {"done": 3, "unknown": 1}, True, ("Unconfirmed", "warn")),
        ("done", {"unknown": 1}, True, ("Unconfirmed", "warn")),
        ("done", {"done": 1, "unknown": 1, "failed": 1}, True, ("Done in part", "warn")),
        ("done", {"failed": 2, "unchanged": 1}, True, ("With problems", "bad")),
        ("done", {"refused": 2, "unknown": 1}, True, ("With problems", "bad")),
        ("aborted", {"done": 3, "failed": 1}, True, ("Aborted", "warn")),
        ("failed", {"failed": 1}, True, ("Stopped", "bad")),
        ("planned", {"refused": 1}, True, ("Planned", "plain")),
        ("applying", {"failed": 1}, True, ("Linking", "busy")),
    ],
)
def test_a_store_is_called_by_what_its_lines_say(state, lines, trouble, result):
    words = {"done": "Done", "aborted": "Aborted", "failed": "Stopped", "planned": "Planned", "applying": "Linking"}
    assert result_of(state, words[state], lines, trouble=trouble) == Result(*result)


def test_what_is_unconfirmed_is_neither_good_nor_bad():
    assert (tone("unknown"), tone("done"), tone("failed"), tone("planned")) == ("warn", "good", "bad", "plain")
