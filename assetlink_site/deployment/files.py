"""Folders that are written to, and static files."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, InvalidStorageError, storages
from django.utils.connection import ConnectionDoesNotExist

from assetlink_site.deployment.rules import Finding, Site, rule
from linking.operations.doctor import here, launching


def refusal(folder: Path) -> str:
    """Why nobody could write below it; "" if one can, or could make it."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir():
        return f"{there} is no folder"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{there} cannot be written to"
    return ""


@rule("E040")
def closed_reports(site: Site) -> Iterator[Finding]:
    """AssetLink cannot write reports to `REPORT_FOLDER`, or cannot load `REPORT_STORAGE`"""
    try:
        storage = storages["reports"]
    except (InvalidStorageError, ImportError, TypeError, ConnectionDoesNotExist) as error:
        yield f"REPORT_STORAGE cannot be used: {error}", "See docs/reports.md, and install the package that it needs."
        return
    if isinstance(storage, FileSystemStorage) and (why := refusal(Path(storage.location))):
        hint = "Make the folder, let the user of web and workers write there, or set REPORT_FOLDER to another one."
        yield f"AssetLink cannot keep reports in {storage.location}: {why}.", hint


@rule("W041")
def options_of_nothing(site: Site) -> Iterator[Finding]:
    """`REPORT_STORAGE_OPTIONS` is set without `REPORT_STORAGE`: reports go to the folder"""
    if site.known.report_storage_options and not site.known.report_storage:
        yield (
            "REPORT_STORAGE_OPTIONS is set without REPORT_STORAGE: AssetLink does not use it.",
            "Set REPORT_STORAGE, too.",
        )


@rule("E042")
def uncollected(site: Site) -> Iterator[Finding]:
    """Static files are missing or another release's: pages break"""
    word, text = launching.static_files()
    if word != "ok":
        yield f"Static files are not collected: {text.partition(': run ')[0]}.", here.COLLECT
    elif not settings.WHITENOISE_USE_FINDERS and (other := next(here.changed(), "")):
        yield f"{other} in STATIC_ROOT is another release's.", here.COLLECT


@rule("E043")
def closed_database(site: Site) -> Iterator[Finding]:
    """The folder of the SQLite database is missing, or AssetLink cannot write to it"""
    known = settings.DATABASES["default"]
    if known["ENGINE"].endswith("sqlite3") and known["NAME"] != ":memory:":
        folder = Path(known["NAME"]).absolute().parent
        why = refusal(folder) if folder.exists() else f"{folder} is not there"
        if why:
            yield (
                f"AssetLink cannot keep the database in {folder}: {why}.",
                "Make the folder, and let the app's user write.",
            )
