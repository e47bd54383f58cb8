"""What a launch needs of this process and would fail without: each as a word for programs, and a sentence for people."""

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import Storage, storages
from django.db import Error

from setup.models import Environment
from setup.security.secrets import EMPTY
from setup.security.stored_secrets import encrypted_fields, survey

Finding = tuple[str, str]
OK: Finding = ("ok", "")
LAUNCH_SECRET = (Environment, "launch_secret")
NOT_FOR_US = ["CVS", ".*", "*~"]  # what collectstatic leaves out


def secret_key() -> Finding:
    """`ok` or `empty`."""
    try:
        return OK if settings.SECRET_KEY.strip() else ("empty", "SECRET_KEY is empty.")
    except ImproperlyConfigured as error:
        return "empty", str(error)


def encryption_keys(*, database: bool) -> Finding:
    """`ok`; `empty` or `nonsense`; `foreign` if they open no launch secret; `partial` if they open some; `unknown` without the
    `database`. No key is named: this is for everybody to read."""
    if not settings.ENCRYPTION_KEYS:
        return "empty", EMPTY
    known = encrypted_fields() if database else []
    places = [(model, field) for model, field in known if (model, field.name) == LAUNCH_SECRET]
    try:
        found = survey(places)
    except ImproperlyConfigured as error:
        return "nonsense", str(error)
    except Error:
        return "unknown", ""
    if not found.missing:
        return OK if database else ("unknown", "")
    n, total = found.missing.total(), found.total
    if n == total:
        text = f"ENCRYPTION_KEYS opens 0 of {total} launch secrets: restore the key that encrypted"
        return "foreign", f"{text} {'it' if total == 1 else 'them'} (docs/operator.md, Keys)."
    text = f"ENCRYPTION_KEYS opens {total - n} of {total} launch secrets: restore the key that encrypted the other"
    return "partial", f"{text} {'one' if n == 1 else f'{n}'} (docs/operator.md, Keys)."


def static_files() -> Finding:
    """`ok`, or `missing` if pages name a file that is not in the manifest of `collectstatic`, which a process reads once."""
    global _complete
    try:
        storage = storages["staticfiles"]
    except ValueError as error:
        return "missing", f"{error}: run `manage.py collectstatic`, then restart the web processes."
    if storage is _complete:
        return OK
    for finder in get_finders():
        for name, _ in finder.list(NOT_FOR_US):
            try:
                storage.url(name)
            except ValueError:
                text = f"{name} is not in the manifest: run `manage.py collectstatic`, then restart the web processes."
                return "missing", text
    _complete = storage
    return OK


_complete: Storage | None = None
