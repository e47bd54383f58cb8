"""The README's table and the code name the same environment variables."""

import ast
import re
from pathlib import Path

from script.surroundings import APP

ROOT = Path(__file__).resolve().parent.parent.parent
READERS = {
    "env_list",
    "env_int",
    "env_float",
    "env_redis",
    "environ.get",
    "environ",
    "os.environ.get",
    "os.environ",
    "os.getenv",
    "getenv",
}


def read_by(source: str) -> set[str]:
    """Names given as constants to os.environ or to a function that reads it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in READERS:
            found |= {first.value for first in node.args[:1] if isinstance(first, ast.Constant)}
        elif (
            isinstance(node, ast.Subscript)
            and ast.unparse(node.value) in READERS
            and isinstance(node.slice, ast.Constant)
        ):
            found.add(node.slice.value)
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "dj_database_url.config":
            found.add("DATABASE_URL")
    return found


def read_by_the_code() -> set[str]:
    paths = (path for room in ("assetlink_site", "setup", "linking") for path in (ROOT / room).rglob("*.py"))
    return set().union(*(read_by(path.read_text(encoding="utf-8")) for path in paths))


def in_the_table() -> list[str]:
    return re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_variable_that_the_code_reads_is_in_the_readme():
    assert read_by_the_code() - set(in_the_table()) == set()


def test_every_variable_of_the_readme_is_read_by_the_code():
    assert set(in_the_table()) - read_by_the_code() == set()


def test_no_variable_is_in_the_table_twice():
    assert sorted(set(in_the_table())) == sorted(in_the_table())


def test_no_variable_of_this_shell_leads_the_demo_elsewhere():
    assert read_by_the_code() - APP == {"LOG_LEVEL", "LOG_FORMAT"}


def test_all_ways_to_read_a_variable_are_seen():
    source = 'os.environ["A"]; os.environ.get("B", ""); env_list("C", ""); os.getenv("D"); dj_database_url.config()'
    source += '; env_int("E", 1); env_float("F", 1)'
    assert read_by(source) == {"A", "B", "C", "D", "DATABASE_URL", "E", "F"}
