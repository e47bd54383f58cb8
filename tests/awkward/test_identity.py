"""A picture is known by what its own file says, never by its place in a list, nor by what an earlier run wrote down."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linking.domain.plan import MISPLACED
from linking.models import ChangeRow, Link, StoreFile
from tests.awkward.file_scenarios import KEYS, dressed, shown
from tests.awkward.meddling import admin
from tests.awkward.oracle import doubles, expected, nothing_left, problems, promised, right, same, untrue
from tests.awkward.shop import MODES, SKUS, applied, chosen, names, old, opened, press
from tests.scenes import picture
from tests.tiers import drawn, landing

THEIRS = {sku: old(sku) for sku in SKUS}


def exchanged(place, one: str, other: str) -> None:
    """As if the ids of a call's answer had been given out by place: two assets have each other's files in the ledger, and
    their galleries show each other's pictures."""
    first, second = (StoreFile.objects.get(name__startswith=f"{name}-al") for name in (one, other))
    ids = {first.file_id: second.file_id, second.file_id: first.file_id}
    for row in (first, second):
        row.file_id, row.proved = ids[row.file_id], False
        row.save()
    for link in Link.objects.filter(medium_id__in=ids):
        link.medium_id = ids[link.medium_id]
        link.save()
    for found in place.shop.products.values():
        found.media = [ids.get(id, id) for id in found.media]


@pytest.mark.parametrize("mode", landing(MODES, ["append", "reset", "in_place"]))
@pytest.mark.cases(1)
def test_pictures_that_an_earlier_run_mixed_up_are_put_right_by_the_next_one(scene, mode):
    place = opened(scene)
    press(place, chosen(place, mode))
    exchanged(place, "a0", "b0")
    assert len(right(place, promised(mode))) == 2
    selection = chosen(place, mode)
    sync = press(place, selection, dry_run=True)
    for part in sync.parts.all():
        for row in part.products.filter(handle__in=["product-a", "product-b"]):
            first = row.changes.order_by("place").first()
            assert (first.change, first.reason) == ("unlink", MISPLACED)
    theirs = {sku: [name for name in place.assets_in(f"product-{sku}") if name in old(sku)] for sku in SKUS}
    healed = applied(place, sync)
    assert untrue(place, healed) + problems(healed) + right(place, promised(mode)) + doubles(place) == []
    assert {sku: [n for n in place.assets_in(f"product-{sku}") if n in old(sku)] for sku in SKUS} == theirs
    assert not StoreFile.objects.filter(proved=False).exists()
    assert nothing_left(place, selection) == []


def copied(place, name: str) -> str:
    """A merchant copies a file of ours in the admin, and puts the copy into its gallery. Its name, as `assets_in` has it."""
    shop = place.shop
    original = next(file for file in shop.files.values() if file.filename.startswith(f"{name}-al"))
    row = {"originalSource": f"{place.url}/cdn/{shop.domain}/files/{original.filename}", "contentType": "IMAGE"}
    before = set(shop.files)
    admin(place, "FileCreate", files=[row | {"filename": original.filename, "duplicateResolutionMode": "APPEND_UUID"}])
    (copy,) = set(shop.files) - before
    while shop.files[copy].status != "READY":
        shop.settle()
    product_id = shop.product_with(f"product-{name[0]}").id
    admin(place, "FilesUpdate", files=[{"id": copy, "referencesToAdd": [product_id]}])
    assert "_" in shop.files[copy].filename
    return copy


@pytest.mark.parametrize("mode", landing(MODES, ["append", "reset", "in_place"]))
@pytest.mark.cases(1)
def test_a_copy_that_a_merchant_made_of_our_file_is_the_merchants(scene, mode):
    """It stays wherever a picture of theirs would stay; it leaves where the link mode gives its very place to an asset."""
    place = opened(scene)
    press(place, chosen(place, mode))
    copy = copied(place, "a1")
    product = place.shop.product_with("product-a")
    before = [
        "copy" if id == copy else name for id, name in zip(product.media, place.assets_in("product-a"), strict=True)
    ]
    selection = chosen(place, mode)
    sync = press(place, selection)
    after = [
        "copy" if id == copy else name for id, name in zip(product.media, place.assets_in("product-a"), strict=True)
    ]
    assert untrue(place, sync) == []
    assert after == expected(mode, before, names("a"))
    assert copy in product.media or mode in ("in_place", "reset")
    assert copy not in set(Link.objects.values_list("medium_id", flat=True))
    assert nothing_left(place, selection) == []


@pytest.mark.full
def test_a_copy_is_not_taken_for_our_file_when_that_is_gone(scene):
    place = opened(scene)
    press(place, chosen(place, "append"))
    copy = copied(place, "a1")
    admin(place, "FileDelete", fileIds=[StoreFile.objects.get(name__startswith="a1-al").file_id])
    StoreFile.objects.all().delete()
    sync = press(place, chosen(place, "append"))
    assert untrue(place, sync) == []
    row = StoreFile.objects.get(name__startswith="a1-al")
    assert row.file_id not in ("", copy)
    assert copy in place.shop.product_with("product-a").media
    assert place.assets_in("product-a")[-3:] == names("a")


@pytest.mark.full
def test_a_file_is_found_among_hundreds_whose_names_contain_its_own(scene):
    """After an answer that was lost: nothing is asked for a second time."""
    place = opened(scene)
    press(place, chosen(place, "append"), dry_run=True)
    names_of = list(StoreFile.objects.values_list("name", flat=True))
    assert len(names_of) == 9
    for at in range(3):
        pictures = [
            {"content": picture(n % 7), "filename": name.replace(".jpg", f"-{at}{n}.jpg"), "alt": ""}
            for n in range(12)
            for name in names_of
        ]
        place.shop.add_product(handle=f"others-{at}", title="Others", pictures=pictures)
    assert len(place.shop.files) > 300
    place.world.faults.add(service="shopify", kind="lost_answer", operation="fileCreate")
    selection = chosen(place, "append")
    sync = press(place, selection)
    assert untrue(place, sync) + problems(sync) + right(place, promised("append")) + doubles(place) == []
    assert [entry["operation"] for entry in place.mutations()].count("fileCreate") == 1
    assert nothing_left(place, selection) == []


@given(draws=st.lists(st.integers(1, 10**9 - 1), min_size=2, max_size=2), doubled=st.booleans(), lost=st.booleans())
@settings(max_examples=drawn(2, 40), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_files_and_products_are_paired_whatever_the_order_of_every_list(scene, draws, doubled, lost):
    """Files of a call, of a search and of a status, galleries, variants and metafields: each list comes in a drawn order,
    another one for reads than for writes."""
    place = dressed(scene)
    faults = place.world.faults
    for match, draw in zip(("query ", "mutation "), draws, strict=True):
        faults.add(service="shopify", kind="lists_shuffled", match=match, code=str(draw), times=None)
    if lost:
        faults.add(service="shopify", kind="lost_answer", operation="fileCreate")
    if doubled:
        faults.add(service="shopify", kind="ids_twice", times=None)
    selection = chosen(place, "reset", variant_pictures=True)
    sync = press(place, selection)
    assert untrue(place, sync) + problems(sync) == []
    wanted = [f"{key}{at}-{n}" for at in range(2) for key in ("red", "blue") for n in range(2)]
    files = [name for at in range(2) for name in place.gallery(f"shirt-{at}")]
    assert [name.partition("-al")[0] for name in files] == wanted
    assert same("variants", shown(place), {key: (f"{key}-0", f"{key}-swatch") for key in KEYS}) == []
    assert nothing_left(place, selection) + doubles(place) == []
    assert ChangeRow.objects.filter(part__sync=sync).exclude(outcome="done").count() == 0
