"""The rehearsals: a run of some hundred assets is under way, something is done to the installation, and the run is looked at.

Each returns sentences, of which none is what everybody hopes for, and figures.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from linking.models import ChangeRow, StoreSync, Sync
from setup.models import Environment, Member, Store
from tests import last_release, pressing
from tests.chaos import oracle
from tests.person import Person, planned
from tests.processes import ROOT, wait_for_port
from tests.rehearsal.databases import Database
from tests.rehearsal.installation import WORKERS, Installation, installed
from tests.rehearsal.poller import Poller
from tests.scenes import Scene, asset, catalog, product, served

PRODUCTS, EACH = 60, 5
ASSETS = PRODUCTS * EACH
LONGEST = 240.0  # seconds for a run to end
KEYS = {"SECRET_KEY": "rehearsal-" * 5}
APP = ("web", *WORKERS, "sweeper")
NOBODY = {"NewConnectionError", "ProtocolError"}


@dataclass
class Play:
    """What a rehearsal acts on."""

    place: Installation
    database: Database
    world: object
    url: str
    troubles: list[str] = field(default_factory=list)
    figures: dict[str, object] = field(default_factory=dict)
    person: Person = field(init=False)
    run: str = field(init=False)  # its page

    def scene(self) -> Scene:
        """What the database of now knows of the world."""
        return Scene(self.world, self.url, Environment.objects.get(), list(Store.objects.all()), Member.objects.get())

    def begin(self) -> None:
        """A person links all assets: the plan first, then the run."""
        self.person = Person(self.place.address)
        ids = list(self.world.environments[0].assets)
        shown = f"{ASSETS} assets in {PRODUCTS} groups to {PRODUCTS} products"
        self.run = planned(self.person, self.url, ids, 1, shown)
        self.person.go("apply/", unlinks=0)

    def poller(self) -> Poller:
        cookies = self.person.cookies()
        return Poller(self.place.address, cookies, ("/readyz", self.run.removeprefix(self.place.address), "/syncs/"))

    def wait_for(self, reached: Callable[[], bool], what: str) -> float:
        began = time.monotonic()
        while not reached():
            if time.monotonic() - began > LONGEST:
                self.troubles.append(f"{what}: not within {LONGEST:.0f} s")
                break
            time.sleep(0.1)
        return time.monotonic() - began

    def progress(self) -> tuple[int, int]:
        """(files in the store, pictures in its galleries): the outside world knows best how far the run is."""
        shop = next(iter(self.world.shops.values()))
        return len(shop.files), sum(len(one.media) for one in shop.products.values())

    def wait_for_files(self) -> str:
        """Until most files are brought, and none is linked yet."""
        self.wait_for(lambda: self.progress()[0] >= ASSETS / 2, "most files")
        return self.how_far()

    def wait_for_links(self) -> str:
        self.wait_for(lambda: self.progress()[1] > 0, "links")
        return self.how_far()

    def how_far(self) -> str:
        files, linked = self.progress()
        return f"{files} files, {linked} linked"

    def finish(self, what: str) -> None:
        ended = lambda: not StoreSync.objects.busy().exists()  # noqa: E731
        self.figures[f"{what}: seconds to the end"] = round(self.wait_for(ended, what), 1)
        lines = ChangeRow.objects.filter(part__sync=Sync.objects.latest("pk"))
        self.figures[f"{what}: outcomes"] = dict(Counter(lines.values_list("outcome", flat=True)))

    def check_people(self, poller: Poller) -> None:
        statuses = poller.statuses()
        self.figures["answers"] = dict(statuses)
        # Without a proxy nobody answers in its place while the web is down.
        fine = {"200", "503"} | (set() if self.place.has_proxy else NOBODY)
        if bad := statuses.keys() - fine:
            self.troubles.append(f"people were answered {', '.join(sorted(bad))}: {poller.odd[:3]}")
        if not statuses["200"]:
            self.troubles.append("people were answered nothing")

    def check_galleries(self) -> None:
        """Every asset is where it should be, once."""
        shop = self.scene().shop
        short = [f"{one.handle} has {len(one.media)}" for one in shop.products.values() if len(one.media) != EACH]
        self.troubles += [f"{len(short)} galleries do not have {EACH} pictures: {short[:3]}"] if short else []


@contextmanager
def staged(folder: Path, database: Database, root: Path = ROOT) -> Iterator[Play]:
    """The installation as `root` made it, with its stores connected and a person at work."""
    skus = [f"sku{at:03}" for at in range(PRODUCTS)]
    assets = [
        asset(f"{sku}-{at}", sku, shade) for shade, (sku, at) in enumerate((s, a) for s in skus for a in range(EACH))
    ]
    keys = KEYS | {"ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS)}
    with ExitStack() as stack:
        world, url = stack.enter_context(
            served(catalog([product(sku) for sku in skus], assets), folder, host="localhost")
        )
        world.settings.change({"media_seconds": [1.0, 20.0], "reorder_seconds": 0.1, "index_lag": 0.5})
        world.faults.add(service="shopify", kind="slow", seconds=0.4, times=None)
        allowed = {"FRAME_ANCESTORS": url, "IMAGE_SOURCES": url, "SHOPIFY_BASE_URL": url}
        place = stack.enter_context(installed(folder, database.url, keys | allowed))
        world.app_url = place.address
        settings.REDIS_URL = place.redis_url
        database.look()
        place.manage("migrate", "--noinput", root=root)
        place.manage("collectstatic", "--noinput", "-v0", root=root)
        place.manage("connect_world", url, root=root)
        place.start_redis()
        place.start_proxy()
        place.start(*APP, root=root)
        wait_for_port(place.ports["web"])
        yield Play(place, database, world, url)


def restore(folder: Path, database: Database) -> Play:
    """Backed up in the middle of a run, killed later, brought back into a new database, with an empty Redis."""
    with staged(folder, database) as play:
        play.begin()
        with play.poller() as poller:
            play.figures["backed up with"] = play.wait_for_files()
            backup = database.back_up()
            play.figures["killed with"] = play.wait_for_links()
            play.place.kill("proxy")
            database.restore(backup)
            play.place.database = database.url
            play.place.manage("rotate_keys", "--check")
            play.place.start_redis()
            play.place.start(*APP)
            play.finish("restored")
            again(play)
        play.check_people(poller)
        judge(play, fine={"done", "unchanged", "refused"})
    return play


def again(play: Play) -> None:
    """What a person presses if something was refused: it had gone on after the backup."""
    origin = Sync.objects.get()
    if any(line.outcome not in ("done", "unchanged") for line in ChangeRow.objects.all()):
        pressing.retry(origin, origin.member, "again")
        play.finish("Retry failed")


def update(folder: Path, database: Database) -> Play:
    """From the last release to this one, process by process, with a run under way from before to after."""
    with last_release.checked_out(folder / "last") as old, staged(folder, database, root=old) as play:
        play.begin()
        with play.poller() as poller:
            play.figures["begun with"] = play.wait_for_files()
            place, began = play.place, time.monotonic()
            place.manage("collectstatic", "--noinput", "-v0")
            play.figures["migrations"] = len(re.findall(r"Applying", place.manage("migrate", "--noinput")))
            play.figures["on the new schema with"] = play.how_far()
            for name in APP:
                place.end(name)
                place.start(name)
            play.figures["all new with"] = play.how_far()
            play.figures["seconds of the update"] = round(time.monotonic() - began, 1)
            play.finish("updated")
        play.check_people(poller)
        judge(play, fine={"done", "unchanged"})
    return play


def judge(play: Play, *, fine: set[str]) -> None:
    """Nothing lost, nothing twice, and all that is reported is true."""
    scene, syncs = play.scene(), list(Sync.objects.order_by("pk"))
    play.world.faults.clear()
    play.check_galleries()
    for store in scene.stores:
        play.troubles += oracle.duplicates(scene, store)
        play.troubles += oracle.galleries(scene, store, syncs)
        play.troubles += oracle.ledger(scene, store)
    for sync in syncs:
        play.troubles += [*oracle.settled(sync, fine), *oracle.report(sync), *oracle.agreement(sync)]
