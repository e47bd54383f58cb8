"""Another asset takes over a public ID: between selecting and fetching, and while Shopify fetches. The wrong picture is never
linked, and what nobody could ask Cloudinary about is not fetched."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from linking.domain.waiting import Wait
from linking.models import StoreFile
from linking.shopify import files
from tests.linking.renaming import (
    calls,
    change,
    colour_of,
    colours,
    delete,
    known,
    operations,
    overwrite,
    reasons,
    results,
    swap,
)
from tests.linking.syncing.test_uploads import press
from tests.scenes import Scene, asset, picture, product

RIGHT = ([colour_of(picture(1))], [colour_of(picture(2))])
NOT_ASKED = "AssetLink could not ask Cloudinary what this asset is now. Run again."


@pytest.fixture
def place(scene):
    return scene([product("a"), product("b")], [asset("front", "a", 1), asset("side", "b", 2)])


def shown(place: Scene) -> tuple[list, list]:
    return colours(place, "product-a"), colours(place, "product-b")


def before_each(monkeypatch, name: str, *happenings: Callable[[], Any]) -> None:
    """What happens right before the first, second, … call of this kind reaches Shopify."""
    real, left = getattr(files, name), list(happenings)

    def call(*args: object) -> object:
        if left:
            left.pop(0)()
        return real(*args)

    monkeypatch.setattr(files, name, call)


def stranger(place: Scene) -> None:
    place.world.environments[0].add_asset(content=picture(7), public_id="shop/front", display_name="stranger")


def use_up(place: Scene, left: int = 0) -> None:
    place.world.settings.change({"hourly_limit": calls(place) + left})


def in_files(place: Scene) -> dict[str, Sequence[int]]:
    """By the first word of their names."""
    ready = [file for file in place.shop.files.values() if file.status == "READY" and file.content]
    return {file.filename.partition("-al")[0]: colour_of(place.world.blobs.get(file.content.blob)) for file in ready}


@pytest.mark.parametrize("uploaded", [False, True])
@pytest.mark.cases(1)
def test_two_assets_that_change_names_right_before_the_run_keep_their_pictures(place, uploaded):
    chosen = place.select()
    swap(place, "front", "side")
    sync = press(place, chosen) if uploaded else place.run(chosen)
    assert {outcome for outcome, _ in results(sync).values()} == {"done"}
    assert in_files(place) == {"front": RIGHT[0][0], "side": RIGHT[1][0]}
    assert uploaded or shown(place) == RIGHT


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.cases(1)
def test_a_stranger_that_takes_a_name_within_two_minutes_is_not_linked(place, deleted):
    chosen = place.select()
    delete(place, "front") if deleted else change(place, "front", public_id="shop/renamed")
    stranger(place)
    sync = place.run(chosen)
    assert reasons(sync) == {"front": "asset.gone" if deleted else "", "side": ""}
    assert shown(place) == (([], RIGHT[1]) if deleted else RIGHT)


@pytest.mark.parametrize("uploaded", [False, True])
@pytest.mark.cases(1)
def test_files_that_were_fetched_while_names_changed_are_nobodys_and_asked_for_once_more(place, monkeypatch, uploaded):
    """Also where the answer to that gets lost, and both files carry the mark."""
    chosen, before = place.select(), calls(place)

    def lose() -> None:
        place.world.faults.add(service="shopify", kind="lost_answer", operation="fileCreate")

    before_each(monkeypatch, "create", lambda: swap(place, "front", "side"), lose)
    sync = press(place, chosen) if uploaded else place.run(chosen)
    assert {outcome for outcome, _ in results(sync).values()} == {"done"}
    assert uploaded or shown(place) == RIGHT
    assert operations(place).count("fileCreate") == 2
    assert list(StoreFile.objects.values_list("attempt", "state")) == [(2, "ready"), (2, "ready")]
    assert calls(place) == before + 4
    front, side = RIGHT[0][0], RIGHT[1][0]
    assert in_files(place) == {"front": side, "side": front, "front-2": front, "side-2": side}


def test_a_dry_run_takes_no_void_file_for_the_assets(place, monkeypatch):
    """It finds by their names what the ledger does not know as ready."""
    place.world.settings.change({"index_lag": 0})
    before_each(monkeypatch, "create", lambda: swap(place, "front", "side"))
    press(place, place.select())
    StoreFile.objects.update(state="failed", file_id="")
    sync = press(place, place.select(), dry_run=True)
    kept = sync.parts.get().changes.filter(change="keep").values_list("medium_id", flat=True)
    assert sorted(place.shop.files[id].filename.partition("-al")[0] for id in kept) == ["front-2", "side-2"]


def test_an_asset_that_is_deleted_while_it_is_fetched_is_not_linked(place, monkeypatch):
    chosen = place.select()
    before_each(monkeypatch, "create", lambda: (delete(place, "front"), stranger(place)))
    sync = place.run(chosen)
    assert reasons(sync) == {"front": "asset.gone", "side": ""}
    assert shown(place) == ([], RIGHT[1])


def test_a_short_outage_of_the_admin_api_is_waited_for(place):
    sync = place.run(place.select(), dry_run=True)
    swap(place, "front", "side")
    place.world.faults.add(service="cloudinary", kind="http_500", times=2)
    sync = place.apply(sync)
    assert {outcome for outcome, _ in results(sync).values()} == {"done"}
    assert shown(place) == RIGHT


def test_nothing_is_fetched_that_cloudinary_could_not_be_asked_about_and_what_is_there_is_linked(place, given_up):
    given_up(Wait.ASSETS)
    chosen = place.select()
    place.undo(place.run(place.select("side")))  # its file stays in the store
    fetched = operations(place).count("fileCreate")
    use_up(place)
    swap(place, "front", "side")
    sync = place.run(chosen)
    assert results(sync) == {"front": ("failed", ""), "side": ("done", "")}
    assert [line.reason.text for line in sync.parts.get().changes.filter(outcome="failed")] == [NOT_ASKED]
    retried = place.retry(sync)
    assert reasons(retried)["front"] == "file.not_asked"
    assert (operations(place).count("fileCreate"), shown(place)) == (fetched, ([], RIGHT[1]))
    place.world.settings.change({"hourly_limit": 500})
    assert results(place.retry(retried))["front"][0] == "done"
    assert shown(place) == RIGHT


def test_a_file_that_has_come_is_unconfirmed_until_cloudinary_answers_and_not_fetched_twice(
    place, monkeypatch, given_up
):
    given_up(Wait.ASSETS)
    chosen = place.select()
    before_each(monkeypatch, "create", lambda: use_up(place))
    sync = place.run(chosen)
    assert (reasons(sync)["front"], results(sync)["front"][0], shown(place)) == ("file.not_asked", "unknown", ([], []))
    place.world.settings.change({"hourly_limit": 500})
    place.run(chosen)
    assert (operations(place).count("fileCreate"), shown(place)) == (1, RIGHT)


@pytest.mark.parametrize("fetched", [False, True])
def test_an_asset_of_which_nothing_can_be_read_is_not_linked_and_holds_up_no_other(place, monkeypatch, fetched):
    chosen = place.select()
    if fetched:
        before_each(monkeypatch, "create", lambda: setattr(known(place, "front"), "version", None))
    else:
        known(place, "front").version = None
    sync = place.run(chosen)
    assert reasons(sync) == {"front": "file.not_asked", "side": ""}
    assert (results(sync)["front"][0], shown(place)) == ("unknown" if fetched else "failed", ([], RIGHT[1]))


@pytest.mark.parametrize("moment", ["before", "while", "away"])
@pytest.mark.cases(1)
def test_a_content_is_replaced_by_its_own_asset_or_not_at_all(scene, monkeypatch, given_up, moment):
    place = scene([], [asset("front", shade=1), asset("side", shade=2)])
    press(place, place.select())
    overwrite(place, "front", picture(9))
    sync = press(place, place.select(), new_versions="replace", dry_run=True)
    if moment == "while":
        before_each(monkeypatch, "replace", lambda: swap(place, "front", "side"))
    else:
        swap(place, "front", "side")
    if moment == "away":
        given_up(Wait.ASSETS)
        use_up(place)
    sync = place.apply(sync)
    away = moment == "away"
    assert results(sync)["front"][0] == ("failed" if away else "done")
    assert in_files(place) == {"front": colour_of(picture(1 if away else 9)), "side": colour_of(picture(2))}


def test_a_raw_asset_that_failed_is_asked_for_under_its_new_extension(scene, given_up):
    given_up(Wait.ASSETS)
    place = scene([], [])
    place.world.environments[0].add_asset(content=b"1", public_id="list.txt", raw=True, display_name="list")
    chosen = place.select()
    use_up(place)
    assert reasons(press(place, chosen)) == {"list": "file.not_asked"}
    change(place, "list", public_id="list.pdf")
    place.world.settings.change({"hourly_limit": 500})
    assert results(press(place, place.select())) == {"list": ("done", "")}
    assert [file.filename.rpartition(".")[2] for file in place.shop.files.values()] == ["pdf"]


def test_an_asset_whose_address_does_not_tell_its_public_id_as_it_is_is_asked_for_once(scene):
    """Of two slashes an address keeps one; the asset has not moved by that."""
    place = scene([product("a")], [asset("front", "a", 1, public_id="shop//front")])
    sync = place.run(place.select())
    assert operations(place).count("fileCreate") == 1
    assert "Renamed" not in str(list(sync.parts.get().changes.values_list("note", flat=True)))
