"""Every variable of the environment is declared in one place, read there only, and described by docs/operator/settings.md."""

import ast
from pathlib import Path

import pytest

from assetlink_site import variables
from script import settings_table

ROOT = Path(__file__).resolve().parent.parent.parent
# What may touch the environment: it hands all of it to variables.read, or names the settings module for Django. roles.py asks
# for the web server's health each few seconds, and so loads nothing. What systemd says to a process is no setting.
READERS = {f"assetlink_site/{name}.py" for name in ("settings", "starting", "wsgi", "roles", "deployment/checking")}
READERS.add("linking/runtime/readiness.py")


NAMES = {"environ", "environb", "getenv"}


def reads_it(source: str) -> bool:
    if not any(name in source for name in NAMES):
        return False
    nodes = list(ast.walk(ast.parse(source)))
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    imports = (node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "os")
    return bool(NAMES & (used | {alias.name for node in imports for alias in node.names}))


def test_nobody_reads_a_variable_past_the_declaration():
    rooms = (path for room in ("assetlink_site", "setup", "linking") for path in (ROOT / room).rglob("*.py"))
    assert {str(path.relative_to(ROOT)) for path in rooms if reads_it(path.read_text(encoding="utf-8"))} == READERS


@pytest.mark.parametrize("source", ["import os; os.environ['A']", "from os import environ", "os.getenv('A')"])
def test_all_ways_to_read_a_variable_are_seen(source):
    assert reads_it(source)


def test_the_page_of_settings_is_the_one_that_the_declaration_makes():
    assert settings_table.PAGE.read_text(encoding="utf-8") == settings_table.page(), (
        "run `python -m script.settings_table`"
    )


def test_every_declared_variable_is_used():
    """PORT and WEB_CONCURRENCY gunicorn reads itself."""
    source = "".join((ROOT / "assetlink_site" / name).read_text() for name in ("settings.py", "logs.py"))
    assert [one.name for one in variables.ALL if f"known.{one.name.lower()}" not in source] == [
        "PORT",
        "WEB_CONCURRENCY",
    ]


def test_nothing_that_may_hold_a_password_is_shown_in_a_message():
    words = ("SECRET", "KEY", "TOKEN", "DATABASE", "REDIS", "OPTIONS")
    open_ones = [one.name for one in variables.ALL if any(word in one.name for word in words) and not one.secret]
    assert open_ones == ["PASSKEYS"]  # a switch


def test_variables_that_have_to_be_set_say_how_to_make_them():
    assert {one.name for one in variables.ALL if one.needed} == {"SECRET_KEY", "ENCRYPTION_KEYS"}
