"""Where files of reports are kept. Web processes hand them out and write none: linking.reporting.writing."""

from typing import IO

from django.core.files.storage import Storage, storages

from linking.models import Report


def kept() -> Storage:
    """By the settings."""
    return storages["reports"]


def open_file(report: Report) -> IO[bytes]:
    """Raises FileNotFoundError if the storage has it no more; the row then says so, too."""
    try:
        return kept().open(report.file)
    except FileNotFoundError:
        report.mine().update(file="")
        raise
