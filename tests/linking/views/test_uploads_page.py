"""The page Upload to Store Files: what it shows, what it saves, and the run that its buttons make."""

import json

import pytest

from linking import runs
from linking.models import Link, SelectedAsset, StoreFile, Sync
from setup.reasons import said
from setup.security.actors import Actor
from tests.linking.visits import enter, open_page, text_of
from tests.scenes import asset, product
from tests.scenes import picture as content


@pytest.fixture
def visit(client):
    def enter_with(place, selection):
        enter(client, place.member, selection)
        return client

    return enter_with


def send(client, selection, name: str, **fields):
    selection.refresh_from_db()
    return client.post(f"/selections/{selection.key}/upload/{name}/", {"version": selection.version, **fields})


def upload(client, place, selection, **fields) -> Sync:
    """Press the button, and let the run go on to its end."""
    place.clicks += 1
    answer = client.post(f"/selections/{selection.key}/upload/syncs/", {"token": f"t{place.clicks}", **fields})
    key = answer["Location"].rstrip("/").rpartition("/")[2]
    return place.finish(Sync.objects.get(key=key))


def new_version(place, name: str, shade: int) -> None:
    environment = place.world.environments[0]
    known = next(row for row in environment.assets.values() if row.display_name == name)
    environment.overwrite(known, content(shade))


def test_the_tab_opens_the_selection_of_the_launch(scene, visit):
    place = scene([], [asset("banner", shade=1)])
    selection = place.select()
    client = visit(place, selection)
    assert client.get("/uploads/")["Location"] == f"/selections/{selection.key}/upload"
    page = client.get(f"/selections/{selection.key}/upload")
    assert 'id="tab-upload" href="/uploads/" aria-current="page"' in page.content.decode()
    assert f'id="session-reload" href="/selections/{selection.key}/upload"' in page.content.decode()
    assert "Upload to Shopify Files: Upload 1 asset to 1 store" in text_of(page)


def test_without_a_store_or_an_asset_nothing_can_be_started(scene, visit):
    place = scene([], [asset("banner", shade=1)])
    selection = place.select(stores=[])
    client = visit(place, selection)
    page = client.get(f"/selections/{selection.key}/upload")
    assert "Choose a store to upload to." in text_of(page)
    answer = client.post(f"/selections/{selection.key}/upload/syncs/", {"token": "t"})
    assert answer["Location"] == f"/selections/{selection.key}/upload"
    assert not Sync.objects.exists()


def test_a_tick_at_a_store_is_saved_at_once_and_the_button_follows(scene, visit):
    place = scene([], [asset("banner", shade=1)], stores=2)
    selection = place.select(stores=[])
    client = visit(place, selection)
    answer = send(client, selection, "settings", stores=[store.pk for store in place.stores], alt_policy="fill")
    selection.refresh_from_db()
    assert selection.stores.count() == 2
    assert selection.alt_policy == "fill"
    assert "Upload 1 asset to 2 stores" in text_of(answer)
    assert json.loads(answer["HX-Trigger"])["list-changed"] is not None


def test_settings_of_linking_stay_as_they_were(scene, visit):
    place = scene([], [asset("banner", shade=1)])
    selection = place.select(link_mode="prepend", variant_pictures=True, pattern="^(x)")
    send(visit(place, selection), selection, "settings", stores=[place.stores[0].pk])
    selection.refresh_from_db()
    assert (selection.link_mode, selection.variant_pictures, selection.pattern) == ("prepend", True, "^(x)")


def test_an_asset_is_excluded_and_the_toast_takes_it_back(scene, visit):
    place = scene([], [asset("banner", shade=1), asset("logo", shade=2)])
    selection = place.select("banner", "logo")
    client = visit(place, selection)
    answer = send(client, selection, "edit", do="exclude", a="1")
    assert SelectedAsset.objects.get(selection=selection, excluded=True).place == 1
    assert "Upload 1 asset to 1 store" in text_of(answer)
    assert f'data-edit-url="/selections/{selection.key}/upload/edit/"' in answer.content.decode()
    answer = send(client, selection, "edit", do="undo")
    assert not SelectedAsset.objects.filter(excluded=True).exists()
    assert "Upload 2 assets to 1 store" in text_of(answer)


@pytest.mark.parametrize(("name", "fields"), [("settings", {}), ("edit", {"do": "exclude", "a": "0"})])
def test_an_edit_of_an_older_state_changes_nothing_and_shows_the_present_one(scene, visit, name, fields):
    place = scene([], [asset("banner", shade=1)])
    selection = place.select()
    client = visit(place, selection)
    answer = client.post(f"/selections/{selection.key}/upload/{name}/", {"version": 99, **fields})
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#board")
    assert "changed in another tab" in text_of(answer)
    assert selection.stores.count() == 1
    assert not SelectedAsset.objects.filter(excluded=True).exists()


def test_the_list_comes_in_parts_and_every_asset_once(scene, visit):
    place = scene([], [asset(f"p{at:03}", shade=at) for at in range(130)])
    selection = place.select()
    client = visit(place, selection)
    seen: list[str] = []
    address = f"/selections/{selection.key}/upload"
    page = client.get(address).content.decode()
    while True:
        seen += [part.partition('"')[0] for part in page.split('id="f-')[1:]]
        if "?after=" not in page:
            break
        page = client.get(f"{address}/assets/?after={page.split('?after=')[1].partition(chr(34))[0]}").content.decode()
    assert seen == [str(at) for at in range(130)]


def test_the_filter_finds_by_name_and_by_state(scene, visit):
    place = scene([], [asset("banner", shade=1), asset("logo", shade=2), asset("poster", shade=3)])
    selection = place.select("banner", "logo", "poster")
    SelectedAsset.objects.filter(selection=selection, place=1).update(excluded=True)
    poster = SelectedAsset.objects.get(selection=selection, place=2)
    SelectedAsset.objects.filter(pk=poster.pk).update(details=poster.details | {"restricted": True})
    client = visit(place, selection)

    def shown(query: str) -> str:
        return text_of(client.get(f"/selections/{selection.key}/upload/assets/?{query}"))

    assert "1 of 3 assets" in shown("q=bann")
    assert "logo" in shown("state=excluded")
    assert "access is restricted" in shown("state=error")
    assert "No assets found." in shown("q=nothing")


def test_one_press_makes_one_run_however_often_it_is_sent(scene, visit):
    place = scene([], [asset("banner", shade=1)])
    selection = place.select()
    client = visit(place, selection)
    for _ in range(3):
        client.post(f"/selections/{selection.key}/upload/syncs/", {"token": "same"})
    assert Sync.objects.get().kind == "upload"


def test_a_button_drawn_before_the_last_edit_starts_nothing(scene, visit):
    place = scene([], [asset("banner", shade=1)])
    selection = place.select()
    client = visit(place, selection)
    answer = client.post(f"/selections/{selection.key}/upload/syncs/", {"token": "old", "version": 99}, follow=True)
    assert "so nothing was started. Look at it and press again." in text_of(answer)
    known = {"token": "old", "to": f"{place.stores[0].pk} "}
    assert f'name="to" value="{known["to"]}"' in answer.content.decode()
    place.stores[0].pause()
    for given, why in ((known, "North can no longer be used, so"), ({"token": "old"}, "nothing left to do, so")):
        answer = client.post(f"/selections/{selection.key}/upload/syncs/", given, follow=True)
        assert f"{why} nothing was started" in text_of(answer)
    assert not Sync.objects.exists()


def test_a_finished_upload_tells_every_file_and_offers_no_undo(scene, visit):
    place = scene([], [asset("good", shade=1), asset("bad", shade=2)])
    place.world.faults.add(service="shopify", kind="media_fails", match="bad", code="IMAGE_PROCESSING_FAILURE")
    selection = place.select()
    client = visit(place, selection)
    sync = upload(client, place, selection)
    page = client.get(f"/syncs/{sync.key}/")
    reported = text_of(page)
    assert "Uploaded 1 of 2 files. Files: 1 done, 1 failed." in reported
    assert "Shopify could not process the picture" in reported
    assert 'id="retry"' in page.content.decode()
    assert 'id="undo' not in page.content.decode()
    assert 'aria-label="Back to Upload to Store Files"' in page.content.decode()
    assert "1 file found" in text_of(client.get(f"/syncs/{sync.key}/files/?kind=failed"))


def test_the_second_upload_says_that_everything_is_there(scene, visit):
    place = scene([], [asset("banner", shade=1)])
    selection = place.select()
    client = visit(place, selection)
    upload(client, place, selection)
    assert "1 of 1 is there already" in open_page(client, place, selection, "upload")
    sync = upload(client, place, selection)
    assert "Every file was there already: AssetLink wrote nothing." in text_of(client.get(f"/syncs/{sync.key}/"))


def test_a_new_version_is_asked_for_with_the_galleries_that_show_the_file(scene, visit):
    place = scene([product("a", title="Oak chair")], [asset("front", "a", 1)])
    place.run(place.select())
    new_version(place, "front", 5)
    selection = place.select()
    page = visit(place, selection).get(f"/selections/{selection.key}/upload")
    reported = text_of(page)
    assert "1 file in these stores shows an older version" in reported
    assert "In the gallery of Oak chair" in reported
    assert "Shopify does not say" in reported
    assert 'value="add" aria-describedby="way-add-note" checked' in page.content.decode()


def test_replacing_is_shown_first_and_has_to_be_confirmed(scene, visit):
    place = scene([product("a", title="Oak chair")], [asset("front", "a", 1)])
    place.run(place.select())
    new_version(place, "front", 5)
    selection = place.select()
    client = visit(place, selection)
    before = len(place.mutations())
    sync = upload(client, place, selection, new_versions="replace")
    assert sync.dry_run
    reported = text_of(client.get(f"/syncs/{sync.key}/"))
    assert "~ Replace" in reported
    assert "It is in the gallery of “Oak chair”" in reported
    client.post(f"/syncs/{sync.key}/apply/")
    sync.refresh_from_db()
    assert sync.dry_run
    client.post(f"/syncs/{sync.key}/apply/", {"replaces": "1"})
    sync.refresh_from_db()
    assert not sync.dry_run
    place.finish(sync)
    assert [entry["operation"] for entry in place.mutations()][before:] == ["fileUpdate"]
    assert StoreFile.objects.exclude(file_id="").count() == 1


@pytest.mark.parametrize(
    ("ways", "shown"), [({"new_versions": "replace"}, True), ({"new_versions": "add"}, False), ({}, False)]
)
@pytest.mark.cases(1)
def test_a_member_who_asks_to_replace_contents_is_shown_them_first(scene, ways, shown):
    place = scene([product("a")], [asset("front", "a", 1)])
    place.run(place.select())
    new_version(place, "front", 5)
    selection = place.select()
    sync = runs.upload(Actor(selection.member), selection, "by-api", dry_run=False, **ways)
    assert sync.dry_run is shown


@pytest.mark.parametrize("excluded", [False, True])
@pytest.mark.cases(1)
def test_where_nothing_would_be_replaced_an_upload_goes_on_at_once(scene, excluded):
    place = scene([product("a")], [asset("front", "a", 1)])
    place.run(place.select())
    if excluded:
        new_version(place, "front", 5)
    selection = place.select()
    selection.assets.update(excluded=excluded)
    sync = runs.upload(Actor(selection.member), selection, "by-api", dry_run=False, new_versions="replace")
    assert not sync.dry_run


def test_the_page_asks_the_database_a_few_times_however_many_assets(scene, visit, django_assert_max_num_queries):
    place = scene([], [asset(f"p{at}", shade=at) for at in range(70)], stores=2)
    selection = place.select()
    client = visit(place, selection)
    sync = upload(client, place, selection)
    for address in ("", "/assets/?q=p1"):
        with django_assert_max_num_queries(12):
            client.get(f"/selections/{selection.key}/upload{address}")
    for address in ("", "files/?kind=add", "files/?page=2"):
        with django_assert_max_num_queries(12):
            client.get(f"/syncs/{sync.key}/{address}")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("edit", {"do": "exclude", "a": "0-39"}),
        ("edit", {"do": "exclude", "a": "3"}),
        ("edit", {"do": "include", "a": "50"}),
        ("edit", {"do": "undo"}),
        ("settings", {"alt_policy": "fill", "new_versions": "replace", "stores": 2}),
        ("settings", {"alt_policy": "fill", "stores": 1}),
    ],
    ids=str,
)
@pytest.mark.cases(1)
def test_an_edit_asks_the_database_a_few_times_only(scene, visit, django_assert_max_num_queries, name, fields):
    place = scene([product("a")], [asset(f"p{at}", "a" if at < 9 else None, at) for at in range(70)], stores=2)
    chosen = place.select()
    client = visit(place, chosen)
    place.run(chosen)
    upload(client, place, chosen)
    new_version(place, "p1", 99)
    selection = place.select()
    client = visit(place, selection)
    send(client, selection, "edit", do="exclude", a="50")
    selection.refresh_from_db()
    stores = [store.pk for store in place.stores][: fields.get("stores", 0)]
    sent = {"version": selection.version, **fields, "stores": stores}
    with django_assert_max_num_queries(12):
        answer = client.post(f"/selections/{selection.key}/upload/{name}/", sent)
    assert answer.status_code == 200
    assert selection.stores.count() == fields.get("stores", 2)


def test_a_gallery_that_shows_the_file_no_more_is_not_named_with_it(scene, visit):
    place = scene([product("a", title="Oak chair")], [asset("front", "a", 1)])
    place.run(place.select())
    Link.objects.update(gone="gallery")
    new_version(place, "front", 5)
    selection = place.select()
    reported = text_of(visit(place, selection).get(f"/selections/{selection.key}/upload"))
    assert "1 file in these stores shows an older version" in reported
    assert "Oak chair" not in reported


def test_a_tick_at_a_store_that_was_broken_off_meanwhile_is_not_kept(scene, visit):
    place = scene([], [asset("banner", shade=1)], stores=2)
    selection = place.select()
    place.stores[1].break_off(said("gone"))
    send(visit(place, selection), selection, "settings", stores=[store.pk for store in place.stores] + ["x"])
    assert list(selection.stores.all()) == [place.stores[0]]
