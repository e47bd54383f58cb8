"""script/compile-requirements [OPTIONS OF UV PIP COMPILE]

Makes each requirements*.txt from its .in file: every needed package, for every platform and Python from the oldest
supported one on, with its version and the hashes of its files. What a .txt file already names stays at its version unless you ask
for more, for example with `--upgrade-package django` or `--upgrade`; needs the package registry.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from script.prepare import OLDEST, uv_of
from script.terminal import say

ROOT = Path(__file__).resolve().parent.parent
# In this order: the later ones take what the earlier ones have chosen.
NAMES = ("requirements-install", "requirements-tools", "requirements", "requirements-sandbox", "requirements-dev")
APART = 2  # so many of them are never in one environment with the others
OPTIONS = ["--quiet", "--universal", "--generate-hashes", "--python-version", ".".join(map(str, OLDEST))]


def main(arguments: Sequence[str]) -> int:
    if {"-h", "--help"} & set(arguments):
        say(__doc__.strip())
        return 0
    environment = os.environ | {"UV_CUSTOM_COMPILE_COMMAND": "script/compile-requirements"}
    for at, name in enumerate(NAMES):
        chosen = [part for earlier in NAMES[APART:at] for part in ("--constraint", f"{earlier}.txt")]
        command = [uv_of(Path(sys.executable)), "pip", "compile", *OPTIONS, *arguments, *chosen]
        command += [f"{name}.in", "--output-file", f"{name}.txt"]
        if code := subprocess.run(command, cwd=ROOT, env=environment).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
