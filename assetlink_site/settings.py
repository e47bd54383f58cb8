"""Settings, by the environment variables that assetlink_site/variables.py declares; docs/operator/settings.md has the table."""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, STRICT_DYNAMIC

from assetlink_site import logs, release, variables

BASE_DIR = Path(__file__).resolve().parent.parent
RELEASE = release.RELEASE
known = variables.read(os.environ)
DEBUG = known.debug
SETTINGS_MARKS = variables.marks(known)  # what this process has, without saying it
SECRET_KEY = known.secret_key or ("only-for-development" if DEBUG else "")
# Fernet keys (`python manage.py make_key`), the first encrypts, all decrypt.
ENCRYPTION_KEYS = list(known.encryption_keys)
APP_URL = known.app_url
HTTPS = APP_URL.startswith("https://")
ALLOWED_HOSTS = list(known.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [APP_URL]
# How many proxies in front add to X-Forwarded-For; with 0 the header is not believed.
TRUSTED_PROXIES = known.trusted_proxies

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
    "assetlink_site",
    "setup",
    "linking",
]

MIDDLEWARE = [
    "setup.security.middleware.RequestIds",
    "setup.security.middleware.Proxies",
    "linking.delivery.middleware.Delivery",
    "linking.api.middleware.Api",
    "csp.middleware.CSPMiddleware",
    "assetlink_site.headers.NoStore",
    "assetlink_site.https.Https",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "assetlink_site.headers.PartitionedCookies",
    "setup.security.middleware.Watched",
    "setup.security.readable.Readable",
    "setup.security.session_cookies.Sessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "setup.security.middleware.MemberOfSession",
    "setup.security.language.Language",
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
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# A connection that a restart of the database has cut is noticed before it is used.
DATABASES = {
    "default": dj_database_url.parse(
        known.database_url or f"sqlite:///{BASE_DIR / 'assetlink.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # A host that says nothing at all, now or in the middle of an answer, must not hold every thread for many minutes. The query
    # of DATABASE_URL may say otherwise: https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PARAMKEYWORDS
    keepalives = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    waits = {"connect_timeout": 10, "tcp_user_timeout": 30_000} | keepalives
    DATABASES["default"]["OPTIONS"] = waits | DATABASES["default"].get("OPTIONS", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Without IMMEDIATE about one in six concurrent read-then-write transactions fails with "database is locked".
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = known.redis_url
RQ_QUEUES = {
    "default": {
        "URL": REDIS_URL,
        "DEFAULT_TIMEOUT": 300,
        "SERIALIZER": "rq.serializers.JSONSerializer",
    }
}
# How long a worker may send no heartbeat before another takes its store sync over (it renews six times as often); how often the
# sweeper looks; and how long a worker has to notice an abort before AssetLink ends its job.
LEASE_SECONDS = known.lease_seconds
SWEEP_SECONDS = known.sweep_seconds
ABORT_SECONDS = known.abort_seconds
# How long Shopify is waited for, as a part of the deadlines in linking/domain/waiting.py.
PATIENCE = known.patience
RQ = {
    "WORKER_CLASS": "linking.operations.worker.Worker",
    "QUEUE_CLASS": "linking.operations.queue_entries.JobQueue",
    "JOB_CLASS": "linking.operations.queue_entries.JobEntry",
    "COMMIT_MODE": "auto",
}

SESSION_COOKIE_NAME = "__Host-assetlink" if HTTPS else "assetlink-session"
# Of sessions that began by signing in: Lax, not partitioned, and never in a frame (setup.security.session_cookies).
PERSON_COOKIE_NAME = "__Host-assetlink-person" if HTTPS else "assetlink-person"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "None" if HTTPS else "Lax"
# However busy, a session ends after that many hours; if nobody uses it, after that many minutes.
SESSION_HOURS = known.session_hours
SESSION_IDLE_MINUTES = known.session_idle_minutes
SESSION_COOKIE_AGE = int(SESSION_HOURS * 60 * 60)
SESSION_ENGINE = "setup.security.session_store"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
CSRF_USE_SESSIONS = True
# A cookie of their own would not be partitioned, and be lost in the Console's frame.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "setup.views.session.csrf_failure"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# How many days things are kept before the housekeeping removes them; 0: for ever.
REPORT_DAYS = known.report_days
SELECTION_DAYS = known.selection_days
PLAN_DAYS = known.plan_days
UNDO_DAYS = known.undo_days


def reports_storage() -> dict:
    """Where reports are kept: a folder of this machine for its owner's eyes only, or any Django storage with its options."""
    if known.report_storage:
        return {"BACKEND": known.report_storage, "OPTIONS": dict(known.report_storage_options or {})}
    folder = known.report_folder or BASE_DIR / "reports"
    return {"BACKEND": "linking.reporting.private_folder.PrivateFolder", "OPTIONS": {"location": folder}}


STATIC_URL = "static/"
STATIC_ROOT = known.static_root or BASE_DIR / "staticfiles"
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
SECURE_HSTS_SECONDS = known.hsts_seconds if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and known.hsts_include_subdomains
SECURE_HSTS_PRELOAD = HTTPS and known.hsts_preload
# The proxy in front ends TLS and says so. A request without TLS is sent on or refused by assetlink_site.https, before Django's
# own redirect; not the health checks.
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# frame-ancestors (below) decides who may frame us; X-Frame-Options cannot name two origins. Other names below this host, and
# browsers' preload lists, are for those to decide who own the domain.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W005", "security.W021"]

FRAME_ANCESTORS = list(known.frame_ancestors)
# Who may post a launch. An origin that only a wildcard covers is asked about.
LAUNCH_ORIGINS = list(known.launch_origins or known.frame_ancestors)
IMAGE_SOURCES = list(known.image_sources)
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
SHOPIFY_BASE_URL = known.shopify_base_url
SHOPIFY_API_VERSION = "2026-10"
# Networks that webhooks may go to although they are not public.
WEBHOOK_NETWORKS = list(known.webhook_networks)
# The app whose install page opens for environments that name none of their own.
SHOPIFY_CLIENT_ID = known.shopify_client_id
SHOPIFY_CLIENT_SECRET = known.shopify_client_secret
# What `manage.py environment from-env` sets up.
FIRST_ENVIRONMENT = {
    "cloud_name": known.cloud_name,
    "api_key": known.cloud_api_key,
    "api_secret": known.cloud_api_secret,
    "launch_secret": known.launch_secret,
    "launch_issuer": known.launch_issuer,
    "upload_prefix": known.cloud_upload_prefix,
    "delivery_base": known.cloud_delivery_base,
}
# Ways to sign in (setup.signing_in). What groups of a provider mean: (issuer, group, cloud name, role) each.
OIDC_PROVIDERS = dict(known.oidc_providers or {})
SIGN_IN_CONTACT = known.sign_in_contact
GROUP_ROLES = [
    (provider["discovery"].rstrip("/"), group, cloud, role)
    for provider in OIDC_PROVIDERS.values()
    for group, roles in provider["groups"].items()
    for cloud, role in roles.items()
]
CLOUDINARY_OAUTH = {
    "client_id": known.cloudinary_oauth_client_id,
    "client_secret": known.cloudinary_oauth_client_secret,
    "url": known.cloudinary_oauth_url,
}
PASSKEYS = known.passkeys
# E-mails; without a host there are none. One step of sending may take so many seconds.
EMAIL_HOST = known.email_host
EMAIL_PORT = known.email_port
EMAIL_USE_TLS = known.email_security == "starttls"
EMAIL_USE_SSL = known.email_security == "tls"
EMAIL_HOST_USER = known.email_user
EMAIL_HOST_PASSWORD = known.email_password
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = known.email_from
SERVER_EMAIL = known.email_from
LAUNCH_AUDIENCE = known.launch_audience
ADMIN_ROLES = list(known.admin_roles)
# Of one launch: as many ids of Cloudinary's 32 characters as DATA_UPLOAD_MAX_MEMORY_SIZE takes. Of one selection, and so of one
# page; more become a chain of selections (linking.selection.chaining).
LAUNCH_MAX_ASSETS = 10_000
SELECTION_MAX_ASSETS = 1000
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
LARGEST_BODY = 1024 * 1024
# How often one member may do it (an environment ten times as often): launches and requests a minute, runs an hour.
LIMITS = {
    "launch": known.launches_per_minute,
    "dry_run": known.dry_runs_per_hour,
    "sync": known.syncs_per_hour,
    "look": known.looks_per_minute,
    "deliver": known.looks_per_minute,
    "search": 60,
    "bring": 120,
    "request": known.requests_per_minute,
    "api": known.requests_per_minute,
    "delivery": 10 * known.requests_per_minute,  # of an address: a shop's server asks for all of its visitors
    "webhook": 10 * known.requests_per_minute,  # of an address: all stores' come from a few
    "refusal": 20,
    "sign_in": 60,  # of an address: what asks a provider or tries a code
    "code": 5,  # e-mails to one address an hour; four times that from one client, forty times that altogether
    "uninstalling": 30,
}

# For crash tests only.
FAILPOINT = known.failpoint

# How operators look in: the bearer token of /metrics; without one there is no such page.
METRICS_TOKEN = known.metrics_token
LOGGING = logs.configuration(known)
