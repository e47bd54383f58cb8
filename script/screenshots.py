"""script/screenshots [--out FOLDER] [--only WORDS] [--every]

Takes a picture of every page and every state that a person can meet, for people to look at: at 1,280 x 800, in the size of the
Console's dialog and at 375 pixels, in English and in German, light and dark by turns, and some in forced colours. A state that
no address leads to is in English alone. Real runs in the sandbox and a real Chromium; a quarter of an hour. --every takes each
size in both schemes and both languages, which are twelve pictures of a state.
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
SHOTS = {
    f"{code}-{width}-{scheme}": f"{language}, {width:,} pixels, {scheme}"
    for width in (1280, 1024, 375)
    for code, language in (("en", "English"), ("de", "German"))
    for scheme in ("light", "dark")
} | {"en-1024-forced": "English, forced colours"}
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
    for old in folder.glob("[0-9][0-9][0-9]-*.png"):
        old.unlink()
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", WALK, *(["-k", options.only] if options.only else [])]
    wanted = {"SCREENSHOTS": str(folder), "TIER": "full"} | ({"EVERY_SHOT": "1"} if options.every else {})
    done = subprocess.run(command, cwd=ROOT, env=surroundings_of_tests() | wanted)
    names = sorted(path.name for path in folder.glob("[0-9][0-9][0-9]-*.png"))
    (folder / "index.html").write_text(index(names), encoding="utf-8")
    say(f"{len(names)} pictures: {folder / 'index.html'}")
    return 1 if done.returncode else 0


def read(arguments: Sequence[str]) -> argparse.Namespace:
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="script/screenshots", description=__doc__, formatter_class=about)
    parser.add_argument("--out", metavar="FOLDER", default=ROOT / ".cache" / "screenshots", help="%(default)s")
    parser.add_argument("--only", metavar="WORDS", help="only some acts, like pytest's -k: board, plans, results, ...")
    parser.add_argument(
        "--every", action="store_true", help="each size in both schemes and both languages, not by turns"
    )
    return parser.parse_args(arguments)


def index(names: Iterable[str]) -> str:
    """A page with a heading per state and its pictures below."""
    states: dict[str, list[str]] = {}
    for name in names:
        states.setdefault(name.removesuffix(f"-{kind_of(name)}.png"), []).append(name)
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
    narrow = ' class="narrow"' if "-375-" in kind else ""
    picture = f'<img{narrow} src="{name}" alt="{title}, {SHOTS[kind]}" loading="lazy">'
    return f'<figure><a href="{name}">{picture}</a><figcaption>{SHOTS[kind]}</figcaption></figure>\n'


def place(name: str) -> int:
    return list(SHOTS).index(kind_of(name))


def kind_of(name: str) -> str:
    return "-".join(name.removesuffix(".png").rsplit("-", 3)[1:])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
