"""The words of reasons and the code agree: every code has words and its values, and no words are left over."""

import ast
from collections.abc import Iterator

import pytest

from linking.domain.fields import BUILT_IN
from linking.domain.galleries import DESTRUCTIVE
from linking.domain.reasons import FILE_REASONS, OF_FILES
from linking.domain.troubles import TODO
from setup.reasons import FOREIGN, codes, fields_of
from setup.shopify.auth.grants import REASONS
from setup.shopify.errors import HTTP_STOPS
from tests.house.imports import ROOT

FILES = [path for house in ("linking", "setup") for path in sorted((ROOT / house).rglob("*.py"))]
FILES = [path for path in FILES if "migrations" not in path.parts]
# Codes that are put together of what a service says.
MADE = {f"cloudinary.{trouble}" for trouble in ("busy", "refused", "gone", "bad_request", "taken", "away")}
MADE |= {f"field.{code}" for code in BUILT_IN} | {f"mode.{mode}" for mode in DESTRUCTIVE}
MADE |= {reason.code for found in (FILE_REASONS, REASONS, HTTP_STOPS) for reason in found.values()}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Everything that makes a reason of a code that stands there: (place, call)."""
    for path in FILES:
        text = path.read_text()
        if "Reason(" not in text:  # reading all of the code as a tree takes each process of the tests a second
            continue
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Reason"
                and node.args
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def literal_codes(node: ast.expr) -> list[str]:
    """The codes that an expression may be: a text, or one of two."""
    if isinstance(node, ast.IfExp):
        return [*literal_codes(node.body), *literal_codes(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


CALLS = [(place, code, call) for place, call in calls() for code in literal_codes(call.args[0])]


def test_reasons_are_found():
    assert len(CALLS) > 150


@pytest.mark.parametrize(("place", "code", "call"), CALLS, ids=[f"{place}-{code}" for place, code, _ in CALLS])
def test_a_reason_has_words_and_the_values_that_they_need(place, code, call):
    assert code in codes(), f"{place}: no table has {code}"
    needed, possible = fields_of(codes()[code])
    given = {keyword.arg for keyword in call.keywords if keyword.arg}
    assert given <= needed | possible, f"{place}: {code} has no place for {given - needed - possible}"
    if not any(keyword.arg is None for keyword in call.keywords):  # ** may hold the others
        assert needed <= given, f"{place}: {code} lacks {needed - given}"


def test_no_words_are_left_over():
    """Wherever a code stands outside of a table's keys, it is used: as an argument, or in a table of codes."""
    used = MADE | {FOREIGN, *OF_FILES}
    for path in FILES:
        tree = ast.parse(path.read_text())
        keys = {
            id(key)
            for node in ast.walk(tree)
            if isinstance(node, ast.Dict) and path.name != "troubles.py"
            for key in node.keys
        }
        used |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in keys
        }
    assert sorted(codes().keys() - used) == []


def test_what_to_do_is_said_of_codes_that_there_are():
    assert sorted(TODO.keys() - codes().keys()) == []


def test_no_code_is_made_without_words():
    assert sorted(MADE - codes().keys()) == []
