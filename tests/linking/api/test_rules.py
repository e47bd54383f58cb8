"""Rules through the HTTP API and the command line: read, fired, switched."""

import io

import pytest
from django.core.management import CommandError, call_command

from linking.models import Firing, Rule
from linking.rules import firing
from setup.models import AuditEntry
from tests.linking.rules.conftest import SETTINGS
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    return scene([product("a")], [asset("a1", "a", 1)], stores=2)


@pytest.fixture
def rule(place) -> Rule:
    known = {"search": "resource_type:image", "settings": SETTINGS, "policy": {"freedom": "bounded", "removals": 3}}
    made = Rule.objects.create(environment=place.environment, name="Nightly", schedule="0 6 * * *", **known)
    made.stores.set(place.stores)
    return made


def test_a_program_fires_a_rule_and_reads_what_became_of_it(place, rule, program):
    one = program(place)
    answer = one.post(f"/rules/{rule.key}/fire", {})
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    made = Firing.objects.get()
    assert (made.cause, str(made.by)) == ("api", "nightly job")
    firing.fire(made.pk)
    shown = one.get(answer["Location"].removeprefix("/api/v1")).json()
    assert (shown["policy"], shown["max_removals"], shown["on"]) == ("bounded", 3, False)
    assert shown["firings"][0]["state"] == "ran"
    assert shown["firings"][0]["runs"] == [str(made.runs.get().key)]
    assert one.get("/rules").json()["items"] == [shown]


def test_a_program_switches_a_rule_by_the_scope_of_its_key(place, rule, program):
    shown = program(place).post(f"/rules/{rule.key}/switch", {"on": True}).json()
    assert shown["on"]
    assert shown["next_firing"]
    assert [entry.action for entry in AuditEntry.objects.filter(object="rule Nightly")] == ["rule.on"]
    assert program(place).post(f"/rules/{rule.key}/switch", {}).status_code == 422


def test_a_key_of_one_store_sees_rules_for_that_store_alone(place, rule, program):
    one = program(place, store=0)
    assert one.get("/rules").json()["items"] == []
    assert one.post(f"/rules/{rule.key}/fire", {}).status_code == 404
    rule.stores.set(place.stores[:1])
    assert len(one.get("/rules").json()["items"]) == 1


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rule", *arguments, "--environment", "sandbox", stdout=out)
    return out.getvalue()


def test_the_command_lists_fires_and_switches(place, rule):
    place.environment.cloud_name = "sandbox"
    place.environment.save()
    assert "Nightly" in command("list")
    assert "is on" in command("on", "Nightly")
    assert "was on already" in command("on", str(rule.pk))
    assert "fires" in command("fire", str(rule.key))
    assert Firing.objects.get().cause == "command"
    assert "is off" in command("off", "Nightly")
    with pytest.raises(CommandError, match="has no rule"):
        command("fire", "Weekly")
