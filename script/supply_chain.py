"""script/supply-chain [--out FOLDER] [--strict]

Installs requirements.txt into an environment of its own, and writes what is in it:

  sbom.cdx.json  a bill of materials for programs (CycloneDX): every package with version, licence and what it needs
  licences.md    the same for people

Ends with 1 if a package has a licence that we do not allow, or a known vulnerability (pip-audit). It skips what it cannot do
without a network, with a line that says so; with --strict it fails. The folder is .cache/supply-chain unless --out names one.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assetlink_site import __version__
from script.prepare import uv_of
from script.terminal import say

ROOT = Path(__file__).resolve().parent.parent
# The app is given away under the MIT licence, so what it needs may ask for no more than its own source (LGPL, MPL).
ALLOWED = frozenset(
    (
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "LGPL-3.0-only",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
    )
)
# How packages without an identifier name theirs (https://spdx.org/licenses/): by a classifier.
CLASSIFIERS = {
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
Component = Mapping[str, Any]


class Skipped(Exception):
    """It cannot be done here; the text says why."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="script/supply-chain", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / ".cache" / "supply-chain", metavar="FOLDER")
    parser.add_argument("--strict", action="store_true", help="fail where something cannot be done")
    chosen = parser.parse_args(arguments)
    found: list[str] = []
    try:
        app, tools = (environment(chosen.out, name) for name in ("requirements", "requirements-tools"))
        found += described(app, tools, chosen.out)
        found += audited(tools)
    except Skipped as skipped:
        say(f"Skipped: {skipped}")
        found += ["It could not be done."] if chosen.strict else []
    say(*found)
    return 1 if found else 0


def environment(folder: Path, name: str) -> Path:
    """Its folder, with exactly what the file of that name has. Raises Skipped."""
    uv, venv = uv_of(Path(sys.executable)), folder / "environments" / name
    made: list[str | Path] = [uv, "venv", "--quiet", "--clear", venv]
    # What has no wheel is built in isolation, or its builder would be one of the packages; that has its hash as well.
    filled = [uv, "pip", "install", "--quiet", "--python", venv / "bin" / "python", "--require-hashes"]
    filled += ["--build-constraints", ROOT / "requirements-install.txt"]
    for command in (made, [*filled, "-r", ROOT / f"{name}.txt"]):
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        except OSError as error:
            raise Skipped(f"uv does not start ({error.strerror}).") from error
        if done.returncode:
            raise Skipped(f"{name}.txt could not be installed: {last_line(done.stderr)}")
    return venv


def described(app: Path, tools: Path, out: Path) -> Iterator[str]:
    """Writes both files; yields what is wrong."""
    command = [tools / "bin" / "cyclonedx-py", "environment", "--output-reproducible", app / "bin" / "python"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        yield f"cyclonedx-py failed: {last_line(done.stderr)}"
        return
    bill = with_root(json.loads(done.stdout), asked())
    (out / "sbom.cdx.json").write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n")
    (out / "licences.md").write_text(table(bill["components"]))
    say(f"{len(bill['components'])} packages, in {out}/sbom.cdx.json and licences.md")
    for component in bill["components"]:
        if refused := [name for name in licences_of(component) if not allowed(name)]:
            yield f"{component['name']} has the licence {', '.join(refused)}, which script/supply_chain.py does not allow."
        if not licences_of(component):
            yield f"{component['name']} names no licence: look, and enter it in CLASSIFIERS of script/supply_chain.py."


def asked() -> set[str]:
    """What requirements.in asks for by name."""
    return {named(name) for name in re.findall(r"^([\w.-]+)", (ROOT / "requirements.in").read_text(), re.MULTILINE)}


def named(name: str) -> str:
    """https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", name).lower()


def with_root(bill: dict[str, Any], direct: Iterable[str]) -> dict[str, Any]:
    """The bill with the app itself on top, which is no package and so was not found."""
    reference, wanted = f"assetlink=={__version__}", set(direct)
    app = {"type": "application", "name": "assetlink", "version": __version__, "bom-ref": reference}
    app |= {"licenses": [{"license": {"id": "MIT"}}]}
    needs = sorted(component["bom-ref"] for component in bill["components"] if named(component["name"]) in wanted)
    dependencies = [*bill.get("dependencies", []), {"ref": reference, "dependsOn": needs}]
    return bill | {"metadata": bill["metadata"] | {"component": app}, "dependencies": dependencies}


def licences_of(component: Component) -> list[str]:
    """Identifiers and expressions of SPDX; what is free text is taken only if there is no other."""
    entries = component.get("licenses", [])
    names = [entry.get("expression") or entry["license"].get("id") or entry["license"]["name"] for entry in entries]
    known = [CLASSIFIERS.get(name, name) for name in names]
    return list(dict.fromkeys(name for name in known if not name.startswith("declared license")))


def allowed(expression: str) -> bool:
    """https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/, without parentheses: those are for a person to read."""
    return any(all(name in ALLOWED for name in choice.split(" AND ")) for choice in expression.split(" OR "))


def table(components: Iterable[Component]) -> str:
    lines = [
        f"# Licences of what AssetLink {__version__} is made of",
        "",
        "| Package | Version | Licence |",
        "|---|---|---|",
    ]
    for component in sorted(components, key=lambda component: named(component["name"])):
        names = ", ".join(licences_of(component)) or "not named"
        lines.append(f"| {component['name']} | {component['version']} | {names} |")
    return "\n".join(lines) + "\n"


def audited(tools: Path) -> list[str]:
    """Known vulnerabilities. Raises Skipped."""
    options = ["--require-hashes", "--disable-pip", "--progress-spinner=off", "--format=json", "--timeout=10"]
    command = [tools / "bin" / "pip-audit", *options, "-r", ROOT / "requirements.txt"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"COLUMNS": "200"})
    try:
        return judged(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError) as error:
        raise Skipped(f"pip-audit could not ask for vulnerabilities: {last_line(done.stderr)}") from error


def judged(dependencies: Sequence[Mapping[str, Any]]) -> list[str]:
    """One sentence for each vulnerability. Raises Skipped if nothing could be asked for: pip-audit calls that a success."""
    unknown = [one["name"] for one in dependencies if "skip_reason" in one]
    if len(unknown) == len(dependencies):
        raise Skipped("pip-audit knows none of the packages: its database does not answer here.")
    if unknown:
        say(f"pip-audit does not know {', '.join(unknown)}.")
    found = [(one, flaw) for one in dependencies for flaw in one.get("vulns", [])]
    if not found:
        say(f"pip-audit: no known vulnerability in {len(dependencies) - len(unknown)} packages.")
    return [f"{one['name']} {one['version']}: {flaw['id']}, mended in {fixes(flaw)}." for one, flaw in found]


def fixes(flaw: Mapping[str, Any]) -> str:
    return " or ".join(flaw.get("fix_versions") or ["no version yet"])


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
