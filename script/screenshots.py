"""script/screenshots [--out FOLDER] [--only WORDS]

Takes a picture of every page and every state that a person can meet, for people to look at: in light and dark in the size
of the Console's dialog, at 320 pixels, and some in forced colours. Real runs in the sandbox and a real Chromium; a few minutes.
Look at FOLDER/index.html afterwards. It ends with 1 if it could not reach a state, or a state is not accessible to everybody.
"""

import argparse
import html
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from script.terminal import say
from script.test import ROOT, surroundings_of_tests

WALK = "tests/browser/test_axe.py"
SHOTS = {"light": "light", "dark": "dark", "narrow": "320 pixels wide", "forced": "forced colours"}
STYLE = """
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { margin: 1rem 2rem; }
  section > div { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; }
  figure { margin: 0; }
  img { inline-size: 30rem; max-inline-size: 100%; border: 1px solid; }
  img.narrow { inline-size: 12rem; }
"""


def main(arguments: Sequence[str]) -> int:
    options = read(arguments)
    folder = Path(options.out).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("[0-9][0-9]-*.png"):
        old.unlink()
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", WALK, *(["-k", options.only] if options.only else [])]
    done = subprocess.run(command, cwd=ROOT, env=surroundings_of_tests() | {"SCREENSHOTS": str(folder), "TIER": "full"})
    names = sorted(path.name for path in folder.glob("[0-9][0-9]-*.png"))
    (folder / "index.html").write_text(index(names), encoding="utf-8")
    say(f"{len(names)} pictures: {folder / 'index.html'}")
    return 1 if done.returncode else 0


def read(arguments: Sequence[str]) -> argparse.Namespace:
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="script/screenshots", description=__doc__, formatter_class=about)
    parser.add_argument("--out", metavar="FOLDER", default=ROOT / ".cache" / "screenshots", help="%(default)s")
    parser.add_argument("--only", metavar="WORDS", help="only some acts, like pytest's -k: board, plans, results, ...")
    return parser.parse_args(arguments)


def index(names: Iterable[str]) -> str:
    """A page with a heading per state and its pictures below."""
    states: dict[str, list[str]] = {}
    for name in names:
        states.setdefault(name.rpartition("-")[0], []).append(name)
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>States of AssetLink</title><style>{STYLE}</style></head>
<body>
<h1>{len(states)} states of AssetLink</h1>
{"".join(section(state, sorted(shots, key=place)) for state, shots in states.items())}</body>
</html>
"""


def section(state: str, shots: Sequence[str]) -> str:
    number, _, words = state.partition("-")
    title = html.escape(f"{int(number)}. {words.replace('-', ' ').capitalize()}")
    return f"<section>\n<h2>{title}</h2>\n<div>\n{''.join(figure(shot, title) for shot in shots)}</div>\n</section>\n"


def figure(name: str, title: str) -> str:
    kind = kind_of(name)
    picture = f'<img class="{kind}" src="{name}" alt="{title}, {SHOTS[kind]}" loading="lazy">'
    return f'<figure><a href="{name}">{picture}</a><figcaption>{SHOTS[kind]}</figcaption></figure>\n'


def place(name: str) -> int:
    return list(SHOTS).index(kind_of(name))


def kind_of(name: str) -> str:
    return name.rpartition("-")[2].removesuffix(".png")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
