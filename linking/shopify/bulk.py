"""Bulk queries: Shopify reads a whole catalog by itself and offers the result as a file, one JSON object a line.

https://shopify.dev/docs/api/usage/bulk-operations/queries. Only the start is charged (10 points), a poll costs 1.
"""

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import urllib3

from setup.graphql_documents import Document, load
from setup.models import Store
from setup.shopify_client import ShopifyClient
from setup.shopify_errors import Remedy, ShopifyError
from setup.shopify_transport import POOL

DOCUMENTS = Path(__file__).parent / "documents"
START = load(DOCUMENTS, "BulkQuery")
STATUS = load(DOCUMENTS, "BulkStatus")
CANCEL = load(DOCUMENTS, "BulkCancel")
READING = "Shopify is reading its catalog for us."
OTHERS_RUN = "Other apps' or earlier bulk queries are running in this store; ours waits for its turn."
BROKE_OFF = (
    "Shopify broke off reading the catalog ({code}) after {count:,} objects; nothing was matched by a part of it."
)
CANCELED = "The bulk query that read the catalog was cancelled in Shopify. Refresh matches to ask again."
LOST = "Shopify no longer has the result of the bulk query. Refresh matches to ask again."
# Where Shopify keeps results; the whole authority is compared, so neither a port nor a name before an @ slips in.
STORAGE = re.compile(r"storage\.googleapis\.com|(?:[a-z0-9-]+\.)+shopify\.com")
TRIES = 3
CHUNK = 256 * 1024


@dataclass(frozen=True)
class Operation:
    """`status`: CREATED, RUNNING, COMPLETED, FAILED, CANCELING, CANCELED or EXPIRED; `url` is empty without objects."""

    id: str
    status: str
    code: str
    objects: int
    url: str

    @property
    def busy(self) -> bool:
        return self.status in ("CREATED", "RUNNING", "CANCELING")


def inlined(document: Document, **values: str) -> str:
    """The text of a bulk query, which takes no variables: their values are written into it."""
    text = re.sub(r"\A(query \w+)\s*\([^)]*\)", r"\1", document.text)
    return re.sub(r"\$(\w+)", lambda found: json.dumps(values[found[1]]), text)


def start(client: ShopifyClient, text: str, *, waiting: Callable[[str], None] = lambda told: None) -> str:
    """The new operation's id. Waits while five others run. Raises ShopifyError.

    An answer that never came is asked for again: at worst one reading more runs to its end, unheard.
    https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/bulkOperationRunQuery
    """
    lost, pause = 0, 2.0
    while True:
        try:
            answer = client.run(START, query=text)["bulkOperationRunQuery"]
        except ShopifyError as error:
            lost += 1
            if error.remedy != Remedy.LOOK:
                raise
            if lost >= TRIES:
                raise ShopifyError(Remedy.LATER, error.text, error.code) from None
            client.pause(2.0, error.text)
            continue
        if operation := answer["bulkOperation"]:
            return operation["id"]
        refusal = answer["userErrors"][0]
        if refusal["code"] != "OPERATION_IN_PROGRESS":
            raise ShopifyError(Remedy.GIVE_UP, f"Shopify refused to read its catalog: {refusal['message']}")
        waiting(OTHERS_RUN)
        client.pause(pause, OTHERS_RUN)
        pause = min(15.0, pause * 1.5)


def look(client: ShopifyClient, id: str) -> Operation | None:
    """None if Shopify does not know it (any more)."""
    node = client.run(STATUS, id=id)["bulkOperation"]
    if node is None:
        return None
    objects = int(node["objectCount"] or 0)
    return Operation(node["id"], node["status"], node["errorCode"] or "", objects, node["url"] or "")


def cancel(client: ShopifyClient, id: str) -> None:
    """Asks for the end of an operation; that it has ended already is no error. Raises ShopifyError."""
    client.run(CANCEL, id=id)


def await_end(client: ShopifyClient, id: str, told: Callable[[int], None]) -> str:
    """The result's URL, empty if there are no objects. `told(objects so far)` at every look; it may raise.

    Polls seldom and seldomer. A result that is not whole counts for nothing: raises ShopifyError.
    """
    pause = 0.5
    while True:
        operation = look(client, id)
        if operation is None:
            raise ShopifyError(Remedy.GIVE_UP, LOST, "EXPIRED")
        told(operation.objects)
        if not operation.busy:
            return _result(operation)
        client.pause(pause, f"{READING} {operation.objects:,} objects so far.")
        pause = min(10.0, pause * 1.4)


def _result(operation: Operation) -> str:
    """FAILED may carry a `partialDataUrl`: products missing in it would pass for unmatched, so it is not read."""
    if operation.status == "COMPLETED":
        return operation.url
    if operation.status == "FAILED":
        text = BROKE_OFF.format(code=operation.code or "no reason given", count=operation.objects)
        if operation.code == "ACCESS_DENIED":
            raise ShopifyError(Remedy.STOP_STORE, f"{text} Ask an admin to grant read_products.", operation.code)
        raise ShopifyError(Remedy.GIVE_UP, f"{text} Refresh matches to ask again.", operation.code or "FAILED")
    raise ShopifyError(Remedy.GIVE_UP, LOST if operation.status == "EXPIRED" else CANCELED, operation.status)


@contextmanager
def result(store: Store, url: str, heard: Callable[[], None] = lambda: None) -> Iterator[Iterable[dict]]:
    """The objects of a result, in any order, children with `__parentId`, as often as they are asked for; `heard()` now and
    then while it comes in.

    It goes through a temporary file: memory does not grow with the catalog. Raises ShopifyError.
    """
    with tempfile.TemporaryFile() as kept:
        if url:
            _download(trusted(store, url), kept, heard)
        yield Objects(kept)


def trusted(store: Store, url: str) -> str:
    """The address comes with an answer: we fetch from Shopify's storage only, or from the sandbox that plays the store."""
    there, home = urlsplit(url), urlsplit(store.api_base)
    if store.api_base:
        good = (there.scheme, there.netloc) == (home.scheme, home.netloc)
    else:
        good = there.scheme == "https" and bool(STORAGE.fullmatch(there.netloc))
    if not good:
        text = "Shopify named an address for its catalog that is not one of its own; nothing was fetched from it."
        raise ShopifyError(Remedy.GIVE_UP, text, "strange_address")
    return url


def _download(url: str, kept: IO[bytes], heard: Callable[[], None]) -> None:
    """Whole or not at all: the answer's length is checked, a broken one is fetched again from its beginning."""
    for left in reversed(range(TRIES)):
        kept.seek(0)
        kept.truncate()
        try:
            # Signed by its address: no token goes with it, and no other address is followed.
            with closing(POOL.request("GET", url, preload_content=False, redirect=False)) as answer:
                if answer.status == 200:
                    for piece in answer.stream(CHUNK):
                        kept.write(piece)
                        heard()
                    return
                problem = f"The result of the bulk query could not be downloaded ({answer.status})."
        except urllib3.exceptions.HTTPError as error:
            problem = f"The result of the bulk query could not be downloaded ({type(error).__name__})."
        if not left:
            raise ShopifyError(Remedy.LATER, problem, "no_result")


class Objects:
    """The lines of a file, read anew each time."""

    def __init__(self, kept: IO[bytes]) -> None:
        self._kept = kept

    def __iter__(self) -> Iterator[dict]:
        self._kept.seek(0)
        for line in self._kept:
            if line.strip():
                yield json.loads(line)
