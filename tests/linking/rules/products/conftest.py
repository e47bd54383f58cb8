"""What tests of products' reports share: a place with products and assets, and a rule that waits for products."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from linking import jobs
from linking.models import Firing, ProductWork, Rule
from linking.models.jobs import JobState, asked_for
from linking.rules import firing
from linking.rules.products import collecting
from setup.models import ProductEvent, Store
from setup.shopify import product_events
from tests.linking.rules.conftest import SETTINGS, run_of
from tests.scenes import Scene, asset, product


class Reported:
    """A place whose stores' reports are dealt with as the sweeper and a worker would."""

    def __init__(self, place: Scene, rule: Rule) -> None:
        self.place, self.rule = place, rule
        collecting.keep_wanted(now=timezone.now() + timedelta(seconds=60))
        place.world.forward = 120.0  # what is made from now on is new; stores write times in whole seconds

    @property
    def work(self) -> ProductWork:
        return ProductWork.objects.get()

    def add(self, sku: str) -> str:
        with self.place.shop.lock:
            return self.place.shop.add_product(
                handle=f"new-{sku}", title=f"New {sku}", variants=[{"title": "Red", "sku": sku}]
            )

    def id_of(self, handle: str) -> str:
        return next(one.id for one in self.place.shop.products.values() if one.handle == handle)

    def report(self, product_id: str, event: str = "") -> None:
        """As the receiver takes it in."""
        body = json.dumps({"id": int(product_id.rsplit("/", 1)[-1])}).encode()
        known = product_events.product_of(body)
        assert known == product_id
        stores = Store.objects.filter(domain=self.place.shop.domain)
        product_events.keep(stores, event or uuid.uuid4().hex, known, now=timezone.now())

    def deal(self) -> None:
        """The job, until nothing is left to do."""
        ProductWork.objects.filter(state__in=[JobState.DONE, JobState.FAILED]).update(**asked_for(now=timezone.now()))
        for _ in range(20):
            ProductWork.objects.update(not_before=None)
            jobs.work_on_products(self.work.pk)
            if self.work.state != JobState.WAITING:
                break
        assert str(self.work.problem) == ""

    def walk(self) -> None:
        ProductWork.objects.update(walk_due=timezone.now())
        self.deal()

    def fire(self) -> list[Firing]:
        """What waits is fired, and its runs are worked off."""
        waiting = list(Firing.objects.filter(state=JobState.WAITING).order_by("pk"))
        for one in waiting:
            firing.fire(one.pk)
            one.refresh_from_db()
            if one.runs.exists():
                self.place.finish(run_of(one))
        return waiting

    def unsettled(self) -> int:
        return ProductEvent.objects.filter(settled=None).count()


@pytest.fixture
def heard(scene) -> Callable[..., Reported]:
    """Call it: a place with the old product a, assets of a, n and m, and a rule that waits for products."""

    def build(*, linked: bool = False, **known) -> Reported:
        assets = [asset("a1", "a", 1), asset("n1", "n", 2), asset("n2", "n", 3), asset("m1", "m", 4)]
        place = scene([product("a"), product("q")], assets)
        place.world.settings.change({"index_lag": 0})
        if linked:
            place.run(place.select("a1"))
        known = {"name": "New products", "search": "resource_type:image", "on": True, "trigger": "product"} | known
        known = {"policy": {"freedom": "keeping"}, "settings": SETTINGS} | known
        rule = Rule.objects.create(environment=place.environment, **known)
        rule.stores.set(place.stores)
        return Reported(place, rule)

    return build
