"""The doors to product environments: adding, changing and removing one, each with its entry in the audit log. Only those who
run AssetLink get here."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from setup import environment_values
from setup.models import Environment
from setup.security import audit
from setup.security.secrets import readable

# With what stands there if nothing was said.
PLACES = {"upload_prefix": "https://api.cloudinary.com", "delivery_base": "", "launch_issuer": "cloudinary-console"}


def usable(values: Mapping[str, str]) -> dict[str, str]:
    """Values of an environment as they may be kept; an empty address is the usual one. Raises Unusable."""
    found = dict(values)
    if "name" in found:
        found["name"] = found["name"].strip()[:255]
    for name, words in (("upload_prefix", "The upload prefix"), ("delivery_base", "The delivery base")):
        if name in found:
            place = environment_values.address(words, found[name], path=name == "delivery_base")
            found[name] = place or PLACES[name]
    if "launch_issuer" in found:
        found["launch_issuer"] = environment_values.issuer(found["launch_issuer"])
    return found


def add(environment: Environment, *, launch_secret: str = "") -> None:
    """With this launch secret, which the Console has already, or one of its own."""
    environment.launch_secret = launch_secret or new_launch_secret()
    environment.save()
    _record("add", environment, {"api_key": environment.api_key})


def set_up(values: Mapping[str, str]) -> tuple[Environment, str]:
    """The environment of this cloud name with these values, and what became of it: `added`, `changed`, or empty if it had them
    already."""
    environment = Environment.objects.filter(cloud_name=values["cloud_name"]).first() or Environment()
    fresh = environment.pk is None
    values = PLACES | dict(values) if fresh else values
    if all(readable(environment, name) == value for name, value in values.items()):
        return environment, ""
    for name, value in values.items():
        setattr(environment, name, value)
    if readable(environment, "former_launch_secret") is None:
        environment.former_launch_secret = ""
    # What admins save on Setup meanwhile stays.
    environment.save(update_fields=None if fresh else [*values, "former_launch_secret"])
    _record("add" if fresh else "change", environment, {"by": "variables"})
    return environment, "added" if fresh else "changed"


def change(environment: Environment, values: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Names, addresses, issuer, API key and secret: what really changed, by name, before and after."""
    changed = {}
    for name, value in values.items():
        before = readable(environment, name)
        if before != value:
            changed[name] = (before or "", value)
            setattr(environment, name, value)
    if changed:
        environment.save(update_fields=list(changed))
        before_after = [{name: pair[at] for name, pair in changed.items()} for at in (0, 1)]
        audit.record(audit.OPERATOR, "environment.set", environment, *before_after, environment=environment)
    return changed


def rotate_launch_secret(environment: Environment, *, until: datetime, secret: str = "") -> None:
    """Another one, or `secret`; the old one is good until then."""
    environment.former_launch_secret = readable(environment, "launch_secret") or ""
    environment.former_launch_until = until
    environment.launch_secret = secret or new_launch_secret()
    environment.save(update_fields=["launch_secret", "former_launch_secret", "former_launch_until"])
    _record("rotate-launch", environment)


def keep_api_key(environment: Environment) -> None:
    """The API key and secret that the row in hand has."""
    environment.save(update_fields=["api_key", "api_secret"])
    _record("rotate-api", environment)


def remove(environment: Environment) -> None:
    """With its stores, members and history. In Shopify and in Cloudinary nothing changes."""
    _record("remove", environment)
    environment.delete()


def new_launch_secret() -> str:
    return secrets.token_urlsafe(48)


def _record(verb: str, environment: Environment, after: Mapping[str, str] | None = None) -> None:
    audit.record(audit.OPERATOR, f"environment.{verb}", environment, {}, after or {}, environment=environment)
