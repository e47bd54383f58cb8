"""Every variable of the environment that AssetLink reads: its form, default and meaning. Those of how people come in are declared
next door (assetlink_site.entry_variables).

Read nowhere else (tests/house/test_settings_table.py). After a change: `python -m script.settings_table`, which writes
docs/operator/settings.md.
"""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from assetlink_site import env
from assetlink_site.entry_variables import FIRST, EntryVariables
from assetlink_site.env import variable
from assetlink_site.forms import YEARS, address, choice, json_object, networks, number, switch, text, whole

SHOPIFY = "Shopify"
WEB = "The web server"
SESSIONS = "Sessions and limits"
FILES = "Files, and how long AssetLink keeps things"
WORK = "Workers and sweeper"
LOG = "Log and metrics"
TESTS = "For development and tests only"
A_YEAR = 31_536_000  # seconds


@dataclass(frozen=True, kw_only=True)
class Variables(EntryVariables):
    shopify_client_id: str = variable(
        text(),
        "",
        "client ID of the Shopify app that *Install in Shopify* opens; an environment may name its own",
        group=SHOPIFY,
    )
    shopify_client_secret: str = variable(text(), "", "its client secret", group=SHOPIFY, secret=True)
    port: int = variable(
        whole(least=1, most=65_535),
        8000,
        "where the web server listens, on all addresses; `--bind` goes before it",
        group=WEB,
        default_words="8000 on this machine only",
    )
    web_concurrency: int = variable(
        whole(least=1, most=1000), 1, "how many processes it has, with four threads each", group=WEB
    )
    session_idle_minutes: float = variable(
        number(), 120.0, "after how many minutes an unused session ends", group=SESSIONS
    )
    session_hours: float = variable(
        number(), 12.0, "after how many hours every session ends, however busy", group=SESSIONS
    )
    hsts_seconds: int = variable(
        whole(most=2 * A_YEAR),
        A_YEAR,
        "with an `https://` `APP_URL`: how long browsers remember to come by https only; 0: not at all",
        group=SESSIONS,
    )
    hsts_include_subdomains: bool = variable(
        switch(), False, "whether they do so for all names below this host, too", group=SESSIONS, default_words="off"
    )
    hsts_preload: bool = variable(
        switch(),
        False,
        "whether browsers may have it built in (hstspreload.org), which takes months to undo; needs the two above",
        group=SESSIONS,
        default_words="off",
    )
    launches_per_minute: int = variable(
        whole(least=1),
        20,
        "how often one person may open AssetLink; an environment ten times as often, as with all limits",
        group=SESSIONS,
    )
    dry_runs_per_hour: int = variable(
        whole(least=1), 120, "how many dry runs, undos and retries one person may start", group=SESSIONS
    )
    syncs_per_hour: int = variable(whole(least=1), 60, "how many runs that write one person may start", group=SESSIONS)
    looks_per_minute: int = variable(
        whole(least=1),
        20,
        "how often one person may ask Cloudinary on Setup, and send events to webhooks by hand",
        group=SESSIONS,
    )
    requests_per_minute: int = variable(
        whole(least=1), 600, "how many requests one person, or one address without a session, may make", group=SESSIONS
    )
    static_root: str = variable(
        text("folder"),
        "",
        "where `manage.py collectstatic` puts files",
        group=FILES,
        default_words="`staticfiles` in the clone",
    )
    report_folder: str = variable(
        text("folder"),
        "",
        "where AssetLink keeps reports; web and workers see the same folder",
        group=FILES,
        default_words="`reports` in the clone",
        example="/var/lib/assetlink/reports",
    )
    report_storage: str = variable(
        text("Python path"),
        "",
        "another Django storage for them ([reports.md](../reports.md))",
        group=FILES,
        default_words="the folder",
        example="storages.backends.s3.S3Storage",
    )
    report_storage_options: Mapping[str, Any] | None = variable(
        json_object(),
        None,
        "its options",
        group=FILES,
        secret=True,
        example='{"bucket_name": "reports"}',
    )
    report_days: int = variable(
        whole(most=YEARS), 30, "how many days AssetLink keeps a report's file; 0: for ever", group=FILES
    )
    selection_days: int = variable(
        whole(most=YEARS), 30, "how many days AssetLink keeps a selection that nobody used; 0: for ever", group=FILES
    )
    plan_days: int = variable(
        whole(most=YEARS), 30, "how many days AssetLink keeps a dry run that nobody applied; 0: for ever", group=FILES
    )
    undo_days: int = variable(
        whole(most=YEARS),
        0,
        "how many days an applied run stays in History and people can undo it; 0: for ever",
        group=FILES,
    )
    lease_seconds: float = variable(
        number(), 30.0, "how long a worker may be silent before another takes over its work", group=WORK
    )
    sweep_seconds: float = variable(number(), 5.0, "how often the sweeper looks for work that nobody does", group=WORK)
    abort_seconds: float = variable(
        number(), 20.0, "how long a worker has to notice an abort before AssetLink ends its job", group=WORK
    )
    log_level: str = variable(
        choice("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", upper=True),
        "INFO",
        "how much AssetLink logs",
        group=LOG,
    )
    log_format: str = variable(
        choice("text", "json"), "text", "`json` for one JSON object per line of the log", group=LOG
    )
    metrics_token: str = variable(
        text(),
        "",
        "the bearer token that `/metrics` asks for; without one there is no such page "
        "([operator.md](../operator.md#metrics))",
        group=LOG,
        secret=True,
    )
    debug: bool = variable(
        switch(),
        False,
        "`1` for Django's error pages; never where others can reach it",
        group=TESTS,
        default_words="off",
    )
    shopify_base_url: str = variable(
        address(),
        "",
        "where AssetLink reaches stores that people add on Setup; for the sandbox only",
        group=TESTS,
        default_words="each store's own domain",
    )
    webhook_networks: tuple[str, ...] = variable(
        networks(),
        (),
        "networks that webhooks may go to although they are not public, there also by `http://`; for receivers beside a "
        "sandbox only",
        group=TESTS,
        default_words="none: public addresses by `https://` only",
        example="127.0.0.0/8 ::1/128",
    )
    patience: float = variable(
        number(),
        1.0,
        "how long AssetLink waits for Shopify, as a part of the usual deadlines (`linking/domain/waiting.py`); below 1 for "
        "tests and rehearsals only",
        group=TESTS,
    )
    failpoint: str = variable(
        text("file"), "", "for crash tests: where a worker kills itself (`setup/shopify/failpoints.py`)", group=TESTS
    )


ALL = env.variables_of(Variables)
SECRETS = [one for one in ALL if one.secret]
NAMES = {one.name for one in ALL} | {f"{one.name}_FILE" for one in SECRETS}


# What may differ between processes, or is compared in another way: where each finds database and Redis, and the keys.
OF_EACH = {"ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL", "STATIC_ROOT", "FAILPOINT"}
SHARED = [one.name for one in ALL if one.group not in (FIRST, WEB, LOG) and one.name not in OF_EACH]


def marks(known: Variables) -> dict[str, str]:
    """Of each setting that all processes must have alike, something by which two of them see whether it is. Only with SECRET_KEY
    could anybody guess a value from it."""
    key = known.secret_key.encode()
    return {
        name: hmac.new(key, f"{name}={getattr(known, name.lower())!r}".encode(), "sha256").hexdigest()[:8]
        for name in SHARED
    }


def read(environ: Mapping[str, str]) -> Variables:
    """Raises SettingsWrong."""
    known = env.read(Variables, environ)
    if faults := list(contradictions(known)):
        raise env.SettingsWrong(faults)
    return known


def contradictions(known: Variables) -> Iterator[str]:
    """Settings each of which is well, and that cannot be together."""
    preloadable = known.hsts_include_subdomains and known.hsts_seconds >= A_YEAR  # https://hstspreload.org
    if known.hsts_preload and not preloadable:
        yield f"HSTS_PRELOAD needs HSTS_INCLUDE_SUBDOMAINS=1 and HSTS_SECONDS of a year at least, {A_YEAR}."
    if known.email_host and not known.email_from:
        yield "EMAIL_HOST needs EMAIL_FROM, the address that e-mails come from."
    if known.cloudinary_oauth_client_id and not known.cloudinary_oauth_client_secret:
        yield "CLOUDINARY_OAUTH_CLIENT_ID needs CLOUDINARY_OAUTH_CLIENT_SECRET."


def missing(known: Variables, environ: Mapping[str, str]) -> list[str]:
    """What a process that serves or works cannot be without. A SECRET_KEY is made up for DEBUG."""
    values = asdict(known) | ({"secret_key": "-"} if known.debug else {})
    return env.missing(Variables, values, environ)
