"""The app's own settings, with an environment for tests. Chosen by pyproject.toml before anything of Django is loaded."""

import os
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="assetlink-tests-"))
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("ENCRYPTION_KEYS", "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")  # nobody there, unless a test starts one
os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("WEBHOOK_NETWORKS", "127.0.0.0/8")  # where receivers of tests are
# Deadlines for Shopify run ten times as fast: what is asserted is the result.
os.environ.setdefault("PATIENCE", "0.1")
for name in ("LAUNCHES_PER_MINUTE", "DRY_RUNS_PER_HOUR", "SYNCS_PER_HOUR", "LOOKS_PER_MINUTE", "REQUESTS_PER_MINUTE"):
    os.environ.setdefault(name, "1000000")  # counters of a process outlive a test

from assetlink_site.settings import *  # noqa: E402, F403

DEBUG = False
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
STORAGES["reports"]["OPTIONS"]["location"] = FOLDER / "reports"  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # else each of thousands of clients would look at all static files first
STATIC_ROOT = None  # nothing is collected: files are served from where they are found
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # In a file, so that worker processes see it too.
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / "test.sqlite3")}  # noqa: F405
