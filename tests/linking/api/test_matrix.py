"""Every operation of the document, as keys of every scope, of one store, of another environment, and without one."""

import json
from functools import cache

import pytest

from linking.api.site import api
from setup.models import Environment
from setup.models.api_keys import SCOPES
from setup.security import api_keys
from tests.scenes import asset, product

# The scope that each needs; what a run's kind needs besides stands in `linking.api.endpoints.runs.WRITES`.
NEEDS = {
    "get_key": None,
    "hand_over": "selections:write",
    "start_run": "links:write",
    "list_runs": "runs:read",
    "get_run": "runs:read",
    "apply_run": "runs:write",
    "abort_run": "runs:write",
    "undo_run": "runs:write",
    "retry_run": "runs:write",
    "list_changes": "runs:read",
    "get_report": "runs:read",
    "list_links": "links:read",
    "list_changed_products": "links:read",
    "list_drift": "links:read",
    "list_checks": "links:read",
    "check_drift": "links:read",
    "mend_drift": "links:write",
    "list_files": "links:read",
    "list_matches": "links:read",
    "unlink": "links:remove",
    "list_rules": "rules:read",
    "get_rule": "rules:read",
    "fire_rule": "rules:write",
    "switch_rule": "rules:write",
}


# Without these an address says what it lacks, also to a key without the scope.
ASKED = {"matches": "?store=north.myshopify.com&shopify_field=sku&key=a"}


@cache
def operations() -> list[tuple[str, str, str]]:
    """(method, address, name) of all that the document has."""
    found = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    return [(method, path, one["operationId"]) for path, methods in found.items() for method, one in methods.items()]


@pytest.fixture
def place(scene):
    return scene([product("a")], [asset("fa", "a")], stores=2)


def ask(client, text: str, method: str, path: str, run: str, at: int):
    address = path.replace("{key}", run).replace("{rule}", run).replace("{format}", "csv") + ASKED.get(
        path.rpartition("/")[2], ""
    )
    headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": f"k{at}"} if text else {}
    body = {"/unlink": {"links": [1]}, "/switch": {"on": True}}.get(f"/{path.rpartition('/')[2]}", {})
    data = {"data": json.dumps(body), "content_type": "application/json"} if method == "post" else {}
    return getattr(client, method)(address, headers=headers, **data)


def test_the_document_has_every_operation_with_its_scope():
    assert {name for _method, _path, name in operations()} == set(NEEDS)


def test_without_a_key_nothing_answers(client, place, program):
    run = program(place).run()["id"]
    for at, (method, path, name) in enumerate(operations()):
        assert ask(client, "", method, path, run, at).status_code == 401, name


@pytest.mark.parametrize("scope", list(SCOPES))
def test_a_key_does_what_its_scope_says_and_nothing_else(client, place, program, scope):
    run = program(place).run()["id"]
    text = program(place, scope).text
    for at, (method, path, name) in enumerate(operations()):
        answer = ask(client, text, method, path, run, at)
        wanted = 403 if NEEDS[name] not in (None, scope) else answer.status_code
        assert answer.status_code == wanted < 500, (name, answer.content)


@pytest.mark.parametrize("whose", ["another environment's", "another store's"])
def test_for_other_keys_a_run_does_not_exist(client, place, program, whose):
    run = program(place).run(stores=[place.stores[1].domain])["id"]
    if whose == "another store's":
        text = program(place, store=0).text
    else:
        known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
        other = Environment.objects.create(cloud_name="other", **known)
        text = api_keys.make(other, "theirs", list(SCOPES), who=None)[1]
    about = [one for one in operations() if "{key}" in one[1]]
    assert len(about) == 7
    for at, (method, path, name) in enumerate(about):
        answer = ask(client, text, method, path, run, at)
        assert answer.status_code == 404, (name, answer.content)


def test_who_polls_gets_304_while_nothing_is_new(place, program):
    one = program(place)
    run = one.run()["id"]
    first = one.get(f"/runs/{run}")
    again = one.get(f"/runs/{run}", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_document_is_open_and_describes_every_error(client):
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for methods in document["paths"].values():
        for one in methods.values():
            assert "application/problem+json" in one["responses"]["default"]["content"]
