"""Whatever stands in a row that a run reads: the run ends with a reason, writes nothing by halves, and frees its store."""

from collections.abc import Iterable
from itertools import count

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from linking.models import ChangeRow, KeyMatch, Link, ProductSync, SelectedAsset, StoreFile, StoreSync, Sync
from linking.models.syncs import BUSY
from linking.planning.kept import UNREAD
from linking.syncing.work import Next, work
from linking.waiting import Waits
from tests import pressing
from tests.damage import damaged
from tests.linking.damaging import damage_each, put
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import Scene, Variant, asset, product
from tests.tiers import FULL, drawn, landing, product_of, spread

SKUS = [f"p{at}" for at in range(drawn(4, 8))]
OF_PLANS = ["before", "after", "incoming", "variants", "waits", "keys"]


@pytest.fixture
def place(scene):
    """Galleries that two selections take turns in: each replaces half of what the other brings."""
    shelf = [product(sku, pictures=1, variants=(Variant(sku=sku),)) for sku in SKUS]
    assets = [asset(f"{sku}{letter}", sku, at * 3 + n) for at, sku in enumerate(SKUS) for n, letter in enumerate("xyz")]
    built = scene(shelf, assets)
    built.run(choice(built, "xy"))
    return built


def turns() -> Iterable[int]:
    """Until all damages had theirs."""
    return count() if FULL else range(1)


def choice(place: Scene, letters: str):
    names = [f"{sku}{letter}" for sku in SKUS for letter in letters]
    return place.select(*names, link_mode="reset", variant_pictures=True)


def galleries(place: Scene) -> dict[str, list[str]]:
    return {sku: place.assets_in(f"product-{sku}") for sku in SKUS}


def holding(letters: str) -> dict[str, list[str]]:
    return {sku: [f"{sku}{letter}" for letter in letters] for sku in SKUS}


def ended(sync: Sync) -> Sync:
    """After as many slices as it takes, which are not many."""
    for part in sync.parts.all():
        assert any(work(part.pk) == Next.NOTHING for _ in range(12)), part.rows().get().doing
    assert not sync.parts.filter(state__in=BUSY).exists()
    assert not StoreSync.objects.filter(sync=sync, state="failed", problem="").exists(), "stopped without a reason"
    assert not ChangeRow.objects.filter(part__sync=sync, outcome__in=["failed", "refused"], reason="").exists()
    return Sync.objects.get(pk=sync.pk)


def states_of(sync: Sync) -> dict[str, str]:
    rows = ProductSync.objects.filter(part__sync=sync).values_list("handle", "state")
    return {handle.removeprefix("product-"): state for handle, state in rows}


def neither(now: dict, *allowed: dict) -> dict:
    """The galleries that are none of the allowed ones."""
    return {sku: found for sku, found in now.items() if found not in [one[sku] for one in allowed]}


@pytest.mark.parametrize("column", landing(OF_PLANS, ["before", "incoming", "waits"]))
@pytest.mark.cases(1)
def test_a_plan_that_is_damaged_before_it_is_applied_writes_whole_galleries_or_none(place, column):
    old, new = "xy", "yz"
    for turn in turns():
        sync = place.run(choice(place, new), dry_run=True)
        if not (damages := damage_each(ProductSync.objects.filter(part__sync=sync), column, turn)):
            break
        pressing.apply(sync)
        ended(sync)
        now, states = galleries(place), states_of(sync)
        assert not neither(now, holding(old), holding(new)), damages
        untrue = [sku for sku in SKUS if (states[sku] in ("done", "unchanged")) != (now[sku] == holding(new)[sku])]
        assert not untrue, (damages, untrue)
        place.run(choice(place, new))  # the next person's
        assert galleries(place) == holding(new), damages
        old, new = new, old
    assert turn > 1 or not FULL


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize(("old", "new"), [("xy", "yz"), ("yz", "xy")])
@pytest.mark.cases(1)
def test_a_plan_that_lacks_the_place_of_an_arrival_or_of_what_stays_writes_nothing(place, old, new, at):
    """Else what the arrival replaces would leave, and nothing would come."""
    place.run(choice(place, old))
    sync = place.run(choice(place, new), dry_run=True)
    for row in ProductSync.objects.filter(part__sync=sync):
        row.after = row.after[:at] + row.after[at + 1 :]
        row.save(update_fields=["after"])
    pressing.apply(sync)
    ended(sync)
    assert galleries(place) == holding(old)
    assert not {"done", "unchanged"} & set(states_of(sync).values())


@pytest.mark.parametrize("column", landing(OF_PLANS, ["after", "variants", "keys"]))
@pytest.mark.cases(1)
def test_a_run_whose_rows_are_damaged_is_undone_whole_or_not_at_all(place, column):
    for turn in turns():
        sync = place.run(choice(place, "yz"))
        if not (damages := damage_each(ProductSync.objects.filter(part__sync=sync), column, turn)):
            break
        back = ended(pressing.undo(sync, place.member, f"undo-{turn}"))
        pressing.apply(back)
        ended(back)
        now, states = galleries(place), states_of(back)
        assert not neither(now, holding("xy"), holding("yz")), damages
        untrue = [sku for sku in SKUS if (states[sku] == "done") != (now[sku] == holding("xy")[sku])]
        assert not untrue, (damages, untrue)
        place.run(choice(place, "xy"))
        assert galleries(place) == holding("xy"), damages
    assert turn > 1 or not FULL


def started(place: Scene, kind: str) -> Sync:
    """A run that is to be planned, with something in each of its columns."""
    place.clicks += 1
    token, store = f"broken-{place.clicks}", place.stores[0]
    if kind == "link":
        chosen = choice(place, "yz")
        SelectedAsset.objects.filter(selection=chosen).update(alt="Typed", alt_source="typed")
        sync = pressing.link(chosen, token, dry_run=True)
    elif kind == "upload":
        sync = pressing.upload(choice(place, "z"), token, dry_run=True, new_versions="add")
        names = [row.asset_id for row in place.select(*(f"{sku}z" for sku in SKUS[:3])).rows()]
        sync.arrangement |= {"only": names}
    elif kind == "unlink":
        sync = pressing.unlink(place.member, list(Link.objects.all()), token)
    else:
        sync = pressing.undo(Sync.objects.order_by("pk")[0], place.member, token)
    sync.only = [] if kind == "upload" else [[store.pk, place.shop.product_with(f"product-{SKUS[0]}").id]]
    sync.save()
    return sync


def decided(sync: Sync) -> set[tuple]:
    """What its plan would write."""
    lines = ChangeRow.objects.filter(part__sync=sync, outcome="pending")
    return set(lines.values_list("product__product_id", "asset_id", "change", "alt_after"))


@pytest.mark.parametrize(("kind", "column"), product_of(["link", "upload", "unlink", "undo"], ["arrangement", "only"]))
@pytest.mark.cases(1)
def test_a_run_whose_decisions_are_damaged_plans_them_or_ends_with_a_reason(place, client, kind, column):
    enter(client, place.member, choice(place, "xy"))
    sync = started(place, kind)
    whole, plans, refused = decided(ended(sync)), 0, 0
    assert whole
    for name, value in spread(damaged(getattr(sync, column)), 10):
        if value == [] or (name.startswith("without") and name.endswith(("0)", "('only',)"))):
            continue  # what is gone without a trace cannot be missed
        sync = started(place, kind)
        put(Sync, sync.pk, column, value)
        part = ended(sync).parts.get()
        assert part.state in ("planned", "failed"), name
        assert part.state == "planned" or part.problem == UNREAD, name
        assert decided(sync) <= whole, name
        assert client.get(f"/syncs/{sync.key}/").status_code == 200, name
        plans, refused = plans + (part.state == "planned"), refused + (part.state == "failed")
    assert refused or (kind, column) == ("undo", "arrangement")
    assert galleries(place) == holding("xy")
    assert place.apply(place.run(choice(place, "yz"), dry_run=True)).parts.get().state == "done"


@pytest.mark.parametrize("model", [SelectedAsset, KeyMatch])
@pytest.mark.cases(1)
def test_a_selection_and_answers_that_are_damaged_leave_out_what_cannot_be_read(place, model):
    column = {SelectedAsset: "details", KeyMatch: "products"}[model]
    for turn in turns():
        chosen = choice(place, "yz")
        ask_and_answer(chosen)
        of_selection = {SelectedAsset: {"selection": chosen}, KeyMatch: {"store_match__selection": chosen}}[model]
        if not (damages := damage_each(model.objects.filter(**of_selection), column, turn)):
            break
        place.clicks += 1
        sync = ended(pressing.link(chosen, f"broken-{place.clicks}", dry_run=True))
        assert sync.parts.get().state == "planned", damages
        lines = ChangeRow.objects.filter(part__sync=sync).exclude(change="unlink")
        assert set(lines.values_list("asset_id", flat=True)) == {row.asset_id for row in chosen.rows()}, damages
    assert turn > 1 or not FULL
    place.run(choice(place, "yz"))
    assert galleries(place) == holding("yz")


@pytest.mark.parametrize(
    ("model", "column"), [(StoreSync, "waits"), (StoreSync, "outcome_counts"), (StoreFile, "former_marks")]
)
@pytest.mark.cases(1)
def test_what_else_a_run_keeps_may_be_damaged_and_it_goes_on(place, model, column):
    rich = {
        "waits": {
            "ready:gid://shopify/MediaImage/1": {
                "since": "2026-01-01T00:00:00+00:00",
                "asked": "",
                "ids": [],
                "times": 1,
            }
        },
        "outcome_counts": {"done": 3},
        "former_marks": ["0" * 20],
    }
    old, new = "xy", "yz"
    for name, value in spread(damaged(rich[column]), 5):
        sync = place.run(choice(place, new), dry_run=True)
        for pk in model.objects.values_list("pk", flat=True):
            put(model, pk, column, value)
        pressing.apply(sync)
        ended(sync)
        assert galleries(place) == holding(new), name
        old, new = new, old


@pytest.mark.parametrize("broken", [5, True, "damaged", "2026-11-29T10:00:00", [], {}])
def test_a_time_that_cannot_be_read_is_one_of_long_ago(broken):
    """Or what is waited for since then would be waited for for ever, and written again and again."""
    waits = Waits({"gallery:link": {"since": broken, "asked": broken, "ids": ["a"], "times": 1}})
    assert waits.over("gallery:link")
    waits.ask("gallery:link", ["a"])
    assert waits.over("gallery:link")


def test_a_plan_that_is_only_said_to_be_there_is_made(place):
    sync = pressing.link(choice(place, "yz"), "said", dry_run=True)
    put(StoreSync, sync.parts.get().pk, "waits", {"plans": {"since": 5}})
    assert decided(ended(sync))


def test_a_job_that_is_none_is_not_asked_for(place):
    sync = place.run(choice(place, "yz"))
    ProductSync.objects.filter(part__sync=sync).update(job="gid://x", ordered=timezone.now())
    assert place.run(choice(place, "xy")).parts.get().state == "done"
    assert galleries(place) == holding("xy")


@pytest.mark.parametrize(
    ("model", "of", "column"),
    [
        (Sync, "pk", "arrangement"),
        (Sync, "pk", "only"),
        (StoreSync, "sync", "waits"),
        (ProductSync, "part__sync", "before"),
    ],
)
@pytest.mark.cases(1)
def test_numbers_longer_than_python_reads_end_no_command_and_no_run(place, model, of, column):
    """Python refuses whole numbers of more than 4,300 digits; SQLite keeps them."""
    sync = place.run(choice(place, "yz"), dry_run=True)
    rows = model.objects.filter(**{of: sync.pk})
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * rows.count())
        reported = f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id IN ({marks})"
        cursor.execute(reported, ['{"x": 1' + "0" * 5000 + "}", *rows.values_list("pk", flat=True)])
    call_command("syncs", "list")
    pressing.apply(Sync.objects.get(pk=sync.pk))
    ended(sync)
    place.run(choice(place, "yz"))
    assert galleries(place) == holding("yz")


@pytest.mark.parametrize("column", ["outcome", "change"])
@pytest.mark.cases(1)
def test_words_of_another_release_are_reported_as_far_as_they_are_known(place, client, column):
    sync = place.run(choice(place, "yz"))
    enter(client, place.member, sync.selection)
    lines = ChangeRow.objects.filter(part__sync=sync)
    lines.filter(pk=lines.first().pk).update(**{column: "odd"})
    for address in ("", "products/", "report/", f"lines/{lines.first().product_id}/"):
        assert client.get(f"/syncs/{sync.key}/{address}").status_code == 200, address
