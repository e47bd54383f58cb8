"""Shopify's values in Cloudinary: previewed, written, found to be ours, undone; what others wrote is left and named."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from linking.domain.mappings import Line, Mapped
from linking.ingest import mapping
from linking.ingest.mapping import CannotSave
from linking.ingest.sheets import asking
from linking.ingest.sheets.asking import CannotDo
from linking.models import Link, Sheet, WriteBack, WrittenBack
from linking.models.sheets import Stage
from linking.reporting.sheets import lines
from sandbox.cloudinary.fields import datasource
from sandbox.cloudinary.records import MetadataField
from sandbox.shopify.records import Collection, Metafield
from setup.models import AuditEntry, Environment
from setup.reasons import Reason
from setup.security.actors import Actor
from tests.linking.ingest.test_sheets import of, states, work
from tests.scenes import Variant, asset, product

LINES = [
    ("title", "field:title"),
    ("vendor", "field:brand"),
    ("tags", "tags:shop:"),
    ("sku", "context:sku"),
    ("price", "field:price"),
    ("description", "field:description"),
    ("collections", "context:collections"),
    ("metafield", "context:wool", "custom.material"),
    ("variant_metafield", "field:size", "custom.size"),
    ("address", "context:admin"),
    ("state", "field:state"),
    ("stores", "field:stores"),
    ("linked", "field:since"),
]


@pytest.fixture
def place(scene, monkeypatch):
    bag = product(
        "A-1",
        handle="bag",
        title="Bag",
        vendor="Zeta",
        tags=("sale", "new"),
        variants=(Variant(sku="A-1", title="S"), Variant(sku="A-2", title="M")),
    )
    found = scene(
        [bag, product("B-1", handle="belt", title="Belt", vendor="Acme")], [asset(f"p{at}") for at in range(4)]
    )
    here = found.world.environments[0]
    for id, type in (("title", "string"), ("price", "string"), ("description", "string"), ("size", "string")):
        here.fields[id] = MetadataField(id, id.title(), type)
    here.fields["brand"] = MetadataField("brand", "Brand", "enum", values=datasource({"acme": "Acme"}))
    here.fields["state"] = MetadataField("state", "State", "string")
    here.fields["stores"] = MetadataField("stores", "Stores", "string")
    here.fields["since"] = MetadataField("since", "Since", "date")
    monkeypatch.setattr("linking.queue.enqueue", lambda name, pk: True)
    of(found, "p0").tags = ["theirs", "shop:old"]
    shop = found.shop
    shop.product_with("bag").description_html = "<p>Soft &amp; warm</p>"
    shop.product_with("bag").variants[0].price = "9.90"
    bag = shop.product_with("bag")
    shop.collections["c"] = Collection("gid://shopify/Collection/1", "autumn", "Autumn", 0.0, [bag.id])
    bag.metafields["custom.material"] = Metafield("m1", "list.single_line_text_field", '["Wool","Silk"]')
    bag.variants[1].metafields["custom.size"] = Metafield("m2", "number_integer", "42")
    link(found, "p0", "bag", variants=[shop.product_with("bag").variants[0].id])
    link(found, "p1", "bag")
    link(found, "p2", "belt")
    return found


def link(place, name: str, handle: str, **known) -> Link:
    at = {"store": place.stores[0], "environment": place.environment, "medium_id": f"m-{name}"}
    return Link.objects.create(
        product_id=place.shop.product_with(handle).id, asset_id=of(place, name).asset_id, **at, **known
    )


def set_up(place, *rows: tuple[str, ...]):
    known = [Line.of(dict(zip(("property", "target", "key"), row, strict=False))) for row in rows or LINES]
    version = mapping.write_back_of(place.environment).version
    return mapping.save(Actor(place.member), Mapped(tuple(known)), version)


def previewed(place, **chosen):
    sheet = work(mapping.begin(Actor(place.member), **chosen))
    assert sheet.stage == Stage.PREVIEW, sheet.problem
    return sheet


def written(place, sheet):
    asking.write(Actor(place.member), sheet)
    return work(sheet)


def test_values_are_previewed_written_once_and_taken_back(place):
    set_up(place)
    of(place, "p0").tags = ["theirs"]
    before = {name: (dict(of(place, name).metadata), list(of(place, name).tags)) for name in ("p0", "p1", "p2")}
    sheet = previewed(place)
    assert sheet.counts() == {"change": 3}
    assert {name: (dict(of(place, name).metadata), list(of(place, name).tags)) for name in before} == before
    assert "Zeta" not in {row["external_id"] for row in place.world.environments[0].fields["brand"].values}
    sheet = written(place, sheet)
    assert sheet.counts() == {"written": 3}, [str(row.reason) for row in sheet.rows.all()]
    one, two = of(place, "p0"), of(place, "p1")
    assert one.metadata["title"] == "Bag"
    assert one.metadata["brand"] == "Zeta", "the list had it first"
    assert one.metadata["description"] == "Soft & warm"
    assert one.metadata["price"] == "9.90"
    assert one.metadata["state"] == "linked"
    assert one.metadata["since"] == timezone.now().date().isoformat()
    assert one.context["sku"] == "A-1", "of the variant for which it was linked"
    assert two.context["sku"] == "A-1, A-2"
    assert (one.metadata.get("size"), two.metadata["size"]) == (None, "42")
    assert (two.context["collections"], two.context["wool"]) == ("Autumn", "Silk, Wool")
    assert place.shop.product_with("bag").id.rsplit("/", 1)[-1] in one.context["admin"]
    assert sorted(one.tags) == ["shop:new", "shop:sale", "theirs"]
    assert of(place, "p2").metadata["brand"] == "acme"
    assert "Context sku" in b"".join(lines(sheet)).decode("utf-8-sig")
    assert previewed(place).counts() == {"same": 3}, "own writes are known"
    asking.undo(Actor(place.member), sheet)
    assert work(sheet).stage == Stage.UNDONE
    assert of(place, "p0").tags == ["theirs"]
    assert not any(of(place, "p0").metadata.values())
    assert previewed(place).counts() == {"change": 3}
    assert not WrittenBack.objects.exists(), "nothing of ours is there any more"


def test_what_others_wrote_is_named_and_left_unless_a_person_says_otherwise(place):
    set_up(place, ("title", "field:title"), ("tags", "tags:shop:"))
    of(place, "p2").metadata["title"] = "Theirs"
    sheet = previewed(place)
    row = sheet.rows.get(asset_id=of(place, "p0").asset_id)
    assert row.wanted == {"field:title": "Bag"}, "somebody's tag with our prefix"
    assert row.reason == Reason("mapping.conflict", values=["shop:"])
    assert sheet.counts() == {"change": 2, "conflict": 1}
    written(place, sheet)
    assert of(place, "p2").metadata["title"] == "Theirs"
    of(place, "p1").metadata["title"] = "Changed"
    assert previewed(place).counts() == {"conflict": 3}
    place.shop.product_with("belt").title = "Theirs"
    previewed(place)
    place.shop.product_with("belt").title = "Belt"
    assert previewed(place).counts()["change"] == 1, "what was found to be the same is ours"
    sheet = written(place, previewed(place, replaces=True))
    assert [of(place, name).metadata["title"] for name in ("p0", "p1", "p2")] == ["Bag", "Bag", "Belt"]
    assert sorted(of(place, "p0").tags) == ["shop:new", "shop:sale", "theirs"]


def test_what_somebody_changes_after_the_preview_stays(place):
    set_up(place, ("title", "field:title"))
    sheet = previewed(place)
    of(place, "p0").metadata["title"] = "Theirs"
    assert sorted(written(place, sheet).counts().items()) == [("left", 1), ("written", 2)]


def test_an_asset_that_is_linked_no_more_loses_what_was_written_and_nothing_else(place):
    set_up(place, ("title", "field:title"), ("state", "field:state"))
    written(place, previewed(place))
    Link.objects.filter(asset_id=of(place, "p2").asset_id).delete()
    of(place, "p2").metadata["sku"] = "MINE"
    written(place, previewed(place))
    assert {id: value for id, value in of(place, "p2").metadata.items() if value} == {
        "state": "unlinked",
        "sku": "MINE",
    }
    assert previewed(place).counts() == {"same": 3}


def test_a_store_that_refuses_empties_nothing(place):
    set_up(place, ("title", "field:title"))
    written(place, previewed(place))
    place.world.faults.add(service="shopify", kind="graphql_error", code="BAD_REQUEST", times=None)
    sheet = previewed(place)
    assert sheet.counts() == {"miss": 3}
    assert of(place, "p0").metadata["title"] == "Bag"


def test_products_that_disagree_are_named(place):
    link(place, "p0", "belt")
    set_up(place, ("title", "field:title"), ("stores", "field:stores"))
    row = previewed(place).rows.get(asset_id=of(place, "p0").asset_id)
    assert row.reason == Reason("mapping.several", field="Title", count=2, values=["Bag", "Belt"])
    assert row.wanted == {"field:stores": place.stores[0].domain}


def test_what_matching_reads_is_refused_and_two_admins_do_not_overwrite_each_other(place):
    with pytest.raises(CannotSave) as refusal:
        set_up(place, ("title", "field:sku"), ("title", "context:alt"), ("title", "field:title"))
    assert {at: why.code for at, why in refusal.value.wrong.items()} == {0: "mapping.owned", 1: "mapping.owned"}
    saved = set_up(place, ("title", "field:title"))
    with pytest.raises(CannotSave):
        mapping.save(Actor(place.member), Mapped(), saved.version - 1)
    assert AuditEntry.objects.latest("pk").action == "setup.mapping"
    place.environment.default_cloudinary_field = "metadata:title"
    with pytest.raises(CannotDo):
        mapping.begin(Actor(place.member))


def test_without_a_mapping_or_without_its_store_nothing_begins(place):
    with pytest.raises(CannotDo):
        mapping.begin(Actor(place.member))
    one = (Line.of({"property": "title", "target": "field:title"}),)
    mapping.save(Actor(place.member), Mapped(one, place.stores[0].pk), 0)
    assert previewed(place).counts() == {"change": 3}
    WriteBack.objects.update(mapping=Mapped(one, 999).kept)
    with pytest.raises(CannotDo):
        mapping.begin(Actor(place.member))


def test_another_environment_is_never_looked_at(place):
    other = Environment.objects.create(cloud_name="other", api_key="k", api_secret="s", launch_issuer="i")
    Link.objects.filter(asset_id=of(place, "p1").asset_id).update(environment=other)
    WrittenBack.objects.create(environment=other, asset_id=of(place, "p3").asset_id, values={"field:title": "x"})
    set_up(place, ("title", "field:title"))
    sheet = previewed(place)
    assert states(sheet) == {1: "change", 2: "change"}


def test_operators_preview_write_list_and_undo_it_by_command(place):
    def said(*words: str) -> str:
        out = io.StringIO()
        call_command("write_back", *words, environment=place.environment.cloud_name, stdout=out)
        return out.getvalue()

    with pytest.raises(CommandError, match="no mapping"):
        said("preview")
    set_up(place, ("title", "field:title"))
    assert "is made" in said("preview")
    sheet = work(Sheet.objects.get())
    assert "3 change" in said("list")
    said("write", str(sheet.pk))
    assert work(sheet).counts() == {"written": 3}
    assert of(place, "p0").metadata["title"] == "Bag"
    said("undo", str(sheet.pk))
    work(sheet)
    assert not of(place, "p0").metadata.get("title")
    with pytest.raises(CommandError, match="no such preview"):
        said("write", "999999")
