"""GraphQL operations live in files, so that they can be checked against the official schema."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Document:
    """`only_reads`: a mutation that changes nothing in the store, as a bulk query is one."""

    name: str
    text: str
    only_reads: bool = False

    @property
    def writes(self) -> bool:
        return self.text.startswith("mutation")


@cache
def load(folder: Path, name: str, *, only_reads: bool = False) -> Document:
    """`documents/<name>.graphql` beside the module that asks; the operation in it has the same name."""
    return Document(name, (folder / f"{name}.graphql").read_text(encoding="utf-8").strip(), only_reads)
