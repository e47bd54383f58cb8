"""Settings, all by environment variable; the README has the table."""

import json
import os
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, STRICT_DYNAMIC

from assetlink_site import logs
from assetlink_site.env import YEARS, env_float, env_int, env_list, env_redis

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = os.environ.get("DEBUG", "") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or ("only-for-development" if DEBUG else "")
# Fernet keys (`python manage.py make_key`), the first encrypts, all decrypt.
ENCRYPTION_KEYS = env_list("ENCRYPTION_KEYS", "")
APP_URL = os.environ.get("APP_URL", "http://localhost:8000").rstrip("/")
HTTPS = APP_URL.startswith("https://")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost 127.0.0.1")
CSRF_TRUSTED_ORIGINS = [APP_URL]
# How many proxies in front add to X-Forwarded-For; with 0 the header is not believed.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 0, most=20)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_rq",
    "setup",
    "linking",
]

MIDDLEWARE = [
    "setup.security.middleware.RequestIds",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "assetlink_site.headers.PartitionedCookies",
    "assetlink_site.headers.NoStore",
    "setup.security.middleware.Watched",
    "setup.security.readable.Readable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "setup.security.middleware.MemberOfSession",
    "setup.security.middleware.Limits",
    "django.middleware.common.CommonMiddleware",
    "setup.security.middleware.SameOrigin",
    "django.middleware.csrf.CsrfViewMiddleware",
    "linking.middleware.UnreadableSelection",
]

ROOT_URLCONF = "assetlink_site.urls"
WSGI_APPLICATION = "assetlink_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# A connection that a restart of the database has cut is noticed before it is used.
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{BASE_DIR / 'assetlink.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # A host that says nothing at all must not hold every thread for minutes.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Without IMMEDIATE about one in six concurrent read-then-write transactions fails with "database is locked".
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env_redis("REDIS_URL", "redis://localhost:6379/0")
RQ_QUEUES = {
    "default": {
        "URL": REDIS_URL,
        "DEFAULT_TIMEOUT": 300,
        "SERIALIZER": "rq.serializers.JSONSerializer",
    }
}
# How long a worker may send no heartbeat before another takes its store sync over (it renews six times as often); how often the
# sweeper looks; and how long a worker has to hear an abort before its job is ended.
LEASE_SECONDS = env_float("LEASE_SECONDS", 30)
SWEEP_SECONDS = env_float("SWEEP_SECONDS", 5)
ABORT_SECONDS = env_float("ABORT_SECONDS", 20)
# How long Shopify is waited for, as a part of the deadlines in linking/domain/waiting.py.
PATIENCE = env_float("PATIENCE", 1)
RQ = {
    "WORKER_CLASS": "linking.operations.worker.Worker",
    "QUEUE_CLASS": "linking.operations.queue_entries.JobQueue",
    "JOB_CLASS": "linking.operations.queue_entries.JobEntry",
    "COMMIT_MODE": "auto",
}

SESSION_COOKIE_NAME = "__Host-assetlink" if HTTPS else "assetlink-session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "None" if HTTPS else "Lax"
# However busy, a session ends after that many hours; if nobody uses it, after that many minutes.
SESSION_HOURS = env_float("SESSION_HOURS", 12)
SESSION_IDLE_MINUTES = env_float("SESSION_IDLE_MINUTES", 30)
SESSION_COOKIE_AGE = int(SESSION_HOURS * 60 * 60)
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
CSRF_USE_SESSIONS = True
# A cookie of their own would not be partitioned, and be lost in the Console's frame.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "setup.views.session.csrf_failure"

LANGUAGE_CODE = "en-us"
USE_TZ = True
TIME_ZONE = "UTC"

# How many days things are kept before the housekeeping removes them; 0: for ever.
REPORT_DAYS = env_int("REPORT_DAYS", 30, most=YEARS)
SELECTION_DAYS = env_int("SELECTION_DAYS", 30, most=YEARS)
PLAN_DAYS = env_int("PLAN_DAYS", 30, most=YEARS)
UNDO_DAYS = env_int("UNDO_DAYS", 0, most=YEARS)


def reports_storage() -> dict:
    """Where reports are kept: a folder of this machine for its owner's eyes only, or any Django storage with its options."""
    if backend := os.environ.get("REPORT_STORAGE"):
        return {"BACKEND": backend, "OPTIONS": json.loads(os.environ.get("REPORT_STORAGE_OPTIONS") or "{}")}
    folder = os.environ.get("REPORT_FOLDER") or BASE_DIR / "reports"
    modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder, **modes}}


STATIC_URL = "static/"
STATIC_ROOT = os.environ.get("STATIC_ROOT") or BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "reports": reports_storage(),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin-allow-popups"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# The proxy in front ends TLS and says so; a request without TLS is redirected, except to the health checks.
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# frame-ancestors (below) decides who may frame us; X-Frame-Options cannot name two origins.
SILENCED_SYSTEM_CHECKS = ["security.W002"]

FRAME_ANCESTORS = env_list("FRAME_ANCESTORS", "https://console.cloudinary.com https://*.cloudinary.com")
# Who may post a launch. An origin that only a wildcard covers is asked about.
LAUNCH_ORIGINS = env_list("LAUNCH_ORIGINS", " ".join(FRAME_ANCESTORS))
IMAGE_SOURCES = env_list("IMAGE_SOURCES", "https://res.cloudinary.com https://cdn.shopify.com")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [NONCE, STRICT_DYNAMIC],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *IMAGE_SOURCES],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'self'", *FRAME_ANCESTORS],
    },
}

# The outside world. Empty: the real services. The sandbox is reached by other base URLs only.
SHOPIFY_BASE_URL = os.environ.get("SHOPIFY_BASE_URL", "").rstrip("/")
SHOPIFY_API_VERSION = "2026-10"
# The app whose install page opens for environments that name none of their own.
SHOPIFY_CLIENT_ID = os.environ.get("SHOPIFY_CLIENT_ID", "")
SHOPIFY_CLIENT_SECRET = os.environ.get("SHOPIFY_CLIENT_SECRET", "")
LAUNCH_AUDIENCE = os.environ.get("LAUNCH_AUDIENCE", "assetlink")
ADMIN_ROLES = env_list("ADMIN_ROLES", "media_library_admin master_admin technical_admin")
LAUNCH_MAX_ASSETS = 1000
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
LARGEST_BODY = 1024 * 1024
# How often one member may do it (an environment ten times as often): launches and requests a minute, runs an hour.
LIMITS = {
    "launch": env_int("LAUNCHES_PER_MINUTE", 20, least=1),
    "dry_run": env_int("DRY_RUNS_PER_HOUR", 120, least=1),
    "sync": env_int("SYNCS_PER_HOUR", 60, least=1),
    "look": env_int("LOOKS_PER_MINUTE", 20, least=1),
    "request": env_int("REQUESTS_PER_MINUTE", 600, least=1),
    "webhook": 10 * env_int("REQUESTS_PER_MINUTE", 600, least=1),  # of an address: all stores' come from a few
    "refusal": 20,
    "uninstalling": 30,
}

# How operators look in: the bearer token of /metrics; without one there is no such page.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
LOGGING = logs.configuration()
