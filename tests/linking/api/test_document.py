"""The document: what it says of scopes, examples, events and errors is so."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from linking.api.problems import TYPES
from linking.api.site import api
from linking.domain.webhooks import EVENTS, TEST
from setup.models.api_keys import SCOPES
from tests.linking.api.test_matrix import NEEDS, ask, operations
from tests.scenes import asset, product

GUIDE = Path(__file__).parents[3] / "docs" / "api.md"


@cache
def document() -> dict[str, Any]:
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))


def ways() -> dict[str, list[list[str]]]:
    """Operation -> the lists of scopes of which a key has to have one."""
    every = [one for methods in document()["paths"].values() for one in methods.values()]
    return {one["operationId"]: [scopes for way in one["security"] for scopes in way.values()] for one in every}


def fits(name: str, value: Any) -> None:
    """Raises ValidationError. What the schema does not name is wrong as well."""
    components = {"components": json.loads(json.dumps(document()["components"]))}
    for schema in components["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    whole = {"$ref": f"#/components/schemas/{name}", **components}
    jsonschema_rs.validator_for(whole, validate_formats=True).validate(value)


@pytest.fixture
def place(scene):
    return scene([product("a")], [asset("fa", "a")], stores=2)


def test_each_operation_names_the_scope_that_it_is_known_to_need():
    assert {name: next(iter(found[0]), None) for name, found in ways().items()} == NEEDS


def test_the_scopes_that_are_named_are_enough_and_each_is_needed(client, place, program):
    """For a run of kind link, which is the first of those that an operation names scopes for."""
    run, wrong = program(place).run()["id"], []
    for method, path, name in operations():
        named = ways()[name][0]
        for scopes, missing in [(named, None), *((sorted(set(SCOPES) - {one}), one) for one in named)]:
            text = program(place, *scopes or ["runs:read"], label=f"{name} {missing}").text
            answer = ask(client, text, method, path, run, 1)
            lacking = answer.json()["scopes"] if answer.content and b"scope-missing" in answer.content else []
            wrong += [] if lacking == ([missing] if missing else []) else [(name, scopes, lacking)]
    assert wrong == []


def test_an_upload_needs_the_scope_that_is_named_second(place, program):
    assert ways()["start_run"] == [["links:write"], ["files:write"]]
    for scope, status in (("files:write", 202), ("links:write", 403)):
        one = program(place, scope, label=scope)
        assert one.post("/runs", one.wanted(kind="upload", match=None)).status_code == status


def examples() -> list[tuple[str, Any]]:
    return [
        (name, one)
        for name, schema in document()["components"]["schemas"].items()
        for one in schema.get("examples", [])
    ]


def test_every_example_fits_its_schema():
    assert {name for name, _example in examples()} >= {"RunIn", "RunOut", "SelectionIn", "Problem", "RunFinished"}
    for name, example in examples():
        fits(name, example)


def test_what_does_not_fit_is_found():
    for name, value in (
        ("ApplyIn", {"removals": -1}),
        ("ApplyIn", {"remove": 1}),
        ("RunFinished", {"type": "run.failed"}),
    ):
        with pytest.raises(jsonschema_rs.ValidationError):
            fits(name, value)


def test_every_body_has_an_example():
    bodies = re.findall(r'"requestBody".*?schemas/(\w+)"', json.dumps(document()["paths"]))
    assert bodies
    assert set(bodies) <= {name for name, _example in examples()}


def test_the_document_has_every_event_that_people_choose_among():
    assert set(document()["webhooks"]) == {*EVENTS, TEST}


def test_everything_is_described():
    silent = []
    for name, schema in document()["components"]["schemas"].items():
        silent += [] if schema.get("description") else [name]
        for field, known in schema.get("properties", {}).items():  # one that is another schema has that one's words
            silent += [] if "description" in known or "$ref" in known else [f"{name}.{field}"]
    for methods in document()["paths"].values():
        for one in methods.values():
            silent += [one["operationId"] for known in one.get("parameters", []) if not known.get("description")]
    assert silent == []


def test_every_reference_leads_somewhere():
    schemas = document()["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document()))) <= set(schemas)
    assert "$defs" not in json.dumps(document())


def test_the_guide_has_every_error_and_says_what_to_do_about_it():
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \| (.*) \|$", GUIDE.read_text(), re.MULTILINE)
    assert rows == [(name, str(one.status), f"{one.title}. {one.help}") for name, one in TYPES.items()]


def test_every_error_has_its_page(client):
    for name, one in TYPES.items():
        page = client.get(f"/api/problems/{name}").content.decode()
        assert one.title in page, name
    assert client.get("/api/problems/another").status_code == 404
