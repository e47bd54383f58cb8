"""While a release starts, processes of the last one still work on its schema: web, worker and sweeper finish a run there."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from linking.models import Link, StoreSync, Sync
from tests.linking.visits import enter, text_of
from tests.processes import emptied, environ, free_port, running, wait_until, web, worker
from tests.scenes import asset, catalog, connected, part_of, product, served

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]
ROOT = Path(__file__).parents[3]


def git(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def last_release(tmp_path_factory) -> Iterator[Path]:
    """Its files. A shallow clone has no history: then this one commit is fetched."""
    lines = (ROOT / ".ci" / "last-release").read_text().splitlines()
    commit = next(line for line in lines if re.fullmatch("[0-9a-f]{40}", line))
    if git("cat-file", "-e", commit).returncode and git("fetch", "--depth=1", "origin", commit).returncode:
        pytest.skip(
            f"The last release, {commit[:7]}, is not in this clone and cannot be fetched (git fetch --unshallow)."
        )
    folder = tmp_path_factory.mktemp("last") / "release"
    made = git("worktree", "add", "--detach", str(folder), commit)
    assert made.returncode == 0, made.stderr
    yield folder
    git("worktree", "remove", "--force", str(folder))
    shutil.rmtree(folder, ignore_errors=True)


class Person:
    """At the pages of the app, as a browser without scripts."""

    def __init__(self, app: str) -> None:
        self.app, self.at = app, app
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.page = ""

    def go(self, address: str, **fields) -> str:
        self.at = urljoin(self.at, address)
        if fields and (token := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)):
            fields = {"csrfmiddlewaretoken": token[1]} | fields
        data = urlencode(fields, doseq=True).encode() if fields else None
        sent = {"Origin": self.app} if data and self.page else {}
        with self.opener.open(Request(self.at, data, sent), timeout=60) as answer:
            self.at, self.page = answer.url, answer.read().decode()
        return self.page

    def value_of(self, name: str) -> str:
        found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', self.page)
        assert found, f"no field {name} on {self.at}"
        return found[1]


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
            plan = planned(person, place)
        person.go("apply/", unlinks=0)
        emptied(queue)
        stack.enter_context(worker(env, tmp_path, "linking", root=last_release))
        sweeping = [sys.executable, "manage.py", "sweeper"]
        stack.enter_context(running(sweeping, env, tmp_path / "sweeper.log", last_release))
        wait_until(lambda: not StoreSync.objects.busy().exists())
        assert "Product b North Done" in words_of(person.go(plan))
        check_run(place)
        check_that_this_release_reads_it(client, place)


def planned(person: Person, place) -> str:
    """The page of a dry run."""
    launch(person, place)
    page = person.at
    settings = {"cloudinary_field": "metadata:sku", "shopify_kind": "sku", "link_mode": "prepend", "position": 1}
    person.go("settings/", version=person.value_of("version"), stores=[place.stores[0].pk], **settings)
    wait_until(lambda: "3 assets in 2 groups to 2 products" in person.go(page))
    person.go("syncs/", token=person.value_of("token"), version=person.value_of("version"), dry_run=1)
    shown = person.at
    wait_until(lambda: 'id="apply-plan"' in person.go(shown))
    return shown


def launch(person: Person, place) -> None:
    """In the Console; a person confirms what comes from nowhere."""
    ids = list(place.world.environments[0].assets)
    asked = Request(
        f"{place.url}/console/launch", json.dumps({"asset_ids": ids, "role": "media_library_user"}).encode()
    )
    asked.add_header("Content-Type", "application/json")
    with person.opener.open(asked) as answer:
        token = json.load(answer)["token"]
    person.go("/launch", token=token)
    person.go("/launch/continue", ticket=person.value_of("ticket"))
    person.go(re.search(r'data-next="([^"]+)"', person.page)[1])
    page = person.at
    wait_until(lambda: "Match by" in person.go(page))


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


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
