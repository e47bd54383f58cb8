"""A product that is new leads to one run of its assets, whatever becomes of the reports of it."""

from datetime import timedelta

from django.utils import timezone

from linking.models import EventWork, Firing, ProductWork, Rule, SeenProduct
from linking.models.jobs import JobState
from linking.rules.events import metering
from linking.rules.products import asking, working
from linking.rules.products.looking import look
from setup.models import ProductEvent


def fired_for(found) -> list[set[str]]:
    assets = found.place.world.environments[0].assets.values()
    names = {row.asset_id: row.display_name for row in assets}
    return [{names[id] for id in one.assets} for one in Firing.objects.order_by("pk")]


def test_a_new_product_gets_its_assets_by_one_run_of_them(heard):
    found = heard()
    found.report(found.add("n"))
    found.deal()
    assert fired_for(found) == [{"n1", "n2"}]
    [one] = found.fire()
    assert (one.cause, one.result) == ("product", "ran")
    assert len(found.place.gallery("new-n")) == 2
    assert (found.unsettled(), EventWork.objects.get().spent > 0) == (0, True)


def test_our_own_writes_to_galleries_fire_nothing(heard):
    found = heard()
    id = found.add("n")
    found.report(id)
    found.deal()
    found.fire()
    for _ in range(3):
        found.report(id)
        found.walk()
    assert (Firing.objects.count(), found.unsettled()) == (1, 0)


def test_doubled_late_and_lost_reports_end_with_one_run(heard):
    found = heard()
    n, m = found.add("n"), found.add("m")  # of m no report comes
    for event in ("e1", "e1", "e2"):
        found.report(n, event)
    found.walk()
    found.report(n, "e1")
    found.report(n, "e3")
    found.walk()
    assert fired_for(found) == [{"n1", "n2", "m1"}]
    found.fire()
    found.report(m, "late")
    found.walk()
    assert (Firing.objects.count(), found.unsettled()) == (1, 0)
    assert [len(found.place.gallery(f"new-{sku}")) for sku in "nm"] == [2, 1]


def test_another_sku_fires_and_another_title_does_not(heard):
    found = heard(linked=True)
    id = found.id_of("product-a")
    found.report(id)
    found.deal()
    product = found.place.shop.products[id]
    with found.place.shop.lock:
        product.title = "Another"
        found.place.shop.touch(product)
    found.report(id)
    found.deal()
    assert not Firing.objects.exists()
    with found.place.shop.lock:
        product.variants[0].sku = "m"
        found.place.shop.touch(product)
    found.report(id)
    found.deal()
    assert "m1" in fired_for(found)[0]


def test_a_product_without_assets_or_that_is_gone_fires_nothing(heard):
    found = heard()
    found.report(found.id_of("product-q"))
    found.report("gid://shopify/Product/987654321")
    found.deal()
    assert (Firing.objects.count(), found.unsettled()) == (0, 0)
    assert SeenProduct.objects.count() == 1


def test_a_walk_looks_at_nothing_twice_and_at_nothing_older(heard, monkeypatch):
    found, looks = heard(), []
    monkeypatch.setattr(working.looking, "look", lambda work, ids: looks.append(ids) or look(work, ids))
    found.walk()
    assert not ProductEvent.objects.exists()  # the products that were there when the rule began to wait
    id = found.add("n")
    found.walk()
    found.walk()
    assert (looks, ProductEvent.objects.count()) == ([[id]], 1)
    assert ProductWork.objects.get().walk_due > timezone.now() + timedelta(minutes=59)


def test_what_is_too_much_for_one_walk_is_found_by_the_next_ones(heard, monkeypatch):
    monkeypatch.setattr(working, "MOST_FOUND", 2)
    monkeypatch.setattr(working, "OVERLAP", timedelta())
    found = heard()
    began = ProductWork.objects.get().walked
    added = []
    for minutes in range(1, 6):
        monkeypatch.setattr(found.place.shop, "now", lambda at=began + timedelta(minutes=minutes): at.timestamp())
        added.append(found.add(f"n{minutes}"))
    monkeypatch.setattr(found.place.shop, "now", lambda: (began + timedelta(hours=1)).timestamp())
    whole = working.news.changed_since
    monkeypatch.setattr(working.news, "changed_since", lambda *asked: dict(list(whole(*asked).items())[:2]))
    found.walk()
    assert set(added) <= set(ProductEvent.objects.values_list("product_id", flat=True))


def test_what_finds_no_room_in_one_firing_comes_with_the_next_batch(heard, monkeypatch):
    monkeypatch.setattr(asking, "MOST", 2)
    found = heard()
    found.report(found.add("n"))
    found.report(found.add("m"))
    working.work_on_products(_asked(found).pk)
    assert (fired_for(found), found.unsettled()) == ([{"n1", "n2"}], 1)
    working.work_on_products(found.work.pk)
    assert (fired_for(found), found.unsettled()) == ([{"n1", "n2", "m1"}], 0)


def test_what_automation_may_ask_for_in_an_hour_is_kept_to(heard):
    found = heard()
    found.report(found.add("n"))
    asking.meter_of(found.place.environment, timezone.now())
    EventWork.objects.update(spent=1000, hourly=500, hour=metering.hour_of(timezone.now()))
    working.work_on_products(_asked(found).pk)
    work = found.work
    assert (work.state, found.unsettled(), Firing.objects.count()) == (JobState.WAITING, 1, 0)
    assert work.not_before > timezone.now()
    EventWork.objects.update(spent=0)
    ProductWork.objects.update(not_before=None)
    working.work_on_products(work.pk)
    assert Firing.objects.count() == 1


def test_a_rule_whose_search_is_refused_says_so_and_keeps_no_other_waiting(heard):
    found = heard(search="tags=(")
    other = Rule.objects.create(
        environment=found.place.environment, name="Other", search="resource_type:image", on=True, trigger="product"
    )
    Rule.objects.filter(pk=other.pk).update(settings=found.rule.settings, policy=found.rule.policy)
    other.stores.set(found.place.stores)
    found.report(found.add("n"))
    found.deal()
    found.fire()
    [one] = found.rule.firings.all()
    assert (one.state, "refused" in one.problem.code) == (JobState.FAILED, True)
    assert len(found.place.gallery("new-n")) == 2


def test_what_a_whole_hour_is_too_short_for_fires_for_all_that_the_rule_finds(heard, monkeypatch):
    monkeypatch.setattr(metering.MeteredClient, "left", property(lambda client: 1 - client.calls))
    found = heard()
    found.report(found.add("n"))
    found.deal()
    [one] = Firing.objects.all()
    assert (one.assets, found.unsettled()) == (None, 0)


def _asked(found) -> ProductWork:
    ProductWork.objects.update(state=JobState.WAITING)
    return found.work
