"""CONTRIBUTING.md: its map of rooms is the one that is there, and whatever file it names exists."""

import ast
import re

import pytest

from tests.house.imports import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
HOUSES = ("assetlink_site", "setup", "linking", "sandbox")
# Rooms that Django gives their names, or that only their neighbour opens.
UNNAMED = {"migrations", "management", "commands", "templatetags", "drawing", "mutations"}


def rooms() -> dict[str, str]:
    """Folder -> the first line of its docstring."""
    found = {}
    for init in (init for house in HOUSES for init in (ROOT / house).rglob("__init__.py")):
        if init.parent.name not in UNNAMED:
            purpose = ast.get_docstring(ast.parse(init.read_text())) or ""
            found[f"{init.parent.relative_to(ROOT)}/"] = purpose.partition("\n")[0]
    return found


def test_the_map_names_every_room_with_its_own_purpose():
    assert dict(re.findall(r"^\| `(\w[\w/]*/)` \| (.+) \|$", TEXT, flags=re.MULTILINE)) == rooms()
    assert all(rooms().values())


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w.-]+/[\w./-]+)`", TEXT))))
def test_what_it_names_exists(name):
    assert (ROOT / name).exists()


def test_loose_modules_are_few():
    assert len(list((ROOT / "linking").glob("*.py"))) <= 12
