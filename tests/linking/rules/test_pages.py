"""Rules as people meet them: members read, admins make them with a preview, switch, fire and delete them."""

import re

import pytest
from django.utils import timezone

from linking import jobs, runs
from linking.domain import following
from linking.domain.following import Does, Fact
from linking.models import Firing, Link, Preset, Rule, Selection, Sync
from linking.models.jobs import SILENCE, JobState
from linking.rules import firing, forms, looking
from linking.rules.acting import actor_of
from linking.rules.forms import RuleForm
from setup.models import AuditEntry, Environment, Member
from tests.linking.rules.conftest import fired, run_of
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product

SENT = {
    "name": "Nightly",
    "search": "resource_type:image",
    "trigger": "schedule",
    "often": "week",
    "at": "06:30",
    "weekday": "7",
    "day": "1",
    "cloudinary_field": "metadata:sku",
    "shopify_field": "sku",
    "link_mode": "append",
    "position": "1",
    "group_order": "variants",
    "alt_policy": "keep",
    "variant_reach": "color",
    "freedom": "bounded",
    "removals": "5",
    "percent": "",
}


@pytest.fixture
def place(scene):
    return scene(
        [product("a", pictures=1), product("b")], [asset("a1", "a", 1), asset("b1", "b", 2), asset("c1", "c", 3)]
    )


@pytest.fixture
def admin(place, client):
    known = {"external_id": "boss", "name": "Boss", "roles": ["master_admin"]}
    enter(client, Member.objects.create(environment=place.environment, **known))
    return client


def sent(place, **known) -> dict:
    return SENT | {"stores": [str(place.stores[0].pk)]} | known


def test_its_page_asks_again_for_a_firing_that_is_lost(place, admin, monkeypatch):
    asked_for = []
    monkeypatch.setattr("linking.queue.enqueue", lambda name, pk: asked_for.append(name) or True)
    admin.post("/rules/new/", sent(place))
    rule = Rule.objects.get()
    firing.request(rule, "person")
    Firing.objects.update(heartbeat_at=timezone.now() - SILENCE * 2)
    asked_for.clear()
    admin.get(f"/rules/{rule.key}/")
    assert asked_for == ["firing"]


def test_a_rule_is_made_as_its_form_says_and_its_form_shows_it_again(place, admin):
    page = admin.post("/rules/new/", sent(place), follow=True)
    rule = Rule.objects.get()
    assert (rule.schedule, rule.policy, rule.on) == ("30 6 * * 0", {"freedom": "bounded", "removals": 5}, False)
    assert rule.settings["link_mode"] == "append"
    assert list(rule.stores.all()) == place.stores
    assert "Sundays at 06:30" in text_of(page)
    form = admin.get(f"/rules/{rule.key}/edit/").content.decode()
    assert re.search(r'<option value="week" selected', form)
    assert 'value="06:30"' in form
    again = admin.post(f"/rules/{rule.key}/edit/", sent(place, version="0", often="own", schedule="0 7 * * 1-5"))
    assert again.status_code == 302
    assert Rule.objects.get().schedule == "0 7 * * 1-5"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"search": 'tags:"'}, "Search expression"),
        ({"stores": []}, "This field is required"),
        ({"often": "own", "schedule": "99 * * * *"}, "takes numbers from 0 to 59"),
        ({"removals": ""}, "how many pictures may leave"),
        ({"link_mode": "reset"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(place, admin, known, said):
    page = admin.post("/rules/new/", sent(place, **known))
    assert page.status_code == 422
    assert said in text_of(page)
    assert 'class="error"' in page.content.decode()
    assert not Rule.objects.exists()


def test_a_rule_has_the_settings_that_a_person_chooses_and_shows_them_again(place, admin):
    store = place.stores[0].pk
    known = {
        "order_field": "public_id",
        "then_field": "display_name",
        "then_descending": "on",
        "bound_status": ["ACTIVE"],
        "bound_vendor": "Acme\nAcme\n Oak & Co ",
        f"store-{store}-link_mode": "position",
        f"store-{store}-position": "3",
        f"store-{store}-shopify_kind": "metafield",
        f"store-{store}-metafield": "custom.key",
        f"store-{store}-transformation": "all",
    }
    assert admin.post("/rules/new/", sent(place, **known)).status_code == 302
    rule = Rule.objects.get()
    assert rule.settings["bound"] == {"status": ["ACTIVE"], "vendor": ["Acme", "Oak & Co"]}
    own = {"link_mode": "position", "position": 3, "shopify_field": "metafield:custom.key"}
    assert rule.settings["store_settings"] == {str(store): own}
    assert (rule.settings["then_field"], rule.settings["then_descending"]) == ("display_name", True)
    page = admin.get(f"/rules/{rule.key}/edit/").content.decode()
    assert "Oak &amp; Co</textarea>" in page
    assert f'name="store-{store}-metafield" value="custom.key"' in page
    assert '<details id="own-settings" open' in page


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"link_mode": "reset"}, "Select a valid choice"),
        ({"link_mode": "position", "position": "900"}, "less than or equal to 250"),
        ({"shopify_kind": "metafield", "metafield": "nothing"}, "namespace.key"),
    ],
)
def test_what_is_wrong_of_a_store_is_said_there_and_in_a_preview(place, admin, known, said):
    wrong = {f"store-{place.stores[0].pk}-{name}": value for name, value in known.items()}
    page = admin.post("/rules/new/", sent(place, **wrong))
    assert page.status_code == 422
    assert said in text_of(page)
    assert said in text_of(admin.post("/rules/preview/", sent(place, **wrong)))
    assert not Rule.objects.exists()


def test_a_rule_begins_with_all_settings_of_a_preset(place, admin):
    own = {str(place.stores[0].pk): {"link_mode": "prepend"}}
    settings = {"link_mode": "append", "bound": {"tag": ["new"]}, "store_settings": own}
    preset = Preset.objects.create(environment=place.environment, name="Shop", settings=settings)
    page = admin.get(f"/rules/new/?preset={preset.pk}").content.decode()
    assert "new</textarea>" in page
    assert '<details id="own-settings" open' in page


def test_a_preview_says_what_the_rule_would_find_and_link_and_saves_nothing(place, admin):
    page = admin.post("/rules/preview/", sent(place, name=""))
    assert "The search finds 3 assets now." in text_of(page)
    selection = Selection.objects.get(member=looking.previewer(place.environment))
    address = f"/rules/preview/{selection.key}/"
    assert "Reading the assets" in text_of(admin.get(address))
    jobs.fetch(selection.pk)
    for match in selection.matches.all():
        jobs.match(match.pk)
    assert "It would link 2 assets to 2 products now." in text_of(admin.get(address))
    jobs.estimate(selection.estimate.pk)
    over = admin.get(address)
    assert "Adds up to 2 pictures, removes none" in text_of(over)
    assert "hx-get" not in over.content.decode()
    assert not Rule.objects.exists()
    assert not Sync.objects.exists()
    assert place.mutations() == []


def test_a_search_that_finds_nothing_is_doubted(place, admin):
    page = text_of(admin.post("/rules/preview/", sent(place, search='metadata.skuu="a"')))
    assert "The search finds 0 assets now." in page
    assert "does not exist" in page
    place.environment.seen = {"fields": [{"id": "sku", "label": "SKU", "type": "string", "values": []}]}
    place.environment.seen_at = timezone.now()
    place.environment.save()
    page = text_of(admin.post("/rules/preview/", sent(place, search='metadata.skuu="a"')))
    assert "no metadata field skuu" in page


def test_the_switch_the_firing_and_what_came_of_it_stand_on_the_rules_page(place, admin, make_rule):
    rule = make_rule(place, on=False, schedule="0 6 * * *")
    assert admin.post(f"/rules/{rule.key}/switch/", {"on": "1"}).status_code == 302
    assert Rule.objects.get().next_at
    assert "is on" in text_of(admin.get(f"/rules/{rule.key}/"))
    admin.post(f"/rules/{rule.key}/fire/")
    one = Firing.objects.get()
    assert (one.cause, str(one.by)) == ("person", "Boss")
    firing.fire(one.pk)
    place.finish(run_of(one))
    page = text_of(admin.get(f"/rules/{rule.key}/"))
    assert "By hand · Boss" in page
    assert "North Done" in page
    listed = text_of(admin.get("/rules/"))
    assert "Every day at 06:00" in listed
    assert "Ran" in listed
    history = text_of(admin.get("/syncs/"))
    assert "Rule Nightly" in history
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["rule.on", "rule.fire", "sync.start"]


def test_a_waiting_plan_is_reached_from_the_rule_and_the_list_until_a_newer_one_is_there(place, admin, make_rule):
    rule = make_rule(place, policy={"freedom": "wait"})
    first = place.finish(run_of(fired(rule)))
    assert f"/syncs/{first.key}/" in admin.get(f"/rules/{rule.key}/").content.decode()
    assert "1 plan waits for a person" in text_of(admin.get("/rules/"))
    place.finish(run_of(fired(rule)))
    assert "1 plan waits for a person" in text_of(admin.get("/rules/"))
    Rule.objects.update(policy={"freedom": "report"})
    place.finish(run_of(fired(rule)))
    assert "waits for a person" not in text_of(admin.get("/rules/"))


def test_a_plan_with_nothing_to_do_waits_for_nobody(place, admin, make_rule):
    rule = make_rule(place)
    place.finish(run_of(fired(rule)))
    Rule.objects.update(policy={"freedom": "wait"})
    place.finish(run_of(fired(rule)))
    assert "plan waits for a person" not in text_of(admin.get(f"/rules/{rule.key}/"))


def test_the_page_says_why_a_firing_failed_and_what_waits(place, admin, make_rule):
    rule = make_rule(place)
    rule.stores.clear()
    assert fired(rule).state == JobState.FAILED
    firing.request(rule, "api")
    page = text_of(admin.get(f"/rules/{rule.key}/"))
    assert "None of its stores is connected" in page
    assert "Waiting" in page


def test_members_and_viewers_read_and_are_offered_nothing_else(place, client, make_rule):
    rule = make_rule(place)
    for role in ("member", "viewer"):
        known = {"external_id": role, "name": role, "granted_role": role}
        enter(client, Member.objects.create(environment=place.environment, **known))
        pages = [client.get(address) for address in ("/rules/", f"/rules/{rule.key}/")]
        assert [page.status_code for page in pages] == [200, 200]
        assert not any("<form" in page.content.decode().partition("<main")[2] for page in pages)
        assert client.post(f"/rules/{rule.key}/fire/").status_code == 403
        assert client.get("/rules/new/").status_code == 403
    assert not Firing.objects.exists()


def test_the_time_zone_moves_the_next_firing(place, admin, make_rule):
    rule = make_rule(place, on=False, schedule="0 6 * * *")
    admin.post(f"/rules/{rule.key}/switch/", {"on": "1"})
    before = Rule.objects.get().next_at
    admin.post("/rules/zone/", {"zone": "Asia/Kolkata"})
    assert Environment.objects.get(pk=place.environment.pk).time_zone == "Asia/Kolkata"
    assert (before - Rule.objects.get().next_at).total_seconds() % 86_400 == 5.5 * 3600
    assert "does not know" in text_of(admin.post("/rules/zone/", {"zone": "Moon/Base"}, follow=True))


def test_a_deleted_rule_leaves_its_runs(place, admin, make_rule):
    rule = make_rule(place)
    place.finish(run_of(fired(rule)))
    assert "Delete Nightly?" in text_of(admin.get(f"/rules/{rule.key}/delete/"))
    admin.post(f"/rules/{rule.key}/delete/")
    assert not Rule.objects.exists()
    assert Sync.objects.get().rule is None
    assert "Nightly" in text_of(admin.get("/syncs/"))


def test_a_list_of_many_rules_costs_as_many_queries_as_one(place, admin, make_rule, django_assert_max_num_queries):
    for at in range(12):
        fired(make_rule(place, name=f"Rule {at}", search="tags:none"))
    with django_assert_max_num_queries(22):
        admin.get("/rules/")


def test_a_rule_that_waits_for_events_says_what_follows_from_each_change(place, admin):
    known = {"trigger": "event", "follow_gone": "ledger", "follow_place": "run", "follow_version": "run"}
    page = admin.post("/rules/new/", sent(place, **known), follow=True)
    rule = Rule.objects.get()
    assert (rule.trigger, rule.schedule, rule.next_at) == ("event", "", None)
    table = following.chosen(rule.trigger_settings["follow"])
    assert (table[Fact.GONE], table[Fact.PLACE], table[Fact.REFUSED]) == (Does.LEDGER, Does.RUN, Does.WAIT)
    assert "When assets change in Cloudinary" in text_of(page)
    form = admin.get(f"/rules/{rule.key}/edit/").content.decode()
    chosen = re.search(r'<select name="follow_gone".*?</select>', form, re.DOTALL)[0]
    assert re.search(r'<option value="ledger" selected', chosen)
    assert admin.post("/rules/new/", sent(place, name="b", trigger="event", follow_gone="run")).status_code == 422


def test_a_status_is_a_value_of_a_list_that_cloudinary_has(place, admin):
    values = [["requires_data", "Requires data"], ["complete", "Metadata complete"]]
    place.environment.seen = {"fields": [{"id": "status", "label": "Status", "type": "enum", "values": values}]}
    place.environment.save()
    assert admin.post("/rules/new/", sent(place, trigger="status")).status_code == 422
    page = admin.post("/rules/new/", sent(place, trigger="status", status="status=Metadata complete"), follow=True)
    rule = Rule.objects.get()
    assert rule.trigger_settings == {"field": "status", "value": "Metadata complete"}
    assert "When Status becomes “Metadata complete”" in text_of(page)
    form = admin.get(f"/rules/{rule.key}/edit/").content.decode()
    assert '<option value="status=Metadata complete" selected' in form


def test_a_rule_may_wait_for_products(place, admin):
    form = admin.get("/rules/new/").content.decode()
    assert '<option value="product">When a product is new in Shopify, or its keys change' in form
    page = admin.post("/rules/new/", sent(place, trigger="product"), follow=True)
    rule = Rule.objects.get()
    assert (rule.trigger, rule.schedule, rule.next_at) == ("product", "", None)
    assert "When a product is new in Shopify, or its keys change" in text_of(page)


def test_a_plan_to_unlink_by_an_event_waits_whatever_fires_later(place, admin, make_rule):
    rule = make_rule(place, trigger="event")
    place.finish(run_of(fired(rule)))
    links = list(Link.objects.filter(product_id__isnull=False)[:1])
    plan = place.finish(runs.unlink(actor_of(rule), links, "events-1", rule=rule))
    place.finish(run_of(fired(rule)))
    page = admin.get(f"/rules/{rule.key}/").content.decode()
    assert f"/syncs/{plan.key}/" in page
    assert "The rule Nightly made this run." in text_of(admin.get(f"/syncs/{plan.key}/"))


@pytest.mark.parametrize(
    "schedule", ["0 6 1,15 * *", "0 6 31 * *", "0 6 */2 * *", "0 6 L * *", "0 6 28 * *", "5 * * * *"]
)
def test_a_rule_that_is_saved_as_its_page_shows_it_keeps_its_schedule(place, schedule):
    made = Rule.objects.create(environment=place.environment, name="Nightly", search="x", schedule=schedule)
    form = RuleForm(place.environment, rule=made)
    known = {name: form[name].value() for name in ("often", "at", "weekday", "day", "schedule")}
    assert known["often"] != "month" or known["day"] in dict(form.fields["day"].choices)
    assert forms.expression_of(known) == schedule
