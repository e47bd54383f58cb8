"""Writes docs/operator/settings.md from assetlink_site/variables.py: python -m script.settings_table"""

import os
import sys
from itertools import groupby
from pathlib import Path

import django

from assetlink_site import variables
from assetlink_site.deployment import checking
from assetlink_site.env import Variable

PAGE = Path(__file__).resolve().parent.parent / "docs/operator/settings.md"
HEAD = """# Settings

<!-- made by `python -m script.settings_table` from assetlink_site/variables.py -->

All settings are environment variables. Web, workers, sweeper and `manage.py` read the same ones: give all of them the same
values. An empty or blank variable counts as not set. Separate the entries of a list by spaces, commas or lines.

**Secrets in files.** Where the table says *or file*, `NAME_FILE` may name a file that holds the value, as Docker, Kubernetes and
systemd (`LoadCredential=`) provide it: `SECRET_KEY_FILE=/run/secrets/secret_key`. AssetLink drops blanks and line breaks around
it. Set only one of the two. An empty file counts as not set. For `DATABASE_URL` and `REDIS_URL` AssetLink refuses an empty file,
because their defaults would take its place.

**What cannot work does not start.** If a setting has the wrong form, or a key is missing, a process writes a line for each to
standard error. It ends with exit code 78 (for systemd: `RestartPreventExitStatus=78`). `manage.py make_key` works without any
settings, `check` and `collectstatic` without keys. `manage.py check --deploy` names what can work but is not fit for production:
run it after every change.
"""
FOUND = """
## What `manage.py check --deploy` finds

In addition to Django's own checks (`security.…`). Each finding says what to do. E is an error, W a warning, I
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
    return HEAD + "".join(tables) + FOUND + "".join(map(found, checking.RULES))


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
    return f"| `assetlink.{number}` | {' '.join((checking.RULES[number].__doc__ or '').split())} |\n"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assetlink_site.settings")
    django.setup()
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
