"""What is done in half is kept together, reported truly, and finished by the next run."""

import pytest
from django.utils import timezone

from linking.models import ChangeRow, Sync
from tests import pressing
from tests.awkward.oracle import doubles, nothing_left, promised, right, words
from tests.awkward.scenarios import galleries
from tests.awkward.shop import behave, chosen, finish, meanwhile, opened, press, undo
from tests.scenes import part_of

IN_TURN = "reads in turn 3 s behind"


def refuse(place, text: str, **known) -> None:
    fault = {"kind": "refused", "operation": "fileUpdate", "code": "INVALID", "match": text, "times": None}
    place.world.faults.add(service="shopify", **fault | known)


@pytest.mark.full
def test_an_undo_whose_pictures_cannot_come_back_takes_nothing_out(scene):
    place = opened(scene)
    sync = press(place, chosen(place, "overwrite_and_add"))
    linked = galleries(place)
    refuse(place, "referencesToAdd")
    back = undo(place, sync)
    assert {sku: set(media) & set(linked[sku]) for sku, media in galleries(place).items()} == {
        sku: set(media) for sku, media in linked.items()
    }
    outcomes = ChangeRow.objects.filter(part__sync=back).values_list("change", "outcome").distinct()
    assert set(outcomes) <= {("add", "failed"), ("unlink", "skipped"), ("move", "done"), ("keep", "unchanged")}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["overwrite_and_add", "reset"])
@pytest.mark.cases(1)
def test_an_undo_that_broke_off_is_ended_by_the_next_one(scene, mode):
    place = opened(scene)
    before = galleries(place)
    sync = press(place, chosen(place, mode))
    place.clicks += 1
    first = finish(place, pressing.undo(sync, place.member, f"undo-{place.clicks}"))
    pressing.apply(first)
    rows = Sync.objects.filter(pk=first.pk)
    with meanwhile(place, "fileUpdate", lambda: rows.update(abort_requested=timezone.now())):
        assert part_of(finish(place, first)).state == "aborted"
    undo(place, sync)
    assert galleries(place) == before


@pytest.mark.full
def test_a_run_that_was_undone_is_not_undone_again(scene):
    place = opened(scene)
    before = galleries(place)
    sync = press(place, chosen(place, "reset"))
    undo(place, sync)
    written = len(place.mutations())
    again = undo(place, sync)
    assert set(part_of(again).products.values_list("state", flat=True)) == {"unchanged"}
    assert (galleries(place), len(place.mutations())) == (before, written)


@pytest.mark.parametrize("mode", ["append", "prepend", "reset", "overwrite_and_add"])
@pytest.mark.cases(1)
def test_a_linked_picture_that_is_processed_again_is_still_that_picture(scene, mode):
    place = opened(scene)
    selection = chosen(place, mode)
    press(place, selection)
    for file in place.shop.files.values():
        if file.alt.startswith("a"):
            file.status = "PROCESSING"
    assert nothing_left(place, selection) == []


@pytest.mark.full
def test_new_files_that_somebody_renames_at_once_are_brought_by_the_next_run(scene, settings):
    settings.PATIENCE = 0.01
    place = opened(scene)
    record, journal = place.world.journal.record, place.world.journal

    def recorded(**entry):
        record(**entry)
        if entry["operation"] == "fileCreate" and len(place.mutations()) == 1:
            for file in place.shop.files.values():
                if "-al" in file.filename and file.filename[:2] in ("a0", "b1"):
                    file.filename = f"by-hand-{file.id[-3:]}.jpg"

    journal.record = recorded
    selection = chosen(place, "append")
    assert words(press(place, selection)) == {"done": 7, "unknown": 2}
    journal.record = record
    press(place, selection)
    assert right(place, promised("append")) + doubles(place) + nothing_left(place, selection) == []


def test_an_undo_of_an_order_writes_the_order_back(scene):
    """The old order is still shown in turn, and nobody has asked for it yet."""
    place = opened(scene)
    press(place, chosen(place, "prepend"))
    before = galleries(place)
    turned = [name for sku in "abc" for name in (f"{sku}2", f"{sku}0", f"{sku}1")]
    sync = press(place, place.select(*turned, link_mode="prepend", alt_policy="overwrite"))
    behave(place, [IN_TURN])
    undo(place, sync)
    assert galleries(place) == before
