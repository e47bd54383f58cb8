"""The definitions of structured metadata, https://cloudinary.com/documentation/metadata_api."""

import re
import uuid
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.fields import TYPES, check_validation, checked
from sandbox.cloudinary.records import MetadataField
from sandbox.world import World

MOST_FIELDS = 100
LONGEST_ID = 255
LISTS = ("enum", "set")


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.get("/v1_1/<cloud>/metadata_fields")
    def metadata_fields(cloud: str) -> Response:
        environment = environment_of(world, cloud)
        return jsonify(metadata_fields=[field.as_json() for field in environment.fields.values()])

    @pages.get("/v1_1/<cloud>/metadata_fields/<external_id>")
    def metadata_field(cloud: str, external_id: str) -> Response:
        return jsonify(known(environment_of(world, cloud), external_id).as_json())

    @pages.post("/v1_1/<cloud>/metadata_fields")
    def add_metadata_field(cloud: str) -> Response:
        environment = environment_of(world, cloud)
        with environment.lock:
            field = made(environment, request.get_json(silent=True) or {})
            environment.fields[field.external_id] = field
        world.changed()
        return jsonify(field.as_json())

    @pages.put("/v1_1/<cloud>/metadata_fields/<external_id>")
    def update_metadata_field(cloud: str, external_id: str) -> Response:
        """What is not given stays; a type and an external ID do not change."""
        environment = environment_of(world, cloud)
        given = request.get_json(silent=True) or {}
        with environment.lock:
            field = changed(known(environment, external_id), given)
            environment.fields[external_id] = field
        world.changed()
        return jsonify(field.as_json())

    @pages.put("/v1_1/<cloud>/metadata_fields/<external_id>/datasource")
    def update_metadata_field_datasource(cloud: str, external_id: str) -> Response:
        """Values are added, or called otherwise; none goes."""
        environment = environment_of(world, cloud)
        given = listed_values(request.get_json(silent=True) or {})
        with environment.lock:
            field = known(environment, external_id)
            if field.type not in LISTS:
                raise Refused(400, f"Field {external_id} has no datasource")
            rows = {row["external_id"]: row for row in entries(given)}
            kept = [row | {"value": rows.pop(row["external_id"], row)["value"]} for row in field.values]
            field.values = [row | {"position": at} for at, row in enumerate([*kept, *rows.values()])]
        world.changed()
        return jsonify(values=field.values)


def known(environment: Environment, external_id: str) -> MetadataField:
    """Raises Refused."""
    if external_id not in environment.fields:
        raise Refused(404, f"External ID {external_id} does not exist")
    return environment.fields[external_id]


def listed_values(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Raises Refused."""
    values = given.get("values")
    if not isinstance(values, list) or not values or not all(isinstance(one, dict) for one in values):
        raise Refused(400, "Missing required parameter - values")
    if any(not isinstance(one.get("value"), str) or not one["value"] for one in values):
        raise Refused(400, "Missing required parameter - value")
    return values


def changed(field: MetadataField, given: dict[str, Any]) -> MetadataField:
    """Raises Refused."""
    takes = ("label", "mandatory", "default_value", "default_disabled", "validation", "restrictions")
    wished = {name: given[name] for name in (*takes, "allow_dynamic_list_values") if name in given}
    other = replace(field, **wished)
    if not other.label or not isinstance(other.label, str):
        raise Refused(400, "Missing required parameter - label")
    check_validation(other.type, other.validation)
    if other.mandatory and other.default_value is None:
        raise Refused(400, "default_value is required for mandatory fields")
    if other.default_value is not None:
        checked(other, other.default_value)
    return other


def made(environment: Environment, given: dict[str, Any]) -> MetadataField:
    """Raises Refused."""
    label, type = given.get("label"), given.get("type")
    if not label or not isinstance(label, str):
        raise Refused(400, "Missing required parameter - label")
    if type not in TYPES:
        raise Refused(400, f"Invalid type {type}")
    external_id = given.get("external_id") or re.sub(r"\W+", "_", label.lower())[:LONGEST_ID]
    if external_id in environment.fields:
        raise Refused(400, f"external id {external_id} already exists")
    if len(external_id) > LONGEST_ID or len(environment.fields) >= MOST_FIELDS:
        raise Refused(400, f"At most {MOST_FIELDS} fields, with ids of at most {LONGEST_ID} characters")
    if given.get("mandatory") and given.get("default_value") is None:
        raise Refused(400, "default_value is required for mandatory fields")
    if type in LISTS and not (given.get("datasource") or {}).get("values"):
        raise Refused(400, "Missing required parameter - datasource")
    check_validation(type, given.get("validation"))
    field = MetadataField(
        external_id=external_id,
        label=label,
        type=type,
        mandatory=bool(given.get("mandatory")),
        default_value=given.get("default_value"),
        validation=given.get("validation"),
        restrictions=given.get("restrictions") or {},
        values=entries((given.get("datasource") or {}).get("values") or []),
        allow_dynamic_list_values=bool(given.get("allow_dynamic_list_values")),
        default_disabled=bool(given.get("default_disabled")),
    )
    ids = [value["external_id"] for value in field.values]
    if len(set(ids)) < len(ids):
        raise Refused(400, "The external IDs of a datasource must be unique")
    if field.default_value is not None:
        checked(field, field.default_value)
    return field


def entries(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "external_id": value.get("external_id") or uuid.uuid4().hex[:20],
            "value": value.get("value"),
            "state": "active",
            "position": at,
        }
        for at, value in enumerate(values)
    ]
