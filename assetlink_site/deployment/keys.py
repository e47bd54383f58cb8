"""Keys and secrets: there, hard to guess, and each for one purpose."""

from collections import defaultdict
from collections.abc import Iterator

from assetlink_site import variables
from assetlink_site.deployment.rules import Finding, Site, rule
from assetlink_site.entry_variables import DRAWN_BY

# Least characters of what we may draw ourselves.
DRAWN = {"secret_key": 50, "launch_secret": 32, "metrics_token": 20}
FEW = 8  # different characters
# What stands in examples, in tests and in the Dockerfile.
PUBLISHED = ("only-", "django-insecure", "change", "example", "password", "secret")


@rule("E020")
def missing_keys(site: Site) -> Iterator[Finding]:
    """`SECRET_KEY` or `ENCRYPTION_KEYS` is not set: web, workers and sweeper do not start"""
    for text in variables.missing(site.known, site.given):
        what, _, hint = text.partition(": ")
        yield f"{what}: web, workers and sweeper do not start.", f"{hint[:1].upper()}{hint[1:]}"


@rule("E021")
def weak_secrets(site: Site) -> Iterator[Finding]:
    """`SECRET_KEY`, `LAUNCH_SECRET` or `METRICS_TOKEN` is short, of few different characters, or one that is published"""
    for name, least in DRAWN.items():
        value = getattr(site.known, name)
        if not value:
            continue
        why = (
            f"has fewer than {least} characters"
            if len(value) < least
            else "has few different characters"
            if len(set(value)) < FEW
            else "begins like a published example"
            if value.lower().startswith(PUBLISHED)
            else ""
        )
        if why:
            yield f"{name.upper()} {why}: somebody could guess it.", f"Make one with {DRAWN_BY}."


@rule("E022")
def shared_secrets(site: Site) -> Iterator[Finding]:
    """Two secrets are the same: a person who learns one has the other"""
    holders: dict[str, list[str]] = defaultdict(list)
    for one in variables.SECRETS:
        value = getattr(site.known, one.name.lower())
        for text in {value} if isinstance(value, str) else set(value or ()) if isinstance(value, tuple) else ():
            holders[text].append(one.name)
    holders.pop("", None)
    for names in holders.values():
        if len(names) > 1:
            yield (
                f"{' and '.join(names)} are the same: a person who learns one has the other.",
                "Make one for each purpose.",
            )


@rule("W023")
def repeated_key(site: Site) -> Iterator[Finding]:
    """`ENCRYPTION_KEYS` has a key twice"""
    keys = site.known.encryption_keys
    if len(set(keys)) < len(keys):
        hint = "Keep it once; the first key encrypts (docs/operator.md, Keys)."
        yield "ENCRYPTION_KEYS has a key twice: the next change of keys may surprise you.", hint


@rule("E024")
def half_of_an_environment(site: Site) -> Iterator[Finding]:
    """`CLOUD_NAME` is set without its keys or its launch secret, or keys without it: `environment from-env` sets nothing up"""
    needed = ("cloud_api_key", "cloud_api_secret", "launch_secret")
    given = [name for name in needed if getattr(site.known, name)]
    if site.known.cloud_name and len(given) < len(needed):
        lacking = ", ".join(name.upper() for name in needed if name not in given)
        yield f"CLOUD_NAME is set without {lacking}: `environment from-env` fails.", f"Set {lacking}, too."
    elif not site.known.cloud_name and set(given) - {"launch_secret"}:
        named = ", ".join(name.upper() for name in given)
        yield f"CLOUD_NAME is not set, so {named} is not used.", "Set CLOUD_NAME, or remove the others."


@rule("E025")
def half_of_an_app(site: Site) -> Iterator[Finding]:
    """`SHOPIFY_CLIENT_ID` is set without `SHOPIFY_CLIENT_SECRET`, or the other way round"""
    names = ("SHOPIFY_CLIENT_ID", "SHOPIFY_CLIENT_SECRET")
    given = [name for name in names if getattr(site.known, name.lower())]
    if len(given) == 1:
        [lacking] = set(names) - set(given)
        yield f"{given[0]} is set without {lacking}: Install in Shopify does not work.", f"Set {lacking}, too."
