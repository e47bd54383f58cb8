"""Writes docs/operator/settings.md from assetlink_site/variables.py: python -m script.settings_table"""

import os
import sys
from itertools import groupby
from pathlib import Path

import django

from assetlink_site import variables
from assetlink_site.deployment.rules import RULES
from assetlink_site.env import Variable

PAGE = Path(__file__).resolve().parent.parent / "docs/operator/settings.md"
HEAD = """# Settings

<!-- made by `python -m script.settings_table` from assetlink_site/variables.py -->

All settings are variables of the environment. Web, workers, sweeper and `manage.py` read the same ones: give all of them the same
values. What is empty or blank counts as not set. Lists are separated by spaces, commas or lines.

**Secrets in files.** Where the table says *or file*, `NAME_FILE` may name a file that holds the value, as Docker, Kubernetes and
systemd (`LoadCredential=`) hand it over: `SECRET_KEY_FILE=/run/secrets/secret_key`. Blanks and line breaks around it are dropped.
Set one of the two only. An empty file counts as not set; for `DATABASE_URL` and `REDIS_URL`, whose defaults would take its
place, it is refused.

**What cannot work does not start.** A process that finds a setting of the wrong form, or misses a key, writes a line for each
to standard error and ends with exit code 78 (for systemd: `RestartPreventExitStatus=78`). `manage.py make_key` works without any
settings, `check` and `collectstatic` without keys. What can work but is not fit for production is for
`manage.py check --deploy`: run it after every change.
"""
FOUND = """
## What `manage.py check --deploy` finds

Beside Django's own checks (`security.…`). Each finding comes with what to do; E is an error, W a warning, I
something to know.

| Id | It means |
|---|---|
"""
COLUMNS = "| Variable | Meaning | Form | Default |\n|---|---|---|---|"


def page() -> str:
    tables = [
        f"\n## {group}\n\n{COLUMNS}\n" + "".join(f"{row(one)}\n" for one in members)
        for group, members in groupby(sorted(variables.ALL, key=order), key=lambda one: one.group)
    ]
    return HEAD + "".join(tables) + FOUND + "".join(map(found, RULES))


def order(one: Variable) -> int:
    """The groups as they first appear."""
    groups = list(dict.fromkeys(known.group for known in variables.ALL))
    return groups.index(one.group)


def row(one: Variable) -> str:
    example = f", e.g. `{one.example}`" if one.example else ""
    form = f"{one.form.words}, or file" if one.secret else one.form.words
    return f"| `{one.name}` | {one.meaning}{example} | {form} | {default(one)} |"


def default(one: Variable) -> str:
    if one.default_words or (not one.default and one.default != 0):
        return one.default_words or "none"
    if isinstance(one.default, tuple):
        return f"`{' '.join(one.default)}`"
    return f"`{one.default}`" if isinstance(one.default, str) else f"{one.default}".removesuffix(".0")


def found(number: str) -> str:
    return f"| `assetlink.{number}` | {' '.join((RULES[number].__doc__ or '').split())} |\n"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assetlink_site.settings")
    django.setup()  # which loads the rules
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
