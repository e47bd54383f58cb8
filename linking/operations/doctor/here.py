"""What this machine and these settings are: settings, keys, static files, and where reports are kept."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core import checks
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages

from linking.operations.doctor import launching
from linking.operations.doctor.findings import Finding, Level, ok, unknown, warning, wrong
from linking.reporting.kept import kept
from setup.security import stored_secrets

SMALL = 500 * 2**20  # bytes of room
COLLECT = "Run `manage.py collectstatic --noinput`, then restart the web processes."
TRIED = {"assetlink.E040", "assetlink.E042"}  # what other looks try for real: reports, static files


def settings_look() -> Iterator[Finding]:
    """`manage.py check --deploy`."""
    found = [
        one
        for one in checks.run_checks(include_deployment_checks=True)
        if not one.is_silenced() and one.id not in TRIED
    ]
    for one in found:
        level = Level.WRONG if one.level >= checks.ERROR else Level.WARNING
        text, hint = (" ".join(str(part or "").split()) for part in (one.msg, one.hint))
        yield Finding("settings", level, str(one.id or "check"), text, hint)
    if not found:
        yield ok("settings", "`check --deploy` finds nothing.")


def keys_look() -> Iterator[Finding]:
    """As /readyz sees it, of all that is stored: who lacks a key cannot work."""
    word, text = launching.secret_key()
    if word != "ok":
        yield wrong("secret_key", word, text, "Set SECRET_KEY to the same value for all processes.")
    word, text = launching.encryption_keys(database=True)
    what, _, hint = text.partition(": ")
    advice = hint[:1].upper() + hint[1:] if hint else "See docs/operator.md, Keys."
    if word == "ok":
        yield of_all_secrets()
    elif word == "unknown":
        yield unknown("keys", "Without the database nobody knows whether ENCRYPTION_KEYS opens what is stored.")
    else:
        yield wrong("keys", word, f"{what.rstrip('.')}.", advice)


def of_all_secrets() -> Finding:
    """Also of what no launch needs, as tokens of stores: workers refuse to work without a key of theirs."""
    try:
        stored_secrets.require()
    except stored_secrets.KeysDoNotFit as error:
        text, _, advice = str(error).partition(" Give this")
        return wrong("keys", "missing", text, f"Give this{advice}")
    return ok("keys", "ENCRYPTION_KEYS opens all stored secrets.")


def static_look() -> Iterator[Finding]:
    word, text = launching.static_files()
    if word != "ok":
        yield wrong("static_files", word, f"{text.partition(': ')[0]}.", COLLECT)
    elif not isinstance(storages["staticfiles"], ManifestFilesMixin):
        yield ok("static_files", "Pages take them from the source folders, as for development.", code="found")
    elif other := next(changed(), ""):
        text = f"{other} in STATIC_ROOT is not the one of this release."
        yield wrong("static_files", "other_release", text, COLLECT)
    else:
        yield ok("static_files", "They are collected, and of this release.")


def changed() -> Iterator[str]:
    """Names of files that were collected from another release than this one."""
    for finder in get_finders():
        for name, storage in finder.list(launching.NOT_FOR_US):
            with storage.open(name) as ours:
                there = Path(settings.STATIC_ROOT) / name
                if not there.is_file() or there.read_bytes() != ours.read():
                    yield name


def storage_look() -> Iterator[Finding]:
    """A file of a few bytes is written, read and deleted, as a report would be."""
    wanted = uuid.uuid4().hex.encode()
    try:
        storage = kept()
    except Exception as error:  # of any storage's library
        text = f"There is no storage for reports: {type(error).__name__}: {str(error)[:200]}."
        hint = "Correct REPORT_STORAGE and the names in REPORT_STORAGE_OPTIONS, or REPORT_FOLDER."
        yield wrong("reports", "no_storage", text, hint)
        return
    name = f"doctor-{uuid.uuid4().hex}.txt"
    place = storage.location if isinstance(storage, FileSystemStorage) else type(storage).__name__
    advice = (
        "Let the user of web and workers write there, make room on the disk, or set REPORT_FOLDER or REPORT_STORAGE."
    )
    try:
        saved = storage.save(name, ContentFile(wanted))
        try:
            with storage.open(saved) as file:
                same = file.read() == wanted
        finally:
            storage.delete(saved)
    except Exception as error:  # of any storage's library
        text = f"AssetLink cannot keep reports in {place}: {type(error).__name__}: {str(error)[:200]}."
        yield wrong("reports", "unusable", text, advice)
        return
    if not same:
        yield wrong("reports", "other", f"{place} gives back something else than AssetLink wrote.", advice)
        return
    yield ok("reports", f"AssetLink writes, reads and deletes reports in {place}.")
    if isinstance(storage, FileSystemStorage) and (free := shutil.disk_usage(storage.location).free) < SMALL:
        text = f"Its disk has only {free >> 20:,} MB left."
        yield warning(
            "reports", "small", text, "Make room, or shorten REPORT_DAYS: `manage.py housekeeping --dry-run`."
        )
