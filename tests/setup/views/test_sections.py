"""The sections of the Setup page: what can be chosen, what is refused, and that a section is saved by itself."""

import pytest

from linking.domain.fields import CloudinaryField, ShopifyField
from linking.domain.galleries import DESTRUCTIVE, LinkMode
from linking.models.selections import MODES, Selection
from sandbox.catalog.records import MetadataField
from setup.cloudinary.surroundings import look
from setup.field_codes import BUILT_IN, SHOPIFY
from setup.models import AuditEntry, Environment, Member
from setup.models import environments as setup_choices
from setup.sections import SECTIONS
from tests.linking.visits import drawn_of, enter, text_of
from tests.scenes import FIELDS, asset, product

HTMX = {"HX-Request": "true"}
MATCHING = {
    "cloudinary": "metadata:sku",
    "shopify": "sku",
    "order": "",
    "link_mode": "append",
    "comparison": "",
}


def admin(place) -> Member:
    place.member.roles = ["master_admin"]
    place.member.save()
    return place.member


def save(client, slug: str, **values):
    return client.post(f"/setup/{slug}/", drawn_of(client, slug) | values, headers=HTMX)


@pytest.fixture
def place(scene):
    return scene([product("a")], [asset("front", "a")])


@pytest.fixture
def visit(client, place):
    return enter(client, admin(place))


def fresh(place) -> Environment:
    return Environment.objects.get(pk=place.environment.pk)


def test_defaults_are_saved_and_answered_with_their_own_section(visit, place):
    values = MATCHING | {"cloudinary": "context", "cloudinary_text": "article", "comparison": "fold"}
    page = save(visit, "matching", **values | {"shopify": "metafield", "shopify_text": "custom.no", "order": "tags"})
    assert page.status_code == 200
    assert "Saved." in text_of(page)
    assert fresh(place).defaults() == {
        "cloudinary_field": "context:article",
        "shopify_field": "metafield:custom.no",
        "order_field": "tags",
        "link_mode": "append",
        "fold": True,
        "alt_policy": "keep",
        "variant_reach": "color",
    }


def test_metadata_in_the_files_can_be_a_default_by_name(visit, place):
    page = save(visit, "matching", **MATCHING | {"cloudinary": "embedded", "cloudinary_text": " XMP-dc:Subject "})
    assert page.status_code == 200
    assert fresh(place).default_cloudinary_field == "embedded:XMP-dc:Subject"
    assert 'value="XMP-dc:Subject"' in visit.get("/setup/").content.decode()


@pytest.mark.parametrize("mode", sorted(DESTRUCTIVE))
def test_no_mode_that_takes_media_away_can_become_a_default(visit, place, mode):
    page = save(visit, "matching", **MATCHING | {"link_mode": mode.value})
    assert page.status_code == 422
    assert fresh(place).default_link_mode == "append"


@pytest.mark.parametrize(
    ("changed", "reported"),
    [
        ({"cloudinary": "metadata:nothing_like_it"}, "Select a valid choice"),
        ({"cloudinary": "context", "cloudinary_text": " "}, "Write the contextual key"),
        ({"cloudinary": "context", "cloudinary_text": "a|b"}, "Write the contextual key"),
        ({"cloudinary": "embedded", "cloudinary_text": " "}, "Write the name of the metadata"),
        ({"cloudinary": ""}, "This field is required"),
        ({"shopify": "metafield", "shopify_text": "material"}, "namespace.key"),
        ({"shopify": "colour"}, "Select a valid choice"),
    ],
)
@pytest.mark.cases(3)
def test_a_default_that_cannot_be_is_reported_at_its_field_and_nothing_is_saved(visit, place, changed, reported):
    page = save(visit, "matching", **MATCHING | {"comparison": "fold"} | changed)
    assert page.status_code == 422
    assert reported in text_of(page)
    assert not fresh(place).default_fold


def test_what_setup_offers_is_what_selections_understand():
    for code, _ in BUILT_IN:
        assert str(CloudinaryField.parse(code)) == code
    for code, _ in SHOPIFY:
        text = f"{code}:custom.no" if "metafield" in code else code
        assert str(ShopifyField.parse(text)) == text
    offered = dict(setup_choices.LINK_MODES)
    assert set(LinkMode) == set(dict(MODES))
    assert set(LinkMode) - set(offered) == DESTRUCTIVE


def test_defaults_are_fields_of_a_selection_with_the_same_beginning():
    begin = Selection()
    assert Environment().defaults() == {name: getattr(begin, name) for name in Environment().defaults()}


def test_fields_are_offered_by_their_labels_once_cloudinary_was_looked_at(visit, place):
    assert 'hx-get="/setup/sections/" hx-trigger="load"' in visit.get("/setup/").content.decode()
    page = visit.get("/setup/sections/")
    assert '<option value="metadata:sku" selected>SKU</option>' in page.content.decode()
    assert 'hx-get="/setup/sections/" hx-trigger="load"' not in page.content.decode()
    assert 'hx-get="/setup/sections/" hx-trigger="load"' not in visit.get("/setup/").content.decode()


def test_a_default_that_cloudinary_has_no_more_stays_chosen_and_says_so(visit, place):
    place.environment.default_cloudinary_field = "metadata:gone"
    place.environment.save()
    assert "gone (not in Cloudinary)" in text_of(visit.get("/setup/sections/"))


def test_cloudinary_away_is_reported_and_the_page_stays(visit, place):
    place.environment.api_secret = "wrong"
    place.environment.save()
    page = visit.get("/setup/sections/")
    assert page.status_code == 200
    assert "refuses the API key" in text_of(page)
    assert 'hx-get="/setup/sections/" hx-trigger="load"' not in page.content.decode()


def test_alt_texts_have_a_source_a_policy_and_ai(visit, place):
    save(visit, "alt-texts", source="", policy="fill", captions="on")
    known = fresh(place)
    assert (known.alt_field, known.alt_policy, known.captions) == ("", "fill", "on")


def test_what_may_be_shown_is_off_until_an_admin_ticks_it_and_each_tick_is_in_the_audit_log(visit, place):
    assert (fresh(place).allow_pending, fresh(place).allow_restricted) == (False, False)
    assert "What may be shown" in text_of(visit.get("/setup/sections/"))
    save(visit, "showing", restricted="on")
    assert (fresh(place).allow_pending, fresh(place).allow_restricted) == (False, True)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before, entry.after) == (
        "setup.showing",
        {"allow_restricted": False},
        {"allow_restricted": True},
    )


def test_the_last_day_of_assets_is_a_date_field(visit, place):
    dates = [{"id": "expiration", "label": "Expiration", "type": "date", "values": []}]
    Environment.objects.update(seen={"fields": [*fresh(place).seen.get("fields", []), *dates]})
    assert "Expiration" in text_of(visit.get("/setup/"))
    save(visit, "showing", expires="metadata:sku")
    assert fresh(place).expiration_field == ""
    save(visit, "showing", expires="metadata:expiration")
    assert fresh(place).expiration_field == "metadata:expiration"


def test_a_swatch_is_a_tag_or_a_value_in_a_field_or_none_is(visit, place):
    save(visit, "swatches", field="tags", value="Chip")
    assert (fresh(place).swatch_field, fresh(place).swatch_value) == ("tags", "Chip")
    page = save(visit, "swatches", field="context", field_text="kind", value="")
    assert (page.status_code, "Choose the value" in text_of(page)) == (422, True)
    assert fresh(place).swatch_value == "Chip"
    save(visit, "swatches", field="none")
    assert (fresh(place).swatch_field, fresh(place).no_swatches) == ("", True)
    assert '<option value="none" selected>' in visit.get("/setup/sections/").content.decode()
    save(visit, "swatches", field="")
    assert (fresh(place).no_swatches, AuditEntry.objects.filter(action="setup.swatches").count()) == (False, 3)


def rule(visit, **chosen) -> str:
    """What the section shows of a rule that is being chosen."""
    return visit.get("/setup/swatches/rule/", drawn_of(visit, "swatches") | chosen, headers=HTMX).content.decode()


@pytest.fixture
def kinds(scene, client):
    """A field with a list, whose labels are not its external IDs, and how many assets have each value of it."""
    listed = MetadataField("kind_7", "Asset type", "enum", {"p": "Product shot", "s": "Swatch"})
    assets = [asset(f"a{at}", "a", at, metadata={"kind_7": "s" if at < 3 else "p"}) for at in range(5)]
    assets += [asset("tagged", "a", 9, tags=["SWATCH"]), asset("chip", "a", 8, tags=["Chip"])]
    found = scene([], assets, fields=[*FIELDS, listed])
    found.world.settings.change({"index_lag": 0.0})
    return found


def test_the_rule_offers_fields_and_their_values_and_says_how_many_assets_it_finds(client, kinds):
    visit = enter(client, admin(kinds))
    page = visit.get("/setup/sections/").content.decode()
    assert '<option value="metadata:kind_7">Asset type</option>' in page
    assert "Asset type: Swatch" in page  # what goes without a rule
    assert "about <b>4</b> assets" in rule(visit)
    chosen = rule(visit, field="metadata:kind_7", value="")
    assert '<option value="Swatch" selected>Swatch</option>' in chosen  # the value that tells a swatch is proposed
    assert "about <b>3</b> assets" in chosen
    assert "about <b>2</b> assets" in rule(visit, field="metadata:kind_7", value="Product shot")
    assert "about <b>1</b> asset " in rule(visit, field="tags", value="chip")
    assert "No asset matches" in rule(visit, field="context", field_text="kind", value='a"b*')
    assert "Finds" not in rule(visit, field="none")
    kinds.world.settings.change({"hourly_limit": 0})
    assert "Cloudinary could not count the swatches." in rule(visit)


def test_a_value_that_was_typed_by_its_external_id_stays_chosen_and_counts(client, kinds):
    kinds.environment.swatch_field, kinds.environment.swatch_value = "metadata:kind_7", "S"
    kinds.environment.save()
    visit = enter(client, admin(kinds))
    page = visit.get("/setup/sections/").content.decode()
    assert '<option value="S" selected>Swatch</option>' in page
    assert "about <b>3</b> assets" in rule(visit, field="metadata:kind_7", value="S")
    save(visit, "swatches", field="metadata:kind_7", value="S")
    assert not AuditEntry.objects.filter(action="setup.swatches").exists()


def test_how_far_swatches_reach_is_a_default_of_new_selections(visit, place):
    save(visit, "matching", **MATCHING, reach="option", reach_text=" Material ")
    assert fresh(place).default_variant_reach == "option:Material"
    assert fresh(place).defaults()["variant_reach"] == "option:Material"
    page = save(visit, "matching", **MATCHING, reach="option", reach_text="")
    assert (page.status_code, "Write the name of the product option" in text_of(page)) == (422, True)
    save(visit, "matching", **MATCHING, reach="matched")
    assert fresh(place).default_variant_reach == "matched"


def test_a_section_without_htmx_comes_back_to_the_page(visit, place):
    answer = visit.post(
        "/setup/matching/", drawn_of(visit, "matching") | MATCHING | {"link_mode": "prepend"}, follow=True
    )
    assert "Saved." in text_of(answer)
    answer = visit.post(
        "/setup/matching/", drawn_of(visit, "matching") | MATCHING | {"link_mode": "reset"}, follow=True
    )
    assert "Not saved. Link Mode" in text_of(answer)
    assert fresh(place).default_link_mode == "prepend"


def test_a_section_without_htmx_says_that_cloudinary_could_not_be_asked(visit, place):
    drawn = drawn_of(visit, "renditions")
    drawn |= {"image": "c_limit,w_4472,h_4472/q_auto", "video": "c_limit,w_640,q_auto"}
    place.world.settings.change({"hourly_limit": 0})
    answer = visit.post("/setup/renditions/", drawn, follow=True)
    assert "Not saved. This product environment has used up Cloudinary’s hourly API limit." in text_of(answer).replace(
        "&#x27;", "'"
    )


def test_every_change_is_in_the_audit_log_with_before_and_after(visit, place):
    save(visit, "matching", **MATCHING | {"link_mode": "prepend"})
    save(visit, "matching", **MATCHING | {"link_mode": "prepend"})
    entry = AuditEntry.objects.get()
    assert (entry.person, entry.action, entry.ip) == ("Ada", "setup.matching", "127.0.0.1")
    assert (entry.before, entry.after) == ({"default_link_mode": "append"}, {"default_link_mode": "prepend"})


@pytest.mark.parametrize("slug", [*SECTIONS, "prepare/field-sku/make", "prepare/missing"])
@pytest.mark.cases(4)
def test_a_member_who_is_no_admin_changes_nothing(client, place, slug):
    enter(client, place.member)
    before = Environment.objects.values().get()
    assert save(client, slug, **MATCHING, policy="fill", source="", kind="tags", value="x").status_code == 403
    assert Environment.objects.values().get() == before
    assert len(place.world.environments[0].fields) == 2


def test_a_member_who_is_no_admin_reads_everything_and_can_touch_nothing(client, place):
    look(place.environment)
    page = enter(client, place.member).get("/setup/").content.decode()
    assert page.count("<fieldset") == page.count(" disabled>") + 1  # the one within Renditions
    assert "<button" not in page.partition('id="sections"')[2]
    assert "Only admins can change it." in page
