"""Staged uploads: how a video gets into a store, since Shopify does not fetch videos from elsewhere.

https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/stagedUploadsCreate. The target is a bucket at Google's storage;
its policy pins the exact number of bytes and ends after an hour: https://cloud.google.com/storage/docs/xml-api/post-object-forms
"""

import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import urllib3
from urllib3.fields import RequestField

from setup.reasons import Reason, Reasoned, said
from setup.shapes import listed, text
from setup.shopify.answers import UNREADABLE
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import load
from setup.shopify.transport import pieces as pieces_of

STAGE = load(Path(__file__).parent / "documents", "StagedUploads")
LIFETIME = timedelta(minutes=55)
MIME = "video/mp4"
# While a body is sent the first number counts for every piece of it, then the second for the answer.
TIMEOUT = urllib3.Timeout(connect=30, read=60)
ANSWER, MOST = 60.0, 2**20  # seconds and bytes of the answer itself
POOL = urllib3.PoolManager(num_pools=10, maxsize=2, timeout=TIMEOUT, retries=False)


class Refused(Reasoned):
    """Shopify does not want this upload."""


class BrokenUpload(Reasoned):
    """It did not arrive, or nobody said that it did: the next one needs another target."""


@dataclass(frozen=True)
class Target:
    """`parameters` are form fields, to be sent unchanged."""

    url: str
    resource_url: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def source(self) -> str:
        """What fileCreate takes. With the object's key in its path it ends in .mp4, so that the file may be given a name."""
        key = dict(self.parameters).get("key", "")
        query = urlsplit(self.resource_url).query
        if not key or not query:
            return self.resource_url
        return f"{self.resource_url.partition('?')[0].rstrip('/')}/{quote(key)}?{query}"


def stage(client: ShopifyClient, name: str, size: int) -> Target:
    """A target for one attempt to upload `size` bytes. Raises Refused, ShopifyError."""
    wish = {"resource": "VIDEO", "filename": name, "mimeType": MIME, "fileSize": str(size), "httpMethod": "POST"}
    answer = client.write(STAGE, "stagedUploadsCreate", input=[wish])
    if refusals := listed(answer.get("userErrors")):
        body = said(text(refusals[0].get("message"))) or Reason("shopify.no_reason")
        raise Refused(Reason("upload.refused", text=body))
    targets = listed(answer.get("stagedTargets"))
    if not targets or (target := _target(targets[0])) is None:
        # Whatever was prepared is nobody's loss: the next attempt asks for another one.
        raise ShopifyError(Remedy.LATER, UNREADABLE, "no_target")
    return target


def _target(row: dict) -> Target | None:
    """None for what cannot be posted to."""
    given = listed(row.get("parameters"))
    parameters = tuple((text(parameter.get("name")), text(parameter.get("value"))) for parameter in given)
    url, resource_url = text(row.get("url")), text(row.get("resourceUrl"))
    usable = _is_address(url) and _is_address(resource_url) and all(name for name, _ in parameters)
    return Target(url, resource_url, parameters) if usable else None


def _is_address(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("https", "http")
    except ValueError:
        return False


def send(target: Target, name: str, size: int, pieces: Iterable[bytes]) -> None:
    """Post the form while `pieces` come in. Raises BrokenUpload, and whatever `pieces` raises."""
    boundary = secrets.token_hex(16)
    head, tail = _around(target, name, boundary)
    headers = {
        "User-Agent": "AssetLink",
        "Accept-Encoding": "identity",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(head) + size + len(tail)),
    }
    try:
        body = _body(head, pieces, size, tail)
        answer = POOL.request("POST", target.url, body=body, headers=headers, redirect=False, preload_content=False)
        printed = b"".join(pieces_of(answer, until=time.monotonic() + ANSWER, most=MOST))
    except urllib3.exceptions.HTTPError as error:
        raise BrokenUpload(Reason("upload.broke_off", cause=type(error).__name__)) from None
    if not 200 <= answer.status < 300:
        code = re.search(r"<Code>(\w+)</Code>", printed.decode("utf-8", "replace"))
        raise BrokenUpload(Reason("upload.storage_refused", cause=code[1] if code else answer.status))


def _around(target: Target, name: str, boundary: str) -> tuple[bytes, bytes]:
    """The form before and after the file's bytes. The storage ignores whatever follows the file: it comes last."""
    parts = [RequestField.from_tuples(field, value) for field, value in target.parameters]
    parts.append(RequestField.from_tuples("file", (name, b"", MIME)))
    texts = [f"--{boundary}\r\n{part.render_headers()}" for part in parts]
    values = [*(f"{value}\r\n" for _, value in target.parameters), ""]
    head = "".join(text + value for text, value in zip(texts, values, strict=True))
    return head.encode(), f"\r\n--{boundary}--\r\n".encode()


def _body(head: bytes, pieces: Iterable[bytes], size: int, tail: bytes) -> Iterator[bytes]:
    """Never another number of bytes than announced: what follows would be read as the connection's next request."""
    yield head
    sent = 0
    for piece in pieces:
        sent += len(piece)
        if sent > size:
            raise BrokenUpload(Reason("upload.too_much"))
        yield piece
    if sent < size:
        raise BrokenUpload(Reason("upload.too_little"))
    yield tail
