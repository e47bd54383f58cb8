"""Any order, repetition and loss of events, firings, crashes and people's runs: after one daily check galleries are as rules and
the ledger ask, nothing is there twice, nothing is lost that a policy protects, and then nothing is written any more."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from linking.domain.filenames import read_mark
from linking.models import ChangeRow, EventWork, Firing, Link, Rule, StoreFile, StoreSync, Sync
from linking.models.jobs import JobState
from linking.rules import firing
from linking.rules.events.working import work_on_events
from linking.selection.fetching import fetch_selection
from linking.syncing.work import work
from tests import pressing
from tests.linking.rules.conftest import SETTINGS
from tests.linking.rules.events.conftest import Followed
from tests.linking.rules.events.mortal import mortal
from tests.scenes import asset, catalog, connected, picture, product, served
from tests.tiers import drawn

SKUS = ("a", "b")
BUSY = (JobState.WAITING, JobState.RUNNING)
MODES = ("append", "prepend", "mirror", "position", "in_place", "overwrite_and_add")
# Of an asset that a rule asks for: a file, a link to a product, its place; and once more, where it replaces something.
WRITES_PER_ASSET = 6
chance = st.integers(0, 30)
deaths = st.none() | st.integers(0, 40)


class History(RuleBasedStateMachine):
    """A day of a place with one rule, in whatever order. What is done by jobs may break off at any step."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        assets = [asset("a1", "a", 1), asset("a2", "a", 2), asset("b1", "b", 3), asset("b2", "b", 4)]
        products = [product(sku, pictures=2) for sku in SKUS]
        world, url = self.stack.enter_context(served(catalog(products, assets), folder))
        world.settings.change({"index_lag": 0, "media_seconds": [0.0, 0.0], "reorder_seconds": 0.0})
        self.place = connected(world, url)
        self.foreign = {sku: list(self.product(sku).media) for sku in SKUS}
        self.found, self.mail, self.presses, self.changes = None, [], 0, 0
        self.decided: set[str] = set()

    @initialize(mode=st.sampled_from(MODES), linked=st.booleans())
    def begin(self, mode: str, linked: bool) -> None:
        if linked:
            self.place.run(self.place.select("a1", "a2", link_mode="append"))
        self.found = Followed(self.place)
        known = {"search": "resource_type:image", "on": True, "trigger": "event", "policy": {"freedom": "keeping"}}
        made = Rule.objects.create(
            environment=self.place.environment, name="Follow", settings=SETTINGS | {"link_mode": mode}, **known
        )
        made.stores.set(self.place.stores)
        self.rule = made
        EventWork.objects.update(check_due=timezone.now())
        self.deal()

    def product(self, sku: str):
        return self.place.shop.product_with(f"product-{sku}")

    # People in the Media Library, and what is sent of it

    def post(self, body: dict, times: int) -> None:
        self.changes += 1
        self.mail += [body] * times

    @rule(at=chance, what=st.integers(0, 6), number=chance, times=st.sampled_from([0, 1, 1, 2]))
    def change(self, at: int, what: int, number: int, times: int) -> None:
        world = self.found.world
        ids = sorted([*world.assets, *world.backups])
        id = ids[at % len(ids)]
        if id in world.backups:
            world.restore(world.backups[id])
            self.post({"notification_type": "restore_asset_version", "resources": [{"asset_id": id}]}, times)
            return
        one = world.assets[id]
        if what == 0:
            world.overwrite(one, picture(number + 50))
            self.post({"notification_type": "upload", "asset_id": id}, times)
        elif what == 1:
            world.rename(one, f"new/{id}/{number}", "upload")
            self.post({"notification_type": "rename", "asset_id": id}, times)
        elif what == 2:
            world.remove(one)
            self.post({"notification_type": "delete", "resources": [{"asset_id": id}]}, times)
        else:
            with world.lock:
                if what == 3:
                    one.metadata["sku"] = SKUS[number % 2]
                elif what == 4:
                    one.display_name = f"Name {number}"
                else:
                    status = "rejected" if number % 2 else "approved"
                    one.moderation = [{"kind": "manual", "status": status}]
                world.touch(one)
            self.post({"notification_type": "resource_metadata_changed", "resources": [{"asset_id": id}]}, times)

    @rule(at=chance, keep=st.booleans())
    def deliver(self, at: int, keep: bool) -> None:
        """Any of what is on its way; what is kept comes once more."""
        if self.mail:
            body = self.mail[at % len(self.mail)]
            self.found.tell(body)
            if not keep:
                self.mail.remove(body)

    # Workers and the sweeper

    @rule(what=st.sampled_from(["events", "fire", "run"]), steps=deaths, dies=st.booleans())
    def work(self, what: str, steps: int | None, dies: bool) -> None:
        self.age()
        {"events": self.deal, "fire": self.fire, "run": self.go_on}[what](steps, dies)

    def deal(self, steps: int | None = None, dies: bool = True) -> None:
        rested = EventWork.objects.filter(state__in=[JobState.DONE, JobState.FAILED])
        rested.update(state=JobState.WAITING, tries=0, crashes=0, heartbeat_at=timezone.now())
        with mortal(steps, dies=dies):
            while work_on_events(self.found.work.pk):
                pass

    def fire(self, steps: int | None = None, dies: bool = True) -> None:
        for one in Firing.objects.filter(state__in=BUSY).order_by("pk"):
            with mortal(steps, dies=dies):
                firing.fire(one.pk)

    def go_on(self, steps: int | None = None, dies: bool = True) -> None:
        """A slice of every run."""
        for part in StoreSync.objects.busy().order_by("pk"):
            with mortal(steps, dies=dies):
                if part.sync.selection_id:
                    fetch_selection(part.sync.selection_id)
                work(part.pk)

    @rule()
    def ask(self) -> None:
        """The rule fires for everything."""
        firing.request(self.rule, "event")

    def age(self) -> None:
        """The time passes after which what a dead worker held is free, and a pause is over."""
        long_ago = timezone.now() - timezone.timedelta(hours=1)
        for rows in (EventWork.objects, Firing.objects):
            rows.filter(state=JobState.RUNNING).update(heartbeat_at=long_ago)
            rows.update(not_before=None)
        StoreSync.objects.exclude(lease_until=None).update(lease_until=long_ago)

    # People in AssetLink

    @rule(names=st.sets(st.sampled_from(["a1", "a2", "b1"]), min_size=1), mode=st.sampled_from(["append", "prepend"]))
    def link(self, names: set[str], mode: str) -> None:
        chosen = self.place.select(*sorted(names), link_mode=mode, cloudinary_field="metadata:sku", shopify_field="sku")
        if chosen.assets.exists():
            self.presses += 1
            pressing.link(chosen, f"press-{self.presses}", dry_run=False)
            self.changes += 1

    @rule(at=chance)
    def apply(self, at: int) -> None:
        """A plan that waits."""
        waiting = self.waiting()
        if waiting:
            sync = waiting[at % len(waiting)]
            self.decided |= {line.asset_id for line in self.leaving(sync)}
            pressing.apply(sync)
            self.changes += 1

    def waiting(self) -> list[Sync]:
        planned = {"parts__state": StoreSync.State.PLANNED, "parts__changes__outcome": ChangeRow.Outcome.PENDING}
        return list(Sync.objects.filter(dry_run=True, abort_requested=None, **planned).distinct().order_by("pk"))

    def leaving(self, sync: Sync) -> list[ChangeRow]:
        return list(ChangeRow.objects.taking_away().filter(part__sync=sync))

    # The end

    def quiesce(self) -> None:
        for _ in range(30):
            for job in (self.deal, self.fire, self.go_on):
                self.age()
                job()
            if not Firing.objects.filter(state__in=BUSY).exists() and not StoreSync.objects.busy().exists():
                return
        raise AssertionError("it does not end")

    def check(self) -> None:
        EventWork.objects.update(check_due=timezone.now(), walk_due=timezone.now())
        self.quiesce()

    def teardown(self) -> None:
        try:
            if self.found is not None:
                self.quiesce()
                self.check()
                self.judge()
                before = self.everything()
                for body in self.mail:
                    self.found.tell(body)
                self.check()
                assert self.everything() == before, "nothing happened, and something was done"
        finally:
            self.stack.close()

    def everything(self) -> tuple[int, int, int]:
        return len(self.place.mutations()), Sync.objects.count(), Firing.objects.count()

    def judge(self) -> None:
        shop, world = self.place.shop, self.found.world
        shown: dict[str, list[tuple[str, int]]] = {}
        files = {row.file_id: (row.asset_id, row.version) for row in StoreFile.objects.exclude(file_id="")}
        for sku in SKUS:
            media = self.product(sku).media
            marks = [mark.asset for id in media if (mark := read_mark(shop.files[id].filename))]
            assert len(set(marks)) == len(marks), f"{sku} shows an asset twice"
            if not self.decided:
                assert set(self.foreign[sku]) <= set(media), f"{sku} lost a picture of others"
            shown[sku] = [files[id] for id in media if id in files]
        plans = self.waiting()
        planned = [
            (line.asset_id, line.product.product_id)
            for plan in plans
            if plan.kind == "unlink"
            for line in self.leaving(plan)
        ]
        kinds = [plan.kind for plan in plans]
        assert len(set(kinds)) == len(kinds), f"of a rule's plans several wait: {kinds}"
        assert len(set(planned)) == len(planned), f"plans overlap: {planned}"
        stuck = {
            row.product_id
            for plan in plans
            if plan.kind == "link"
            for part in plan.parts.all()
            for row in part.products.all()
        }
        for id, one in world.assets.items():
            rejected = any(row["status"] == "rejected" for row in one.moderation or [])
            for sku in SKUS:
                versions = [version for known, version in shown[sku] if known == id]
                product_id = self.product(sku).id
                if product_id in stuck or id in self.decided:
                    continue
                if one.metadata.get("sku") == sku and not rejected:
                    if Link.objects.filter(asset_id=id).exists() or id in self.touched():
                        assert versions, f"{one.display_name} is not in {sku}"
                        assert versions == [one.version], f"{one.display_name} has an old version in {sku}"
                elif versions:
                    assert (id, product_id) in planned, f"{one.display_name} stays in {sku}, and no plan says so"
        for id in world.backups:
            for sku in SKUS:
                if any(known == id for known, _version in shown[sku]) and id not in self.decided:
                    assert (id, self.product(sku).id) in planned, (
                        f"{id} is deleted, stays in {sku}, and no plan says so"
                    )
        writes = len(self.place.mutations())
        assert writes <= 10 + WRITES_PER_ASSET * 4 * (self.changes + 1), f"{writes} writes for {self.changes} changes"

    def touched(self) -> set[str]:
        """What the rule has fired for."""
        return {id for one in Firing.objects.all() for id in one.assets or self.found.world.assets}


@pytest.mark.usefixtures("no_pauses")
def test_whatever_happens_galleries_end_as_rules_and_ledger_ask(db):
    chosen = settings(
        max_examples=drawn(2, 60),
        stateful_step_count=drawn(12, 20),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(History, settings=chosen)
