"""Fetching the sources of media: a few threads for all stores, which never keep the process alive."""

import mimetypes
import queue
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import urllib3

from sandbox.blobs import Blobs
from sandbox.shopify import filenames, pictures
from sandbox.shopify.records import Content

THREADS = 6
CHUNK = 64 * 1024
HTTP = urllib3.PoolManager(
    maxsize=THREADS,
    timeout=urllib3.Timeout(total=10),
    retries=urllib3.Retry(total=3, connect=0, read=0, redirect=3, status=0, other=0),
)

_waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
_starting = threading.Lock()
_threads: list[threading.Thread] = []


class FailedDownload(Exception):
    """`code` is a FileErrorCode."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def submit(work: Callable[[], None]) -> None:
    """Runs `work` in the background, first come, first served."""
    with _starting:
        while len(_threads) < THREADS:
            thread = threading.Thread(target=_run, name="media-download", daemon=True)
            thread.start()
            _threads.append(thread)
    _waiting.put(work)


def _run() -> None:
    while True:
        _waiting.get()()


def fetch(source: str, kind: str, blobs: Blobs) -> Content:
    """Downloads and checks the source of a MediaImage or GenericFile. Raises FailedDownload."""
    content, mime = _get(source, family_of(kind))
    return kept(content, kind, mime, blobs)


def family_of(kind: str) -> str:
    """How the codes of failures begin or end."""
    return "IMAGE" if kind == "MediaImage" else "GENERIC_FILE"


def kept(content: bytes, kind: str, mime: str, blobs: Blobs) -> Content:
    """Raises FailedDownload for what is to be a picture and is none."""
    if kind != "MediaImage":
        return Content(blobs.put(content), mime, len(content))
    try:
        mime, width, height = pictures.measure(content)
        pictures.check_whole(content)
    except pictures.RefusedPicture as refused:
        raise FailedDownload(refused.code, refused.message) from refused
    return Content(blobs.put(content), mime, len(content), width, height)


def _get(source: str, family: str) -> tuple[bytes, str]:
    failed = f"{family}_DOWNLOAD_FAILURE"
    if urlsplit(source).scheme not in ("http", "https"):
        raise FailedDownload(failed, "The source is not an http or https URL.")
    try:
        answer = HTTP.request("GET", source, preload_content=False)
        try:
            if answer.status != 200:
                raise FailedDownload(failed, f"The source answered with status {answer.status}.")
            content = b"".join(_limited(answer, family))
        finally:
            answer.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise FailedDownload(failed, f"The source could not be downloaded ({type(error).__name__}).") from error
    guessed = mimetypes.guess_type(filenames.of_url(source))[0]
    return content, guessed or answer.headers.get("Content-Type", "application/octet-stream")


def _limited(answer: urllib3.BaseHTTPResponse, family: str) -> Iterator[bytes]:
    total = 0
    for piece in answer.stream(CHUNK):
        total += len(piece)
        if total > pictures.MAX_BYTES:
            answer.close()
            raise too_large(family)
        yield piece


def too_large(family: str) -> FailedDownload:
    code = "INVALID_IMAGE_FILE_SIZE" if family == "IMAGE" else "GENERIC_FILE_INVALID_SIZE"
    return FailedDownload(code, "The file is larger than 20 MB.")
