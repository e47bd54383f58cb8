"""The rules as Django's system checks, for `manage.py check --deploy` alone."""

import os

from django.core import checks

from assetlink_site.deployment import addresses, files, keys, signing_in, working  # noqa: F401 - they register their rules
from assetlink_site.deployment.rules import RULES, Site

KINDS = {"E": checks.Error, "W": checks.Warning, "I": checks.Info}


def of_this_process() -> list[checks.CheckMessage]:
    from assetlink_site.settings import known

    return found(Site(known, os.environ))


def found(site: Site) -> list[checks.CheckMessage]:
    return [
        KINDS[number[0]](text, hint=hint, id=f"assetlink.{number}")
        for number, rule in RULES.items()
        for text, hint in rule(site)
    ]
