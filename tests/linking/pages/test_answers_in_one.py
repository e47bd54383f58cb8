"""What more stores than there is room for say of one key, in one cell."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from linking.pages.group_cards import Answer, Said
from tests.person import words_of


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ("matched matched ambiguous unmatched", "Matched in 2 of 4 stores : k Ambiguous in 1"),
        ("ambiguous ambiguous ambiguous unmatched", "Ambiguous in 3 of 4 stores : k"),
        ("unmatched unmatched unmatched failed", "Unmatched in 3 stores : k 1 could not be asked"),
        ("failed failed failed failed", "4 stores could not be asked : k"),
    ],
)
def test_the_cell_says_no_more_than_the_stores_did(states, words):
    answers = [Answer(None, state) for state in states.split()]
    group = SimpleNamespace(id="g", key="k", answers=answers, said=Said.of(answers))
    page = render_to_string("link/_answers_in_one.html", {"group": group})
    assert words_of(page).strip() == words
