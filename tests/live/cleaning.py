"""Removing what a run has made, by the ids and names of its ledger, and nothing else."""

from collections.abc import Iterator

import cloudinary.uploader

from linking.shopify.files import name_in
from setup.shopify.graphql_documents import load
from tests.live.ledger import Ledger, Thing
from tests.live.services import APPS, OURS, Services


def clean(ledger: Ledger, services: Services) -> list[Thing]:
    """What could not be removed; the ledger's file goes if there is nothing. Files go first, while galleries still say which
    they are."""
    assert (ledger.shop, ledger.cloud) == (services.keys.shop, services.keys.cloud), "made in another store or cloud"
    products = {thing.name: thing.id or product_of(services, thing.name) for thing in ledger.left("product")}
    remove_files(ledger, services, [id for id in products.values() if id])
    for thing in ledger.left("product"):
        if id := products[thing.name]:
            services.ask(load(APPS, "ProductDelete"), id=id)
        if product_of(services, thing.name) is None:
            ledger.gone(thing)
    for thing in ledger.left("asset"):
        resource_type, _, public_id = thing.name.partition("/")
        options = {"resource_type": resource_type, "invalidate": True}
        answer = services.call(cloudinary.uploader.destroy, public_id, **options)["answer"]
        if answer.get("result") in ("ok", "not found"):
            ledger.gone(thing)
    ledger.close()
    return [thing for kind in ("file", "product", "asset") for thing in ledger.left(kind)]


def product_of(services: Services, handle: str) -> str | None:
    """The id of the product that has this very handle, which is the run's own."""
    answer = services.ask(load(APPS, "ProductByIdentifier"), identifier={"handle": handle})["answer"]
    found = (answer.get("data") or {}).get("productByIdentifier")
    return found["id"] if found and found["handle"] == handle else None


def remove_files(ledger: Ledger, services: Services, product_ids: list[str]) -> None:
    known = {thing.id for thing in ledger.left("file") if thing.id}
    known |= set(found_by_name(ledger, services)) | set(in_galleries(ledger, services, product_ids))
    there = existing(services, sorted(known))
    for at in range(0, len(there), 100):
        services.ask(load(APPS, "FileDelete"), fileIds=there[at : at + 100])
    left = set(existing(services, there))
    for thing in ledger.left("file"):
        if thing.id not in left:
            ledger.gone(thing)


def existing(services: Services, ids: list[str]) -> list[str]:
    """One id that is not there makes Shopify refuse to delete any."""
    found: list[str] = []
    for at in range(0, len(ids), 100):
        nodes = services.ask(load(OURS, "FilesStatus"), ids=ids[at : at + 100])["answer"]["data"]["nodes"]
        found += [node["id"] for node in nodes if node]
    return found


def found_by_name(ledger: Ledger, services: Services) -> Iterator[str]:
    """By search, whose index lags and whose hits may be others': what counts is how the name begins."""
    after = None
    while True:
        query = f'filename:"{ledger.beginning}" OR filename:{ledger.beginning}*'
        answer = services.ask(load(OURS, "FilesByName"), query=query, after=after)["answer"]
        page = (answer.get("data") or {}).get("files") or {"nodes": [], "pageInfo": {"hasNextPage": False}}
        yield from ours(ledger, page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def in_galleries(ledger: Ledger, services: Services, product_ids: list[str]) -> Iterator[str]:
    """What others may have put there meanwhile is left alone."""
    if not product_ids:
        return
    answer = services.ask(load(OURS, "Galleries"), ids=product_ids)["answer"]
    for product in filter(None, answer["data"]["nodes"]):
        yield from ours(ledger, product["media"]["nodes"])


def ours(ledger: Ledger, nodes: list[dict]) -> Iterator[str]:
    for node in nodes:
        image = (node.get("preview") or {}).get("image") or {}
        name = node.get("filename") or name_in(node.get("url") or image.get("url") or "")
        if name.startswith(ledger.beginning):
            yield node["id"]
