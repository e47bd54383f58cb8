"""A folder of this machine for reports, which hold a customer's data: nobody else reads a file of it, complete or not."""

import errno
import os
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible(path="linking.reporting.private_folder.PrivateFolder")
class PrivateFolder(FileSystemStorage):
    """Django's own storage makes a file private when all of it is written, and leaves half of one where the disk is full."""

    def _save(self, name: str, content: Any) -> str:
        """Raises OSError, and then leaves nothing behind."""
        path = Path(self.path(name))
        try:
            os.makedirs(path.parent, mode=0o700, exist_ok=True)
        except FileExistsError:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path.parent)) from None
        handle = create(path)
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return name


def create(path: Path) -> int:
    """A new file that only its owner reads and writes, from its first byte on."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
