"""Whatever stands in a JSON column (of another release, or damaged): pages answer, and jobs end."""

from contextlib import suppress

import pytest
from django.utils import timezone

from linking import jobs
from linking.domain.arrangements import KeptArrangement
from linking.links import checking
from linking.matching import asking
from linking.models import (
    AssetJob,
    ChangeRow,
    GroupArrangement,
    KeyMatch,
    Link,
    LinkCheck,
    ProductSync,
    Report,
    SelectedAsset,
    Selection,
    StoreMatch,
    StoreSync,
    Sync,
)
from linking.models.jobs import JobRow
from linking.reporting import asking as reporting
from linking.selection import run_again
from linking.selection.alt_texts import asking as describing
from linking.selection.arrangement import group_id
from linking.selection.last_settings import offer_to
from setup.models import AuditEntry, Environment, Member, Store
from tests import pressing
from tests.damage import damaged
from tests.linking.damaging import damages_of, each_damage, forget, put
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import Variant, asset, product
from tests.tiers import FULL, together

OF_SELECTIONS = [
    (SelectedAsset, "details"),
    (Selection, "offered_fields"),
    (Selection, "offer"),
    (Selection, "last_change"),
    (GroupArrangement, "order"),
    (GroupArrangement, "picks"),
    (GroupArrangement, "by_hand"),
    (KeyMatch, "products"),
    (KeyMatch, "suggestions"),
]
OF_RUNS = [
    (Sync, "arrangement"),
    (Sync, "only"),
    (StoreSync, "outcome_counts"),
    (StoreSync, "pictures"),
    (StoreSync, "galleries"),
    (ProductSync, "keys"),
    (ProductSync, "before"),
    (ProductSync, "after"),
    (ProductSync, "incoming"),
    (ProductSync, "variants"),
    (ProductSync, "swatches"),
    (ProductSync, "carriers"),
]
OF_LINKS = [(Link, "variants")]
OF_SETUP = [
    (Environment, "allowed_transformations"),
    (Environment, "seen"),
    (Member, "roles"),
    (Store, "scopes"),
    (AuditEntry, "before"),
    (AuditEntry, "after"),
]


def half(columns: list, *, first: int = 0) -> list:
    """In the landing tier: of what is damaged in the same way, other columns for pages than for what may follow."""
    return columns if FULL else columns[first::2]


def names_of(columns) -> str:
    return "-".join(f"{model.__name__}.{column}" for model, column in columns) if len(columns) == 1 else "all"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("linking.selection.alt_texts.calls.PAUSES", (0.0, 0.0))


@pytest.fixture
def place(client, scene):
    """A selection with everything that can be kept of one, and runs of every kind."""
    shelf = [
        product("a", pictures=2, variants=(Variant(sku="a", title="Blue"), Variant(sku="a2", title="Red"))),
        product("twin", handle="t1"),
        product("twin", handle="t2"),
        product("SKU-0012", handle="near"),
    ]
    assets = [asset("front", "a", 1, tags=["new"], context={"caption": "A chair"}), asset("side", "a", 2)]
    built = scene(shelf, [*assets, asset("both", "twin", 3), asset("odd", "SKU-012", 4), asset("none", None, 5)])
    built.world.settings.change({"caption_seconds": [0, 0]})
    built.selection = built.select(variant_pictures=True, link_mode="prepend")
    ask_and_answer(built.selection)
    enter(client, built.member, built.selection)
    built.run(built.selection)
    return built


class Pages:
    """Visits to everything that shows a selection or a run; an error of ours fails the test by itself."""

    def __init__(self, client, place) -> None:
        self.client, self.place = client, place

    def at(self, address: str, **asked):
        return self.answers(self.client.get(address, asked))

    def press(self, address: str, **given):
        version = Selection.objects.values_list("version", flat=True).get(pk=self.place.selection.pk)
        response = self.answers(self.client.post(address, {"version": version, **given}))
        assert response.status_code != 409 or "k" in given, "nothing was tried"  # a key that no asset has any more
        return response

    @staticmethod
    def answers(response):
        assert response.status_code < 500
        if response.streaming:
            list(response.streaming_content)
        return response

    def show_selection(self) -> str:
        own = f"/selections/{self.place.selection.key}"
        self.at(f"{own}/upload")
        return text_of(self.at(f"{own}/"))

    def show_parts(self) -> None:
        own = f"/selections/{self.place.selection.key}"
        self.at(f"{own}/groups/", q="front", state="matched")
        self.at(f"{own}/groups/one/", g=group_id("a"), open=group_id("a"))
        self.at(f"{own}/stores/")
        self.at(f"{own}/alts/")

    def take_back(self) -> None:
        own = f"/selections/{self.place.selection.key}"
        was = Selection.objects.values_list("last_change", flat=True).get(pk=self.place.selection.pk)
        for address, do in (("arrange/", "undo"), ("upload/edit/", "undo"), ("alts/", "take-back")):
            self.press(f"{own}/{address}", do=do)
            put(Selection, self.place.selection.pk, "last_change", was)

    def take_offer(self) -> None:
        self.press(f"/selections/{self.place.selection.key}/last-time/", do="use")

    def edit(self) -> None:
        own = f"/selections/{self.place.selection.key}"
        self.press(f"{own}/arrange/", do="bottom", a="0", g=group_id("a"))
        self.press(f"{own}/arrange/", do="exclude", a="1")
        for row in KeyMatch.objects.all():
            self.press(f"{own}/picks/", do="pick", k=row.pk)
        self.press(f"{own}/alts/", do="alt", at="0", value="Typed")
        self.press(f"{own}/alts/", do="fill", field="context:caption")
        self.press(f"{own}/settings/", cloudinary_field="metadata:sku", shopify_kind="sku", link_mode="append")

    def show_runs(self) -> None:
        for sync in Sync.objects.all():
            self.at(f"/syncs/{sync.key}/")
            self.at(f"/syncs/{sync.key}/products/", kind="variants")
            self.at(f"/syncs/{sync.key}/report/")
            for row in ProductSync.objects.filter(part__sync=sync):
                self.at(f"/syncs/{sync.key}/lines/{row.pk}/")
        self.at("/syncs/")
        self.at("/links/")

    def use_runs(self, syncs: list[Sync]) -> None:
        for sync in syncs:
            for verb in ("again", "retry", "undo", "apply"):
                self.press(f"/syncs/{sync.key}/{verb}/", token=f"{verb}-{sync.pk}")


@pytest.fixture
def pages(client, place) -> Pages:
    return Pages(client, place)


def arrange(place) -> None:
    """What a person may decide about a selection, and an offer to it."""
    chosen, store = place.selection, str(place.stores[0].pk)
    keying, ids = str(chosen.keying), list(chosen.assets.values_list("asset_id", flat=True))
    twins = KeyMatch.objects.get(key="twin").products
    rows = [
        GroupArrangement(selection=chosen, keying=keying, key="a", order=ids[1::-1]),
        GroupArrangement(selection=chosen, keying=keying, key="twin", picks={store: [twins[0]["id"]]}),
    ]
    GroupArrangement.objects.bulk_create(rows)
    settings = {"cloudinary_field": "display_name", "pattern": "", "separator": "", "fold": True, "position": 2}
    settings |= {"shopify_field": "title", "order_field": "display_name", "link_mode": "append", "alt_policy": "fill"}
    was = {"assets": [[0, True]], "groups": [["a", {"order": ids[:2]}], ["twin", {"excluded": True}]]}
    Selection.objects.update(
        offer={"settings": settings, "stores": [int(store)], "whose": "Ada", "instead_of": ""},
        last_change={"text": "Moved.", "back": {"do": "undo"}, "url": "link-arrange", "was": was},
    )


@pytest.mark.parametrize("columns", together(OF_SELECTIONS), ids=names_of)
def test_a_selection_is_shown_whatever_is_kept_of_it(pages, place, columns):
    arrange(place)
    for column in each_damage(columns):
        pages.show_selection()
        if column not in ("offer", "last_change"):
            pages.show_parts()


@pytest.mark.parametrize("columns", [[one] for one in OF_SELECTIONS], ids=names_of)
@pytest.mark.cases(1)
def test_a_selection_can_be_worked_with_whatever_is_kept_of_it(pages, place, columns):
    arrange(place)
    for column in each_damage(columns):
        use = {"offer": pages.take_offer, "last_change": pages.take_back}.get(column, pages.edit)
        use()


@pytest.mark.parametrize("columns", together(half(OF_RUNS)), ids=names_of)
def test_a_run_is_shown_whatever_is_kept_of_it(pages, place, columns):
    place.undo(Sync.objects.get())
    place.finish(pressing.upload(place.selection, "upload", dry_run=True))
    for _ in each_damage(columns):
        pages.show_runs()


@pytest.mark.parametrize("columns", together(half([*OF_RUNS, *OF_LINKS], first=1)), ids=names_of)
def test_what_may_follow_a_run_answers_whatever_is_kept_of_it(pages, place, columns):
    place.finish(pressing.upload(place.selection, "upload", dry_run=False))
    syncs = list(Sync.objects.all())
    for _ in each_damage(columns):
        pages.use_runs(syncs)


@pytest.mark.parametrize("columns", together(OF_SETUP), ids=names_of)
def test_setup_and_the_rest_answer_whatever_is_kept_of_environment_people_and_stores(pages, place, columns):
    Member.objects.update(roles=["media_library_admin"])
    Environment.objects.update(
        allowed_transformations=["hero"],
        seen={
            "fields": [{"code": "metadata:sku", "label": "SKU", "type": "string"}],
            "transformations": ["hero"],
            "presets": ["raw"],
        },
    )
    cloud = place.environment.cloud_name
    AuditEntry.objects.create(cloud_name=cloud, person="Ada", action="setup", before={"a": 1}, after={"a": 2})
    key = place.selection.key
    for _ in each_damage(columns):
        for address in ("/setup/", "/setup/sections/", "/setup/audit/", "/setup/people/", f"/selections/{key}/"):
            pages.at(address)


def test_an_asset_of_which_nothing_can_be_read_stays_out_and_says_why(pages, place):
    SelectedAsset.objects.update(details="text")
    SelectedAsset.objects.filter(place=0).update(details={"public_id": None, "metadata": {"sku": "a"}})
    forget()
    assert pages.show_selection().count("is not linked. AssetLink cannot read what it keeps of this asset.") == 5
    sync = place.run(place.selection)
    reasons = set(ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="").values_list("reason", flat=True))
    assert any("cannot read what it keeps of this asset. Select it again" in str(reason) for reason in reasons)
    assert sync.parts.get().state == "done"


# Settings that nobody could have chosen


@pytest.mark.parametrize(
    "settings",
    [
        {"cloudinary_field": "of_tomorrow:sku"},
        {"cloudinary_field": ""},
        {"pattern": "(never closed"},
        {"shopify_field": "of_tomorrow"},
        {"order_field": "of_tomorrow"},
        {"link_mode": "of_tomorrow"},
    ],
)
@pytest.mark.cases(1)
def test_a_selection_with_settings_of_another_release_says_that_it_cannot_be_read(pages, place, client, settings):
    Selection.objects.update(**settings)
    own = f"/selections/{place.selection.key}"
    for address in (f"{own}/", f"{own}/upload"):
        answer = pages.at(address)
        assert answer.status_code == 422
        assert "AssetLink cannot read this selection" in text_of(answer)
        assert "Select the assets that you want to link" in text_of(answer)
    fragment = client.get(f"{own}/groups/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Refresh"]) == (422, "true")
    pages.press(f"{own}/syncs/", token="t")
    assert Sync.objects.count() == 1
    match, _ = asking.put(place.select(), place.stores[0], now=timezone.now())
    Selection.objects.update(**settings)
    assert ended(match, jobs.match) in ("done", "failed")


@pytest.mark.parametrize("settings", [{"keying": "of_tomorrow:sku"}, {"keying": "tags\n(never closed"}])
@pytest.mark.cases(1)
def test_a_run_with_settings_of_another_release_does_not_keep_anybody_out(pages, place, settings):
    sync = Sync.objects.get()
    Sync.objects.update(**settings)
    pages.show_runs()
    pages.use_runs([sync])
    chosen = place.select()
    Selection.objects.filter(pk=chosen.pk).update(offer=offer_to(place.member))
    pages.at(f"/selections/{chosen.key}/")


def test_a_run_of_whose_arrangement_something_is_lost_is_not_begun_again_without_it(place):
    sync = Sync.objects.get()
    for _, value in damaged(sync.arrangement["excluded"]):
        kept = sync.arrangement | {"excluded": value}
        Sync.objects.filter(pk=sync.pk).update(arrangement=kept)
        if not KeptArrangement.of(kept).whole("excluded"):
            with pytest.raises(run_again.CannotRepeat, match="cannot read"):
                run_again.again(Sync.objects.get(pk=sync.pk), place.member)
            with pytest.raises(pressing.CannotStart, match="cannot read"):
                pressing.retry(Sync.objects.get(pk=sync.pk), place.member, "t")


# Jobs


def ended(row: JobRow, job) -> str:
    """The state in which the row's work ends; an error of ours may come out as often as it is tried again."""
    for _ in range(4):
        type(row).objects.filter(pk=row.pk).update(not_before=None)
        with suppress(Exception):
            job(row.pk)
        if not type(row).objects.get(pk=row.pk).busy:
            break
    return type(row).objects.get(pk=row.pk).state


@pytest.mark.parametrize("columns", together(half([*OF_SELECTIONS, *OF_RUNS, *OF_LINKS], first=1)), ids=names_of)
def test_every_kind_of_job_ends_and_is_done_whatever_is_kept(place, columns):
    arrange(place)
    sync = Sync.objects.get()
    for _ in each_damage(columns):
        now = timezone.now()
        match, _ = asking.put(place.selection, place.stores[0], now=now, again=True)
        SelectedAsset.objects.update(alt="Typed", alt_source="typed", caption="", caption_state="")
        Report.objects.all().delete()
        asked = [
            (match, jobs.match),
            (reporting.put(sync, "xlsx", now=now), jobs.report),
            (checking.put(place.environment, now=now)[0], jobs.links),
        ]
        asked += [(row, jobs.assets) for row, _ in [describing.write_back(place.selection, now=now)] if row]
        wanted = place.selection.assets.all()
        asked += [(row, jobs.assets) for row, _ in [describing.suggest(place.selection, wanted, now=now)] if row]
        for row, job in asked:
            assert ended(row, job) == "done", row
    assert {type(row) for row, _ in asked} >= {StoreMatch, Report, LinkCheck}
    assert AssetJob.objects.exists()


@pytest.mark.parametrize("column", ["offered_fields", "offer", "last_change"])
@pytest.mark.cases(1)
def test_a_selection_is_fetched_whatever_was_kept_of_it(place, column):
    chosen = Selection.objects.filter(pk=place.selection.pk)
    for damage in damages_of(Selection, column):
        chosen.update(state="waiting")
        assert ended(place.selection, jobs.fetch) == "done", damage
