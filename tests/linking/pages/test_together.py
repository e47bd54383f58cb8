"""Lines of counts end where a reader pauses."""

import pytest
from django.template import engines

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Adds 3 pictures to 12 galleries, removes none", "Adds 3~pictures to 12~galleries, removes none"),
        ("1 of 1,000 galleries is done.", "1~of~1,000~galleries is done."),
        ("1.000 Überschriften", "1.000~Überschriften"),
        ("2 unchanged · 1 needs your attention", "2~unchanged · 1~needs your attention"),
        ("nothing to count", "nothing to count"),
    ],
)
def test_a_number_stays_in_the_line_of_its_noun(text, kept):
    template = engines["django"].from_string("{% load counts %}{{ text|together }}")
    assert template.render({"text": text}) == kept.replace("~", NO_BREAK)


def test_what_is_no_html_is_escaped():
    template = engines["django"].from_string("{% load counts %}{{ text|together }}")
    assert template.render({"text": "2 <b>"}) == "2 &lt;b&gt;"
