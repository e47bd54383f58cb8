"""Files of a store: bringing pictures in, asking how they are, attaching them to products and detaching them.

https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/fileCreate and …/fileUpdate, 250 rows a call. Nothing here deletes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from linking.shopify.catalog import quoted
from setup.graphql_documents import load
from setup.shopify_client import ShopifyClient

DOCUMENTS = Path(__file__).parent / "documents"
CREATE = load(DOCUMENTS, "FilesCreate")
STATUS = load(DOCUMENTS, "FilesStatus")
BY_NAME = load(DOCUMENTS, "FilesByName")
UPDATE = load(DOCUMENTS, "FilesUpdate")
CONTENTS = load(DOCUMENTS, "FilesContents")
PER_CALL = 250
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
    message: str
    code: str

    @property
    def name_taken(self) -> bool:
        return self.code in NAME_TAKEN


@dataclass(frozen=True)
class FileState:
    """`status` is UPLOADED, PROCESSING, READY or FAILED. `name` is empty for a picture until it is READY."""

    id: str
    status: str
    name: str = ""
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class Created:
    ids: tuple[str, ...]
    refusals: tuple[Refusal, ...] = field(default_factory=tuple)


def create(client: ShopifyClient, files: Sequence[NewFile]) -> Created:
    """At most 250 files, in order. A taken name is refused (RAISE_ERROR), so that repeating a call cannot double a file."""
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
    answer = client.run(CREATE, files=rows)["fileCreate"]
    return Created(tuple(file["id"] for file in answer["files"] or ()), _refusals(answer))


def states(client: ShopifyClient, ids: Sequence[str]) -> dict[str, FileState]:
    """By file id; a file that is gone is absent."""
    found: dict[str, FileState] = {}
    for start in range(0, len(ids), PER_CALL):
        nodes = client.run(STATUS, ids=list(ids[start : start + PER_CALL]))["nodes"]
        found |= {node["id"]: _state(node) for node in nodes if node and "fileStatus" in node}
    return found


def by_name(client: ShopifyClient, names: Iterable[str]) -> dict[str, FileState]:
    """Files whose name is exactly one of these. An index that lags a few seconds: absence proves nothing."""
    wanted = list(names)
    found: dict[str, FileState] = {}
    for start in range(0, len(wanted), 25):
        batch = wanted[start : start + 25]
        query = "(" + " OR ".join(f"filename:{quoted(name)}" for name in batch) + ")"
        nodes = client.run(BY_NAME, query=query, after=None)["files"]["nodes"]
        for state in map(_state, nodes):
            if state.name in batch and state.status != "FAILED":
                found[state.name] = state
    return found


def attach(client: ShopifyClient, products_of: Mapping[str, Sequence[str]]) -> tuple[Refusal, ...]:
    """Append files (id -> product ids) to galleries. The order of the mapping is the order in each gallery."""
    return _update(client, [{"id": id, "referencesToAdd": list(products)} for id, products in products_of.items()])


def detach(client: ShopifyClient, products_of: Mapping[str, Sequence[str]]) -> tuple[Refusal, ...]:
    """Take files out of galleries. The files stay in the store."""
    return _update(client, [{"id": id, "referencesToRemove": list(products)} for id, products in products_of.items()])


def contents(client: ShopifyClient, ids: Sequence[str]) -> dict[str, str]:
    """File id -> the address of its content, which changes with the content; empty while a new content is being processed. A
    file that is gone is absent."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), PER_CALL):
        nodes = client.run(CONTENTS, ids=list(ids[start : start + PER_CALL]))["nodes"]
        for node in nodes:
            if node and "fileStatus" in node:
                found[node["id"]] = (node.get("image") or {}).get("url") or node.get("url") or ""
    return found


def replace(client: ShopifyClient, sources: Mapping[str, str]) -> tuple[Refusal, ...]:
    """Give files (file id -> address of the new content) another content. Id and address stay, so it shows wherever the file is
    used. A source that is no picture is taken without a word and changes nothing: look at `contents` afterwards."""
    return _update(client, [{"id": id, "originalSource": url} for id, url in sources.items()])


def describe(client: ShopifyClient, alts: Mapping[str, str]) -> tuple[Refusal, ...]:
    """Set alt texts (file id -> text) wherever the files are shown. Shopify applies the good rows of a call."""
    return _update(client, [{"id": id, "alt": text} for id, text in alts.items()])


def refused(ask: Callable[[Sequence[str]], Sequence[Refusal]], ids: Sequence[str]) -> list[tuple[str, Refusal]]:
    """Which of these files Shopify refuses to change. One that is gone, or not READY, makes it refuse a whole call without
    saying which: then the halves are asked for by themselves."""
    found = ask(ids)
    if len(ids) > 1 and any(refusal.row is None for refusal in found):
        half = len(ids) // 2
        return [*refused(ask, ids[:half]), *refused(ask, ids[half:])]
    return [(ids[refusal.row or 0], refusal) for refusal in found]


def _update(client: ShopifyClient, rows: list[dict]) -> tuple[Refusal, ...]:
    return _refusals(client.run(UPDATE, files=rows)["fileUpdate"])


def _refusals(answer: dict) -> tuple[Refusal, ...]:
    return tuple(_refusal(error) for error in answer["userErrors"])


def _refusal(error: dict) -> Refusal:
    path = error.get("field") or []
    row = int(path[1]) if len(path) > 1 and path[1].isdecimal() else None
    return Refusal(row, error["message"], error.get("code") or "")


def _state(node: dict) -> FileState:
    image = (node.get("preview") or {}).get("image") or {}
    error: dict = next(iter(node.get("fileErrors") or ()), {})
    code, message = error.get("code") or "", error.get("message") or ""
    name = node.get("filename") or name_in(node.get("url") or image.get("url") or "")
    return FileState(node["id"], node["fileStatus"], name, code, message)


def name_in(url: str) -> str:
    """A picture's name is the last part of its address. A video's picture is called otherwise; the video tells its own."""
    return url.partition("?")[0].rsplit("/", 1)[-1]
