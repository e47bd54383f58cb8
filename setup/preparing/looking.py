"""What of the parts is in Cloudinary, asked for at run time: also what an account has not.

https://cloudinary.com/documentation/admin_api and …/metadata_api
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import cloudinary.api

from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble, rows_of
from setup.cloudinary.surroundings import everything
from setup.models import Environment
from setup.preparing.shapes import VALUE, Shape
from setup.preparing.things import FIELD, PRESET, RULE, SHAPES, TRANSFORMATION, Thing, needs
from setup.shapes import listed, text

Place = tuple[str, str]  # kind and name
# An account that lacks rules refuses with one of these; busy and away say nothing about it.
FEW = 2  # named transformations that are asked for by name, and not listed before
LACKS = (Trouble.REFUSED, Trouble.GONE, Trouble.BAD_REQUEST)


@dataclass
class There:
    """`raw`: as Cloudinary answered it. `absent`: what it said of a kind that the account has not."""

    raw: dict[Place, Mapping[str, Any]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def shape(self, place: Place) -> Shape | None:
        return SHAPES[place[0]](self.raw[place]) if place in self.raw else None

    def lacks(self, thing: Thing) -> list[str]:
        """What has to be there before: a field, a value of it, a named transformation."""
        found = []
        for kind, name, line in needs(thing):
            shape = self.shape((kind, name))
            if shape is None:
                found.append(name)
            elif line and line not in shape:
                found.append(f"{name} ({line.removeprefix(VALUE)})")
        return found


def look(environment: Environment, things: Iterable[Thing]) -> There:
    """At these, and at what they need. Raises CloudinaryError."""
    wanted = {(thing.kind, thing.name) for thing in things} | {
        (kind, name) for thing in things for kind, name, _line in needs(thing)
    }
    client, there = CloudinaryClient(environment), There()
    kinds = {kind for kind, _name in wanted}
    if kinds & {FIELD, RULE}:
        fields = listed(rows_of(client.read(cloudinary.api.list_metadata_fields), "metadata_fields"))
        there.raw |= {(FIELD, text(one.get("external_id"))): one for one in fields}
    if RULE in kinds:
        look_at_rules(client, there)
    names = {name for kind, name in wanted if kind == TRANSFORMATION}
    if len(names) > FEW:
        known = everything(client, cloudinary.api.transformations, "transformations", named=True)
        names &= {text(one.get("name")).removeprefix("t_") for one in known}
    for name in sorted(names):
        if found := one_or_none(client, cloudinary.api.transformation, f"t_{name}"):
            there.raw[TRANSFORMATION, name] = found
    for name in sorted(name for kind, name in wanted if kind == PRESET):
        if found := one_or_none(client, cloudinary.api.upload_preset, name):
            there.raw[PRESET, name] = found
    return there


def look_at_rules(client: CloudinaryClient, there: There) -> None:
    """Rules are known by their names: Cloudinary draws their ids."""
    try:
        rules = listed(rows_of(client.read(cloudinary.api.list_metadata_rules), "metadata_rules"))
    except CloudinaryError as error:
        if error.trouble not in LACKS and not is_unsubscribed(error):
            raise
        there.absent[RULE] = words_of(error)
        return
    there.raw |= {(RULE, text(one.get("name"))): one for one in rules}


def one_or_none(client: CloudinaryClient, function: Any, name: str) -> dict[str, Any] | None:
    try:
        return client.read(function, name)
    except CloudinaryError as error:
        if error.trouble != Trouble.GONE:
            raise
        return None


def is_unsubscribed(error: CloudinaryError) -> bool:
    """A missing add-on comes under the status of a used-up limit: only the words tell them apart."""
    return "subscription" in error.said.lower()


def words_of(error: CloudinaryError) -> str:
    """Cloudinary's own, without the status that the SDK puts before them."""
    said = error.said or error.text
    head, sign, rest = said.partition(" - ")
    return rest if sign and head.startswith("Error ") else said
