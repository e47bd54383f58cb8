"""Files of a store: bringing pictures in, asking how they are, attaching them to products and detaching them.

https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/fileCreate and …/fileUpdate, 250 rows a call. Nothing here deletes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from linking.domain.filenames import read_mark
from linking.domain.waiting import Wait, waiting_for
from linking.shopify.catalog import quoted
from linking.shopify.paging import pages
from setup.reasons import Reason, said
from setup.shapes import listed, mapping, path_row, text
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import load

DOCUMENTS = Path(__file__).parent / "documents"
CREATE = load(DOCUMENTS, "FilesCreate")
STATUS = load(DOCUMENTS, "FilesStatus")
BY_NAME = load(DOCUMENTS, "FilesByName")
UPDATE = load(DOCUMENTS, "FilesUpdate")
CONTENTS = load(DOCUMENTS, "FilesContents")
PER_CALL = 250
PER_SEARCH = 20
NAME_TAKEN = {"FILENAME_ALREADY_EXISTS", "DUPLICATE_FILENAME_ERROR"}


@dataclass(frozen=True)
class NewFile:
    """`url` of a video: the source of a staged upload (linking.shopify.uploads)."""

    name: str
    url: str
    alt: str = ""
    kind: str = "IMAGE"


@dataclass(frozen=True)
class Refusal:
    """Shopify's word on a row (`row` None: on the whole call)."""

    row: int | None
    reason: Reason
    code: str

    @property
    def name_taken(self) -> bool:
        return self.code in NAME_TAKEN

    @property
    def wait(self) -> Wait | None:
        """What it is waited for, if it may be taken later."""
        return waiting_for(self.code)


@dataclass(frozen=True)
class FileState:
    """`status` is UPLOADED, PROCESSING, READY or FAILED. `name` is empty as long as there is no picture to read it from: a
    READY file without one is not there yet."""

    id: str
    status: str
    name: str = ""
    code: str = ""
    message: str = ""
    alt: str = ""

    @property
    def there(self) -> bool:
        return self.status == "READY" and bool(self.name)


@dataclass(frozen=True)
class Created:
    """`ids`: what was made, in no order that anything could be concluded from."""

    ids: tuple[str, ...]
    refusals: tuple[Refusal, ...] = field(default_factory=tuple)


@dataclass(frozen=True)
class Named:
    """What a search by names found: READY files by mark, and how many have no name yet that could tell."""

    found: Mapping[str, FileState]
    nameless: int


def create(client: ShopifyClient, files: Sequence[NewFile]) -> Created:
    """At most 250 files. A taken name shall be refused (RAISE_ERROR); what Shopify really does with one is not recorded."""
    rows = [
        {
            "originalSource": new.url,
            "filename": new.name,
            "alt": new.alt,
            "contentType": new.kind,
            "duplicateResolutionMode": "RAISE_ERROR",
        }
        for new in files
    ]
    answer = client.write(CREATE, "fileCreate", files=rows)
    ids = (text(file.get("id")) for file in listed(answer.get("files")))
    return Created(tuple(dict.fromkeys(id for id in ids if id)), _refusals(answer, len(rows)))


def states(client: ShopifyClient, ids: Sequence[str]) -> dict[str, FileState]:
    """By file id, as far as they are shown. One that is not may be gone, or young, or the answer may come from an old replica."""
    found: dict[str, FileState] = {}
    for start in range(0, len(ids), PER_CALL):
        nodes = listed(client.run(STATUS, ids=list(ids[start : start + PER_CALL])).get("nodes"))
        found |= {state.id: state for state in map(_state, nodes) if state.id and state.status}
    return found


def by_mark(client: ShopifyClient, names: Mapping[str, str], exact: Collection[str] = ()) -> Named:
    """READY files that carry one of these marks (mark -> file name). Exactly: what the admin named `…_<uuid>` is the merchant's.
    Of the marks in `exact` only files of that very name: those of earlier attempts may show something else.

    An index that lags: absence proves nothing. Read to its end, as names of others may contain the words of ours.
    """
    found: dict[str, FileState] = {}
    nameless = 0
    marks = list(names)
    for start in range(0, len(marks), PER_SEARCH):
        batch = marks[start : start + PER_SEARCH]
        words = dict.fromkeys(word for mark in batch for word in (names[mark], mark))
        query = "(" + " OR ".join(f"filename:{quoted(word)}" for word in words) + ")"
        for rows in pages(partial(_named, client, query)):
            for state in map(_state, listed(rows)):
                mark = str(read_mark(state.name) or "")
                nameless += not state.name and state.status != "FAILED"
                if mark in names and state.there and (mark not in exact or _stem(state.name) == _stem(names[mark])):
                    found.setdefault(mark, state)
    return Named(found, nameless)


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _named(client: ShopifyClient, query: str, after: str | None) -> object:
    return client.run(BY_NAME, query=query, after=after).get("files")


def attach(client: ShopifyClient, products_of: Mapping[str, Sequence[str]]) -> tuple[Refusal, ...]:
    """Append files (id -> product ids) to galleries. The order in a gallery is whatever comes of it."""
    return _update(client, [{"id": id, "referencesToAdd": list(products)} for id, products in products_of.items()])


def detach(client: ShopifyClient, products_of: Mapping[str, Sequence[str]]) -> tuple[Refusal, ...]:
    """Take files out of galleries. The files stay in the store."""
    return _update(client, [{"id": id, "referencesToRemove": list(products)} for id, products in products_of.items()])


def contents(client: ShopifyClient, ids: Sequence[str]) -> dict[str, str]:
    """File id -> the address of its content, which changes with the content; empty while a new content is being processed. As far
    as they are shown."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), PER_CALL):
        nodes = listed(client.run(CONTENTS, ids=list(ids[start : start + PER_CALL])).get("nodes"))
        for node in nodes:
            if (id := text(node.get("id"))) and "fileStatus" in node:
                found[id] = text(mapping(node.get("image")).get("url")) or text(node.get("url"))
    return found


def replace(client: ShopifyClient, sources: Mapping[str, str]) -> tuple[Refusal, ...]:
    """Give files (file id -> address of the new content) another content. Id and address stay, so it shows wherever the file is
    used. A source that is no picture is taken without a word and changes nothing: look at `contents` afterwards."""
    return _update(client, [{"id": id, "originalSource": url} for id, url in sources.items()])


def describe(client: ShopifyClient, alts: Mapping[str, str]) -> tuple[Refusal, ...]:
    """Set alt texts (file id -> text) wherever the files are shown. Shopify applies the good rows of a call."""
    return _update(client, [{"id": id, "alt": alt} for id, alt in alts.items()])


def settled(write: Callable[[], tuple[Refusal, ...]]) -> tuple[Refusal, ...]:
    """A write as a verdict on its rows: one that is wrong as a whole is refused as a whole, and one whose outcome is not known
    is refused in nothing, as the next read tells. Raises ShopifyError for a store that is away or refuses us."""
    try:
        return write()
    except ShopifyError as error:
        if error.remedy == Remedy.LOOK:
            return ()
        if error.remedy != Remedy.GIVE_UP:
            raise
        return (Refusal(None, error.reason, error.code),)


def refused(ask: Callable[[Sequence[str]], Sequence[Refusal]], ids: Sequence[str]) -> list[tuple[str, Refusal]]:
    """Which of these files Shopify refuses to change. One that is gone, or not READY, makes it refuse a whole call without
    saying which: then the halves are asked for by themselves."""
    found = ask(ids)
    if len(ids) > 1 and any(refusal.row is None for refusal in found):
        half = len(ids) // 2
        return [*refused(ask, ids[:half]), *refused(ask, ids[half:])]
    return [(ids[refusal.row or 0], refusal) for refusal in found]


def _update(client: ShopifyClient, rows: list[dict]) -> tuple[Refusal, ...]:
    return _refusals(client.write(UPDATE, "fileUpdate", files=rows), len(rows))


def _refusals(answer: dict, rows: int) -> tuple[Refusal, ...]:
    return tuple(_refusal(error, rows) for error in listed(answer.get("userErrors")))


def _refusal(error: dict, rows: int) -> Refusal:
    """A row that was not asked for is no row: the refusal is taken for the whole call."""
    row = path_row(error.get("field"))
    answered = said(text(error.get("message")))
    return Refusal(row if row is not None and row < rows else None, answered, text(error.get("code")))


def _state(node: dict) -> FileState:
    image = mapping(mapping(node.get("preview")).get("image"))
    error: dict = next(iter(listed(node.get("fileErrors"))), {})
    code, message = text(error.get("code")), text(error.get("message"))
    name = text(node.get("filename")) or name_in(text(node.get("url")) or text(image.get("url")))
    return FileState(text(node.get("id")), text(node.get("fileStatus")), name, code, message, text(node.get("alt")))


def name_in(url: str) -> str:
    """A picture's name is the last part of its address. A video's picture is called otherwise; the video tells its own."""
    return url.partition("?")[0].rsplit("/", 1)[-1]
