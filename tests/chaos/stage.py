"""One chaos run after another on the same processes: a pretend world of its own for each, drawn from the seed."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from linking.models import Link, Selection, StoreSync, Sync
from tests import pressing
from tests.chaos.oracle import violations
from tests.chaos.workers import Redis, Workers
from tests.scenes import Scene, asset, catalog, connected, product, served

MODES = ("append", "prepend", "in_place", "overwrite_and_add", "position", "mirror")
OVERWRITING = ("in_place", "overwrite_and_add")
PATIENCE = 100.0  # seconds for a run to end


@dataclass
class Stage:
    """What a scenario acts on. `fine`: states that products may end in; `measured`: name -> seconds or counts."""

    place: Scene
    workers: Workers
    redis: Redis
    seed: int
    draw: random.Random
    syncs: list[Sync] = field(default_factory=list)
    fine: set[str] = field(default_factory=lambda: {"done", "unchanged"})
    measured: dict[str, float] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    def select(self, **chosen) -> Selection:
        chosen = {"link_mode": self.draw.choice(MODES), "position": self.draw.randint(1, 3)} | chosen
        return self.place.select(**chosen)

    def start(self, **chosen) -> Sync:
        """What takes media away is shown first, and confirmed."""
        return self.press(self.select(**chosen))

    def press(self, selection: Selection) -> Sync:
        dry_run = selection.link_mode in OVERWRITING  # it would stop at its plan wherever a gallery has pictures
        return self._applied(pressing.link(selection, f"press-{len(self.syncs)}", dry_run=dry_run))

    def upload(self, selection: Selection | None = None, *, new_versions: str = "add", **chosen) -> Sync:
        """To the store's Files; what replaces contents is shown first."""
        selection = selection or self.select(**chosen)
        token, shown = f"press-{len(self.syncs)}", new_versions == "replace"
        return self._applied(pressing.upload(selection, token, dry_run=shown, new_versions=new_versions))

    def unlink(self) -> Sync:
        """Some of what is linked, drawn, and not nothing."""
        return self._applied(pressing.unlink(self.place.member, self.some_links(), f"press-{len(self.syncs)}"))

    def undo(self, origin: Sync) -> Sync:
        origin = Sync.objects.get(pk=origin.pk)  # applied since it was made
        return self._applied(pressing.undo(origin, self.place.member, f"press-{len(self.syncs)}"))

    def shown(self) -> dict[str, tuple[list[str], list[str | None]]]:
        """By product: its gallery, and what its variants show."""
        products = self.place.shop.products.values()
        return {one.handle: (list(one.media), [variant.picture for variant in one.variants]) for one in products}

    def some_links(self) -> list[Link]:
        links = list(Link.objects.filter(environment=self.place.environment).order_by("pk"))
        return self.draw.sample(links, self.draw.randint(len(links) // 2, len(links)))

    def _applied(self, sync: Sync) -> Sync:
        self.syncs.append(sync)
        if sync.dry_run:
            self.until(lambda: all(part.state == "planned" for part in sync.parts.all()), PATIENCE)
            pressing.apply(sync)
        return sync

    def linked(self) -> None:
        """A run that nobody disturbs, so that there is something to unlink, variants' pictures among it."""
        self.start(link_mode="append", variant_pictures=True)
        self.finish()

    def parts(self) -> list[StoreSync]:
        return list(StoreSync.objects.filter(sync__in=self.syncs))

    def busy(self) -> bool:
        return any(part.busy for part in self.parts())

    def finish(self, seconds: float = PATIENCE) -> None:
        if not self.until(lambda: not self.busy(), seconds):
            states = [(part.state, part.doing, part.problem, part.owner) for part in self.parts()]
            self.found.append(f"the run did not end within {seconds:.0f} s: {states}")
        # The last slice gives its lease back right after it has written that the run is over.
        self.until(lambda: not any(part.owner for part in self.parts()), 5)

    def until(self, reached: Callable[[], bool], seconds: float = 30.0) -> bool:
        deadline = time.monotonic() + seconds
        while not reached():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def fences(self) -> int:
        return sum(part.fence for part in self.parts())

    def measure_resume(self, fences: int | None = None) -> None:
        """From now until somebody works on it again (`fences`: as they were before). The slowest of the run counts."""
        fences, began = self.fences() if fences is None else fences, time.monotonic()
        self.until(lambda: self.fences() > fences or not self.busy(), 90)
        self.measured["resume"] = max(self.measured.get("resume", 0.0), time.monotonic() - began)

    def rest(self, most: float) -> float:
        """Let the run go on for a random while."""
        seconds = self.draw.uniform(0.0, most)
        time.sleep(seconds)
        return seconds

    def fault(self, kind: str, **given) -> None:
        self.place.world.faults.add(service="shopify", kind=kind, **given)

    def mutations(self) -> int:
        return len(self.place.mutations())

    def troubles(self) -> list[str]:
        self.place.world.faults.clear()
        return self.found + violations(self.place, self.syncs, fine=self.fine)


def world_of(draw: random.Random) -> tuple[list, list]:
    """12 products with up to three pictures, and about 45 assets for them; some for nobody, some for several."""
    skus = [f"sku{at}" for at in range(12)]
    products = [product(sku, pictures=draw.randint(0, 3)) for sku in skus]
    assets, shade = [], 0
    for sku in skus:
        for at in range(draw.randint(2, 5)):
            shade += 1
            assets.append(asset(f"{sku}-{at}", sku, shade))
    assets += [asset("stranger", "nobody", 250), asset("valueless", None, 251)]
    return products, assets


@contextmanager
def staged(workers: Workers, redis: Redis, folder: Path, seed: int, *, stores: int = 1) -> Iterator[Stage]:
    """A world for this seed, slow enough to be disturbed."""
    draw = random.Random(seed)
    products, assets = world_of(draw)
    with served(catalog(products, assets), folder, stores=stores) as (world, url):
        world.settings.change({"media_seconds": [0.3, 2.0], "reorder_seconds": 0.1, "index_lag": 0.5})
        stage = Stage(connected(world, url), workers, redis, seed, draw)
        stage.fault("slow", seconds=0.06, times=None)
        try:
            yield stage
        finally:
            workers.disarm()
            stage.place.environment.delete()
