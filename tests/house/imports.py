"""Reads what a module imports, without running it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def modules(*rooms: str) -> Iterator[str]:
    """Dotted names of all modules of the rooms; a package is its `__init__`."""
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports_of(module: str) -> set[str]:
    return read_imports((ROOT / module.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8"), module)


def read_imports(source: str, module: str) -> set[str]:
    """Names as far as they are modules of ours: `from linking import jobs` imports `linking.jobs`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = absolute(node, module)
            found |= {name if is_module(name := f"{origin}.{alias.name}") else origin for alias in node.names}
    return found


def absolute(node: ast.ImportFrom, module: str) -> str:
    base = module.split(".")[: -node.level] if node.level else []
    return ".".join([*base, *([node.module] if node.module else [])])


def is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()
