"""Presets: shown with what each would change here, used in one click and taken back, kept by those who may."""

import pytest

from linking.models import Preset, Selection
from linking.selection import making, presets
from linking.selection.fetching import fetch_selection
from setup.models import AuditEntry, Environment, Member
from setup.reasons import Reason
from setup.security.actors import Actor
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product


@pytest.fixture
def desk(client, scene):
    """Two stores, a selection that is matched, and how its presets are asked for, used and kept."""
    place = scene([product("a", pictures=2)], [asset("front", "a", 1, metadata={"sequence": 1})], stores=2)
    chosen = place.select("front")
    ask_and_answer(chosen)
    return Desk(client, place, chosen)


class Desk:
    def __init__(self, client, place, chosen):
        self.client, self.place, self.path = client, place, f"/selections/{chosen.key}/"
        enter(client, place.member, chosen)

    @property
    def row(self) -> Selection:
        return Selection.objects.get(key=self.path.split("/")[2])

    def list(self, opened="") -> str:
        return text_of(self.client.get(f"{self.path}presets/", {"row": opened}))

    def use(self, preset, do="use"):
        code = getattr(preset, "pk", preset)
        return self.client.post(f"{self.path}presets/", {"do": do, "preset": code, "version": self.row.version})

    def keep(self, do, preset=None, **known):
        return self.client.post(f"{self.path}presets/keep/", {"do": do, "preset": preset.pk if preset else "", **known})

    def become_admin(self) -> None:
        Member.objects.filter(pk=self.place.member.pk).update(roles=["master_admin"])

    def set(self, **values) -> None:
        Selection.objects.filter(pk=self.row.pk).update(**values)


def test_present_settings_are_kept_under_a_name_and_used_in_one_click_and_taken_back(desk):
    desk.set(link_mode="prepend", alt_policy="fill")
    answer = desk.keep("add", name="  Launch ")
    [preset] = Preset.objects.all()
    assert (preset.name, preset.owner, preset.settings["link_mode"]) == ("Launch", desk.place.member, "prepend")
    assert set(preset.stores.all()) == set(desk.place.stores)
    assert "In use: it changes nothing here." in text_of(answer)
    desk.set(link_mode="append", alt_policy="keep")
    desk.row.stores.remove(desk.place.stores[1])
    said = desk.list()
    assert "Link Mode: Append → Prepend; Alt text of pictures already there: Keep → Fill empty" in said
    assert "Stores: North → North, South" in said
    answer = desk.use(preset)
    assert (desk.row.link_mode, desk.row.alt_policy, desk.row.stores.count()) == ("prepend", "fill", 2)
    assert "Launch is in use." in text_of(answer)
    desk.use("", do="undo")
    assert (desk.row.link_mode, desk.row.alt_policy, desk.row.stores.count()) == ("append", "keep", 1)


def test_the_settings_of_last_time_are_the_first_row(desk):
    desk.place.run(desk.place.select("front", link_mode="prepend"))
    desk.keep("add", name="A")
    said = desk.list()
    assert said.index("Settings of last time") < said.index(" A ")
    assert "Link Mode: Append → Prepend" in said
    desk.use("last")
    assert desk.row.link_mode == "prepend"


def test_a_mode_that_takes_pictures_is_used_by_name_only_and_never_by_default(desk):
    desk.become_admin()
    desk.set(link_mode="reset")
    desk.keep("add", name="Replace campaign", shared="on")
    [preset] = Preset.objects.all()
    answer = desk.keep("default", preset)
    assert "New selections cannot begin with Reset or Mirror" in text_of(answer)
    assert not Preset.objects.filter(is_default=True).exists()
    desk.set(link_mode="append")
    assert "Link Mode: Append → Reset" in desk.list()
    desk.use(preset)
    assert desk.row.link_mode == "reset"


def test_what_cannot_be_used_here_is_named_and_skipped(desk):
    Environment.objects.update(allowed_transformations=["square"])
    desk.set(transformation="square", link_mode="prepend")
    desk.keep("add", name="Europe")
    [preset] = Preset.objects.all()
    preset.settings |= {"cloudinary_field": "metadata:ean", "then_field": "metadata:nowhere"}
    preset.settings["store_settings"] = {str(desk.place.stores[1].pk): {"transformation": "square", "position": 2}}
    preset.save()
    desk.set(transformation="", link_mode="append")
    Environment.objects.update(allowed_transformations=[])
    desk.place.stores[1].break_off(Reason("shopify.http_402"))
    said = desk.list()
    for why in (
        "no field ean",
        "no field nowhere",
        "rendition square is no longer allowed",
        "South cannot be used now",
    ):
        assert why in said
    desk.use(preset)
    row = desk.row
    assert (row.link_mode, row.transformation, row.cloudinary_field) == ("prepend", "", "metadata:sku")
    assert row.store_settings == {str(desk.place.stores[1].pk): {"position": 2}}


def test_every_setting_is_carried_whatever_it_is_called(desk):
    """Settings that others add are in the tables, and so in presets."""
    desk.keep("add", name="All")
    [preset] = Preset.objects.all()
    assert preset.settings == presets.settings_of(desk.row)
    assert presets.possible(preset.settings) == preset.settings


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines"])
def test_a_name_has_1_to_100_characters_on_one_line(desk, name):
    answer = desk.keep("add", name=name)
    assert not Preset.objects.exists()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_name_is_there_once_for_each_owner_however_it_is_written(desk):
    desk.become_admin()
    desk.keep("add", name="Café")
    assert "There is a preset of this name" in text_of(desk.keep("add", name="Cafe\u0301"))
    desk.keep("add", name="Café", shared="on")
    assert list(Preset.objects.order_by("pk").values_list("name", "owner")) == [
        ("Café", desk.place.member.pk),
        ("Café", None),
    ]
    own, shared = Preset.objects.order_by("pk")
    assert "There is a preset of this name" in text_of(desk.keep("share", own))
    desk.keep("rename", own, name="Autumn")
    assert Preset.objects.get(pk=own.pk).name == "Autumn"
    assert shared.shared


def test_shared_ones_are_everybodys_to_use_and_the_admins_to_change(client, desk):
    place = desk.place
    boss = Member.objects.create(environment=place.environment, external_id="b", name="B", roles=["master_admin"])
    other = Member.objects.create(environment=place.environment, external_id="o", name="O")
    presets.save_as(Actor(boss), desk.row, "Shared", shared=True)
    presets.save_as(Actor(other), desk.row, "Private", shared=False)
    shared, private = Preset.objects.order_by("pk")
    said = desk.list()
    assert "Shared" in said
    assert "Private" not in said
    assert "More for Shared" not in desk.client.get(f"{desk.path}presets/").content.decode()
    for do in ("rename", "update", "delete", "default", "share"):
        assert "Only admins" in text_of(desk.keep(do, shared, name="Mine"))
        assert desk.keep(do, private, name="Mine").status_code == 404
    assert desk.use(private).status_code == 404
    assert "Only admins can share presets." in text_of(desk.keep("add", name="New", shared="on"))
    assert Preset.objects.count() == 2
    desk.become_admin()
    desk.keep("update", shared)
    desk.keep("rename", shared, name="Ours")
    desk.keep("default", shared)
    desk.keep("no-default", shared)
    desk.keep("delete", shared)
    done = list(AuditEntry.objects.filter(action__startswith="preset.").order_by("pk").values_list("action", flat=True))
    known = ["add", "update", "rename", "default", "no-default", "delete"]
    assert done == [f"preset.{one}" for one in known]


def test_those_of_another_environment_do_not_exist(desk):
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    preset = Preset.objects.create(environment=other, name="Theirs", settings={"link_mode": "prepend"})
    desk.become_admin()
    assert "Theirs" not in desk.list()
    assert desk.use(preset).status_code == 404
    assert desk.keep("delete", preset).status_code == 404
    assert desk.row.link_mode == "append"


def test_new_selections_begin_with_the_default_as_far_as_their_assets_allow(desk):
    desk.become_admin()
    desk.set(link_mode="prepend", alt_policy="overwrite", order_field="metadata:sequence")
    desk.row.stores.remove(desk.place.stores[0])
    desk.keep("add", name="House", shared="on")
    [preset] = Preset.objects.all()
    desk.keep("default", preset)
    Preset.objects.update(settings={**Preset.objects.get().settings, "cloudinary_field": "metadata:gone"})
    ids = [one.asset_id for one in desk.row.assets.all()]
    Selection.objects.all().delete()
    made = making.make(Actor(desk.place.member), ids)
    fetch_selection(made.pk)
    made.refresh_from_db()
    assert (made.link_mode, made.alt_policy, made.cloudinary_field) == ("prepend", "overwrite", "metadata:sku")
    assert list(made.stores.all()) == [desk.place.stores[1]]
    Preset.objects.update(settings={"link_mode": "reset", "alt_policy": "fill"})  # of another release, or damaged
    again = making.make(Actor(desk.place.member), ids)
    fetch_selection(again.pk)
    again.refresh_from_db()
    assert (again.link_mode, again.alt_policy) == ("append", "fill")


def test_a_draft_that_goes_on_stays_as_it_was_left(desk):
    desk.become_admin()
    desk.set(link_mode="prepend")
    desk.keep("add", name="House", shared="on")
    desk.keep("default", Preset.objects.get())
    desk.set(link_mode="append", version=3)
    ids = [one.asset_id for one in desk.row.assets.all()]
    made = making.make(Actor(desk.place.member), ids)
    fetch_selection(made.pk)
    made.refresh_from_db()
    assert made.link_mode == "append"


def test_every_setting_that_differs_is_said_in_words(desk):
    """Whatever is in the tables: no code, and nothing that a person cannot read."""
    desk.set(
        pattern="(.*)",
        fold=True,
        order_field="metadata:sequence",
        order_descending=True,
        bound={"status": ["DRAFT"]},
        variant_reach="matched",
        variant_pictures=True,
        position=3,
        link_mode="position",
        store_settings={str(desk.place.stores[1].pk): {"link_mode": "prepend", "shopify_field": "barcode"}},
    )
    desk.keep("add", name="All")
    desk.row.stores.clear()
    own = {name: Selection._meta.get_field(name).get_default() for name in presets.settings_of(desk.row)}
    desk.set(**own)
    said = desk.list()
    for words in ("Link Mode: Append → Specific Position", "Position: 1 → 3", "Only products: all → Status: Draft"):
        assert words in said
    assert "South only: as everywhere → Prepend and matched by Barcode" in said
    assert "Ignore case and spaces: off → on" in said
    assert not {"{", "}", "_"} & set(said[said.index(" All ") : said.index("Save as preset")].replace("metadata_", ""))


def test_setup_names_the_preset_that_new_selections_begin_with(client, scene):
    found = scene([], [])
    enter(client, found.member)
    environment = found.member.environment
    assert "default preset" not in text_of(client.get("/setup/"))
    Preset.objects.create(environment=environment, name="Launch", is_default=True)
    assert "New selections begin with the default preset “Launch”" in text_of(client.get("/setup/"))
