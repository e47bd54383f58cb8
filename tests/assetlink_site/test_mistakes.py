"""Mistakes that operators make in the settings, each with who names it and the words that say what to do."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from assetlink_site import variables
from assetlink_site.deployment import checking
from assetlink_site.deployment.rules import RULES, Site
from assetlink_site.starting import found_wrong
from linking.operations.doctor import clocks, outside, queueing
from linking.operations.doctor.findings import Finding, Level
from linking.operations.doctor.outside import FORGED, Seen
from linking.operations.queue_health import QueueHealth
from linking.operations.redis_state import RedisState
from setup.models import Environment

KEY = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="
GOOD = {
    "APP_URL": "https://assetlink.example.com",
    "SECRET_KEY": "a-long-secret-key-of-a-deployment-0123456789-abcdefghij",
    "ENCRYPTION_KEYS": KEY,
    "ALLOWED_HOSTS": "assetlink.example.com localhost",
    "TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgres://assetlink:secret-word@db:5432/assetlink",
}
EARLY = "a character within its user or password ends it too early: write @ as %40, / as %2F, # as %23"

POSTGRES_QUERIES = [
    ("foo=secret-word", "it has foo= behind the ?, which Postgres does not know."),
    ("conn_max_age=abc", "it has conn_max_age= behind the ?, which Postgres does not know."),
    ("pool=true", "it has pool= behind the ?, which Postgres does not know."),
    ("secret-word", "it has something behind the ?, which Postgres does not know."),
    ("connect_timeout=abc", "connect_timeout= behind the ? must be a whole number."),
    ("sslmode=on", "sslmode= behind the ? must be one of allow, disable"),
    ("sslmode=require&sslmode=disable", "it has sslmode= twice behind the ?."),
    ("isolation_level=serializable", "isolation_level= behind the ? must be a number from 1 to 4"),
]
REDIS_QUERIES = [
    ("foo=bar", "it has foo= behind the ?, which a redis:// address does not know."),
    ("ssl_cert_reqs=none", "it has ssl_cert_reqs= behind the ?, which a redis:// address does not know."),
    ("socket_timeout=nan", "socket_timeout= behind the ? has a value that cannot be used."),
    ("retry_on_error=x", "it has retry_on_error= behind the ?, which a redis:// address does not know."),
    ("protocol=9", "protocol= behind the ? has a value that cannot be used."),
]

# Variable, its value, and words of the line that start-up writes. The values' secret is in no line.
START_UP = [
    ("TRUSTED_PROXIES", "-1", "is '-1': it must be a whole number from 0 to 20."),
    ("TRUSTED_PROXIES", "one", "is 'one': it must be a whole number from 0 to 20."),
    ("TRUSTED_PROXIES", "9" * 5000, f"is '{'9' * 40}': it must be a whole number"),
    ("REQUESTS_PER_MINUTE", "0", "is '0': it must be a whole number from 1 to 1,000,000."),
    ("REPORT_DAYS", "999999", "is '999999': it must be a whole number from 0 to 36,500."),
    ("LEASE_SECONDS", "nan", "is 'nan': it must be a number from 0.01"),
    ("SWEEP_SECONDS", "-5", "is '-5': it must be a number from 0.01"),
    ("SESSION_HOURS", "inf", "is 'inf': it must be a number from 0.01"),
    ("SESSION_HOURS", "12h", "is '12h': it must be a number from 0.01"),
    ("DEBUG", "maybe", "is 'maybe': it must be 1 (on) or 0 (off)."),
    ("LOG_LEVEL", "loud", "is 'loud': it must be DEBUG, INFO, WARNING, ERROR or CRITICAL."),
    ("LOG_FORMAT", "xml", "is 'xml': it must be text or json."),
    ("SECRET_KEY", "", "is not set: make one with `python -c"),
    ("SECRET_KEY", "   ", "is not set: make one with `python -c"),
    ("SECRET_KEY", f"'{GOOD['SECRET_KEY']}'", "is in quotation marks, which are taken for a part of it: remove them."),
    ("ENCRYPTION_KEYS", "", "is not set: restore it from where your keys are kept; only a new installation makes one"),
    (
        "ENCRYPTION_KEYS",
        "secret-word",
        "cannot be used: key 1 of 1 is no key: restore it from where your keys are kept; only a new installation makes one",
    ),
    ("ENCRYPTION_KEYS", f"{KEY},secret-word", "cannot be used: key 2 of 2 is no key: restore it"),
    ("LAUNCH_SECRET", "secret-word", "cannot be used: it has fewer than 32 characters."),
    ("METRICS_TOKEN", "secret-word\nsecond", "has a line break or another control character within: write it again."),
    ("APP_URL", "app.example.com", "is 'app.example.com': it must begin with https://"),
    (
        "APP_URL",
        "https://",
        "is 'https://': it must begin with https:// (or http:// on your own machine) and name a host.",
    ),
    (
        "APP_URL",
        "https://u:secret-word@a.example.com",
        "cannot be used: it must be an address without user, ? and #.",
    ),
    ("APP_URL", "https://bücher.example", "write its host as browsers send it: xn--bcher-kva.example."),
    (
        "APP_URL",
        "https://app example.com",
        "it must begin with https:// (or http:// on your own machine) and name a host.",
    ),
    ("APP_URL", "https://[::1", "is 'https://[::1': it cannot be read as an address"),
    ("PORT", "70000", "is '70000': it must be a whole number from 1 to 65,535."),
    ("WEB_CONCURRENCY", "auto", "is 'auto': it must be a whole number from 1 to 1,000."),
    ("HSTS_PRELOAD", "1", "needs HSTS_INCLUDE_SUBDOMAINS=1"),
    ("SHOPIFY_BASE_URL", "localhost:8001", "is 'localhost:8001': it must begin with https://"),
    ("CLOUD_UPLOAD_PREFIX", "api-eu.cloudinary.com", "is 'api-eu.cloudinary.com': it must begin with https://"),
    (
        "ALLOWED_HOSTS",
        "localhost https://a.example.com",
        "entry 2 is no host name: write it without https://, port and path",
    ),
    ("ALLOWED_HOSTS", "a.example.com:8000", "entry 1 is no host name: write it without https://, port and path"),
    ("ALLOWED_HOSTS", "bücher.example", "write entry 1 as browsers send it: xn--bcher-kva.example."),
    ("DATABASE_URL", "u:secret-word@db/a", "cannot be used: it must be an address such as postgres://"),
    ("DATABASE_URL", "mysql://u:secret-word@db/a", "cannot be used: it must be an address such as postgres://"),
    ("DATABASE_URL", "postgres://u:secret-word@db", "it names no database: postgres://user:password@host:5432/NAME."),
    ("DATABASE_URL", "postgres://u:secret-word@db:54x/a", "it cannot be read as an address: its port"),
    ("DATABASE_URL", "sqlite://a.sqlite3", "write sqlite:/// and then the path of the file"),
    *[("DATABASE_URL", f"postgres://u:secret-word{sign}@db/a", EARLY) for sign in "@/#?%"],
    *[("REDIS_URL", f"redis://:secret-word{sign}@redis:6379/0", EARLY) for sign in "@/#?%"],
    ("REDIS_URL", "localhost:6379", "it must be an address such as redis://localhost:6379/0"),
    ("REDIS_URL", "http://localhost:6379", "it must be an address such as redis://localhost:6379/0"),
    ("REDIS_URL", "redis://redis:6379/queue", "what stands behind the host must be the number of a database"),
    ("REPORT_STORAGE_OPTIONS", '{"a": "secret-word"', "it is no JSON (line 1, column 20); write"),
    ("REPORT_STORAGE_OPTIONS", '["secret-word"]', "it must be a JSON object"),
    (
        "OIDC_PROVIDERS",
        '{"Okta": {"secret-word": 1}}',
        "a provider's key is up to 31 small letters, digits and hyphens",
    ),
    ("OIDC_PROVIDERS", '{"okta": "secret-word"}', "okta must be a JSON object."),
    ("OIDC_PROVIDERS", '{"okta": {"client_secret": "secret-word"}}', "okta has no discovery."),
    (
        "OIDC_PROVIDERS",
        '{"okta": {"discovery": "id.example.com", "client_id": "a"}}',
        "discovery of okta: it must begin",
    ),
    (
        "OIDC_PROVIDERS",
        '{"okta": {"clientid": "secret-word"}}',
        "okta has clientid; a provider has discovery, client_id",
    ),
    (
        "OIDC_PROVIDERS",
        '{"okta": {"discovery": "https://a.example", "client_id": "a", "scopes": "email"}}',
        "scopes of okta must have openid.",
    ),
    (
        "OIDC_PROVIDERS",
        '{"okta": {"discovery": "https://a.example", "client_id": "a", "groups": {"g": {"cloud": "boss"}}}}',
        "a role in groups of okta must be one of admin, member, viewer.",
    ),
    ("EMAIL_FROM", "AssetLink", "is 'AssetLink': it must be an e-mail address, or Name <address>."),
    ("EMAIL_HOST", "smtp.example.com", "EMAIL_HOST needs EMAIL_FROM"),
    ("CLOUDINARY_OAUTH_CLIENT_ID", "a", "needs CLOUDINARY_OAUTH_CLIENT_SECRET."),
    ("SECRET_KEY_FILE", "/run/secrets/key", "SECRET_KEY and SECRET_KEY_FILE are both set: remove one of them."),
    ("METRICS_TOKEN_FILE", "/nowhere/token", "cannot be read (No such file or directory): mount it"),
    ("METRICS_TOKEN_FILE", "/", "names /, which cannot be read (Is a directory): mount it"),
    ("REDIS_URL_FILE", "/dev/null", "names /dev/null, which cannot be read (it is no regular file): mount it"),
    ("METRICS_TOKEN_FILE", "secret-word", "_FILE must be the path of a file (METRICS_TOKEN takes the value itself)."),
    ("METRICS_TOKEN_FILE", "/n" * 2500, f"names {'/n' * 50}…, which cannot be read (File name too long): mount it"),
    ("METRICS_TOKEN_FILE", "/nowhere\nAPP_URL is wrong", r"names /nowhere\nAPP_URL is wrong, which cannot be read"),
    ("METRICS_TOKEN", "secret-word\udcff", "has bytes that are no UTF-8 text: write it again."),
    ("ENCRYPTION_KEYS", f"{KEY};{KEY}", "key 1 of 1 is no key"),
    ("ENCRYPTION_KEYS", f"{KEY}AAAA", "key 1 of 1 is no key"),
    ("ENCRYPTION_KEYS", f"{KEY[:-2]}l=", "key 1 of 1 is no key"),
    ("ENCRYPTION_KEYS", ",", "it has no entry: name one, or remove it."),
    ("ALLOWED_HOSTS", " , ", "it has no entry: name one, or remove it."),
    ("SESSION_HOURS", "1_0", "is '1_0': it must be a number from 0.01"),
    ("SESSION_HOURS", "\u0663", "it must be a number from 0.01"),
    ("APP_URL", "https://a.example.com:0", "is 'https://a.example.com:0': its port cannot be 0."),
    *[
        ("APP_URL", f"https://a.example.com/a{sign}b", "it has a blank, a quotation mark or another")
        for sign in "\"'< "
    ],
    *[("DATABASE_URL", f"postgres://u:secret-word@db/a?{query}", words) for query, words in POSTGRES_QUERIES],
    *[("REDIS_URL", f"redis://:secret-word@redis:6379/0?{query}", words) for query, words in REDIS_QUERIES],
    (
        "REDIS_URL",
        "unix:///r.sock?socket_keepalive=1",
        "it has socket_keepalive= behind the ?, which a unix:// address",
    ),
    ("DATABASE_URL", "sqlite:////tmp/a.sqlite3?timeout=abc", "an address of SQLite takes nothing behind a ?"),
    ("DATABASE_URL", "postgres://u:secret-word%00x@db/a", "it has a control character, such as %00 or %0A."),
    ("DATABASE_URL", "postgres://u:secret-word%FFx@db/a", "is no UTF-8 text."),
    ("REDIS_URL", "redis://:secret-word%00x@redis/0", "it has a control character, such as %00 or %0A."),
    ("DATABASE_URL", "postgres://u:secret-word@db/a#b", "it has a #, behind which nothing is read: write @ as %40"),
    ("REPORT_STORAGE_OPTIONS", f"{'[' * 30_000}{']' * 30_000}", "it is nested too deeply."),
    ("REPORT_STORAGE_OPTIONS", '{"a":' * 400 + "1" + "}" * 400, "it is nested too deeply."),
]


@pytest.mark.parametrize(("name", "value", "words"), START_UP, ids=[f"{row[0]}={row[1][:30]}" for row in START_UP])
def test_start_up_names_it(name, value, words):
    [line] = found_wrong(GOOD | {name: value})
    assert line.startswith(name.removesuffix("_FILE"))
    assert words in line
    assert line.endswith(".")
    assert "secret-word" not in line


def test_good_settings_start():
    assert found_wrong(GOOD) == []
    assert found_wrong({}, keys=False) == []
    assert found_wrong({"DEBUG": "1", "ENCRYPTION_KEYS": KEY}) == []


def test_a_file_of_keys_that_is_empty_or_damaged_is_named(tmp_path):
    file = tmp_path / "keys"
    environ = {name: value for name, value in GOOD.items() if name != "ENCRYPTION_KEYS"} | {
        "ENCRYPTION_KEYS_FILE": str(file)
    }
    for written, words in (
        ("\n", f"ENCRYPTION_KEYS is not set ({file} is empty): restore it"),
        ("x", f"(from {file}) cannot"),
    ):
        file.write_text(written)
        (fault,) = found_wrong(environ)
        assert words in fault


def test_every_fault_is_named_at_once():
    wrong = {"TRUSTED_PROXIES": "x", "DATABASE_URL": "db", "SESSION_HOURS": "x", "APP_URL": "x"}
    assert [line.split()[0] for line in found_wrong(GOOD | wrong)] == [
        "APP_URL",
        "TRUSTED_PROXIES",
        "DATABASE_URL",
        "SESSION_HOURS",
    ]


def provider(**changed: object) -> str:
    known = {"discovery": "https://id.example.com", "client_id": "a", "client_secret": "b"}
    return json.dumps({"okta": known | changed})


MAIL = {"EMAIL_HOST": "smtp.example.com", "EMAIL_FROM": "a@example.com"}
OAUTH = {"CLOUDINARY_OAUTH_CLIENT_ID": "a", "CLOUDINARY_OAUTH_CLIENT_SECRET": "b"}
SAFE = "k7Qw2ZpX9rTb4LmN8sVc1YhJ6dGf3AeU5iOoKtRxBzWqPnMlHj"
REHEARSAL = {"APP_URL": "https://assetlink.test", "ALLOWED_HOSTS": ".test"}
# What is set besides, the id of the check, and words of what it says to do.
CHECKED = [
    ({"APP_URL": "http://assetlink.example.com"}, "E001", "set APP_URL to its https:// address"),
    ({"APP_URL": "https://assetlink.example.com/app"}, "E002", "Set APP_URL to https://assetlink.example.com, and"),
    ({"TRUSTED_PROXIES": "0"}, "E003", "1 for one Caddy or nginx"),
    ({"ALLOWED_HOSTS": "localhost"}, "E004", "Add assetlink.example.com to ALLOWED_HOSTS."),
    ({"ALLOWED_HOSTS": "*"}, "E005", "Name the hosts: assetlink.example.com, and"),
    (
        {"FRAME_ANCESTORS": "*", "LAUNCH_ORIGINS": "https://a.example.com"},
        "E006",
        "Name the origins in FRAME_ANCESTORS",
    ),
    ({"IMAGE_SOURCES": "https:"}, "E006", "Name the origins in IMAGE_SOURCES"),
    ({"IMAGE_SOURCES": "https://a.example.com; script-src"}, "E007", "Write only origins into IMAGE_SOURCES"),
    (
        {"LAUNCH_ORIGINS": "'https://a.example.com' https://b.example.com"},
        "E007",
        "Write only origins into LAUNCH_ORIGINS",
    ),
    ({"LAUNCH_ORIGINS": "a.example.com"}, "E008", "Write https:// and the host, without a path"),
    ({"LAUNCH_ORIGINS": "https://a.example.com/console"}, "E008", "Write https:// and the host, without a path"),
    ({"SHOPIFY_BASE_URL": "http://localhost:8001"}, "E009", "Remove SHOPIFY_BASE_URL"),
    ({"IMAGE_SOURCES": "http://localhost:8001"}, "E010", "Remove it from IMAGE_SOURCES, or write the https:// address"),
    ({"CLOUD_UPLOAD_PREFIX": "http://sandbox:8001"}, "E010", "Remove it from CLOUD_UPLOAD_PREFIX"),
    (REHEARSAL | {"SHOPIFY_BASE_URL": "https://sandbox.test"}, "I014", "remove or change SHOPIFY_BASE_URL, and set"),
    (REHEARSAL | {"IMAGE_SOURCES": "https://sandbox.localhost"}, "I014", "remove or change IMAGE_SOURCES, and set"),
    ({"DEBUG": "1"}, "E011", "Remove DEBUG."),
    ({"CLOUD_DELIVERY_BASE": "https://media.example.com"}, "E012", "Add https://media.example.com to IMAGE_SOURCES."),
    ({"ADMIN_ROLES": "Master_Admin"}, "W013", "Write roles as launches name them, such as media_library_admin"),
    ({"SECRET_KEY": ""}, "E020", "Make one with `python -c"),
    ({"ENCRYPTION_KEYS": ""}, "E020", "Restore it from where your keys are kept"),
    ({"SECRET_KEY": SAFE[:49]}, "E021", "Make one with `python -c"),
    ({"SECRET_KEY": "ab" * 30}, "E021", "Make one with `python -c"),
    ({"SECRET_KEY": f"only-for-tests-{SAFE}"}, "E021", "Make one with `python -c"),
    ({"METRICS_TOKEN": "prometheus"}, "E021", "Make one with `python -c"),
    ({"LAUNCH_SECRET": GOOD["SECRET_KEY"]}, "E022", "Make one for each purpose."),
    ({"SECRET_KEY": KEY + KEY, "METRICS_TOKEN": KEY}, "E022", "Make one for each purpose."),
    ({"ENCRYPTION_KEYS": f"{KEY},{KEY}"}, "W023", "Keep it once"),
    ({"CLOUD_NAME": "demo", "CLOUD_API_KEY": "1"}, "E024", "Set CLOUD_API_SECRET, LAUNCH_SECRET, too."),
    ({"CLOUD_API_KEY": "1"}, "E024", "Set CLOUD_NAME, or remove the others."),
    ({"SHOPIFY_CLIENT_ID": "1"}, "E025", "Set SHOPIFY_CLIENT_SECRET, too."),
    (
        {"OIDC_PROVIDERS": provider(discovery="http://localhost:8001/identity")},
        "E050",
        "Write the https:// address of the",
    ),
    (
        OAUTH | {"CLOUDINARY_OAUTH_URL": "http://localhost:8001"},
        "E050",
        "Write the https:// address of the real provider",
    ),
    ({"OIDC_PROVIDERS": provider(client_secret="")}, "W053", "Make it a confidential web client"),
    (MAIL | {"EMAIL_SECURITY": "none"}, "W051", "Set EMAIL_SECURITY to starttls"),
    (MAIL | {"EMAIL_USER": "a"}, "W052", "Set both, or neither."),
    ({"LEASE_SECONDS": "1"}, "E030", "Set it to 10 or more"),
    ({"SWEEP_SECONDS": "120"}, "W031", "Set it to 30 or less"),
    ({"PATIENCE": "0.1"}, "E032", "Remove PATIENCE."),
    ({"FAILPOINT": "/tmp/point"}, "E033", "Remove FAILPOINT."),
    ({"SESSION_IDLE_MINUTES": "90", "SESSION_HOURS": "1"}, "W034", "Make it shorter"),
    ({"DATABASE_URL": "", "REDIS_URL": "redis://redis.example.com:6379/0"}, "W035", "Set DATABASE_URL to a Postgres"),
    ({"DATABASE_URL": "sqlite://:memory:"}, "E036", "Write sqlite:////folder/file"),
    ({"TRUSTED_PROXY": "1"}, "W037", "Did you mean TRUSTED_PROXIES?"),
    ({"SECRETKEY_FILE": "/run/secrets/key"}, "W037", "Did you mean SECRET_KEY_FILE?"),
    ({"APP_URL_FILE": "/run/app_url"}, "W037", "Set APP_URL itself."),
    ({"REPORT_STORAGE_OPTIONS": '{"bucket_name": "reports"}'}, "W041", "Set REPORT_STORAGE, too."),
]


@pytest.fixture
def checked(settings, tmp_path):
    """Ids and hints of what `check --deploy` finds in an environment, where files are as they should be."""
    settings.STORAGES = settings.STORAGES | {"reports": reports(tmp_path)}

    def found(environ: dict[str, str]) -> list[tuple[str, str]]:
        site = Site(variables.read(environ), environ)
        return [(str(one.id).removeprefix("assetlink."), f"{one.msg} {one.hint}") for one in checking.found(site)]

    return found


def reports(folder: Path) -> dict:
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder / "reports"}}


@pytest.mark.parametrize(
    ("changed", "number", "words"), CHECKED, ids=[f"{row[1]} {' '.join(row[0])}" for row in CHECKED]
)
def test_check_deploy_names_it(checked, changed, number, words):
    ((found, text),) = checked(GOOD | changed)
    assert (found, words in text) == (number, True), text
    assert all(secret not in text for secret in (KEY, SAFE, GOOD["SECRET_KEY"]))


def test_check_deploy_finds_nothing_in_good_settings(checked):
    assert checked(GOOD) == []
    assert checked(GOOD | {"APP_URL": "https://assetlink.test", "ALLOWED_HOSTS": ".test", "TRUSTED_PROXIES": "0"}) == []


def test_check_deploy_tries_the_folder_of_reports(checked, settings, tmp_path):
    (tmp_path / "file").touch()
    settings.STORAGES = settings.STORAGES | {"reports": reports(tmp_path / "file")}
    ((number, text),) = checked(GOOD)
    assert (number, "let the user of web and workers write there" in text) == ("E040", True)


def test_check_deploy_loads_the_storage_of_reports(checked, settings):
    settings.STORAGES = settings.STORAGES | {"reports": {"BACKEND": "storages.backends.s4.S4Storage"}}
    ((number, text),) = checked(GOOD)
    assert (number, "REPORT_STORAGE cannot be used" in text) == ("E040", True)


@pytest.mark.parametrize("old", [False, True], ids=["none", "of another release"])
def test_check_deploy_looks_at_static_files(checked, settings, tmp_path, old):
    manifest = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": manifest}
    settings.STATIC_ROOT, settings.WHITENOISE_USE_FINDERS = tmp_path / "static", False
    if old:
        call_command("collectstatic", interactive=False, verbosity=0)
        (tmp_path / "static" / "img" / "icon.svg").write_text("<svg/>")
        settings.STORAGES = dict(settings.STORAGES)
    ((number, text),) = checked(GOOD)
    assert (number, "Run `manage.py collectstatic --noinput`" in text) == ("E042", True)
    assert ("another release's" in text) is old


def test_check_deploy_looks_for_the_folder_of_sqlite(checked, settings, tmp_path, monkeypatch):
    known = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "nowhere" / "a.sqlite3")}
    monkeypatch.setitem(settings.DATABASES, "default", known)
    ((number, text),) = checked(GOOD)
    assert (number, "Make the folder, and let the app's user write." in text) == ("E043", True)


def test_every_check_has_its_mistake_here_and_a_line_for_the_page():
    tried = {number for _, number, _ in CHECKED} | {"E040", "E042", "E043"}
    assert RULES.keys() - tried == set()
    assert [number for number, rule in RULES.items() if not rule.__doc__] == []


def seen(*hops: str, secure: bool = True, host: str = "assetlink.example.com", address: str = "198.51.100.7") -> Seen:
    return Seen(secure, host, "10.0.0.2", hops, address)


def of_proxies(trusted: int, what: Seen) -> list[Finding]:
    return list(outside.of_proxies(what, app_url=GOOD["APP_URL"], trusted=trusted))


def of_redis(*words: str) -> list[Finding]:
    """`words`: of writes, persistence and eviction."""
    return list(queueing.of_redis(QueueHealth(True, redis=RedisState(*words))))


# What the doctor sees, the look that names it, and words of its advice; the looks themselves: tests/linking/operations/doctor.
EXAMINED = {
    "one proxy more than TRUSTED_PROXIES": (of_proxies(0, seen(FORGED, "198.51.100.7")), "TRUSTED_PROXIES=1"),
    "one proxy less": (of_proxies(2, seen("198.51.100.7", address="10.0.0.2")), "TRUSTED_PROXIES=1"),
    "a proxy that forgets X-Forwarded-Proto": (
        of_proxies(1, seen("198.51.100.7", secure=False)),
        "X-Forwarded-Proto: https",
    ),
    "a proxy that forgets Host": (of_proxies(1, seen("198.51.100.7", host="web:8000")), "Host"),
    "APP_URL of another server": ([outside.other_answer(404, "", GOOD["APP_URL"])], "all its paths"),
    "APP_URL that redirects": ([outside.other_answer(308, "https://b.example/", GOOD["APP_URL"])], "APP_URL"),
    "a clock that is ahead": ([clocks.compared("the database", timedelta(seconds=-600))], "clock"),
    "Redis without appendonly": (of_redis("ok", "off", "ok"), "appendonly yes"),
    "Redis with allkeys-lru": (of_redis("ok", "ok", "evicts"), "noeviction"),
    "Redis that is full": (of_redis("full", "ok", "ok"), "raise maxmemory"),
    "Redis that is a replica": (of_redis("replica", "ok", "ok"), "primary"),
    "no workers": ([queueing.of_workers(QueueHealth(True))], "python -m assetlink_site worker"),
    "no sweeper": ([queueing.of_sweeper(QueueHealth(True))], "python -m assetlink_site sweeper"),
    "workers of the last release": (
        list(queueing.of_processes([], workers=2, sweepers=0, release="1.0")),
        "starts again as this release",
    ),
}


@pytest.mark.parametrize("name", EXAMINED)
def test_the_doctor_names_it(name):
    found, words = EXAMINED[name]
    (bad,) = [one for one in found if one.level in (Level.WRONG, Level.WARNING)]
    assert words in bad.advice


@pytest.mark.django_db
def test_readyz_names_keys_of_another_installation(client, settings):
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "console", "launch_secret": "x" * 40}
    Environment.objects.create(cloud_name="demo", **known)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["encryption_keys"]) == (503, "foreign")
    assert "restore the key that encrypted it" in " ".join(answer.json()["reasons"])
