"""The stores that tests of estimates begin with."""

import pytest
from django.utils import timezone

from linking.models import StoreSync
from tests.linking.estimating.estimated import NEW, OLD


@pytest.fixture
def place(scene):
    """Two stores; in one of them galleries hold what an earlier run brought, and one of its assets has a new version since."""
    found = scene(OLD, NEW, stores=2)
    found.run(found.select("a1", "b1", stores=found.stores[:1]))
    environment = found.world.environments[0]
    environment.overwrite(next(row for row in environment.assets.values() if row.display_name == "b1"), NEW[4].content)
    StoreSync.objects.update(finished=timezone.now() - timezone.timedelta(hours=1))
    return found
