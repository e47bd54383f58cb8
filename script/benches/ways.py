"""The ways to link that are measured, against the sandbox that the database knows as its only store."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import cloudinary.api
import urllib3

from linking.cloudinary.renditions import Rendition, of_asset
from linking.domain.fields import ShopifyField
from linking.models import ChangeRow, SelectedAsset, Selection, StoreSync
from linking.selection.fetching import fetch_selection
from linking.shopify import files, galleries
from linking.shopify.catalog import candidates
from linking.shopify.files import NewFile
from linking.syncing.work import Next, work
from script.benches.measured import Measured
from script.benches.rivals import RIVALS, Picture, Wanted
from script.benches.world import PER_PRODUCT, new_name
from setup.models import Environment, Member, Store
from setup.shopify.client import ShopifyClient
from setup.shopify.connection import CONNECTION
from setup.shopify.transport import Reply, StoreGraphQL
from tests import pressing


@contextmanager
def timed(measured: Measured) -> Iterator[None]:
    """Every call's time, by operation."""
    plain = StoreGraphQL.execute

    def execute(
        wire: StoreGraphQL, query: str, variables: dict | None = None, name: str | None = None, **more: str
    ) -> Reply:
        began = time.monotonic()
        reply = plain(wire, query, variables, name, **more)
        took = time.monotonic() - began
        measured.slowest[name or ""] = max(took, measured.slowest.get(name or "", 0.0))
        measured.busy += took
        return reply

    StoreGraphQL.execute = execute
    began = time.monotonic()
    try:
        yield
    finally:
        measured.seconds = time.monotonic() - began
        StoreGraphQL.execute = plain


def ours() -> Measured:
    """The app's own engine: matching, planning, linking and verifying, from the press of the button to the last row."""
    chosen = selection()
    first = run(chosen, "first")
    check_galleries(product_ids())
    second = run(chosen, "second")
    first.again = {"points": second.points, "mutations": second.mutations, "seconds": second.seconds}
    return first


def run(chosen: Selection, token: str) -> Measured:
    measured, before = Measured(), book()
    with timed(measured):
        [part] = pressing.link(chosen, token, dry_run=False).parts.all()
        finish(part)
    return charged(measured, before)


def finish(part: StoreSync) -> None:
    """Works it off. Raises RuntimeError if it did not link everything."""
    while (step := work(part.pk)) != Next.NOTHING:
        if step == Next.LATER:
            time.sleep(1)
    part.refresh_from_db()
    outcomes = set(part.changes.exclude(asset_id="").values_list("outcome", flat=True))
    if part.state != "done" or not outcomes <= {ChangeRow.Outcome.DONE, ChangeRow.Outcome.UNCHANGED}:
        raise RuntimeError(f"The run ended {part.state}: {part.problem} {outcomes}")


def selection() -> Selection:
    """All assets of the environment, fetched, for the only store."""
    environment = Environment.objects.get()
    member = Member.objects.create(environment=environment, external_id="bench", name="Bench", roles=[])
    chosen = Selection.objects.create(environment=environment, member=member)
    SelectedAsset.objects.bulk_create(
        SelectedAsset(selection=chosen, place=at, asset_id=id) for at, id in enumerate(asset_ids(environment))
    )
    chosen.stores.set(Store.objects.all())
    fetch_selection(chosen.pk)
    chosen.refresh_from_db()
    return chosen


def asset_ids(environment: Environment) -> Iterator[str]:
    """https://cloudinary.com/documentation/admin_api#get_resources, 500 a page."""
    keys = {"cloud_name": environment.cloud_name, "api_key": environment.api_key, "api_secret": environment.api_secret}
    cursor = None
    while True:
        known = {"upload_prefix": environment.upload_prefix, "max_results": 500, "next_cursor": cursor, **keys}
        page = cloudinary.api.resources(**known)
        yield from (resource["asset_id"] for resource in page["resources"])
        if not (cursor := page.get("next_cursor")):
            return


def media() -> Measured:
    """Bring the same renditions into the store and look all the time whether they are ready: nothing else."""
    client = ShopifyClient(Store.objects.get())
    rows = [NewFile(found.name, found.url) for found in renditions().values()]
    ids: list[str] = []
    measured, before = Measured(), book()
    with timed(measured):
        for at in range(0, len(rows), files.PER_CALL):
            ids += files.create(client, rows[at : at + files.PER_CALL]).ids
        while ids:
            time.sleep(0.2)
            states = files.states(client, ids)
            ids = [id for id in ids if states[id].status not in ("READY", "FAILED")]
            if any(state.status == "FAILED" for state in states.values()):
                raise RuntimeError("A picture failed.")
    return charged(measured, before)


def rival(way: str) -> Measured:
    found = renditions()
    ids = product_ids()
    wanted = wanted_pictures(ids, found)
    measured, before = Measured(), book()
    with timed(measured):
        RIVALS[way](ShopifyClient(Store.objects.get()), wanted)
        charged(measured, before)
        check_galleries(ids)  # until all pictures are ready, as ours does; its points are not counted
    return measured


def book() -> dict[str, int]:
    """What the sandbox has counted for the store so far: points, requests, mutations, throttled."""
    store = Store.objects.get()
    journal = urllib3.request("GET", f"{store.api_base}/journal.json?since=999999999").json()
    return dict(journal["totals"].get(store.domain, {}))


def charged(measured: Measured, before: Mapping[str, int]) -> Measured:
    """By the store's book, not by ours; and the bucket, as the store tells it."""
    after = book()
    for name in ("points", "requests", "mutations", "throttled"):
        setattr(measured, name, after[name] - before.get(name, 0))
    client = ShopifyClient(Store.objects.get())
    client.run(CONNECTION)
    measured.size, measured.rate = client.pace.maximum, client.pace.rate
    return measured


def renditions() -> dict[str, Rendition]:
    """What is delivered to the store, by display name."""
    chosen = selection()
    assets = [row.asset for row in chosen.assets.all()]
    return {asset.name: of_asset(chosen.environment, asset) for asset in assets}


def product_ids() -> dict[int, str]:
    """Number in the catalog -> product id, once a selection is fetched. Not measured: everybody has to find the products."""
    count = SelectedAsset.objects.count() // PER_PRODUCT
    keys = [f"SKU-{number}" for number in range(count)]
    client = ShopifyClient(Store.objects.get())
    found = {}
    for at in range(0, count, 500):
        for candidate in candidates(client, ShopifyField.parse("sku"), keys[at : at + 500]):
            found[candidate.values[0]] = candidate.product_id
    if not keys:
        raise RuntimeError("There is nothing to link.")
    return {number: found[key] for number, key in enumerate(keys)}


def wanted_pictures(ids: Mapping[int, str], found: Mapping[str, Rendition]) -> Wanted:
    return {
        id: [Picture(found[name].name, found[name].url) for name in (new_name(number, at) for at in range(PER_PRODUCT))]
        for number, id in ids.items()
    }


def check_galleries(ids: Mapping[int, str]) -> None:
    """Every gallery is what was asked for: five old pictures, then the five new ones in order. Raises RuntimeError."""
    client = ShopifyClient(Store.objects.get())
    until = time.monotonic() + 120
    while True:
        found = galleries.read(client, list(ids.values()))
        if all(medium.status == "READY" for gallery in found.values() for medium in gallery.media):
            break
        if time.monotonic() > until:
            raise RuntimeError("Some pictures are never ready.")
        time.sleep(0.3)
    for number, id in ids.items():
        names = [medium.url.rsplit("/", 1)[-1] for medium in found[id].media]
        new = names[PER_PRODUCT:]
        right = len(names) == 2 * PER_PRODUCT and all(
            name.startswith(new_name(number, at)) for at, name in enumerate(new)
        )
        if not right:
            raise RuntimeError(f"The gallery of product {number} is wrong: {names}")
