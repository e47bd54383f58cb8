"""The pages of Prepare: parts with their states, one with choices and a preview, and what is done only as it was shown."""

import re

import pytest

from setup.models import AuditEntry, Environment
from setup.preparing.parts import PARTS
from setup.preparing.things import RULES
from tests.linking.visits import enter, text_of
from tests.scenes import asset


@pytest.fixture
def place(scene):
    found = scene([], [asset("front", "a")])
    found.here = found.world.environments[0]
    found.here.fields.clear()
    found.member.roles = ["master_admin"]
    found.member.save()
    return found


@pytest.fixture
def visit(client, place):
    return enter(client, place.member)


def preview(visit, slug: str, **chosen):
    return visit.get(f"/setup/prepare/{slug}/", {"look": "1", **({"chosen": "1", **chosen} if chosen else {})})


def confirm(visit, page, slug: str, **other):
    """Press the button of this page, with what it holds."""
    form = page.content.decode().partition('<form id="make"')[2].partition("</form>")[0]
    assert form, text_of(page)
    pairs: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{key}="([^"]*)"', tag)[1] for key in ("name", "value"))
        pairs.setdefault(name, []).append(value)
    return visit.post(f"/setup/prepare/{slug}/make/", pairs | other, follow=True)


def test_the_page_names_all_parts_at_once_and_their_states_after_a_look(visit, place):
    page = text_of(visit.get("/setup/prepare/"))
    assert all(str(part.label) in page for part in PARTS)
    assert "Missing" not in page
    page = text_of(visit.get("/setup/prepare/?look=1"))
    assert (page.count("Missing"), page.count("Optional")) == (12, 3)
    assert "What is created" in page


def test_what_is_missing_is_created_by_one_button_and_a_second_time_nothing_is(visit, place):
    page = text_of(visit.post("/setup/prepare/missing/", follow=True))
    assert "Created: SKU, Asset type" in page
    entries = AuditEntry.objects.count()
    assert entries == 12
    assert "Nothing that could be created is missing." in text_of(visit.post("/setup/prepare/missing/", follow=True))
    assert AuditEntry.objects.count() == entries
    page = text_of(visit.get("/setup/prepare/?look=1"))
    assert ("Missing" in page, page.count("There"), page.count("Optional")) == (False, 12, 3)
    assert "Nothing is missing." in page


def test_a_part_is_previewed_with_choices_and_created_as_it_was_shown(visit, place):
    page = preview(visit, "transformation-product_list", width="300", height="200", fit="fill", ground="white")
    assert "b_white,c_fill,g_auto,h_200,w_300/q_auto" in text_of(page)
    assert "product_list was created." in text_of(confirm(visit, page, "transformation-product_list"))
    assert place.here.transformations == {"product_list": "b_white,c_fill,g_auto,h_200,w_300/q_auto"}
    again = preview(visit, "transformation-product_list")
    assert "It is as you want it." in text_of(again)
    assert '<form id="make"' not in again.content.decode()


def test_a_transformation_is_shown_on_a_picture_of_the_environment(visit, place):
    page = preview(visit, "transformation-product_images").content.decode()
    assert page.partition('id="part"')[2].count("<img") == 2
    assert "c_pad,h_2048,w_2048/q_auto/c_limit" in page


def test_an_update_shows_before_and_after_and_waits_for_the_button(visit, place):
    place.here.transformations["product_swatch"] = "c_scale,w_9"
    page = preview(visit, "transformation-product_swatch")
    for words in ("Differs", "c_scale,w_9", "c_fill,g_auto,h_96,w_96", "Update"):
        assert words in text_of(page)
    assert place.here.transformations["product_swatch"] == "c_scale,w_9"
    assert "product_swatch was updated." in text_of(confirm(visit, page, "transformation-product_swatch"))
    entry = AuditEntry.objects.get(action="setup.prepare-update")
    assert entry.before == {"transformation": "c_scale,w_9"}


def test_what_moved_after_the_preview_is_shown_once_more_and_not_written(visit, place):
    page = preview(visit, "transformation-product_swatch")
    place.here.transformations["product_swatch"] = "w_1"
    answer = confirm(visit, page, "transformation-product_swatch")
    assert answer.status_code == 422
    assert "have changed since" in text_of(answer)
    assert place.here.transformations["product_swatch"] == "w_1"


@pytest.mark.parametrize(
    ("slug", "chosen", "text"),
    [
        ("field-sku", {"several": "on"}, "Write at least one SKU"),
        ("field-sku", {"required": "on"}, "A required field needs a default."),
        ("field-sku", {"several": "on", "first": "A", "required": "on", "default": "B"}, "one of the first values"),
        ("field-sequence", {"required": "on", "default": "1.5"}, "Write a whole number."),
        ("field-expiration", {"required": "on", "default": "soon"}, "Write a day as 2027-01-31."),
        ("field-expiration", {"months": "61"}, "less than or equal to 60"),
        ("field-sku", {"shortest": "5", "longest": "4"}, "upper bound is below the lower one"),
        ("field-sku", {"several": "on", "first": "A", "longest": "4"}, "Only a text has a length"),
        ("field-sku", {"longest": "2", "required": "on", "default": "none"}, "The default is outside the bounds"),
        ("field-sku", {"longest": "1001"}, "less than or equal to 1000"),
        ("field-sequence", {"least": "9", "most": "1"}, "upper bound is below the lower one"),
        ("field-sequence", {"least": "1", "required": "on", "default": "0"}, "The default is outside the bounds"),
        ("field-expiration", {"earliest": "2027-02-30"}, "Enter a valid date"),
        ("field-expiration", {"earliest": "2027-02-01", "latest": "2027-01-01"}, "below the lower one"),
        (
            "transformation-product_page",
            {"width": "99", "height": "99", "fit": "fill", "ground": "gen_fill"},
            "gen_fill draws around a whole picture",
        ),
        ("transformation-product_video", {"width": "99", "height": "99", "fit": "cut"}, "Select a valid choice"),
        (
            "preset-product_assets_unsigned",
            {"naming": "file", "id_prefix": "a//b"},
            "Leave out “//”: Cloudinary does not take it",
        ),
        ("field-status", {"required": "on", "default": "Linked"}, "Select a valid choice"),
        ("field-alt_texts", {"languages": "german!"}, "is no language code"),
        ("field-alt_texts", {"languages": " , "}, "Write at least one language."),
        ("rules", {"other": "1"}, "Choose at least one rule."),
        ("transformation-product_page", {"width": "0", "height": "9", "fit": "pad", "ground": "white"}, "greater than"),
        (
            "transformation-product_page",
            {"width": "99", "height": "99", "fit": "pad", "ground": "w/l_x"},
            "Write white",
        ),
        (
            "preset-product_assets",
            {"naming": "file", "folder": "a?b"},
            "Leave out “?”: Cloudinary does not take it",
        ),
        ("preset-product_assets", {"naming": "file", "tags": "a=b"}, "has a sign that Cloudinary does not take"),
        ("preset-product_assets", {"naming": "file", "tagging": "google_tagging"}, "Write a number from 0 to 1"),
        ("preset-product_assets", {"naming": "file", "start": "2027-02-01", "end": "2027-01-01"}, "has to be after"),
        ("preset-product_assets", {"naming": "file", "translate": "de"}, "Only a transcript can be translated"),
        ("preset-product_assets", {"naming": "file", "eager": "5000"}, "Select a valid choice"),
    ],
)
def test_what_cloudinary_would_refuse_is_refused_before(visit, place, slug, chosen, text):
    page = preview(visit, slug, **chosen)
    assert text in text_of(page)
    assert '<form id="make"' not in page.content.decode()
    answer = visit.post(f"/setup/prepare/{slug}/make/", chosen)
    assert (answer.status_code, AuditEntry.objects.count()) == (422, 0)


def test_cloudinarys_own_word_is_shown_where_it_refuses(visit, place):
    place.world.settings.change({"add_ons": []})
    page = preview(visit, "preset-product_assets", naming="file", tagging="google_tagging", confidence="0.6")
    assert "Cloudinary’s report does not list the add-on Google Auto Tagging" in text_of(page)
    answer = confirm(visit, page, "preset-product_assets")
    assert "an active subscription for Google Auto Tagging" in text_of(answer)
    assert answer.status_code == 422
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("slug", "operation", "chosen"),
    [
        ("field-sku", "add_metadata_field", {}),
        ("rules", "add_metadata_rule", {"rules": list(RULES)}),
        (
            "transformation-product_list",
            "create_transformation",
            {"width": "99", "height": "99", "fit": "pad", "ground": "white"},
        ),
        ("preset-product_assets", "create_upload_preset", {"naming": "file"}),
    ],
)
def test_each_kind_of_part_shows_cloudinarys_own_word(visit, place, slug, operation, chosen):
    if slug == "rules":
        visit.post("/setup/prepare/missing/")
    place.world.faults.add(kind="http_403", service="cloudinary", operation=operation)
    answer = confirm(visit, preview(visit, slug, **chosen), slug)
    assert answer.status_code == 422
    assert "Cloudinary says: " in text_of(answer)


def test_an_add_on_that_is_known_to_be_missing_is_named_and_not_asked_for(visit, place):
    place.world.settings.change({"captions": "absent"})
    visit.post("/setup/alt-texts/add-on/ask/")
    page = preview(visit, "preset-product_assets", naming="file", captions="on")
    assert "The add-on Cloudinary AI Content Analysis is missing." in text_of(page)
    assert "The add-on that this needs is missing." in text_of(page)


def test_months_until_assets_expire_are_ours_alone_and_in_the_audit_log(visit, place):
    confirm(visit, preview(visit, "field-expiration"), "field-expiration")
    page = preview(visit, "field-expiration", months="2")
    assert "Nothing was written to Cloudinary." in text_of(confirm(visit, page, "field-expiration"))
    assert Environment.objects.get(pk=place.environment.pk).preparing["field-expiration"]["months"] == 2
    entry = AuditEntry.objects.get(action="setup.prepare-months")
    assert (entry.before, entry.after) == ({"months": 0}, {"months": 2})


def test_a_rule_that_would_have_uploads_refused_is_refused_beside_them(visit, place):
    visit.post("/setup/prepare/missing/")
    page = preview(visit, "rules", rules=list(RULES))
    assert "an upload that has a sequence and no asset type" in text_of(page)
    confirm(visit, page, "rules")
    page = preview(visit, "field-expiration", months="2")
    assert "would have Cloudinary refuse them" in text_of(page)
    assert '<form id="make"' not in page.content.decode()
    confirm(visit, preview(visit, "preset-product_assets", naming="file", status="linked"), "preset-product_assets")
    confirm(visit, preview(visit, "field-expiration", months="2"), "field-expiration")
    assert Environment.objects.get(pk=place.environment.pk).preparing["field-expiration"]["months"] == 2


def test_members_see_states_and_can_touch_nothing(client, place):
    place.member.roles = []
    place.member.save()
    visit = enter(client, place.member)
    assert "Missing" in text_of(visit.get("/setup/prepare/?look=1"))
    page = preview(visit, "transformation-product_list").content.decode()
    assert '<fieldset class="fields" disabled>' in page
    assert "<button" not in page.partition('id="part"')[2].partition("</main>")[0]
    assert visit.post("/setup/prepare/missing/").status_code == 403


def test_cloudinary_that_does_not_answer_is_reported_and_the_parts_stay_named(visit, place):
    place.world.faults.clear()
    Environment.objects.filter(pk=place.environment.pk).update(upload_prefix="http://127.0.0.1:9")
    for address in ("/setup/prepare/?look=1", "/setup/prepare/field-sku/?look=1"):
        page = visit.get(address)
        assert "Cloudinary could not be checked." in text_of(page)
        assert "SKU" in text_of(page)


def test_what_prepare_does_not_know_does_not_exist(visit):
    assert visit.get("/setup/prepare/field-nothing/").status_code == 404
    assert visit.post("/setup/prepare/field-nothing/make/").status_code == 404


def test_too_many_looks_are_said_in_the_page_and_nothing_chosen_is_lost(visit, place, settings):
    page = preview(visit, "transformation-product_list", width="300", height="200", fit="fill", ground="white")
    settings.LIMITS = {**settings.LIMITS, "look": 0}
    for address in ("/setup/prepare/", "/setup/prepare/field-sku/", "/setup/transcripts/", "/setup/sections/"):
        answer = visit.get(address, {"look": "1"})
        assert (answer.status_code, "Cloudinary was asked too often just now." in text_of(answer)) == (200, True), (
            address
        )
        assert "Cloudinary is being checked" not in text_of(answer)
    refused = confirm(visit, page, "transformation-product_list")
    assert refused.status_code == 429
    assert "Cloudinary was asked too often just now." in text_of(refused)
    assert 'value="300"' in refused.content.decode()
    assert "asked too often" in text_of(visit.post("/setup/prepare/missing/", follow=True))
    assert not AuditEntry.objects.exists()


def test_what_has_to_be_created_first_leads_to_its_part(visit, place):
    page = preview(visit, "rules").content.decode()
    assert '<a href="/setup/prepare/field-asset_type/"><code>asset_type</code></a>, ' in page
