"""No route answers with an error of ours, whatever is sent to it by whomever; and what is refused is one line of the log.

`script/full routes` sends far more."""

import pytest

from tests.routes.stage import ROLES, staged
from tests.routes.walking import walk
from tests.tiers import drawn

EACH = drawn(2, 50)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_no_route_answers_with_an_error_of_ours(tmp_path, role):
    with staged(tmp_path) as stage:
        walked = walk(stage, EACH, [role])
    assert walked.wrong == []
    assert walked.answers.keys() & {200, 302, 400, 404, 405}, (
        "the requests came nowhere: the test would not see a mistake"
    )
