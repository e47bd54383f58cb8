"""Rules are made, changed and switched by admins, as far as they say something that can be done."""

from dataclasses import replace

import pytest
from django.utils import timezone

from linking import rights
from linking.domain.policies import Freedom, Policy
from linking.models import Rule
from linking.rules import making
from linking.rules.making import CannotSave, Wanted
from setup.models import AuditEntry, Environment, Member, Store
from setup.security.actors import Actor
from tests.linking.rules.conftest import SETTINGS


@pytest.fixture
def environment(db) -> Environment:
    return Environment.objects.create(cloud_name="demo")


@pytest.fixture
def admin(environment) -> Actor:
    return Actor(Member.objects.create(environment=environment, external_id="a", name="Ada", granted_role="admin"))


@pytest.fixture
def wanted(environment) -> Wanted:
    store = Store.objects.create(environment=environment, domain="north.myshopify.com", status="connected")
    return Wanted(" Nightly ", "tags:shop", [store], SETTINGS, schedule="0 6 * * *")


def test_a_rule_is_made_switched_off_and_only_reports(admin, wanted):
    rule = making.make(admin, wanted)
    assert (rule.name, rule.on, rule.next_at, rule.owner) == ("Nightly", False, None, admin.member)
    assert rule.allowed == Policy(Freedom.REPORT)
    assert AuditEntry.objects.get().action == "rule.add"


def test_the_switch_sets_when_it_fires_next_and_takes_it_away(admin, wanted):
    rule = making.make(admin, wanted)
    assert making.switch(admin, rule, on=True)
    assert not making.switch(admin, rule, on=True)
    rule.refresh_from_db()
    assert rule.next_at > timezone.now()
    assert making.switch(admin, rule, on=False)
    rule.refresh_from_db()
    assert rule.next_at is None


def test_who_saves_over_what_somebody_else_changed_is_refused(admin, wanted):
    rule = making.make(admin, wanted)
    making.change(admin, rule, replace(wanted, schedule="0 7 * * *"), rule.version)
    with pytest.raises(CannotSave, match="changed this rule meanwhile"):
        making.change(admin, rule, replace(wanted, schedule="0 8 * * *"), rule.version)
    assert Rule.objects.get().schedule == "0 7 * * *"


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"search": " "}, "search"),
        ({"search": "x" * 2001}, "search"),
        ({"stores": []}, "stores"),
        ({"schedule": "0 25 * * *"}, "schedule"),
        ({"schedule": ""}, "schedule"),
        ({"trigger": "moon"}, "trigger"),
        ({"policy": Policy(Freedom.BOUNDED)}, "removals"),
        ({"settings": {**SETTINGS, "link_mode": "reset"}}, "link_mode"),
        ({"settings": {**SETTINGS, "store_settings": {"1": {"link_mode": "reset"}}}}, "link_mode"),
        ({"settings": {**SETTINGS, "link_mode": "burn"}}, "link_mode"),
        ({"settings": {}}, "link_mode"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_field(admin, wanted, known, field):
    with pytest.raises(CannotSave) as refusal:
        making.make(admin, replace(wanted, **known))
    assert [name for name, _text in refusal.value.errors] == [field]
    assert not Rule.objects.exists()


def test_stores_of_another_environment_are_refused(admin, wanted):
    other = Environment.objects.create(cloud_name="other")
    stores = [Store.objects.create(environment=other, domain="south.myshopify.com")]
    with pytest.raises(CannotSave, match="store"):
        making.make(admin, replace(wanted, stores=stores))


def test_a_name_is_taken_once(admin, wanted):
    making.make(admin, wanted)
    with pytest.raises(CannotSave, match="this name"):
        making.make(admin, wanted)


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_only_admins_change_rules_and_viewers_fire_none(environment, admin, wanted, role):
    rule = making.make(admin, wanted)
    other = Actor(Member.objects.create(environment=environment, external_id="m", name="Max", granted_role=role))
    for what in (
        lambda: making.make(other, wanted),
        lambda: making.change(other, rule, wanted, 0),
        lambda: making.switch(other, rule, on=True),
        lambda: making.delete(other, rule),
    ):
        with pytest.raises(CannotSave, match="admins"):
            what()
    if role == "viewer":
        with pytest.raises(rights.NotAllowed):
            making.fire(other, rule, "person")
    else:
        assert making.fire(other, rule, "person").by == other.member


def test_a_rule_that_is_deleted_is_gone_for_who_has_its_page_open(admin, wanted):
    rule = making.make(admin, wanted)
    gone = Rule.objects.get()
    making.delete(admin, rule)
    with pytest.raises(CannotSave, match="deleted"):
        making.switch(admin, gone, on=True)
    with pytest.raises(CannotSave, match="deleted"):
        making.fire(admin, gone, "person")
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["rule.add", "rule.delete"]
