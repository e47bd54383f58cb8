"""Two admins on one section of Setup: who changes different fields both keep theirs; who changes the same one is asked."""

import contextlib

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from setup import environments
from setup.models import AuditEntry, Environment, Member, ShopifyApp, Store
from setup.reasons import Reason
from setup.shopify import connection
from setup.shopify.errors import ShopifyError
from tests.linking.visits import drawn_in, drawn_of, enter, field_of, text_of
from tests.scenes import asset

HTMX = {"HX-Request": "true"}
MATCHING = {"cloudinary": "metadata:sku", "shopify": "sku", "order": "", "link_mode": "append", "comparison": ""}
ALTS = {"source": "context", "source_text": "alt", "policy": "keep"}
RIGHTS = {"abort": "everybody", "retry": "everybody", "apply": "admins", "undo": "admins"}
RENDITIONS = {"image": "c_limit,w_800", "video": "c_limit,w_640", "in_files": "", "sample": ""}


@pytest.fixture
def place(scene):
    found = scene([], [asset("front", "a")])
    Environment.objects.update(image_transformation="c_limit,w_800", video_transformation="c_limit,w_640")
    Environment.objects.update(files_transformation="", seen={"transformations": ["one", "two", "three"]})
    return found


@pytest.fixture
def ada(client, place):
    """Her page, and the page of another admin who looked at the same time."""
    place.member.roles = ["master_admin"]
    place.member.save()
    return enter(client, place.member)


@pytest.fixture
def boss(place):
    from django.test import Client

    known = {"external_id": "boss", "name": "Boss", "roles": ["master_admin"]}
    return enter(Client(), Member.objects.create(environment=place.environment, **known))


def post(client, slug: str, drawn: dict, values: dict, **changed):
    data = drawn | values | changed
    return client.post(f"/setup/{slug}/", {name: value for name, value in data.items() if value}, headers=HTMX)


def now() -> Environment:
    return Environment.objects.get()


@pytest.mark.parametrize(
    ("slug", "values", "one", "other", "kept"),
    [
        (
            "matching",
            MATCHING,
            {"link_mode": "prepend"},
            {"comparison": "fold"},
            {"default_link_mode": "prepend", "default_fold": True},
        ),
        (
            "matching",
            MATCHING,
            {"cloudinary": "context", "cloudinary_text": "article"},
            {"order": "tags"},
            {"default_cloudinary_field": "context:article", "default_order_field": "tags"},
        ),
        ("alt-texts", ALTS, {"captions": "on"}, {"policy": "fill"}, {"captions": "on", "alt_policy": "fill"}),
        (
            "rights",
            RIGHTS,
            {"undo": "everybody"},
            {"abort": "admins"},
            {"others_undo": "everybody", "others_abort": "admins"},
        ),
    ],
)
@pytest.mark.cases(2)
def test_who_changes_different_fields_both_keep_theirs(ada, boss, slug, values, one, other, kept):
    drawn = drawn_of(ada, slug)
    assert post(boss, slug, drawn, values, **one).status_code == 200
    assert post(ada, slug, drawn, values, **other).status_code == 200
    assert {name: getattr(now(), name) for name in kept} == kept
    theirs, mine = (entry.after for entry in AuditEntry.objects.filter(action=f"setup.{slug}").order_by("pk"))
    assert theirs.keys() | mine.keys() == kept.keys()
    assert not theirs.keys() & mine.keys()


def test_who_changes_the_same_field_is_shown_what_the_other_saved_and_chooses(ada, boss):
    drawn = drawn_of(ada, "matching")
    post(boss, "matching", drawn, MATCHING, link_mode="prepend", comparison="fold")
    page = post(ada, "matching", drawn, MATCHING, link_mode="in_place", order="tags")
    assert page.status_code == 409
    assert "Boss saved “Prepend” in the meantime" in text_of(page)
    known = page.content.decode()
    assert '<option value="in_place" selected>' in known  # hers is still there
    assert '<option value="fold" selected>' in known  # and what she did not touch is as it is now
    assert 'id="matching-save"' in known
    assert (now().default_link_mode, now().default_order_field) == ("prepend", "")
    again = {"link_mode": "in_place", "order": "tags", "comparison": "fold"}
    assert post(ada, "matching", drawn_in(known, "matching"), MATCHING, **again).status_code == 200
    assert (now().default_link_mode, now().default_order_field, now().default_fold) == ("in_place", "tags", True)


def test_the_answer_is_drawn_on_what_the_other_saved(ada, boss):
    drawn = drawn_of(ada, "matching")
    post(boss, "matching", drawn, MATCHING, link_mode="prepend")
    page = post(ada, "matching", drawn, MATCHING, link_mode="in_place").content.decode()
    assert 'name="initial-link_mode" value="prepend"' in page


def test_both_wishing_the_same_is_no_question(ada, boss):
    drawn = drawn_of(ada, "matching")
    for client in (boss, ada):
        assert post(client, "matching", drawn, MATCHING, link_mode="prepend").status_code == 200
    assert AuditEntry.objects.filter(action="setup.matching").count() == 1


def test_a_rule_for_swatches_is_one_value_of_two_fields(ada, boss):
    """Half of one rule and half of another would be a rule that nobody wished for."""
    drawn = drawn_of(ada, "swatches")
    post(boss, "swatches", drawn, {"field": "context", "field_text": "kind", "value": "Swatch"})
    page = post(ada, "swatches", drawn, {"field": "tags", "value": "colour"})
    assert (page.status_code, now().swatch_field) == (409, "context:kind")
    assert "Boss saved “context:kind” in the meantime" in text_of(page)


def test_boxes_are_one_value_too_and_a_person_may_overtake_themselves_in_another_window(ada):
    drawn = drawn_of(ada, "renditions")
    Environment.objects.update(allowed_transformations=["one"])
    assert post(ada, "renditions", drawn, RENDITIONS).status_code == 200  # nothing of hers
    assert now().allowed_transformations == ["one"]
    AuditEntry.objects.create(cloud_name=now().cloud_name, action="setup.renditions", person_id="u1", person="Ada")
    page = post(ada, "renditions", drawn, RENDITIONS, allowed=["two"])
    assert page.status_code == 409
    assert "You saved “one” in another window" in text_of(page)
    assert now().allowed_transformations == ["one"]


def test_a_value_that_is_not_offered_any_more_does_not_hold_up_who_changed_another(ada, boss):
    Environment.objects.update(default_cloudinary_field="metadata:gone")
    drawn = drawn_of(ada, "matching")
    stale = MATCHING | {"cloudinary": "metadata:gone"}
    assert post(boss, "matching", drawn, stale, cloudinary="tags").status_code == 200
    assert post(ada, "matching", drawn, stale, link_mode="prepend").status_code == 200
    assert (now().default_cloudinary_field, now().default_link_mode) == ("tags", "prepend")


@pytest.mark.parametrize("drawn", [{}, {"initial-link_mode": "¤" * 9}, {"initial-comparison": ["a", "b"]}])
def test_a_page_that_does_not_say_what_it_was_drawn_with_takes_nothing_back(ada, drawn):
    """As one of the last release, still open in a browser, or a request that somebody wrote."""
    Environment.objects.update(default_link_mode="prepend", default_order_field="tags")
    page = post(ada, "matching", drawn, MATCHING)
    assert page.status_code == 409
    assert (now().default_link_mode, now().default_order_field) == ("prepend", "tags")


@pytest.mark.parametrize(("saved", "posted"), [(False, {"restricted": "on"}), (True, {})])
def test_nor_does_a_tick_of_such_a_page(ada, saved, posted):
    """An older page has it ticked, or not, whatever was saved since."""
    Environment.objects.update(allow_restricted=saved)
    assert post(ada, "showing", {}, posted).status_code == 409
    assert now().allow_restricted is saved


def test_without_htmx_the_page_says_it_and_shows_what_is_saved(ada, boss):
    drawn = drawn_of(ada, "matching")
    post(boss, "matching", drawn, MATCHING, link_mode="prepend")
    page = ada.post("/setup/matching/", drawn | MATCHING | {"link_mode": "in_place"}, follow=True)
    assert "Not saved. Link Mode: Boss saved “Prepend” in the meantime" in text_of(page)
    assert now().default_link_mode == "prepend"


def name_form(client, store) -> dict[str, list[str]]:
    return drawn_in(
        client.get(f"/setup/stores/{store.pk}/").content.decode().replace('id="name"', 'id="n-fields"'), "n"
    )


def test_a_store_that_another_has_named_is_asked_about(ada, boss, place):
    [store], drawn = place.stores, name_form(ada, place.stores[0])
    address = f"/setup/stores/{store.pk}/name/"
    assert boss.post(address, drawn | {"label": "Harbour"}).status_code == 302
    page = ada.post(address, drawn | {"label": "Pier"})
    assert (page.status_code, Store.objects.get().label) == (409, "Harbour")
    assert "Boss saved “Harbour” in the meantime" in text_of(page)
    assert ada.post(address, name_form(ada, store) | {"label": "Pier"}).status_code == 302
    assert Store.objects.get().label == "Pier"


def test_an_app_that_another_has_named_is_asked_about(ada, boss):
    known = {"client_secret": "hush", "present": ""}
    assert boss.post("/setup/connect/app/", known | {"client_id": "theirs"}).status_code == 302
    page = ada.post("/setup/connect/app/", known | {"client_id": "mine"})
    assert "Boss saved “theirs” in the meantime" in text_of(page)
    assert ShopifyApp.objects.get().client_id == "theirs"
    [present] = field_of(page, "present")
    ada.post("/setup/connect/app/", known | {"client_id": "mine", "present": present})
    assert ShopifyApp.objects.get().client_id == "mine"


@pytest.mark.parametrize(("meanwhile", "kept"), [("pause", "paused"), ("disconnect", "disconnected")])
def test_a_check_takes_back_nothing_that_another_decided_while_the_store_was_asked(ada, boss, place, meanwhile, kept):
    asked = Store.objects.get()  # as the check has it, from before
    boss.post(f"/setup/stores/{asked.pk}/{meanwhile}/")
    with contextlib.suppress(ShopifyError):
        connection.look_again(asked)
    assert Store.objects.get().status == kept


def test_a_check_brings_a_store_back_that_had_refused(ada, place):
    Store.objects.update(status="broken")
    Store.objects.get().break_off(Reason("store.uninstalled"))
    connection.look_again(Store.objects.get())
    assert (Store.objects.get().status, str(Store.objects.get().problem)) == ("connected", "")


def test_variables_of_the_server_keep_what_admins_saved_meanwhile(place):
    """`environment` at the start of a process writes the values that it is given, and no others."""
    row = now()
    values = {"cloud_name": row.cloud_name, "upload_prefix": "https://api-eu.cloudinary.com"}
    found, change = environments.set_up(values)
    assert (change, found.pk, now().upload_prefix) == ("changed", row.pk, values["upload_prefix"])
    with CaptureQueriesContext(connections["default"]) as asked:
        environments.set_up(values | {"upload_prefix": "https://api-ap.cloudinary.com"})
    [written] = [one["sql"] for one in asked if one["sql"].startswith("UPDATE") and "setup_environment" in one["sql"]]
    assert "upload_prefix" in written
    assert "default_link_mode" not in written
