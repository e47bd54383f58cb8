"""Which tests `script/test --quick` runs: those of what was changed first, then the rules' and the house's own. No browser and no
worker processes."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.house.imports import imports_of

ROOT = Path(__file__).resolve().parent.parent
ALWAYS = ["tests/linking/domain", "tests/house"]
SKIPPED = ("tests/browser", "tests/chaos", "tests/awkward")
WITHOUT = ["-m", "not browser and not workers"]


def arguments() -> list[str]:
    """For pytest."""
    return [*WITHOUT, *tests_of(changed())]


def changed() -> list[str]:
    """Paths that differ from the main branch, or are new."""
    base = _git("merge-base", "HEAD", "origin/main") or ["HEAD"]
    return sorted({*_git("diff", "--name-only", base[0]), *_git("ls-files", "--others", "--exclude-standard")})


def _git(*words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.split("\n")[:-1] if done.returncode == 0 else []


def tests_of(paths: Iterable[str]) -> list[str]:
    """Test files that were changed or import a changed module; then what is always run."""
    modules = {dotted(path).removesuffix(".__init__") for path in paths}
    found = []
    for test in sorted(ROOT.glob("tests/**/test_*.py")):
        name = str(test.relative_to(ROOT))
        if not name.startswith((*SKIPPED, *ALWAYS)) and (name in paths or imports_of(dotted(name)) & modules):
            found.append(name)
    return [*found, *ALWAYS]


def dotted(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")
