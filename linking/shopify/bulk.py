"""Bulk queries: Shopify reads a whole catalog by itself and offers the result as a file, one JSON object a line.

https://shopify.dev/docs/api/usage/bulk-operations/queries. Only the start is charged (10 points), a poll costs 1.
"""

import json
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import urllib3

from linking.shopify.paging import pages
from setup.models import Store
from setup.reasons import Reason
from setup.shapes import listed, mapping, parsed, text, whole
from setup.shopify.answers import ACCESS_DENIED, UNREADABLE
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import Document, load
from setup.shopify.transport import POOL, pieces

DOCUMENTS = Path(__file__).parent / "documents"
START = load(DOCUMENTS, "BulkQuery", only_reads=True)
STATUS = load(DOCUMENTS, "BulkStatus")
RECENT = load(DOCUMENTS, "BulkOperations")
CANCEL = load(DOCUMENTS, "BulkCancel", only_reads=True)
OTHERS_RUN = Reason("doing.others_read")
FULL = ("OPERATION_IN_PROGRESS", "LIMIT_REACHED")
CANCELED, LOST, BROKEN = Reason("bulk.canceled"), Reason("bulk.lost"), Reason("bulk.broken")
TOO_LARGE = Reason("bulk.too_large")
# Where Shopify keeps results; the whole authority is compared, so neither a port nor a name before an @ slips in.
STORAGE = re.compile(r"storage\.googleapis\.com|(?:[a-z0-9-]+\.)+shopify\.com")
BUSY = ("CREATED", "RUNNING", "CANCELING")
ENDED = ("COMPLETED", "FAILED", "CANCELED", "EXPIRED")
TRIES = 3
# Looks in a row, with growing pauses, that may not see an operation, or not see all of it: a replica may lag behind.
BLIND_LOOKS = 6
# Pages of the newest operations in which one is looked for that may have been started a moment ago.
RECENT_PAGES = 3
# Bytes: of a whole result, unpacked, and of one of its lines.
MOST, LONGEST_LINE = 4 * 2**30, 16 * 2**20


@dataclass(frozen=True)
class Operation:
    """`status`: one of BUSY or ENDED; `url` is empty without objects."""

    id: str
    status: str
    code: str
    objects: int
    url: str

    @property
    def busy(self) -> bool:
        return self.status in BUSY


def inlined(document: Document, **values: str) -> str:
    """The text of a bulk query, which takes no variables: their values are written into it."""
    text = re.sub(r"\A(query \w+)\s*\([^)]*\)", r"\1", document.text)
    return re.sub(r"\$(\w+)", lambda found: json.dumps(values[found[1]]), text)


def start(
    client: ShopifyClient,
    query: str,
    *,
    waiting: Callable[[Reason], None] = lambda text: None,
    taken: Callable[[], Collection[str]] = tuple,
) -> str:
    """The new operation's id. Waits while five others run. Raises ShopifyError.

    After an answer that never came the store is asked for an operation with this very query that runs already; those that are
    `taken` by then belong to somebody else. https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/bulkOperationRunQuery
    """
    lost, pause = 0, 2.0
    while True:
        try:
            found = _started(client, query)
        except ShopifyError as error:
            lost += 1
            if error.remedy != Remedy.LOOK:
                raise
            if lost >= TRIES:
                raise ShopifyError(Remedy.LATER, error.reason, error.code) from None
            client.pause(2.0, error.reason)
            found = _running(client, query, taken())
        else:
            if not found:
                waiting(OTHERS_RUN)
                client.pause(pause, OTHERS_RUN)
                pause = min(15.0, pause * 1.5)
        if found:
            return found


def _started(client: ShopifyClient, query: str) -> str:
    """The id; empty while as many run as may. Raises ShopifyError."""
    answer = client.write(START, "bulkOperationRunQuery", query=query)
    if id := text(mapping(answer.get("bulkOperation")).get("id")):
        return id
    refusals = listed(answer.get("userErrors"))
    if not refusals:
        raise ShopifyError(Remedy.LOOK, UNREADABLE, "no_operation")
    code, message = text(refusals[0].get("code")), text(refusals[0].get("message"))
    if code not in FULL:
        raise ShopifyError(Remedy.GIVE_UP, Reason("bulk.refused", said=message), code)
    return ""


def _running(client: ShopifyClient, query: str, taken: Collection[str]) -> str:
    """The newest operation that reads this, and is nobody's yet; empty if none is seen. Raises ShopifyError.

    https://shopify.dev/docs/api/admin-graphql/2026-10/queries/bulkOperations: those of this app, the newest first.
    """
    recent = pages(lambda after: client.run(RECENT, after=after).get("bulkOperations"))
    for row in (row for page in islice(recent, RECENT_PAGES) for row in page):
        same = text(row.get("query")).split() == query.split()
        if same and row.get("status") in BUSY and text(row.get("id")) not in taken:
            return text(row.get("id"))
    return ""


def look(client: ShopifyClient, id: str) -> Operation | None:
    """None if Shopify does not show it, or not in a state that one could go by: it may be gone, or a replica lag behind."""
    node = mapping(client.run(STATUS, id=id).get("bulkOperation"))
    status, count, url = text(node.get("status")), whole(node.get("objectCount")), text(node.get("url"))
    whole_result = status != "COMPLETED" or bool(url) or count == 0  # no file means no objects, if that is what it says
    if status not in (*BUSY, *ENDED) or not whole_result:
        return None
    return Operation(id, status, text(node.get("errorCode")), max(0, count or 0), url)


def cancel(client: ShopifyClient, id: str) -> None:
    """Asks for the end of an operation; that it has ended already is no error. Raises ShopifyError."""
    client.run(CANCEL, id=id)


def await_end(client: ShopifyClient, id: str, progress: Callable[[int], None]) -> str:
    """The result's URL, empty if there are no objects. `progress(objects so far)` at every look; it may raise.

    Polls seldom and seldomer. A result that is not whole counts for nothing: raises ShopifyError.
    """
    pause, blind, count = 0.5, 0, 0
    while True:
        operation = look(client, id)
        blind = 0 if operation else blind + 1
        if blind >= BLIND_LOOKS:
            raise ShopifyError(Remedy.GIVE_UP, LOST, "EXPIRED")
        count = operation.objects if operation else count
        progress(count)
        if operation and not operation.busy:
            return _result(operation)
        client.pause(pause, Reason("doing.catalog_being_read", count=count))
        pause = min(10.0, pause * 1.4)


def _result(operation: Operation) -> str:
    """FAILED may carry a `partialDataUrl`: products missing in it would pass for unmatched, so it is not read."""
    if operation.status == "COMPLETED":
        return operation.url
    if operation.status == "FAILED":
        # One query was not permitted; whether the store lets us in is for its next request to say.
        what = "bulk.denied" if operation.code == ACCESS_DENIED else "bulk.broke_off"
        broke_off = Reason(what, code=operation.code, count=operation.objects)
        raise ShopifyError(Remedy.GIVE_UP, broke_off, operation.code or "FAILED")
    raise ShopifyError(Remedy.GIVE_UP, LOST if operation.status == "EXPIRED" else CANCELED, operation.status)


@contextmanager
def result(store: Store, url: str, beat: Callable[[], None] = lambda: None) -> Iterator[Iterable[dict]]:
    """The objects of a result, in any order, children with `__parentId`, as often as they are asked for; `beat()` now and
    then while it comes in.

    It goes through a temporary file: memory does not grow with the catalog. Raises ShopifyError.
    """
    with tempfile.TemporaryFile() as kept:
        if url:
            _download(trusted(store, url), kept, beat)
        yield Objects(kept)


def trusted(store: Store, url: str) -> str:
    """The address comes with an answer: we fetch from Shopify's storage only, or from the sandbox that plays the store."""
    try:
        there, home = urlsplit(url), urlsplit(store.api_base)
    except ValueError:
        there, home = urlsplit(""), urlsplit(store.api_base)
    if store.api_base:
        good = (there.scheme, there.netloc) == (home.scheme, home.netloc)
    else:
        good = there.scheme == "https" and bool(STORAGE.fullmatch(there.netloc))
    if not good:
        raise ShopifyError(Remedy.GIVE_UP, Reason("bulk.strange_address"), "strange_address")
    return url


def _download(url: str, kept: IO[bytes], beat: Callable[[], None]) -> None:
    """Whole or not at all: the answer's length is checked, a broken one is fetched again from its beginning."""
    for left in reversed(range(TRIES)):
        kept.seek(0)
        kept.truncate()
        try:
            # Signed by its address: no token goes with it, and no other address is followed.
            headers = {"User-Agent": "AssetLink", "Accept-Encoding": "gzip"}
            answer = POOL.request("GET", url, headers=headers, preload_content=False, redirect=False)
            if answer.status == 200:
                _keep(answer, kept, beat)
                return
            answer.close()
            problem = Reason("bulk.no_download", cause=answer.status)
        except urllib3.exceptions.HTTPError as error:
            problem = Reason("bulk.no_download", cause=type(error).__name__)
        if not left:
            raise ShopifyError(Remedy.LATER, problem, "no_result")


def _keep(answer: urllib3.BaseHTTPResponse, kept: IO[bytes], beat: Callable[[], None]) -> None:
    size = 0
    with closing(pieces(answer)) as body:
        for piece in body:
            size += kept.write(piece)
            if size > MOST:
                raise ShopifyError(Remedy.GIVE_UP, TOO_LARGE, "too_large")
            beat()


class Objects:
    """The lines of a file, read again each time. Raises ShopifyError at a line that is no object: what is behind it might be
    missing."""

    def __init__(self, kept: IO[bytes]) -> None:
        self._kept = kept

    def __iter__(self) -> Iterator[dict]:
        self._kept.seek(0)
        while line := self._kept.readline(LONGEST_LINE):
            if not line.strip():
                continue
            found = parsed(line)
            if not isinstance(found, dict):
                raise ShopifyError(Remedy.LATER, BROKEN, "broken_result")
            yield found
