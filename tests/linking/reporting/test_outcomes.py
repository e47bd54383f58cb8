"""Every outcome of a line has its place wherever outcomes are shown: none is passed over, and none has two words."""

import re

import pytest
from django.template.loader import render_to_string

from linking.domain.results import NEED_YOU, OPEN_ENDED, tone
from linking.domain.verdicts import OF_LINES
from linking.models import ChangeRow, ProductSync
from linking.operations.metrics import SETTLED
from linking.pages.gallery_strips import LOST
from linking.pages.run.filter import GALLERIES, LINES
from linking.pages.run.problems import SO_FAR, WRONG
from linking.reporting.rows import OUTCOMES
from linking.reporting.xlsx import COLOURS
from tests import totals

Outcome = ChangeRow.Outcome
# What is as it should be, or not decided yet.
WELL = {Outcome.DONE, Outcome.UNCHANGED, Outcome.PENDING}

every = pytest.mark.parametrize("outcome", Outcome)


@every
def test_it_is_counted_on_pages_in_its_word(outcome):
    html = render_to_string("sync/_outcomes.html", {"counts": {str(outcome): 1234}})
    [word] = re.findall("<b>1,234</b> ([^<]+)</span>", html)
    assert totals.ON_PAGES.get(word, word) == outcome.label


@every
def test_it_has_a_colour_beside_its_word(outcome):
    assert tone(outcome) != "plain"
    assert outcome in (Outcome.PENDING, Outcome.UNCHANGED) or str(outcome) in COLOURS


@every
def test_what_is_not_well_is_a_problem_with_a_filter_and_a_place_in_the_verdict(outcome):
    wrong = outcome not in WELL
    assert (outcome in WRONG) is wrong
    assert not wrong or outcome == Outcome.SKIPPED or ({*LINES, *GALLERIES} >= {outcome} and outcome in OF_LINES)


def test_what_did_not_happen_or_may_not_have_is_the_same_everywhere():
    assert {*SO_FAR} == {*OPEN_ENDED}
    assert {*LOST} == {*OPEN_ENDED, Outcome.ABORTED}
    assert {*SETTLED} == {*OUTCOMES} - {Outcome.PENDING}


def test_the_verdict_uses_the_words_of_the_counts():
    assert {name: f"{{n}} {Outcome(name).label}".lower() for name in OF_LINES} == OF_LINES
    assert {*NEED_YOU} <= {*map(str, ProductSync.State)}
