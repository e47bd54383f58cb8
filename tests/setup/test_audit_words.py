"""The audit log in words: whatever is written into it has them, and what another release wrote is shown as it is."""

import ast
from collections.abc import Iterator

import pytest

from setup.audit_words import ACTIONS, FIELDS, line_of
from setup.models import AuditEntry, Environment
from setup.sections import SECTIONS
from tests.house.imports import ROOT

FILES = [path for house in ("linking", "setup") for path in sorted((ROOT / house).rglob("*.py"))]
# Codes that are put together.
MADE = {f"setup.{slug}" for slug in SECTIONS} | {"sync.retry", "sync.undo"}
MADE |= {f"environment.{verb}" for verb in ("add", "change", "remove", "rotate-api", "rotate-launch")}
MADE |= {f"member.remove-{what}" for what in ("passkey", "way")}


# A method, or a module's own way to it.
RECORDING = ("record", "_record")


def recorded() -> Iterator[str]:
    """Every action that stands in the code where an entry is written."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "record(" in text else ():
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in RECORDING:
                yield from (
                    one.value
                    for argument in node.args[:2]
                    for one in ([argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument])
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and "." in one.value
                )


def test_every_action_has_words():
    found = set(recorded())
    assert len(found) > 15
    assert found | MADE == set(ACTIONS)


def test_every_setting_has_the_name_that_its_section_has():
    environment = Environment()
    for section in SECTIONS.values():
        form = section(environment)
        form.cleaned_data = form.read(environment)
        assert set(form.values()) <= set(FIELDS), section.slug
    labels = {str(field.label) for section in SECTIONS.values() for field in section(environment).fields.values()}
    shown = {"ai_captions", "allow_pending", "default_cloudinary_field", "default_fold", "image_transformation"}
    assert {str(FIELDS[name]) for name in shown} <= labels


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("default_link_mode", "in_place", "In-Place Overwrite"),
        ("default_fold", True, "Ignoring case and spaces"),
        ("default_cloudinary_field", "metadata:sku", "Article number"),
        ("default_cloudinary_field", "metadata:gone", "metadata:gone"),
        ("alt_field", "context:alt", "Contextual key alt"),
        ("default_shopify_field", "metafield:custom.no", "Metafield custom.no"),
        ("default_variant_reach", "option:Material", "All variants with the same Material"),
        ("allow_pending", False, "No"),
        ("allowed_transformations", ["one", "two"], "one and two"),
        ("allowed_transformations", [], "empty"),
        ("swatch_value", "", "empty"),
        ("api_secret", "(hidden)", "(hidden)"),
        ("status", "a status of another release", "a status of another release"),
        ("links", 12, "12"),
        ("of_another_release", {"a": 1}, "{'a': 1}"),
    ],
)
def test_a_value_is_shown_as_its_page_calls_it(name, value, shown):
    environment = Environment(seen={"fields": [{"id": "sku", "label": "Article number"}]})
    line = line_of(AuditEntry(action="x.y", after={name: value}, before={}), environment)
    assert [(before, after) for _, before, after in line.changes] == [(None, shown)]


@pytest.mark.parametrize(
    ("action", "object", "shown", "run"),
    [
        ("setup.matching", "environment Demo", "Demo", ""),
        ("store.pause", "north.myshopify.com", "north.myshopify.com", ""),
        ("member.end-sessions", "member Ada", "Ada", ""),
        ("sync.start", "run 12345678-9", "", "12345678-9"),
        ("links.clean", "links", "", ""),
        ("launch.refused", "signature", "Wrong signature", ""),
        ("launch.refused", "another", "another", ""),
    ],
)
def test_what_it_was_done_to_is_named_without_its_kind(action, object, shown, run):
    line = line_of(AuditEntry(action=action, object=object), Environment())
    assert (line.object, line.run) == (shown, run)
