"""Links between documents lead to a file that is there, and to a heading in it."""

import re
from pathlib import Path

import pytest

from tests.house.imports import ROOT

DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")


def headings(document: Path) -> set[str]:
    """As GitHub names them in addresses."""
    found = re.findall(r"^#+\s+(.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    broken = []
    for name, heading in LINK.findall(document.read_text()):
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (heading and target.suffix == ".md" and heading not in headings(target)):
            broken.append(f"{name}#{heading}" if heading else name)
    assert broken == []
