"""The whole document, asked by schemathesis with what it draws: nothing answers 5xx, and every answer is as documented."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from setup.models.api_keys import SCOPES
from tests.scenes import asset, product
from tests.tiers import FULL

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EACH = 100 if FULL else 4


@pytest.fixture
def place(scene):
    return scene([product("a")], [asset("fa", "a")])


@contextmanager
def one_connection() -> Iterator[None]:
    """As Django's client does, requests leave the connection of the test as it is."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (signals.request_started, signals.request_finished):
            signal.connect(close_old_connections)


@pytest.mark.parametrize("scopes", [list(SCOPES), ["runs:read"], []], ids=["every scope", "reading", "no key"])
def test_every_answer_is_as_the_document_says(place, program, settings, scopes):
    settings.LIMITS = dict.fromkeys(settings.LIMITS, 1_000_000)
    one = program(place, *(scopes or ["runs:read"]))
    run = one.run()["id"] if len(scopes) > 1 else "00000000-0000-0000-0000-000000000000"
    wrong: list[str] = []
    with one_connection():
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
        for result in schema.get_all_operations():
            answer_all(result.ok(), one.text if scopes else "", run, wrong)
    assert wrong == []


def answer_all(operation, text: str, run: str, wrong: list[str]) -> None:
    @given(case=operation.as_strategy(), known=st.booleans())
    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def asked(case, known):
        headers = {"Authorization": f"Bearer {text}"} if text else {}
        if known and "key" in (case.path_parameters or {}):
            case.path_parameters["key"] = run
        case.call_and_validate(headers=headers, checks=CHECKS)

    try:
        asked()
    except FailureGroup as error:  # several at once: all are named
        wrong.append(f"{operation.label}: {'; '.join(map(str, error.exceptions))}")
