"""What uploads with AssetLink say of metadata, as admins prepared it.

A default of a field and the metadata of a preset are fixed texts: neither knows the day of an upload. So who uploads says when it
expires. And whether Cloudinary joins a call's metadata with its preset's is not recorded: so the call says both.
"""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any

from setup.models import Environment
from setup.numbers import whole
from setup.preparing.parts import BY_SLUG, EXPIRATION


def expiration_of(environment: Environment, today: date) -> str:
    """A day as Cloudinary takes it; empty where no admin wants one, or the environment has no such field."""
    months = whole(str(EXPIRATION.kept(environment).get("months") or 0), most=1000) or 0
    has = any(one["id"] == "expiration" and one["type"] == "date" for one in environment.seen.get("fields", []))
    return later(today, months).isoformat() if months and has else ""


def metadata_of_preset(environment: Environment, name: str) -> dict[str, str]:
    """The defaults of a preset that was prepared here; empty for any other."""
    return dict(definition_of_preset(environment, name).get("metadata", {}))


def folder_of_preset(environment: Environment, name: str) -> str:
    """Empty for a preset that was not prepared here."""
    return str(definition_of_preset(environment, name).get("asset_folder", ""))


def definition_of_preset(environment: Environment, name: str) -> Mapping[str, Any]:
    part = BY_SLUG.get(f"preset-{name}")
    if part is None or not part.kept(environment):
        return {}
    return part.make(part.choices(environment))[0].definition


def later(day: date, months: int) -> date:
    """The same day of that month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
