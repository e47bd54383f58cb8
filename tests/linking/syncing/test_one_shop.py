"""A shop that several environments have connected has one writer, and who waits learns nothing of the other environment."""

import random
import threading
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from linking import jobs
from linking.models import Link, ProductSync, SelectedAsset, Selection, StoreLease, StoreSync, Sync
from linking.operations import recovery
from linking.planning import reading, swatches, variants
from linking.selection.fetching import fetch_selection
from linking.syncing.lease import Lease, LeaseLost
from linking.syncing.work import Next, work
from sandbox.building import fill
from setup.models import Environment, Member, Store
from setup.shopify.client import ShopifyClient
from tests import pressing
from tests.linking.visits import enter, text_of
from tests.scenes import Scene, asset, catalog, product
from tests.tiers import drawn

NOW = timezone.now()
LATER = NOW + timedelta(minutes=5)
TOMORROW = NOW + timedelta(days=1)  # for whatever looks at the clock: a suite may take a while to come here
KEYS = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}


@dataclass
class Tenant:
    """An environment with a member and its stores, by their shops."""

    environment: Environment
    member: Member
    stores: dict[str, Store]

    @classmethod
    def of(cls, name: str, *shops: str, **keys: str) -> "Tenant":
        environment = Environment.objects.create(cloud_name=name, **KEYS | keys)
        member = Member.objects.create(environment=environment, external_id=name, name=f"{name} person")
        stores = {
            shop: Store.objects.create(environment=environment, domain=shop, name=f"{name}'s {shop}", access_token="t")
            for shop in shops
        }
        return cls(environment, member, stores)

    def run(self, *shops: str, **known) -> list[StoreSync]:
        sync = Sync.objects.create(
            environment=self.environment, member=self.member, token=f"{self.member.pk}-{Sync.objects.count()}", **known
        )
        made = [StoreSync.objects.create(sync=sync, store=self.stores[shop]) for shop in shops or self.stores]
        return [again(part) for part in made]


def again(part: StoreSync) -> StoreSync:
    return StoreSync.objects.select_related("sync__environment", "store").get(pk=part.pk)


@pytest.fixture
def two(db) -> tuple[Tenant, Tenant]:
    return Tenant.of("one", "a.myshopify.com", "b.myshopify.com"), Tenant.of(
        "two", "a.myshopify.com", "b.myshopify.com"
    )


def test_the_turn_in_a_shop_is_one_environments(two):
    [mine], [theirs] = (tenant.run("a.myshopify.com") for tenant in two)
    Lease.take(mine, "w1", now=NOW).release()
    assert Lease.take(theirs, "w2", now=NOW) is None
    assert Lease.take(theirs, "w2", now=LATER) is None
    mine.rows().update(state="done")
    assert Lease.take(theirs, "w2", now=NOW)


def test_another_shop_is_nobodys_business(two):
    [mine], [theirs] = two[0].run("a.myshopify.com"), two[1].run("b.myshopify.com")
    assert Lease.take(mine, "w1", now=NOW)
    assert Lease.take(theirs, "w2", now=NOW)


def test_the_older_run_comes_first_whichever_environment_it_is_of(two):
    [older], [younger] = (tenant.run("a.myshopify.com") for tenant in two)
    assert Lease.take(younger, "w2", now=NOW) is None
    assert Lease.take(older, "w1", now=NOW)


def test_a_plan_that_is_only_shown_waits_for_no_other_environment(two):
    [mine], [theirs] = two[0].run("a.myshopify.com"), two[1].run("a.myshopify.com", dry_run=True)
    assert Lease.take(mine, "w1", now=NOW)
    assert Lease.take(theirs, "w2", now=NOW)


def test_who_pauses_a_store_keeps_no_other_environment_out_of_the_shop(two):
    """Once its worker has let go: until then something may be on its way. When it goes on, it waits for its turn."""
    [mine], [theirs] = (tenant.run("a.myshopify.com") for tenant in two)
    [own] = two[0].run("a.myshopify.com")
    held = Lease.take(mine, "w1", now=NOW)
    Store.objects.filter(pk=mine.store_id).update(status="paused")
    assert Lease.take(theirs, "w2", now=NOW) is None
    held.release()
    assert Lease.take(own, "w3", now=NOW) is None
    assert Lease.take(theirs, "w2", now=NOW)
    Store.objects.filter(pk=mine.store_id).update(status="connected")
    assert Lease.take(mine, "w1", now=NOW) is None


def test_a_lease_is_kept_while_the_other_environment_is_removed(two):
    [mine], [theirs] = (tenant.run("a.myshopify.com") for tenant in two)
    lease = Lease.take(mine, "w1", now=NOW)
    assert Lease.take(theirs, "w2", now=NOW) is None
    two[1].environment.delete()
    lease.renew(now=NOW)
    lease.check(now=NOW)
    lease.release()
    assert Lease.take(mine, "w3", now=NOW)
    with pytest.raises(LeaseLost):
        lease.check(now=NOW)


def test_no_row_of_an_environment_names_a_run_of_another(two):
    """The last release's pages show whatever stands in a store's own lease."""
    for tenant in two:
        for part in tenant.run():
            Lease.take(part, f"w{part.pk}", now=NOW)
    rows = StoreLease.objects.exclude(part=None).select_related("part__sync", "store")
    assert [row.part.sync.environment_id for row in rows] == [row.store.environment_id for row in rows]
    assert len(rows) == 2


def test_the_last_release_holds_a_shop_by_its_own_row(two):
    [mine], [theirs] = (tenant.run("a.myshopify.com") for tenant in two)
    StoreLease.objects.create(store=theirs.store, part=theirs, owner="old", until=TOMORROW)  # as it writes it
    theirs.rows().update(owner="old", lease_until=TOMORROW)
    assert Lease.take(mine, "w1", now=NOW) is None


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_come_at_once_one_gets_the_shop():
    tenants = [Tenant.of(str(n), "a.myshopify.com") for n in range(4)]
    parts = [tenant.run()[0] for tenant in tenants]
    Sync.objects.update(abort_requested=None)
    barrier, taken = threading.Barrier(len(parts)), []

    def come(part: StoreSync) -> None:
        barrier.wait(30)
        try:
            if Lease.take(part, f"w{part.pk}", now=timezone.now()):
                taken.append(part.pk)
        finally:
            connections.close_all()

    for _ in range(3):
        taken.clear()
        threads = [threading.Thread(target=come, args=[again(part)]) for part in parts]
        [thread.start() for thread in threads]
        [thread.join(60) for thread in threads]
        assert taken == [parts[0].pk]  # the oldest
        StoreSync.objects.filter(pk__in=taken).update(state="done", owner="", lease_until=None)
        parts = parts[1:]
        barrier = threading.Barrier(len(parts))


@pytest.mark.parametrize("seed", range(drawn(2, 20)))
@pytest.mark.cases(1)
def test_runs_over_the_same_shops_never_wait_for_each_other_for_ever(two, seed):
    """Each part ends only once all parts of its run have had their turn, as at the gate: the worst that a run may ask for."""
    chance = random.Random(seed)
    parts = [part for _ in range(2) for tenant in two for part in tenant.run()]
    had: set[int] = set()
    for _ in range(400):
        left = list(StoreSync.objects.busy().select_related("sync", "store"))
        if not left:
            break
        part = chance.choice(left)
        if lease := Lease.take(part, "w", now=NOW):
            had.add(part.pk)
            lease.release()
            together = [one.pk for one in parts if one.sync_id == part.sync_id]
            if had.issuperset(together):
                part.rows().update(state="done")
    assert not StoreSync.objects.busy().exists()


@pytest.fixture
def place(scene) -> Scene:
    return scene([product("a", pictures=1)], [asset("fa", "a", 1)])


def neighbour(place: Scene, **keys) -> Tenant:
    """Another environment that has connected the same shop."""
    found = Tenant.of("secret-cloud", **keys)
    mine = place.stores[0]
    known = {name: getattr(mine, name) for name in ("domain", "api_base", "access_token", "rate")}
    found.stores[mine.domain] = Store.objects.create(environment=found.environment, name="Secret", **known)
    return found


def test_who_waits_reads_that_the_store_is_busy_and_nothing_else(client, place):
    other = neighbour(place)
    [theirs] = other.run()
    mine = pressing.link(place.select(), "mine", dry_run=False).parts.get()
    Lease.take(theirs, "w", now=timezone.now())
    assert work(mine.pk) == Next.WAIT
    enter(client, place.member)
    for path in ("", "progress/"):
        page = client.get(f"/syncs/{mine.sync.key}/{path}")
        assert "The store is busy; this run follows by itself." in text_of(page)
        for secret in ("secret", "Secret", str(theirs.sync.key), "another run", "Another run"):
            assert secret not in page.content.decode()
    assert client.get(f"/syncs/{theirs.sync.key}/").status_code == 404


def test_a_run_that_ends_calls_the_next_of_the_shop_that_waits(place, monkeypatch):
    other, called = neighbour(place), []
    mine = pressing.link(place.select(), "mine", dry_run=False).parts.get()
    [theirs] = other.run()
    monkeypatch.setattr(jobs, "enqueue", lambda kind, pk: called.append(pk))
    for _ in range(30):
        jobs.sync(mine.pk)
        if not again(mine).busy:
            break
    assert called[-1] == theirs.pk


def test_what_another_environment_wrote_a_moment_ago_counts_as_well(place):
    other = neighbour(place)
    place.run(place.select())
    theirs, [gallery], now = other.stores[place.shop.domain], ProductSync.objects.all(), timezone.now()
    assert reading.written_lately(theirs, [gallery.product_id], now) == {
        gallery.product_id: (gallery.result, gallery.settled)
    }
    part = StoreSync(store=theirs, sync=Sync(environment=other.environment))
    ProductSync.objects.update(variants=[{"id": "v", "title": "", "before": None, "after": {"medium": "m"}}])
    assert set(variants._made_lately(part, [gallery.product_id], now)) == {gallery.product_id}
    line = gallery.changes.first()
    line.owner_id, line.outcome = "owner", "done"
    line.save()
    assert set(swatches._written_lately(part, ["owner"], now)) == {"owner"}


def test_an_order_of_another_environment_is_awaited_and_not_taken_from_it(place):
    other = neighbour(place)
    place.run(place.select())
    theirs, [gallery] = other.stores[place.shop.domain], ProductSync.objects.all()
    job = f"{reading.JOB}{'0' * 8}"
    ProductSync.objects.update(job=job, ordered=timezone.now())
    found = reading.jobs_of(theirs, [gallery.product_id])
    assert set(found) == {job}
    assert reading.await_orders(ShopifyClient(theirs), found)
    gallery.refresh_from_db()
    assert gallery.job == job
    assert reading.await_orders(ShopifyClient(place.stores[0]), found)
    gallery.refresh_from_db()
    assert gallery.job == ""


def test_two_environments_link_into_one_gallery_one_after_the_other(place):
    """What both brought is there, and each has its own in its ledger."""
    known = replace(catalog([], [asset("fb", "a", 2)]), cloud_name="secret-cloud")
    fill(place.world, known, stores=0, plan=None, progress=lambda text: None)
    row = place.world.as_json()["environments"][1]
    names = ("api_key", "api_secret", "upload_prefix", "delivery_base")
    other = neighbour(place, **{name: row[name] for name in names})
    there = Scene(place.world, place.url, other.environment, list(other.stores.values()), other.member)
    first = pressing.link(place.select(), "first", dry_run=False)
    theirs = there.world.environments[1].assets
    chosen = Selection.objects.create(environment=other.environment, member=other.member)
    SelectedAsset.objects.create(selection=chosen, place=0, asset_id=next(iter(theirs)))
    chosen.stores.set(there.stores)
    fetch_selection(chosen.pk)
    chosen.refresh_from_db()
    second = pressing.link(chosen, "second", dry_run=False)
    assert work(second.parts.get().pk) == Next.WAIT
    for scene, sync in ((place, first), (there, second)):
        assert {part.state for part in scene.finish(sync).parts.all()} == {"done"}
    assert place.assets_in("product-a") == ["product-a-0", "fa", "fb"]
    assert dict(Link.objects.values_list("environment", "name")) == {
        place.environment.pk: "fa",
        other.environment.pk: "fb",
    }


def test_the_sweeper_asks_again_for_a_run_that_waits_for_another_environment(two, monkeypatch):
    [mine], [theirs] = (tenant.run("a.myshopify.com") for tenant in two)
    Lease.take(mine, "w1", now=NOW)
    StoreSync.objects.update(enqueued_at=NOW - timedelta(hours=1))
    StoreSync.objects.filter(pk=mine.pk).update(lease_until=TOMORROW)
    asked = []
    monkeypatch.setattr(recovery.queue, "enqueue", lambda kind, pk: asked.append((kind, pk)) or True)
    recovery.sweep()
    assert asked == [("sync", theirs.pk)]
