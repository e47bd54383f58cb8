"""The door to rules themselves: admins make, change, switch and delete them; everybody who works here fires them by hand."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from linking import rights
from linking.domain import schedules
from linking.domain.galleries import LinkMode
from linking.domain.notices import Cause
from linking.domain.per_store import modes_of
from linking.domain.policies import Policy
from linking.domain.schedules import BadSchedule
from linking.models import Firing, Rule
from linking.models.names import LONGEST_NAME
from linking.models.rules import LONGEST_SEARCH, TRIGGERS
from linking.models.selections import KEY_SETTINGS, RUN_SETTINGS
from linking.notices import noting
from linking.rules import clock, firing
from linking.selection.taking_over import possible
from setup.models import Environment, Store
from setup.security.actors import Actor
from setup.spelling import UNSEEN, plain
from setup.words import _, ngettext, number

MOST = 200  # in one environment


class CannotSave(Exception):
    """`errors`: (field, or empty for the whole; what is wrong there, and what to do)."""

    def __init__(self, *errors: tuple[str, str]) -> None:
        super().__init__(" ".join(text for _field, text in errors))
        self.errors = errors


@dataclass(frozen=True)
class Wanted:
    """What a rule shall be. `settings` as in presets, all of them."""

    name: str
    search: str
    stores: Collection[Store]
    settings: Mapping[str, Any]
    policy: Policy = field(default_factory=Policy)
    trigger: str = "schedule"
    schedule: str = ""
    trigger_settings: Mapping[str, Any] = field(default_factory=dict)


def make(actor: Actor, wanted: Wanted) -> Rule:
    """Off: somebody looks at what it would do before it does. Raises CannotSave."""
    known = _checked(actor, wanted)
    with _in_turn(actor.environment):
        if actor.environment.rules.count() >= MOST:
            said = ngettext(
                "There is room for {n} rule. Delete one first.", "There is room for {n} rules. Delete one first.", MOST
            )
            raise CannotSave(("", said.format(n=number(MOST))))
        rule = Rule(environment=actor.environment, owner=None if actor.is_operator else actor.member, **known)
        _save(rule)
        rule.stores.set(wanted.stores)
        actor.record("rule.add", f"rule {rule.name}", in_words(rule))
    return rule


def change(actor: Actor, rule: Rule, wanted: Wanted, version: int) -> Rule:
    """`version`: what the page was drawn with. Raises CannotSave."""
    known = _checked(actor, wanted)
    with _in_turn(actor.environment):
        row = _fresh(rule)
        if row.version != version:
            raise CannotSave(("", _("Somebody has changed this rule meanwhile. Load the page again.")))
        before = in_words(row)
        for name, value in known.items():
            setattr(row, name, value)
        row.version += 1
        row.next_at = clock.next_of(row, timezone.now())
        _save(row)
        row.stores.set(wanted.stores)
        actor.record("rule.change", f"rule {row.name}", in_words(row), before=before)
    return row


def switch(actor: Actor, rule: Rule, *, on: bool, by_key: bool = False) -> bool:
    """Whether that was another state. `by_key`: the key's scope, which an admin gave it, was looked at. Raises CannotSave."""
    if not by_key:
        _check_admin(actor)
    with _in_turn(actor.environment):
        row = _fresh(rule)
        if row.on == on:
            return False
        row.on, row.version = on, row.version + 1
        row.next_at = clock.next_of(row, timezone.now())
        row.save(update_fields=["on", "version", "next_at", "changed"])
        actor.record("rule.on" if on else "rule.off", f"rule {row.name}")
    return True


def delete(actor: Actor, rule: Rule) -> None:
    """Its runs stay, and name it. Raises CannotSave."""
    _check_admin(actor)
    with _in_turn(actor.environment):
        row = _fresh(rule)
        for cause in (Cause.PLAN, Cause.RULE):  # nobody needs to hear that they are over
            noting.ended(actor.environment, cause, f"rule {row.pk}", quietly=True)
        row.delete()
        actor.record("rule.delete", f"rule {row.name}", before=in_words(row))


def fire(actor: Actor, rule: Rule, cause: str) -> Firing:
    """Now, whether it is on or off. Raises rights.NotAllowed, TooMany, CannotSave."""
    rights.check_works(actor)
    actor.spend("sync")
    made = firing.request(rule, cause, by=None if actor.is_operator else actor.member)
    if made is None:
        raise CannotSave(("", _gone()))
    actor.record("rule.fire", f"rule {rule.name}")
    return made


def _gone() -> str:
    return _("This rule is gone: somebody deleted it.")


def _check_admin(actor: Actor) -> None:
    if not (actor.is_operator or actor.member.is_admin):
        raise CannotSave(("", _("Only admins can change rules.")))


@contextmanager
def _in_turn(environment: Environment) -> Iterator[None]:
    """Rules of an environment are changed one after another."""
    with transaction.atomic():
        Environment.objects.select_for_update(no_key=True).only("pk").get(pk=environment.pk)
        yield


def _fresh(rule: Rule) -> Rule:
    """Raises CannotSave."""
    row = Rule.objects.select_related("environment").filter(pk=rule.pk).first()
    if row is None:
        raise CannotSave(("", _gone()))
    return row


def _save(rule: Rule) -> None:
    """Raises CannotSave."""
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:
        raise CannotSave(("name", _("There is a rule of this name. Choose another name."))) from None


def _checked(actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """As it is kept. Raises CannotSave, which names all that is wrong."""
    _check_admin(actor)
    wrong = [*_wrong(actor.environment, wanted)]
    schedule = ""
    if wanted.trigger == "schedule":
        try:
            schedule = schedules.checked(wanted.schedule)
        except BadSchedule as error:
            wrong.append(("schedule", str(error)))
    if wrong:
        raise CannotSave(*wrong)
    return {
        "name": plain(wanted.name),
        "search": wanted.search.strip(),
        "settings": dict(wanted.settings),
        "policy": wanted.policy.kept,
        "trigger": wanted.trigger,
        "schedule": schedule,
        "trigger_settings": dict(wanted.trigger_settings),
    }


def _wrong(environment: Environment, wanted: Wanted) -> Iterator[tuple[str, str]]:
    name = plain(wanted.name)
    if not name or len(name) > LONGEST_NAME or any(sign in UNSEEN and sign != " " for sign in name):
        said = _("Give the rule a name of at most {n} characters, on one line.")
        yield "name", said.format(n=number(LONGEST_NAME))
    search = wanted.search.strip()
    if not search:
        yield "search", _("Write an expression: a rule takes the assets that it finds.")
    elif len(search) > LONGEST_SEARCH:
        yield "search", _("An expression has at most {n} characters.").format(n=number(LONGEST_SEARCH))
    if not wanted.stores or any(store.environment_id != environment.pk for store in wanted.stores):
        yield "stores", _("Choose at least one store.")
    if wanted.trigger not in dict(TRIGGERS):
        yield "trigger", _("Choose when the rule fires.")
    if not wanted.policy.is_whole:
        yield "removals", _("Say how many pictures may leave, or what percentage.")
    known = possible(wanted.settings)
    if known != dict(wanted.settings) or set(known) - {*KEY_SETTINGS, *RUN_SETTINGS} or "link_mode" not in known:
        yield "link_mode", _("AssetLink does not know one of these settings.")
    elif LinkMode.RESET.value in modes_of(known):
        yield "link_mode", _("A rule cannot use Reset in any store. Choose another link mode.")


def in_words(rule: Rule) -> dict[str, Any]:
    """For the audit log."""
    when = rule.schedule if rule.trigger == "schedule" else rule.trigger
    return {
        "when": when,
        "search": rule.search,
        "link_mode": str(rule.settings.get("link_mode", "")),
        "policy": rule.allowed.freedom.value,
    }
