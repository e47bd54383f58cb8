"""What a person typed, accepted, or called decorative is set whatever the policy; texts that come from fields obey it."""

import pytest

from linking.domain.fields import CloudinaryField
from linking.models import StoreFile, Sync
from linking.selection import run_again
from linking.selection.alt_texts import deciding
from linking.selection.locking import edit
from tests import pressing, totals
from tests.scenes import asset, part_of, product
from tests.scenes import picture as content

NAMES = ["typed", "accepted", "decorative", "filled", "own", "none"]
BEFORE = {name: f"Old {name}" for name in NAMES}
AFTER = {**BEFORE, "typed": "Typed words", "accepted": "Accepted words", "decorative": ""}


@pytest.fixture
def place(scene):
    """Everything is in the gallery already, and somebody wrote alt texts in the Shopify admin."""
    known = {"own": {"alt": "Its own words"}, "filled": {"title": "A title"}}
    pictures = [asset(name, "a", at, context=known.get(name, {})) for at, name in enumerate(NAMES)]
    return scene([product("a"), product("b")], pictures)


def described(place, texts=BEFORE) -> None:
    """Somebody writes alt texts in the Shopify admin."""
    place.elsewhere("FileUpdate", files=[{"id": ids(place)[name], "alt": text} for name, text in texts.items()])


def ids(place) -> dict[str, str]:
    files = place.shop.files.values()
    return {file.filename.split("-al")[0]: file.id for file in files if "-al" in file.filename}


def texts(place) -> dict[str, str]:
    return {name: place.shop.files[id].alt for name, id in ids(place).items()}


def decide(selection, change, name: str = "", *args) -> None:
    selection.refresh_from_db()
    with edit(selection, selection.version) as row:
        rows = [deciding.asset_at(row, str(NAMES.index(name)))] if name else []
        change(row, *rows, *args)


def decided(place, **chosen):
    """A selection in which a person has decided on some of the texts."""
    selection = place.select(*NAMES, **chosen)
    decide(selection, deciding.write, "typed", "Typed words")
    selection.assets.filter(place=NAMES.index("accepted")).update(caption="Accepted words", caption_state="offered")
    decide(selection, deciding.accept, "accepted")
    decide(selection, deciding.leave_empty, "decorative")
    decide(selection, lambda row: deciding.fill(row, CloudinaryField.parse("context:title"), "Title"))
    return selection


def upload(place, selection, **known) -> Sync:
    place.clicks += 1
    return place.finish(
        pressing.upload(selection, f"upload-{place.clicks}", **{"dry_run": False, "new_versions": "add"} | known)
    )


def planned(sync) -> dict[str, tuple[str, str | None]]:
    """Of lines that change a text: what it is and what it shall be."""
    return {row.name: (row.alt_before, row.alt_after) for row in part_of(sync).changes.exclude(alt_after=None)}


CHANGED = {name: (BEFORE[name], AFTER[name]) for name in NAMES if BEFORE[name] != AFTER[name]}


def in_csv(sync) -> dict[str, tuple[str, str]]:
    rows = totals.csv_rows(sync)
    reported = {row["Asset"]: (row["Alt text before"], row["Alt text after"]) for row in rows}
    return {name: texts for name, texts in reported.items() if name in CHANGED}


def test_pictures_in_the_gallery_get_what_the_person_decided_and_keep_the_rest(place):
    place.run(place.select(*NAMES))
    described(place)
    selection = decided(place)
    shown = place.run(selection, dry_run=True)
    assert planned(shown) == in_csv(shown) == CHANGED
    assert texts(place) == BEFORE
    done = place.apply(shown)
    assert texts(place) == AFTER
    assert in_csv(done) == CHANGED
    reported = totals.details_of(done)
    assert "Typed words" in reported
    assert "Accepted words" in reported


def test_the_second_time_nothing_is_written(place):
    place.run(place.select(*NAMES))
    described(place)
    selection = decided(place)
    place.run(selection)
    written = len(place.mutations())
    again = place.run(selection)
    assert set(part_of(again).changes.values_list("outcome", flat=True)) == {"unchanged"}
    assert len(place.mutations()) == written


def test_undo_gives_the_old_texts_back_also_one_that_was_cleared(place):
    place.run(place.select(*NAMES))
    described(place)
    place.undo(place.run(decided(place)))
    assert texts(place) == BEFORE


@pytest.mark.full
def test_files_that_come_into_a_gallery_from_the_stores_files_get_them_too_and_undo_takes_them_back(place):
    upload(place, place.select(*NAMES))
    described(place)
    shown = place.run(decided(place), dry_run=True)
    assert planned(shown) == in_csv(shown) == CHANGED
    done = place.apply(shown)
    assert texts(place) == AFTER
    place.undo(done)
    assert place.gallery("product-a") == []
    assert texts(place) == BEFORE


def test_a_text_that_was_changed_in_the_admin_since_is_set_again(place):
    """The ledger knows the text that the file was made with, and not what somebody wrote over it."""
    upload(place, decided(place))
    assert texts(place) == {**AFTER, "filled": "A title", "own": "Its own words", "none": ""}
    described(place)
    place.run(decided(place))
    assert texts(place) == AFTER


@pytest.mark.parametrize("policy", ["fill", "overwrite"])
@pytest.mark.cases(1)
def test_a_file_that_somebody_described_in_the_admin_meets_the_policy_as_it_is_now(place, policy):
    upload(place, place.select(*NAMES))
    described(place)
    place.run(decided(place, alt_policy=policy))
    by_policy = {"filled": "A title", "own": "Its own words"} if policy == "overwrite" else {}
    assert texts(place) == {**AFTER, **by_policy}


def test_an_upload_sets_them_too(place):
    upload(place, place.select(*NAMES))
    described(place)
    selection = decided(place)
    shown = upload(place, selection, dry_run=True)
    assert planned(shown) == in_csv(shown) == CHANGED
    assert texts(place) == BEFORE
    done = place.apply(shown)
    assert (texts(place), in_csv(done)) == (AFTER, CHANGED)
    assert "Typed words" in totals.page_of(done)
    written = len(place.mutations())
    assert planned(upload(place, selection)) == {}
    assert len(place.mutations()) == written


def test_files_that_the_ledger_has_lost_get_them_and_a_dry_run_of_an_upload_knows_it(place):
    place.world.settings.change({"index_lag": 0.0})
    upload(place, place.select(*NAMES))
    described(place)
    StoreFile.objects.all().delete()
    assert planned(upload(place, decided(place), dry_run=True)) == CHANGED
    done = upload(place, decided(place))
    assert set(part_of(done).changes.values_list("change", "outcome")) == {("add", "done")}
    assert (texts(place), planned(done)) == (AFTER, CHANGED)


def test_a_gallery_gets_them_on_files_that_the_ledger_has_lost(place):
    place.world.settings.change({"index_lag": 0.0})
    upload(place, place.select(*NAMES))
    described(place)
    StoreFile.objects.all().delete()
    done = place.run(decided(place))
    assert (texts(place), planned(done)) == (AFTER, CHANGED)


def test_a_file_whose_content_is_replaced_gets_its_text_with_it(scene):
    place = scene([], [asset("typed", shade=1)])
    upload(place, place.select("typed"))
    described(place, {"typed": "Old typed"})
    before = place.shop.files[ids(place)["typed"]].content
    environment = place.world.environments[0]
    environment.overwrite(next(iter(environment.assets.values())), content(5))
    selection = place.select("typed")
    decide(selection, deciding.write, "typed", "Typed words")
    shown = upload(place, selection, dry_run=True, new_versions="replace")
    assert planned(shown) == {"typed": ("Old typed", "Typed words")}
    done = place.apply(shown)
    assert list(part_of(done).changes.values_list("change", "outcome")) == [("replace", "done")]
    assert texts(place) == {"typed": "Typed words"}
    assert place.shop.files[ids(place)["typed"]].content != before


@pytest.mark.parametrize("kind", ["link", "upload"])
@pytest.mark.cases(1)
def test_a_file_that_an_earlier_run_asked_for_and_never_saw_gets_the_text_of_now(place, kind):
    """It comes with the text of then."""
    upload(place, place.select("typed"))
    StoreFile.objects.update(state="late", pending_id=ids(place)["typed"], file_id="")
    selection = place.select("typed")
    decide(selection, deciding.write, "typed", "Typed words")
    done = place.run(selection) if kind == "link" else upload(place, selection)
    assert set(part_of(done).changes.values_list("outcome", flat=True)) == {"done"}
    assert texts(place) == {"typed": "Typed words"}


def test_the_text_of_a_file_is_tried_again_when_it_was_refused(place):
    upload(place, place.select(*NAMES))
    described(place)
    place.world.faults.add(service="shopify", kind="refused", operation="fileUpdate", code="INVALID", times=None)
    failed = upload(place, decided(place))
    outcomes = dict(part_of(failed).changes.values_list("name", "outcome"))
    assert {name for name, outcome in outcomes.items() if outcome == "failed"} == set(CHANGED)
    place.world.faults.clear()
    place.retry(failed)
    assert texts(place) == AFTER


def test_a_new_picture_comes_with_its_text_and_undoing_it_changes_no_other_gallery(place):
    selection = place.select("typed")
    decide(selection, deciding.write, "typed", "Typed words")
    done = place.run(selection)
    assert planned(done) == {}
    assert texts(place) == {"typed": "Typed words"}
    place.undo(done)
    assert texts(place) == {"typed": "Typed words"}


def old(sync: Sync) -> Sync:
    """As a run of an earlier version kept it: nobody knows where its texts are from."""
    Sync.objects.filter(pk=sync.pk).update(
        arrangement={name: value for name, value in sync.arrangement.items() if name != "alt_sources"}
    )
    return Sync.objects.get(pk=sync.pk)


@pytest.mark.full
def test_an_arrangement_of_an_earlier_version_is_still_read_and_goes_on_as_it_began(place):
    place.run(place.select(*NAMES))
    described(place)
    shown = old(place.run(decided(place), dry_run=True))
    part = part_of(shown)
    part.rows().update(state="planning")
    assert planned(place.finish(shown)) == {}
    Sync.objects.filter(pk=shown.pk).update(alt_policy="overwrite")
    part.rows().update(state="planning")
    reported = planned(place.finish(Sync.objects.get(pk=shown.pk)))
    assert reported["typed"] == ("Old typed", "Typed words")
    assert "decorative" not in reported


def sources(selection) -> dict[str, str]:
    return {NAMES[row.place]: row.alt_source for row in selection.assets.exclude(alt_source="")}


def test_run_again_knows_where_texts_are_from_as_far_as_the_run_kept_it(place):
    sync = place.run(decided(place), dry_run=True)
    assert sources(run_again.again(sync, place.member)) == {
        "typed": "typed",
        "accepted": "ai",
        "decorative": "typed",
        "filled": "field",
    }
    assert set(sources(run_again.again(old(sync), place.member)).values()) == {"typed"}


@pytest.mark.full
def test_an_older_picture_of_the_asset_that_leaves_is_not_described(scene):
    place = scene([product("a")], [asset("typed", "a", 1)])
    upload(place, place.select())
    environment = place.world.environments[0]
    environment.overwrite(next(iter(environment.assets.values())), content(5))
    upload(place, place.select())
    both = [file.id for file in place.shop.files.values()]
    shelf = [place.shop.product_with("product-a").id]
    place.elsewhere("FileUpdate", files=[{"id": id, "referencesToAdd": shelf} for id in both])
    selection = place.select("typed")
    decide(selection, deciding.write, "typed", "Typed words")
    sync = place.run(selection)
    lines = part_of(sync).changes.values_list("change", "medium_id", "alt_after")
    assert set(lines) == {("keep", both[1], "Typed words"), ("unlink", both[0], None)}
    assert [place.shop.files[id].alt for id in both] == ["", "Typed words"]
