"""Uploads by a real worker over a real Redis, whose work horse is killed in the middle."""

from pathlib import Path

import pytest
from django.utils import timezone

from linking.models import ChangeRow, StoreLease, StoreSync
from linking.operations import recovery
from tests import pressing
from tests.processes import environ, wait_until, worker
from tests.scenes import asset
from tests.scenes import picture as content

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]
COUNT = 12


def idle() -> bool:
    return not StoreSync.objects.busy().exists()


def forget_the_lease() -> None:
    """As if the dead one's time had run out."""
    past = timezone.now() - timezone.timedelta(hours=1)
    StoreSync.objects.update(lease_until=past, enqueued_at=past)
    StoreLease.objects.update(until=past)


def bring_new_versions(place) -> None:
    environment = place.world.environments[0]
    for at, row in enumerate(list(environment.assets.values())):
        environment.overwrite(row, content(100 + at))


@pytest.mark.parametrize(
    ("point", "way"),
    [
        ("before:FilesCreate", "add"),
        ("after:FilesCreate", "add"),
        ("after:FilesStatus", "add"),
        ("before:FilesUpdate", "replace"),
        ("after:FilesUpdate", "replace"),
    ],
)
@pytest.mark.cases(1)
def test_a_worker_that_is_killed_in_the_middle_of_an_upload_leaves_no_file_twice(scene, queue, tmp_path, point, way):
    place = scene([], [asset(f"p{at:02}", shade=at) for at in range(COUNT)])
    if way == "replace":
        place.finish(pressing.upload(place.select(), "before", dry_run=False))
        bring_new_versions(place)
    struck = Path(tmp_path / "point")
    struck.write_text(f"{point}:1:kill")
    with worker(environ(queue) | {"FAILPOINT": str(struck)}, tmp_path):
        sync = pressing.upload(place.select(), "killed", dry_run=False, new_versions=way)
        wait_until(lambda: not struck.exists())
        assert not idle()
        forget_the_lease()
        recovery.sweep()
        wait_until(idle, 60)
    assert set(ChangeRow.objects.filter(part__sync=sync).values_list("outcome", flat=True)) == {"done"}
    shown = [file.filename for file in place.shop.files.values()]
    assert len(shown) == len(set(shown)) == COUNT
    assert {file.status for file in place.shop.files.values()} == {"READY"}
