"""The one door by which Cloudinary is prepared: looked at, compared, shown, and written only as it was shown."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import cloudinary.api
from cloudinary.utils import upload_params
from django.db import transaction

from setup.cloudinary import surroundings
from setup.cloudinary.client import CloudinaryClient, CloudinaryError
from setup.models import Environment
from setup.preparing.clashes import clash
from setup.preparing.looking import There, is_unsubscribed, look, words_of
from setup.preparing.parts import PARTS, Part
from setup.preparing.shapes import (
    DEFAULTED,
    VALUE,
    Difference,
    State,
    differences,
    pairs_of,
    spelled,
    state_of,
    together,
)
from setup.preparing.things import FIELD, PRESET, RULE, TRANSFORMATION, Thing
from setup.security.actors import Actor
from setup.shapes import mapping
from setup.words import _, enumeration


class NotMade(Exception):
    """The text says why, and what to do."""


class Moved(NotMade):
    """What is there, or what is wanted, is not what was shown."""


@dataclass(frozen=True)
class Entry:
    thing: Thing
    state: State
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a part would do. `lacking`: names of what has to be made first. `word`: Cloudinary's, where the account has none of
    this kind. `clash`: why these choices do not go with those of another part."""

    part: Part
    choices: Mapping[str, Any]
    entries: tuple[Entry, ...]
    lacking: tuple[str, ...] = ()
    word: str = ""
    there: There = field(default_factory=There, compare=False)
    clash: str = ""

    @property
    def state(self) -> State:
        return together([entry.state for entry in self.entries])

    @property
    def writes(self) -> list[Entry]:
        """None while something of it cannot be."""
        open = [entry for entry in self.entries if entry.state in (State.MISSING, State.DIFFERS)]
        return [] if self.lacking or self.clash or self.state in (State.FIXED, State.ABSENT) else open

    @property
    def is_new(self) -> bool:
        """It can be made, and nothing that stands there is changed by it."""
        return bool(self.writes) and all(entry.state == State.MISSING for entry in self.writes)

    @property
    def seen(self) -> str:
        """Says what was shown, so that nothing else is done."""
        shown = [(one.thing.name, one.state, [vars(each) for each in one.differences]) for one in self.entries]
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:24]


def compare(part: Part, choices: Mapping[str, Any], there: There) -> Plan:
    """Pure."""
    things = part.make(choices)
    lacking = [name for thing in things for name in there.lacks(thing)]
    if word := there.absent.get(part.kind, ""):
        return Plan(part, choices, tuple(Entry(thing, State.ABSENT) for thing in things), (), word, there)
    entries = []
    for thing in things:
        wanted, found = thing.shape, there.shape((thing.kind, thing.name))
        entries.append(Entry(thing, state_of(wanted, found), tuple(differences(wanted, found))))
    return Plan(part, choices, tuple(entries), tuple(dict.fromkeys(lacking)), "", there)


def plan(environment: Environment, part: Part, choices: Mapping[str, Any]) -> Plan:
    """Raises CloudinaryError."""
    found = compare(part, choices, look(environment, part.make(choices)))
    return replace(found, clash=clash(environment, part, choices))


def plans(environment: Environment, parts: Iterable[Part] = PARTS) -> list[Plan]:
    """Of all parts, as they were chosen, by one look. Raises CloudinaryError."""
    chosen = [(part, part.choices(environment)) for part in parts]
    there = look(environment, [thing for part, choices in chosen for thing in part.make(choices)])
    return [compare(part, choices, there) for part, choices in chosen]


def make(actor: Actor, part: Part, choices: Mapping[str, Any], seen: str) -> str:
    """Answers what became of it. `seen`: of the plan that the person saw. Raises NotMade."""
    try:
        found = plan(actor.environment, part, choices)
        if found.seen != seen:
            raise Moved(_("Cloudinary or your choices have changed since. Look at it once more, and confirm."))
        if found.lacking:
            raise NotMade(_("Create {names} first.").format(names=enumeration(list(found.lacking))))
        if found.clash:
            raise NotMade(found.clash)
        if found.state in (State.FIXED, State.ABSENT):
            raise NotMade(_("{name} cannot be changed to this.").format(name=part.label))
        carry_out(actor, found)
        if found.writes:
            settle(actor.environment, [part])
    except CloudinaryError as error:
        raise NotMade(refusal(actor.environment, part, error)) from None
    if not found.writes:
        return _("{name} is as you want it. Nothing was written to Cloudinary.").format(name=part.label)
    if found.state == State.MISSING:
        return _("{name} was created.").format(name=part.label)
    return _("{name} was updated.").format(name=part.label)


def make_missing(actor: Actor) -> list[str]:
    """Everything that is missing and not optional, in the order of the table, by one look; what differs stays. Raises NotMade
    at the first refusal; what was made before it stays."""
    chosen = [(part, part.choices(actor.environment)) for part in PARTS if not part.optional]
    done, part = list[Part](), None
    try:
        there = look(actor.environment, [thing for one, choices in chosen for thing in one.make(choices)])
        for part, choices in chosen:
            found = compare(part, choices, there)
            if found.is_new:
                carry_out(actor, found)
                there.raw |= {(one.thing.kind, one.thing.name): one.thing.definition for one in found.writes}
                done.append(part)
        if done:
            settle(actor.environment, done)
    except CloudinaryError as error:
        raise NotMade(refusal(actor.environment, part, error)) from None
    return [str(one.label) for one in done]


def carry_out(actor: Actor, found: Plan) -> None:
    """Write what is to be written, each with its entry in the audit log. Raises CloudinaryError."""
    client = CloudinaryClient(actor.environment)
    for entry in found.writes:
        write(client, entry, found.there.raw.get((entry.thing.kind, entry.thing.name)))
        actor.record(
            "setup.prepare" if entry.state == State.MISSING else "setup.prepare-update",
            entry.thing.name,
            {one.name: one.after for one in entry.differences},
            before={one.name: one.before for one in entry.differences if one.before},
        )
    keep(actor, found.part, found.choices)


def settle(environment: Environment, parts: list[Part]) -> None:
    """Whether Cloudinary now answers what was written. Raises NotMade, CloudinaryError."""
    surroundings.look(environment)
    other = [str(left.part.label) for left in plans(environment, parts) if left.state != State.THERE]
    if other:
        text = _("Cloudinary took {names}, and still answers something else. Look at it.")
        raise NotMade(text.format(names=enumeration(other)))


def refusal(environment: Environment, part: Part | None, error: CloudinaryError) -> str:
    """In our words, and in Cloudinary's. What was made before is looked at by the next page."""
    Environment.objects.filter(pk=environment.pk).update(seen_at=None)
    if part is None:
        return error.text
    said, unsubscribed = words_of(error), is_unsubscribed(error)  # which comes as if the hourly limit were used up
    problem = _("Cloudinary does not have what this needs.") if unsubscribed else error.text
    text = _("{name} was not prepared. {problem}").format(name=part.label, problem=problem)
    if not error.said or said in error.text:
        return text
    return " ".join([text, _("Cloudinary says: {said}").format(said=said)])


def keep(actor: Actor, part: Part, choices: Mapping[str, Any]) -> None:
    """What was chosen, for the next look."""
    environment = actor.environment
    with transaction.atomic():
        row = Environment.objects.select_for_update().only("preparing").get(pk=environment.pk)
        before = mapping(row.preparing.get(part.slug))
        row.preparing = {**row.preparing, part.slug: dict(choices)}
        row.save(update_fields=["preparing"])
    environment.preparing = row.preparing
    if before.get("months", 0) != choices.get("months", 0):
        actor.record(
            "setup.prepare-months", part.slug, {"months": choices["months"]}, before={"months": before.get("months", 0)}
        )


def write(client: CloudinaryClient, entry: Entry, raw: Mapping[str, Any] | None) -> None:
    """One thing, in one call or two. Raises CloudinaryError."""
    if raw is None:
        CREATE[entry.thing.kind](client, entry.thing)
    else:
        UPDATE[entry.thing.kind](client, entry, raw)


CHANGEABLE = ("label", "mandatory", "default_value", "validation", "allow_dynamic_list_values")


def create_field(client: CloudinaryClient, thing: Thing) -> None:
    given = {name: value for name, value in thing.definition.items() if value is not None}
    client.call(cloudinary.api.add_metadata_field, given)


def create_rule(client: CloudinaryClient, thing: Thing) -> None:
    client.call(cloudinary.api.add_metadata_rule, {"name": thing.name, **thing.definition})


def create_transformation(client: CloudinaryClient, thing: Thing) -> None:
    client.call(cloudinary.api.create_transformation, thing.name, thing.definition["transformation"])


def create_preset(client: CloudinaryClient, thing: Thing) -> None:
    client.call(cloudinary.api.create_upload_preset, name=thing.name, **sent(thing.definition))


def update_field(client: CloudinaryClient, entry: Entry, raw: Mapping[str, Any]) -> None:
    """New values first: one of them may be the default. Values that we do not know stay, as assets may hold them."""
    given, names = entry.thing.definition, {one.name for one in entry.differences}
    if any(name.startswith(VALUE) for name in names):
        values = given["datasource"]["values"]
        client.call(cloudinary.api.update_metadata_field_datasource, entry.thing.name, values)
    if all(name.startswith(VALUE) for name in names):
        return
    changed = {name: given[name] for name in CHANGEABLE if name in given}
    restrictions = {**mapping(raw.get("restrictions")), **mapping(given.get("restrictions"))}
    client.call(cloudinary.api.update_metadata_field, entry.thing.name, {**changed, "restrictions": restrictions})


def update_rule(client: CloudinaryClient, entry: Entry, raw: Mapping[str, Any]) -> None:
    given = {"name": entry.thing.name, "state": "active", **entry.thing.definition}
    client.call(cloudinary.api.update_metadata_rule, str(raw.get("external_id")), given)


def update_transformation(client: CloudinaryClient, entry: Entry, raw: Mapping[str, Any]) -> None:
    text = entry.thing.definition["transformation"]
    client.call(cloudinary.api.update_transformation, f"t_{entry.thing.name}", unsafe_update=text)


def update_preset(client: CloudinaryClient, entry: Entry, raw: Mapping[str, Any]) -> None:
    """What others have set in it goes along: whether an update keeps what it does not name is not recorded."""
    foreign = {name: value for name, value in mapping(raw.get("settings")).items() if name in upload_params}
    wanted = dict(entry.thing.definition)
    others = {name: one for name, one in pairs_of(foreign.get("metadata")).items() if name not in DEFAULTED}
    wanted["metadata"] = {**others, **wanted["metadata"]}
    client.call(cloudinary.api.update_upload_preset, entry.thing.name, **sent({**foreign, **wanted}))


def sent(definition: Mapping[str, Any]) -> dict[str, Any]:
    """As the SDK takes it: without what is empty, and with the transformation as it stands."""
    given = {name: value for name, value in definition.items() if value not in (None, "", [], {})}
    if "transformation" in given:
        given["raw_transformation"] = spelled(given.pop("transformation"))
    return given


CREATE = {
    FIELD: create_field,
    RULE: create_rule,
    TRANSFORMATION: create_transformation,
    PRESET: create_preset,
}
UPDATE = {
    FIELD: update_field,
    RULE: update_rule,
    TRANSFORMATION: update_transformation,
    PRESET: update_preset,
}
