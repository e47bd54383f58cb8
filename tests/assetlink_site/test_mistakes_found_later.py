"""Mistakes in settings that start all the same, each with who names it (`check --deploy`, the doctor, /readyz) and what to do."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from assetlink_site import variables
from assetlink_site.deployment import checking
from assetlink_site.deployment.checking import RULES, Site
from linking.operations.doctor import clocks, outside, queueing
from linking.operations.doctor.findings import Finding, Level
from linking.operations.doctor.outside import FORGED, Seen
from linking.operations.queue_health import QueueHealth
from linking.operations.redis_state import RedisState
from setup.models import Environment
from tests.assetlink_site.test_mistakes import GOOD, KEY


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
    ({"WEBHOOK_NETWORKS": "127.0.0.0/8"}, "E015", "Remove WEBHOOK_NETWORKS: webhooks go to public addresses"),
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
    *(
        ({"OIDC_PROVIDERS": provider(discovery=f"https://{place}/v2.0", **more)}, "W054", words)
        for place in (
            "login.microsoftonline.com/common",
            "login.microsoftonline.com/Organizations",
            "login.microsoftonline.us/consumers",
            "login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad",
        )
        for more, words in (({}, "trusts none of them"), ({"trust_email": True}, "trusts them, by trust_email"))
    ),
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
