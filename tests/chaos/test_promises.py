"""Real workers, a real Redis, and everything that may happen to them: 0 duplicates, 0 lost, 0 interleaved.

The long run, with seeds and times: script/chaos.
"""

import pytest

from tests.chaos.running import play, started
from tests.chaos.scenarios import QUICK
from tests.tiers import landing

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.workers,
]
# Of the others, frozen is in test_leases.py, and deployed in tests/linking/operations/test_asked_to_end.py; a lost answer and an
# abort are, without processes, in tests/linking/syncing and tests/awkward.
KINDS = ["kill_at_a_boundary", "redis_emptied"]


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), started(tmp_path_factory.mktemp("chaos")) as found:
        yield found


@pytest.mark.parametrize("name", landing(QUICK, KINDS))
def test_a_run_keeps_its_promises_through(name, company, settings, tmp_path):
    workers, redis = company
    settings.REDIS_URL = redis.url
    assert play(workers, redis, tmp_path, name, seed=1).troubles == []
