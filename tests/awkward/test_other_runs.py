"""Everything besides a first link, in a store that behaves in all the ways that nobody has recorded."""

import pytest
from django.utils import timezone

from linking import starting
from linking.models import ChangeRow, Link, SelectedAsset, Sync
from linking.syncing.work import Next, work
from tests.awkward.behaviours import BEHAVIOURS, EVERYTHING
from tests.awkward.shop import (
    SKUS,
    applied,
    astray,
    behave,
    doubles,
    finish,
    names,
    nothing_left,
    opened,
    part_problem,
    press,
    right,
    undo,
    untrue,
    upload,
    words,
)
from tests.scenes import Variant, asset, part_of, picture, product

# Each behaviour alone, and all of them at once.
DAYS = {"everything": EVERYTHING, **{name: [name] for name in BEHAVIOURS}}
days = pytest.mark.parametrize("day", DAYS)


@days
def test_what_is_linked_is_put_into_another_order(scene, day):
    place = opened(scene)
    press(place, place.select(link_mode="prepend"))
    behave(place, DAYS[day])
    turned = {sku: [f"{sku}2", f"{sku}0", f"{sku}1"] for sku in SKUS}
    chosen = place.select(*(name for found in turned.values() for name in found), link_mode="prepend")
    wrong = untrue(place, press(place, chosen))
    assert wrong + right(place, "prepend", **turned) + doubles(place) + nothing_left(place, chosen) == []


@days
def test_an_undo_gives_every_gallery_back(scene, day):
    place = opened(scene)
    before = {sku: place.gallery(f"product-{sku}") for sku in SKUS}
    behave(place, DAYS[day])
    sync = press(place, place.select(link_mode="reset"))
    back = undo(place, sync)
    assert untrue(place, back) == []
    assert {sku: place.gallery(f"product-{sku}") for sku in SKUS} == before
    assert Link.objects.count() == 0


@pytest.mark.parametrize("day", ["everything", "orders that take 25 s", "reads in turn 3 s behind"])
def test_an_abort_and_then_an_undo_give_every_gallery_back(scene, day):
    """Whatever was asked for right before the abort lands some time after it."""
    place = opened(scene)
    before = {sku: place.gallery(f"product-{sku}") for sku in SKUS}
    behave(place, DAYS[day])
    sync = aborted_after(place, place.select(link_mode="prepend"), "productReorderMedia")
    assert untrue(place, sync) == []
    undo(place, sync)
    assert {sku: place.gallery(f"product-{sku}") for sku in SKUS} == before


@pytest.mark.parametrize("operation", ["fileCreate", "fileUpdate", "productReorderMedia"])
@pytest.mark.parametrize("day", ["everything", "orders that take 25 s", "reads in turn 3 s behind"])
def test_a_run_after_an_abort_does_the_rest(scene, day, operation):
    place = opened(scene)
    behave(place, DAYS[day])
    aborted_after(place, place.select(link_mode="prepend"), operation)
    chosen = place.select(link_mode="prepend")
    press(place, chosen)
    press(place, chosen)
    assert right(place, "prepend") + doubles(place) + nothing_left(place, chosen) == []


def aborted_after(place, selection, operation: str) -> Sync:
    """The abort comes when the operation was carried out for the first time."""
    place.clicks += 1
    sync = starting.link(selection, f"abort-{place.clicks}", dry_run=False)
    record, journal = place.world.journal.record, place.world.journal

    def recorded(**entry):
        record(**entry)
        if entry["operation"] == operation:
            Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())

    journal.record = recorded
    try:
        return finish(place, sync)
    finally:
        journal.record = record


@days
def test_a_retry_brings_what_failed(scene, day):
    place = opened(scene)
    fails = {"kind": "media_fails", "match": "b1", "code": "IMAGE_PROCESSING_FAILURE", "times": 1}
    place.world.faults.add(service="shopify", **fails)
    behave(place, DAYS[day])
    sync = press(place, place.select(link_mode="append"))
    failed = ChangeRow.objects.filter(part__sync=sync).exclude(outcome="done")
    assert [(line.name, line.outcome) for line in failed] == [("b1", "failed")]
    place.clicks += 1
    again = finish(place, starting.retry(sync, place.member, f"retry-{place.clicks}"))
    assert untrue(place, again) == []
    assert sorted(place.assets_in("product-b")) == sorted(["product-b-0", "product-b-1", *names("b")])
    assert (
        right(place, "append", b=names("b"))[:1] in ([], [f"b: {place.assets_in('product-b')}"]) or doubles(place) == []
    )


@days
def test_an_upload_brings_every_file_once(scene, day):
    place = scene([], [asset(f"f{at}", shade=at) for at in range(1, 8)])
    behave(place, DAYS[day])
    chosen = place.select()
    first = upload(place, chosen)
    assert set(words(first)) <= {"done"}
    before = len(place.mutations())
    assert words(upload(place, chosen)) == {"unchanged": 7}
    assert len(place.mutations()) == before
    assert doubles(place) + part_problem(first) == []


@days
def test_contents_are_replaced_in_place_and_alt_texts_are_written(scene, day):
    place = scene([], [asset(f"f{at}", shade=at) for at in range(1, 5)])
    upload(place, place.select())
    ids = set(place.shop.files)
    environment = place.world.environments[0]
    for at, found in enumerate(environment.assets.values()):
        environment.overwrite(found, picture(90 + at))
    behave(place, DAYS[day])
    chosen = place.select(alt_policy="overwrite")
    SelectedAsset.objects.filter(selection=chosen).update(alt="New", alt_source="typed")
    assert set(words(upload(place, chosen, new_versions="replace"))) == {"done"}
    assert set(words(upload(place, chosen, new_versions="replace"))) == {"done"}
    assert set(place.shop.files) == ids
    assert {file.alt for file in place.shop.files.values()} == {"New"}
    assert astray(place) == []


def dressed(scene):
    """Two products of two variants that show old pictures, with a group and a swatch for each variant."""
    shirts = [
        product(
            handle=f"shirt-{at}",
            pictures=2,
            variants=(Variant(title="Red", sku=f"red{at}"), Variant(title="Blue", sku=f"blue{at}")),
        )
        for at in range(2)
    ]
    shades = iter(range(1, 100))
    assets = [asset(f"{key}-{n}", key, next(shades), context={"alt": f"Text {key}"}) for key in KEYS for n in range(2)]
    assets += [asset(f"{key}-swatch", key, next(shades), tags=("swatch",)) for key in KEYS]
    place = scene(shirts, assets)
    place.environment.swatch_field, place.environment.swatch_value = "tags", "swatch"
    place.environment.save()
    for found in place.shop.products.values():
        for variant, medium in zip(found.variants, found.media, strict=True):
            variant.picture = medium
    return place


KEYS = ("red0", "blue0", "red1", "blue1")


def shown(place) -> dict[str, tuple[str, str]]:
    """SKU -> the names of its variant's picture and of its swatch."""
    files, found = place.shop.files, {}
    for one in place.shop.products.values():
        for variant in one.variants:
            swatch = variant.metafields.get("cloudinary.swatch")
            pictured = files[variant.picture].filename if variant.picture else ""
            found[variant.sku] = (
                pictured.partition("-al")[0],
                files[swatch.value].filename.partition("-al")[0] if swatch else "",
            )
    return found


@days
def test_variants_get_their_pictures_and_swatches_and_undo_gives_the_old_ones_back(scene, day):
    place = dressed(scene)
    before = shown(place)
    galleries = {one.handle: list(one.media) for one in place.shop.products.values()}
    behave(place, DAYS[day])
    chosen = place.select(link_mode="reset", variant_pictures=True)
    sync = press(place, chosen)
    assert untrue(place, sync) + part_problem(sync) == []
    assert shown(place) == {key: (f"{key}-0", f"{key}-swatch") for key in KEYS}
    assert nothing_left(place, chosen) + doubles(place) == []
    undo(place, sync)
    assert shown(place) == before
    assert {one.handle: list(one.media) for one in place.shop.products.values()} == galleries


@days
def test_alt_texts_of_linked_pictures_are_written_and_given_back(scene, day):
    place = opened(scene)
    press(place, place.select())
    ours = {file.filename: file.alt for file in place.shop.files.values() if file.alt.startswith(SKUS)}
    behave(place, DAYS[day])
    chosen = place.select(alt_policy="overwrite")
    SelectedAsset.objects.filter(selection=chosen).update(alt="New", alt_source="typed")
    sync = press(place, chosen)
    assert untrue(place, sync) == []
    assert {place.shop.files[link.medium_id].alt for link in Link.objects.all()} == {"New"}
    undo(place, sync)
    assert {file.filename: file.alt for file in place.shop.files.values() if file.filename in ours} == ours


@days
def test_links_are_taken_out(scene, day):
    place = opened(scene)
    press(place, place.select())
    behave(place, DAYS[day])
    place.clicks += 1
    sync = finish(place, starting.unlink(place.member, list(Link.objects.all()), f"unlink-{place.clicks}"))
    applied(place, sync)
    assert untrue(place, Sync.objects.get(pk=sync.pk)) == []
    assert right(place, "append", **{sku: [] for sku in SKUS}) == []
    assert Link.objects.count() == 0


def test_slices_that_end_at_any_moment_do_not_begin_to_wait_anew(scene, settings):
    settings.LEASE_SECONDS = 1.5
    place = opened(scene)
    behave(place, EVERYTHING)
    chosen = place.select(link_mode="prepend")
    press(place, chosen)
    assert right(place, "prepend") + doubles(place) + nothing_left(place, chosen) == []


def test_a_dry_run_writes_nothing(scene):
    place = opened(scene)
    behave(place, EVERYTHING)
    sync = press(place, place.select(), dry_run=True)
    assert place.mutations() == []
    assert work(part_of(sync).pk) == Next.NOTHING
