"""Workers, the sweeper, the queue and sessions; and names that nobody reads.

When something sends e-mail (sign-in by a code), its rule belongs here: that the address of a mail server is set.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from urllib.parse import urlsplit

from assetlink_site import variables
from assetlink_site.deployment.addresses import is_local
from assetlink_site.deployment.rules import Finding, Site, rule

SHORTEST_LEASE, LONGEST_SWEEP = 10, 30  # seconds
ALIKE = 0.85  # of 1


@rule("E030")
def short_lease(site: Site) -> Iterator[Finding]:
    """`LEASE_SECONDS` is below 10: workers lose their work to others while they live"""
    if site.known.lease_seconds < SHORTEST_LEASE:
        text = f"LEASE_SECONDS is {site.known.lease_seconds:g}: workers that are only busy lose their work to others."
        yield text, f"Set it to {SHORTEST_LEASE} or more; 30 is usual."


@rule("W031")
def rare_sweeps(site: Site) -> Iterator[Finding]:
    """`SWEEP_SECONDS` is above 30: lost work waits, and `/readyz` takes the sweeper for dead"""
    if site.known.sweep_seconds > LONGEST_SWEEP:
        text = f"SWEEP_SECONDS is {site.known.sweep_seconds:g}: /readyz calls the sweeper silent after 60."
        yield text, f"Set it to {LONGEST_SWEEP} or less; 5 is usual."


@rule("E032")
def impatience(site: Site) -> Iterator[Finding]:
    """`PATIENCE` is below 1: AssetLink gives up files that Shopify still processes"""
    if site.known.patience < 1:
        text = f"PATIENCE is {site.known.patience:g}: AssetLink gives up files that Shopify still processes."
        yield text, "Remove PATIENCE."


@rule("E033")
def failpoint(site: Site) -> Iterator[Finding]:
    """`FAILPOINT` is set: workers kill themselves"""
    if site.known.failpoint:
        yield "FAILPOINT is set, which makes workers kill themselves for tests.", "Remove FAILPOINT."


@rule("W034")
def idle_beyond_end(site: Site) -> Iterator[Finding]:
    """`SESSION_IDLE_MINUTES` is more than `SESSION_HOURS`: it has no effect"""
    if site.known.session_idle_minutes > site.known.session_hours * 60:
        text = "SESSION_IDLE_MINUTES is more than SESSION_HOURS, which ends sessions first."
        yield text, "Make it shorter: unused sessions should end earlier."


def redis_host(address: str) -> str:
    return "" if address.startswith("unix://") else urlsplit(address).hostname or "localhost"


@rule("W035")
def several_machines(site: Site) -> Iterator[Finding]:
    """The database is SQLite and Redis on another machine: each machine would have a database of its own"""
    host, sqlite = redis_host(site.known.redis_url), site.known.database_url.partition(":")[0] in ("", "sqlite")
    if sqlite and host and not is_local(f"//{host}"):
        text = (
            f"The database is SQLite, and Redis is on {host}: processes of other machines would not see the database."
        )
        yield text, "Set DATABASE_URL to a Postgres (docs/operator.md, Database and backups)."


@rule("E036")
def fleeting_database(site: Site) -> Iterator[Finding]:
    """`DATABASE_URL` is SQLite in memory: each process has its own"""
    if site.known.database_url == "sqlite://:memory:":
        yield (
            "DATABASE_URL is in memory: each process has its own.",
            "Write sqlite:////folder/file or postgres://….",
        )


@rule("W037")
def mistyped_names(site: Site) -> Iterator[Finding]:
    """A variable is called almost like a setting, or `NAME_FILE` is set for what is no secret: AssetLink does not read it"""
    plain = {one.name for one in variables.ALL if not one.secret}
    for name in sorted(site.given.keys() - variables.NAMES):
        if name.removesuffix("_FILE") in plain:
            real = name.removesuffix("_FILE")
            yield f"{name} is not read: {real} is no secret.", f"Set {real} itself."
        elif near := get_close_matches(name, variables.NAMES, 1, ALIKE):
            yield f"{name} is no setting, so AssetLink does not read it.", f"Did you mean {near[0]}?"
