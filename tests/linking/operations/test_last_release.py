"""While a release starts, processes of the last one still work on its schema: web, worker and sweeper finish a run there."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from linking.models import Link, StoreSync, Sync
from tests import last_release as released
from tests.linking.visits import enter, text_of
from tests.person import Person, planned, words_of
from tests.processes import emptied, environ, free_port, running, wait_until, web, worker
from tests.scenes import asset, catalog, connected, part_of, product, served

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]


@pytest.fixture(scope="module")
def last_release(tmp_path_factory) -> Iterator[Path]:
    try:
        with released.checked_out(tmp_path_factory.mktemp("last") / "release") as folder:
            yield folder
    except released.Unknown as unknown:
        pytest.skip(str(unknown))


def test_the_last_release_finishes_a_run_on_the_schema_of_this_one(last_release, client, queue, tmp_path):
    """The database is this release's. What its queue has lost, the old sweeper finds."""
    env = environ(queue) | {"PYTHONPATH": str(last_release), "SWEEP_SECONDS": "1", "LEASE_SECONDS": "6"}
    products = [product("a", pictures=1), product("b", pictures=1)]
    assets = [asset("front", "a", 1), asset("side", "a", 2), asset("other", "b", 3)]
    with ExitStack() as stack:
        world, url = stack.enter_context(served(catalog(products, assets), tmp_path, host="localhost"))
        place = connected(world, url)
        world.app_url = stack.enter_context(web(env, tmp_path, free_port(), root=last_release))
        person = Person(world.app_url)
        with worker(env, tmp_path, "planning", root=last_release):
            ids = list(world.environments[0].assets)
            plan = planned(person, url, ids, place.stores[0].pk, "3 assets in 2 groups to 2 products")
        person.go("apply/", unlinks=0)
        emptied(queue)
        stack.enter_context(worker(env, tmp_path, "linking", root=last_release))
        sweeping = [sys.executable, "manage.py", "sweeper"]
        stack.enter_context(running(sweeping, env, tmp_path / "sweeper.log", last_release))
        wait_until(lambda: not StoreSync.objects.busy().exists())
        assert "Product b North Done" in words_of(person.go(plan))
        check_run(place)
        check_that_this_release_reads_it(client, place)


def check_run(place) -> None:
    part = part_of(Sync.objects.get())
    assert (part.state, set(part.changes.values_list("outcome", flat=True))) == ("done", {"done"})
    assert place.assets_in("product-a") == ["front", "side", "product-a-0"]
    assert place.assets_in("product-b") == ["other", "product-b-0"]
    assert sorted(Link.objects.values_list("name", "role")) == [
        (name, "gallery") for name in ("front", "other", "side")
    ]


def check_that_this_release_reads_it(client, place) -> None:
    sync = Sync.objects.get()
    enter(client, sync.member, sync.selection)
    for address in (f"/syncs/{sync.key}/", "/syncs/", "/links/", f"/selections/{sync.selection.key}/"):
        assert client.get(address).status_code == 200
    assert "front" in text_of(client.get("/links/"))
    again = part_of(place.run(sync.selection))
    assert set(again.products.values_list("state", flat=True)) == {"unchanged"}
