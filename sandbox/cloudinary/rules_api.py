"""Conditional rules of structured metadata, https://cloudinary.com/documentation/conditional_metadata_rules_api.

How an account without them refuses is not recorded: here as a key that lacks a permission is refused.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.fields import checked
from sandbox.cloudinary.records import MetadataField
from sandbox.world import World

TAKES = {"external_id", "metadata_field_id", "name", "condition", "result", "state"}
DEEPEST = 5


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.get("/v1_1/<cloud>/metadata_rules")
    def metadata_rules(cloud: str) -> Response:
        environment = having(world, cloud)
        return jsonify(metadata_rules=list(environment.rules.values()))

    @pages.post("/v1_1/<cloud>/metadata_rules")
    def add_metadata_rule(cloud: str) -> Response:
        environment = having(world, cloud)
        given = request.get_json(silent=True) or {}
        with environment.lock:
            rule = made(environment, given)
            if rule["external_id"] in environment.rules:
                raise Refused(400, f"external id {rule['external_id']} already exists")
            rule["position"] = len(environment.rules) + 1
            environment.rules[rule["external_id"]] = rule
        world.changed()
        return jsonify(rule)

    @pages.put("/v1_1/<cloud>/metadata_rules/<external_id>")
    def update_metadata_rule(cloud: str, external_id: str) -> Response:
        environment = having(world, cloud)
        given = request.get_json(silent=True) or {}
        with environment.lock:
            former = known(environment, external_id)
            rule = made(environment, {**former, **given, "external_id": external_id})
            environment.rules[external_id] = rule | {"position": former["position"]}
        world.changed()
        return jsonify(environment.rules[external_id])

    @pages.delete("/v1_1/<cloud>/metadata_rules/<external_id>")
    def delete_metadata_rule(cloud: str, external_id: str) -> Response:
        environment = having(world, cloud)
        with environment.lock:
            known(environment, external_id)
            del environment.rules[external_id]
        world.changed()
        return jsonify(success=True)


def having(world: World, cloud: str) -> Environment:
    """Raises Refused for an account that has no rules."""
    environment = environment_of(world, cloud)
    if world.settings.metadata_rules == "absent":
        where = f"[prodenv:{environment.keys.environment_id}]"
        raise Refused(403, f'{where} Request forbidden due to missing permissions (actions=["read"])')
    return environment


def known(environment: Environment, external_id: str) -> dict[str, Any]:
    """Raises Refused."""
    if external_id not in environment.rules:
        raise Refused(404, f"Metadata rule with external id {external_id} does not exist")
    return environment.rules[external_id]


def made(environment: Environment, given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Refused."""
    for name in ("metadata_field_id", "name", "condition", "result"):
        if not given.get(name):
            raise Refused(400, f"Missing required parameter - {name}")
    target = field_of(environment, given["metadata_field_id"])
    check_condition(environment, given["condition"])
    check_result(target, given["result"])
    state = given.get("state", "active")
    if state not in ("active", "inactive"):
        raise Refused(400, f"Invalid state {state}")
    return {
        "external_id": str(given.get("external_id") or uuid.uuid4().hex),
        "metadata_field_id": target.external_id,
        "name": str(given["name"]),
        "condition": given["condition"],
        "result": given["result"],
        "state": state,
    }


def field_of(environment: Environment, external_id: Any) -> MetadataField:
    """Raises Refused."""
    if external_id not in environment.fields:
        raise Refused(400, f"External ID {external_id} does not exist")
    return environment.fields[external_id]


def check_condition(environment: Environment, condition: Any, depth: int = 0) -> None:
    """Raises Refused."""
    match condition:
        case {"and": [_, *_] as parts} | {"or": [_, *_] as parts} if len(condition) == 1 and depth < DEEPEST:
            for part in parts:
                check_condition(environment, part, depth + 1)
        case {"metadata_field_id": name, "equals": value} if len(condition) == 2:
            checked(field_of(environment, name), value)
        case {"metadata_field_id": name, "includes": [_, *_] as values} if len(condition) == 2:
            checked(field_of(environment, name), values)
        case {"metadata_field_id": name, "populated": bool()} if len(condition) == 2:
            field_of(environment, name)
        case _:
            raise Refused(400, "Invalid condition")


def check_result(target: MetadataField, result: Any) -> None:
    """Raises Refused."""
    if not isinstance(result, dict) or not result or result.keys() - {"enable", "activate_values", "apply_value"}:
        raise Refused(400, "Invalid result")
    if not isinstance(result.get("enable", True), bool):
        raise Refused(400, "Invalid result")
    if applied := result.get("apply_value"):
        if not isinstance(applied, dict) or applied.get("mode", "default") not in ("default", "append", "overwrite"):
            raise Refused(400, "Invalid result")
        checked(target, applied.get("value"))
