"""Checks every GraphQL document of the project against a schema: fields, arguments, types, and nothing deprecated.

Without an argument the schema is the one that the sandbox serves. Give the official one (SDL, also gzipped) to see
whether both still agree: `script/check-documents admin-2026-10.graphql.gz`.
"""

import argparse
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, build_schema, parse, specified_rules, validate
from graphql.validation import NoDeprecatedCustomRule

from script.terminal import say

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "sandbox" / "shopify" / "schema.graphql"
ROOMS = ("linking", "setup", "sandbox", "tests")


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/check-documents", description=__doc__)
    parser.add_argument("schema", nargs="?", type=Path, default=SCHEMA, help="SDL file (.graphql or .graphql.gz)")
    schema = read_schema(parser.parse_args().schema)
    paths = documents(ROOT)
    problems = [problem for path in paths for problem in check(path, schema)]
    say(*problems, f"{len(paths)} documents, {len(problems)} problems")
    return 1 if problems or not paths else 0


def documents(root: Path) -> list[Path]:
    return sorted(path for room in ROOMS for path in (root / room).rglob("documents/*.graphql"))


def read_schema(path: Path) -> GraphQLSchema:
    """The official one takes some seconds. It is not ours to check, so it is taken as valid."""
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return build_schema(text.decode("utf-8"), assume_valid=True)


def check(path: Path, schema: GraphQLSchema) -> Iterator[str]:
    """One line per problem: `path:line: message`."""
    try:
        tree = parse(path.read_text(encoding="utf-8"))
    except GraphQLError as error:
        yield line(path, error)
        return
    names = [
        node.name.value if node.name else "" for node in tree.definitions if isinstance(node, OperationDefinitionNode)
    ]
    if names != [path.stem]:  # documents are loaded by the name of their operation
        yield f"{path}:1: holds {names or 'no operation'}, not the one operation {path.stem}"
    for problem in validate(schema, tree, [*specified_rules, NoDeprecatedCustomRule], max_errors=100):
        yield line(path, problem)


def line(path: Path, error: GraphQLError) -> str:
    return f"{path}:{error.locations[0].line if error.locations else 1}: {error.message}"


if __name__ == "__main__":
    sys.exit(main())
