"""`python -m script.spelling`: the spelling of everything that git keeps, identifiers included. The project's words stand in
pyproject.toml, and the program, which is no Python, beside this one."""

import os
import sys
from pathlib import Path

TYPOS = Path(sys.executable).with_name("typos")

if __name__ == "__main__":
    os.execv(TYPOS, [str(TYPOS), "--format", "brief", *sys.argv[1:]])
