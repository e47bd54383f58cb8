"""Uploads to the Files of a store: every asset one file, once."""

import pytest

from linking.models import ChangeRow, SelectedAsset, StoreFile, StoreSync
from linking.runs import CannotStart
from tests import pressing, totals
from tests.films import clip
from tests.scenes import asset, part_of, product
from tests.scenes import picture as content
from tests.tiers import product_of


def press(place, selection, *, dry_run=False, **known):
    place.clicks += 1
    return place.finish(pressing.upload(selection, f"upload-{place.clicks}", dry_run=dry_run, **known))


def reported(sync) -> dict[str, tuple[str, str]]:
    return {row.name: (row.change, row.outcome) for row in ChangeRow.objects.filter(part__sync=sync)}


def reasons(sync) -> dict[str, str]:
    return {row.name: str(row.reason) for row in ChangeRow.objects.filter(part__sync=sync)}


def operations(place) -> list[str]:
    return [entry["operation"] for entry in place.mutations()]


def names(place) -> list[str]:
    return sorted(file.filename.partition("-al")[0] for file in place.shop.files.values() if file.status == "READY")


def new_version(place, name: str, shade: int) -> None:
    """Somebody uploads the asset again in the Media Library."""
    environment = place.world.environments[0]
    known = next(row for row in environment.assets.values() if row.display_name == name)
    environment.overwrite(known, content(shade))


def test_every_asset_becomes_one_file_and_no_product_is_touched(scene):
    place = scene([product("a")], [asset("banner", shade=1, context={"alt": "A banner"}), asset("logo", "a", 2)])
    sync = press(place, place.select())
    assert reported(sync) == {"banner": ("add", "done"), "logo": ("add", "done")}
    assert names(place) == ["banner", "logo"]
    assert place.gallery("product-a") == []
    assert operations(place) == ["fileCreate"]
    [banner] = [file for file in place.shop.files.values() if file.filename.startswith("banner")]
    assert banner.alt == "A banner"


def test_the_second_time_nothing_is_written_and_everything_is_unchanged(scene):
    place = scene([], [asset("banner", shade=1), asset("logo", shade=2)])
    chosen = place.select()
    press(place, chosen)
    before = operations(place)
    assert set(reported(press(place, chosen)).values()) == {("keep", "unchanged")}
    assert operations(place) == before


def test_a_lost_ledger_doubles_no_file_and_a_dry_run_knows_it(scene):
    place = scene([], [asset("banner", shade=1)])
    place.world.settings.change({"index_lag": 0.0})  # a dry run knows what searches see
    press(place, place.select())
    StoreFile.objects.all().delete()
    assert reported(press(place, place.select(), dry_run=True)) == {"banner": ("keep", "unchanged")}
    assert reported(press(place, place.select()))["banner"][1] == "done"
    assert names(place) == ["banner"]


def test_a_dry_run_writes_nothing_and_is_applied_as_shown(scene):
    place = scene([], [asset("banner", shade=1)])
    sync = press(place, place.select(), dry_run=True)
    assert part_of(sync).state == StoreSync.State.PLANNED
    assert place.mutations() == []
    assert reported(place.apply(sync)) == {"banner": ("add", "done")}


def test_what_somebody_deleted_in_the_store_is_brought_again(scene):
    place = scene([], [asset("banner", shade=1)])
    press(place, place.select())
    [file_id] = place.shop.files
    place.delete_file(file_id)
    assert reported(press(place, place.select())) == {"banner": ("add", "done")}
    assert names(place) == ["banner"]


def test_a_linked_picture_of_the_same_rendition_is_the_same_file(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    place.run(place.select())
    assert reported(press(place, place.select())) == {"front": ("keep", "unchanged")}
    assert len(place.shop.files) == 1


def test_a_run_whose_file_got_another_content_since_is_reported_and_undone_as_before(scene):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1)])
    before = place.gallery("product-a")
    linked = place.run(place.select(variant_pictures=True))
    [line] = totals.csv_rows(linked)
    new_version(place, "front", 5)
    press(place, place.select(), new_versions="replace")
    assert totals.csv_rows(linked) == [line]
    assert line["Shopify file ID"]
    back = place.finish(pressing.undo(linked, place.member, "u"))
    assert ("unlink", "front") in set(part_of(back).changes.values_list("change", "name"))
    place.apply(back)
    assert place.gallery("product-a") == before
    assert [variant.picture for variant in place.shop.product_with("product-a").variants] == [None]


@pytest.mark.full
def test_a_plan_never_puts_an_older_version_back_over_a_newer_one(scene):
    place = scene([], [asset("banner", shade=1)])
    press(place, place.select())
    new_version(place, "banner", 5)
    plan = press(place, place.select(), dry_run=True, new_versions="replace")
    new_version(place, "banner", 6)
    assert reported(press(place, place.select(), new_versions="replace")) == {"banner": ("replace", "done")}
    written = operations(place)
    done = place.apply(plan)
    assert reported(done) == {"banner": ("replace", "failed")}
    assert "newer version" in reasons(done)["banner"]
    assert operations(place) == written
    assert set(reported(press(place, place.select())).values()) == {("keep", "unchanged")}


def test_an_excluded_asset_stays_out(scene):
    place = scene([], [asset("banner", shade=1)])
    chosen = place.select()
    SelectedAsset.objects.filter(selection=chosen).update(excluded=True)
    sync = press(place, chosen)
    assert (reported(sync), reasons(sync)) == ({"banner": ("skip", "skipped")}, {"banner": "Excluded by hand."})


def test_a_file_that_shopify_refuses_fails_alone_and_is_tried_again_alone(scene):
    place = scene([], [asset("good", shade=1), asset("bad", shade=2)])
    place.world.faults.add(service="shopify", kind="media_fails", match="bad", code="IMAGE_PROCESSING_FAILURE")
    sync = press(place, place.select())
    assert reported(sync) == {"good": ("add", "done"), "bad": ("add", "failed")}
    again = place.retry(sync)
    assert reported(again) == {"bad": ("add", "done")}
    assert names(place) == ["bad-2", "good"]


def test_a_new_version_is_added_as_a_file_of_its_own_unless_it_shall_replace_the_old_one(scene):
    place = scene([], [asset("banner", shade=1)])
    press(place, place.select())
    new_version(place, "banner", 5)
    sync = press(place, place.select())
    assert reported(sync) == {"banner": ("add", "done")}
    assert reasons(sync)["banner"].startswith("An older version of this asset is in the store")
    assert len(place.shop.files) == 2


def test_a_replaced_content_keeps_the_file_and_the_second_time_there_is_nothing_to_do(scene):
    place = scene([], [asset("banner", shade=1)])
    press(place, place.select())
    [before] = place.shop.files.values()
    old = before.content
    new_version(place, "banner", 5)
    shown = press(place, place.select(), dry_run=True, new_versions="replace")
    assert reported(shown) == {"banner": ("replace", "pending")}
    sync = place.apply(shown)
    assert reported(sync) == {"banner": ("replace", "done")}
    [after] = place.shop.files.values()
    assert after.id == before.id
    assert after.content != old
    done = operations(place)
    assert reported(press(place, place.select(), new_versions="replace")) == {"banner": ("keep", "unchanged")}
    assert operations(place) == done == ["fileCreate", "fileUpdate"]


@pytest.mark.parametrize(
    ("operation", "kind"), product_of(["fileCreate", "fileUpdate"], ["lost_answer", "error_after", "http_503", "reset"])
)
@pytest.mark.cases(2)
def test_an_answer_that_never_came_doubles_nothing(scene, kind, operation):
    place = scene([], [asset("banner", shade=1), asset("logo", shade=2)])
    if operation == "fileUpdate":
        press(place, place.select())
        new_version(place, "banner", 5)
    place.world.faults.add(service="shopify", kind=kind, operation=operation)
    sync = press(place, place.select(), new_versions="replace")
    assert {outcome for _, outcome in reported(sync).values()} <= {"done", "unchanged"}
    assert names(place) == ["banner", "logo"]


def test_alt_texts_of_files_that_are_there_follow_the_policy(scene):
    place = scene([], [asset("banner", shade=1, context={"alt": "Old"})])
    press(place, place.select())
    chosen = place.select(alt_policy="overwrite")
    SelectedAsset.objects.filter(selection=chosen).update(alt="New", alt_source="typed")
    assert reported(press(place, chosen)) == {"banner": ("keep", "done")}
    assert [file.alt for file in place.shop.files.values()] == ["New"]
    assert reported(press(place, chosen)) == {"banner": ("keep", "unchanged")}


def test_an_upload_is_not_undone(scene):
    place = scene([], [asset("banner", shade=1)])
    sync = press(place, place.select())
    with pytest.raises(CannotStart, match="never deletes"):
        pressing.undo(sync, place.member, "undo")


def test_an_aborted_upload_tells_every_asset_and_the_next_one_goes_on(scene):
    from django.utils import timezone

    place = scene([], [asset(f"p{at}", shade=at) for at in range(5)])
    chosen = place.select()
    place.clicks += 1
    sync = pressing.upload(chosen, "pressed", dry_run=False)
    type(sync).objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
    place.finish(sync)
    assert [outcome for _, outcome in reported(sync).values()] == ["aborted"] * 5
    assert place.mutations() == []
    assert {outcome for _, outcome in reported(press(place, chosen)).values()} == {"done"}


PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def kinds(place) -> dict[str, str]:
    return {file.filename.partition("-al")[0]: file.kind for file in place.shop.files.values()}


def test_whatever_is_neither_picture_nor_video_is_a_file_with_its_own_bytes(scene):
    place = scene([], [asset("guide", content=PDF)])
    environment = place.world.environments[0]
    environment.add_asset(content=b"PK\x03\x04 whatever", public_id="shop/sizes.zip", raw=True)
    environment.add_asset(content=b"ID3 a sound", public_id="shop/jingle")
    sync = press(place, place.select())
    assert set(reported(sync).values()) == {("add", "done")}
    assert kinds(place) == {"guide": "GenericFile", "sizes-zip": "GenericFile", "jingle": "GenericFile"}
    kept = {file.filename.rpartition(".")[2]: file for file in place.shop.files.values()}
    assert place.world.blobs.get(kept["pdf"].content.blob) == PDF
    assert place.world.blobs.get(kept["zip"].content.blob) == b"PK\x03\x04 whatever"
    assert set(reported(press(place, place.select())).values()) == {("keep", "unchanged")}


def test_a_raw_file_without_an_extension_stays_out_with_the_reason(scene):
    place = scene([], [])
    place.world.environments[0].add_asset(content=b"what?", public_id="shop/readme", raw=True)
    sync = press(place, place.select())
    assert reported(sync) == {"readme": ("skip", "skipped")}
    assert "no extension" in reasons(sync)["readme"]


def test_a_file_larger_than_shopify_takes_stays_out_with_the_reason(scene, monkeypatch):
    place = scene([], [asset("guide", content=PDF)])
    monkeypatch.setattr("linking.domain.limits.FILE_BYTES", len(PDF) - 1)
    sync = press(place, place.select())
    assert reported(sync) == {"guide": ("skip", "skipped")}
    assert "Shopify takes 20 MB" in reasons(sync)["guide"]
    assert place.mutations() == []


def test_the_content_of_a_pdf_is_replaced_at_the_same_address(scene):
    place = scene([], [asset("guide", content=PDF)])
    press(place, place.select())
    [before] = place.shop.files.values()
    environment = place.world.environments[0]
    [row] = environment.assets.values()
    environment.overwrite(row, PDF + b"% second edition\n")
    assert reported(press(place, place.select(), new_versions="replace")) == {"guide": ("replace", "done")}
    [after] = place.shop.files.values()
    assert (after.id, after.filename) == (before.id, before.filename)
    assert place.world.blobs.get(after.content.blob).endswith(b"second edition\n")


def test_a_video_is_streamed_to_the_files_and_no_picture_waits_for_it(scene):
    place = scene([], [asset("film", content=clip()), asset("banner", shade=1)])
    assert reported(press(place, place.select())) == {"film": ("add", "done"), "banner": ("add", "done")}
    assert kinds(place) == {"film": "Video", "banner": "MediaImage"}
    assert operations(place) == ["fileCreate", "stagedUploadsCreate", "fileCreate"]
    done = operations(place)
    assert set(reported(press(place, place.select())).values()) == {("keep", "unchanged")}
    assert operations(place) == done


def test_a_new_version_of_a_video_is_added_for_no_videos_content_can_be_replaced(scene):
    place = scene([], [asset("film", content=clip())])
    press(place, place.select())
    environment = place.world.environments[0]
    [row] = environment.assets.values()
    environment.overwrite(row, clip(24))
    sync = press(place, place.select(), new_versions="replace")
    assert reported(sync) == {"film": ("add", "done")}
    assert reasons(sync)["film"].startswith("Shopify cannot replace the content of a video")
    assert len(place.shop.files) == 2


def test_a_new_version_in_another_format_is_added_for_the_file_keeps_its_extension(scene):
    place = scene([], [asset("banner", shade=1)])
    press(place, place.select())
    environment = place.world.environments[0]
    [row] = environment.assets.values()
    environment.overwrite(row, content(5, (40, 50), "PNG"))
    sync = press(place, place.select(), new_versions="replace")
    assert reported(sync) == {"banner": ("add", "done")}
    assert sorted(name.rpartition(".")[2] for name in place.shop.names) == ["jpg", "png"]


def test_a_replaced_file_is_the_new_version_for_linking_too(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    place.run(place.select())
    new_version(place, "front", 5)
    press(place, place.select(), new_versions="replace")
    done = operations(place)
    sync = place.run(place.select())
    assert part_of(sync).products.get().state == "unchanged"
    assert operations(place) == done
    assert len(place.gallery("product-a")) == 1


def test_the_plan_names_the_galleries_in_which_a_replaced_file_is_shown(scene):
    place = scene([product("a", title="Oak chair")], [asset("front", "a", 1)])
    place.run(place.select())
    new_version(place, "front", 5)
    shown = press(place, place.select(), dry_run=True, new_versions="replace")
    assert reasons(shown)["front"].startswith("It is in the gallery of “Oak chair”.")


def test_a_replacement_that_shopify_does_not_carry_out_fails_and_is_tried_again_by_the_next_run(scene, settings):
    settings.PATIENCE = 0.01
    place = scene([], [asset("banner", shade=1)])
    press(place, place.select())
    new_version(place, "banner", 5)
    place.world.faults.add(
        service="shopify", kind="media_fails", match="banner", code="IMAGE_DOWNLOAD_FAILURE", times=3
    )
    sync = press(place, place.select(), new_versions="replace")
    assert reported(sync) == {"banner": ("replace", "failed")}
    assert "did not take the new content" in reasons(sync)["banner"]
    again = place.retry(sync)
    assert again.dry_run, "what replaces contents is always shown first"
    assert reported(place.apply(again)) == {"banner": ("replace", "done")}
    assert len(place.shop.files) == 1


@pytest.mark.full
def test_a_file_deleted_before_its_content_is_replaced_fails_alone(scene):
    place = scene([], [asset("banner", shade=1), asset("logo", shade=2)])
    press(place, place.select())
    new_version(place, "banner", 5)
    new_version(place, "logo", 6)
    shown = press(place, place.select(), dry_run=True, new_versions="replace")
    [gone] = [file.id for file in place.shop.files.values() if file.filename.startswith("banner")]
    place.delete_file(gone)
    sync = place.apply(shown)
    assert reported(sync) == {"banner": ("replace", "failed"), "logo": ("replace", "done")}
    assert reported(place.apply(place.retry(sync))) == {"banner": ("add", "done")}


@pytest.mark.full
def test_alt_texts_of_many_files_fail_one_by_one(scene):
    place = scene([], [asset("banner", shade=1), asset("logo", shade=2)])
    press(place, place.select())
    chosen = place.select(alt_policy="overwrite")
    SelectedAsset.objects.filter(selection=chosen).update(alt="New", alt_source="typed")
    shown = press(place, chosen, dry_run=True)
    [gone] = [file.id for file in place.shop.files.values() if file.filename.startswith("banner")]
    place.delete_file(gone)
    assert reported(place.apply(shown)) == {"banner": ("keep", "failed"), "logo": ("keep", "done")}
    assert [file.alt for file in place.shop.files.values()] == ["New"]
