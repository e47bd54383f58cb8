"""Every run ends, also where Shopify takes what it is asked for and does nothing, or not in time."""

import pytest

from linking.domain.reasons import NOT_SHOWN
from linking.models import ChangeRow, ProductSync, StoreSync
from linking.syncing.work import Next, work
from sandbox.shopify.mutations import file_update
from tests import pressing
from tests.scenes import asset, part_of, picture, product

State = ProductSync.State


def ended(sync, slices: int = 60) -> StoreSync:
    """The store sync after as many slices as it wants."""
    part = part_of(sync)
    for _ in range(slices):
        if work(part.pk) == Next.NOTHING:
            return part_of(sync)
    raise AssertionError(f"still busy after {slices} slices: {part_of(sync).doing}")


def lines(sync) -> dict[str, tuple[str, str]]:
    return {row.name: (row.outcome, str(row.reason)) for row in ChangeRow.objects.filter(part__sync=sync)}


@pytest.fixture
def placed(scene):
    """A picture of ours in a gallery, behind another."""
    place = scene([product("a", pictures=2)], [asset("front", "a", 1, context={"alt": "New"})])
    place.run(place.select())
    return place


def test_an_alt_text_that_shopify_takes_and_does_not_show_is_unconfirmed_alone(placed, settings, monkeypatch):
    settings.PATIENCE = 0.01
    apply = file_update.apply
    monkeypatch.setattr(file_update, "apply", lambda shop, file, row: apply(shop, file, {**row, "alt": None}))
    medium = placed.shop.product_with("product-a").media[-1]
    placed.shop.files[medium].alt = "By hand"
    sync = pressing.link(placed.select(alt_policy="overwrite", link_mode="prepend"), "t", dry_run=False)
    assert ended(sync, 3).state == StoreSync.State.DONE
    assert lines(sync)["front"][0] == "unknown"
    assert placed.assets_in("product-a")[0] == "front"


def test_an_order_that_never_shows_is_unconfirmed_however_short_the_slices_are(placed, settings):
    settings.LEASE_SECONDS, settings.PATIENCE = 1.5, 0.01
    placed.world.settings.change({"reorder_seconds": 9999})
    sync = pressing.link(placed.select(link_mode="prepend"), "t", dry_run=False)
    ended(sync, 20)
    row = part_of(sync).products.get()
    assert (row.state, "may have made it" in str(row.reason)) == (State.PARTIAL, True)
    assert {outcome for outcome, _ in lines(sync).values()} == {"unknown"}
    assert [entry["operation"] for entry in placed.mutations()].count("productReorderMedia") == 1


def test_a_plan_that_takes_longer_than_a_slice_is_made_all_the_same(scene, settings):
    """The store is throttled by others: reading the galleries takes several slices' time."""
    place = scene([product(f"s{at}", tags=("sale",)) for at in range(30)], [asset("fa", "sale", 1)], plan="basic")
    chosen = place.select(shopify_field="tag")
    from tests.linking.visits import ask_and_answer

    ask_and_answer(chosen)
    settings.LEASE_SECONDS = 1.5
    sync = pressing.link(chosen, "t", dry_run=True)
    place.shop.bucket._level = -300
    assert ended(sync, 2).state == StoreSync.State.PLANNED


def test_a_replacement_that_never_comes_to_an_end_is_unconfirmed(scene, settings):
    settings.PATIENCE = 0.01
    place = scene([], [asset("banner", shade=1)])
    press = lambda selection, **known: pressing.upload(selection, str(selection.pk), dry_run=False, **known)  # noqa: E731
    place.finish(press(place.select()))
    environment = place.world.environments[0]
    environment.overwrite(next(iter(environment.assets.values())), picture(5))
    place.world.settings.change({"media_seconds": [9999, 9999]})
    sync = press(place.select(), new_versions="replace")
    ended(sync, 3)
    assert lines(sync)["banner"] == ("unknown", str(NOT_SHOWN))


def test_a_taken_name_that_nobody_finds_is_asked_for_once_and_fails_with_the_reason(scene, settings):
    settings.PATIENCE = 0.04
    place = scene([product("a")], [asset("front", "a", 1)])
    place.world.settings.change({"duplicate_name": "later", "index_lag": 9999})
    place.world.faults.add(service="shopify", kind="lost_answer", operation="fileCreate", times=1)
    sync = pressing.link(place.select(), "t", dry_run=False)
    ended(sync, 6)
    assert "does not show it yet" in lines(sync)["front"][1]
    assert [file.status for file in place.shop.files.values()] == ["READY", "FAILED"]
