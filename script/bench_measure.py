"""One measurement, in a process and a database of its own: `python -m script.bench_measure WAY URL` prints JSON.

WAY: `ours` (also once more with nothing changed), `media` (how long the store takes for the pictures alone), or a rival.
"""

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

import django


@dataclass
class Measured:
    """`slowest`: operation -> seconds of its slowest call; `busy`: seconds spent inside calls; `again` for ours only."""

    points: int = 0
    requests: int = 0
    mutations: int = 0
    seconds: float = 0.0
    throttled: int = 0
    size: float = 0.0  # of the bucket, points
    rate: float = 0.0  # points a second
    slowest: dict[str, float] = field(default_factory=dict)
    busy: float = 0.0
    again: "dict | None" = None


def main(way: str, url: str) -> None:
    django.setup()
    logging.disable(logging.CRITICAL)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("connect_world", url, stdout=sys.stderr)
    measured = {"ours": ours, "media": media}.get(way) or (lambda: rival(way))
    print(json.dumps(asdict(measured())))


@contextmanager
def timed(measured: Measured) -> Iterator[None]:
    """Every call's time, by operation."""
    from setup.shopify_transport import StoreGraphQL

    plain = StoreGraphQL.execute

    def execute(self, query, variables=None, operation_name=None):  # type: ignore[no-untyped-def]
        began = time.monotonic()
        reply = plain(self, query, variables, operation_name)
        took = time.monotonic() - began
        measured.slowest[operation_name] = max(took, measured.slowest.get(operation_name, 0.0))
        measured.busy += took
        return reply

    StoreGraphQL.execute = execute  # type: ignore[method-assign]
    began = time.monotonic()
    try:
        yield
    finally:
        measured.seconds = time.monotonic() - began
        StoreGraphQL.execute = plain  # type: ignore[method-assign]


def ours() -> Measured:
    """The app's own engine: matching, planning, linking and verifying, from the press of the button to the last row."""
    chosen = selection()
    first = run(chosen, "first")
    check_galleries(product_ids())
    second = run(chosen, "second")
    first.again = {"points": second.points, "mutations": second.mutations, "seconds": second.seconds}
    return first


def run(chosen, token: str) -> Measured:  # type: ignore[no-untyped-def]
    from linking import starting
    from linking.models import ChangeRow
    from linking.syncing.work import Next, work

    measured = Measured()
    with timed(measured):
        [part] = starting.link(chosen, token, dry_run=False).parts.all()
        while (step := work(part.pk)) != Next.NOTHING:
            if step == Next.LATER:
                time.sleep(1)
    part.refresh_from_db()
    outcomes = set(part.changes.exclude(asset_id="").values_list("outcome", flat=True))
    if part.state != "done" or not outcomes <= {ChangeRow.Outcome.DONE, ChangeRow.Outcome.UNCHANGED}:
        raise RuntimeError(f"The run ended {part.state}: {part.problem} {outcomes}")
    measured.points, measured.requests, measured.mutations = part.points, part.requests, part.mutations
    measured.throttled = part.throttled
    read_bucket(measured)
    return measured


def selection():  # type: ignore[no-untyped-def]
    """All assets of the environment, fetched, for the only store."""
    from linking.fetching import fetch_selection
    from linking.models import SelectedAsset, Selection
    from setup.models import Environment, Member, Store

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


def asset_ids(environment) -> Iterator[str]:  # type: ignore[no-untyped-def]
    """https://cloudinary.com/documentation/admin_api#get_resources, 500 a page."""
    import cloudinary.api

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
    from linking.shopify import files
    from linking.shopify.files import NewFile
    from setup.models import Store
    from setup.shopify_client import ShopifyClient

    client, measured = ShopifyClient(Store.objects.get()), Measured()
    rows = [NewFile(found.name, found.url) for found in renditions().values()]
    ids: list[str] = []
    with timed(measured):
        for at in range(0, len(rows), files.PER_CALL):
            ids += files.create(client, rows[at : at + files.PER_CALL]).ids
        while ids:
            time.sleep(0.2)
            states = files.states(client, ids)
            ids = [id for id in ids if states[id].status not in ("READY", "FAILED")]
            if any(state.status == "FAILED" for state in states.values()):
                raise RuntimeError("A picture failed.")
    return spent(client, measured)


def rival(way: str) -> Measured:
    from script.bench_rivals import RIVALS
    from setup.models import Store
    from setup.shopify_client import ShopifyClient

    store = Store.objects.get()
    found = renditions()
    ids = product_ids()
    wanted = wanted_pictures(ids, found)
    client, measured = ShopifyClient(store), Measured()
    with timed(measured):
        RIVALS[way](client, wanted)
        check_galleries(ids)  # until all pictures are ready, as ours does; its points are not counted
    return spent(client, measured)


def spent(client, measured: Measured) -> Measured:  # type: ignore[no-untyped-def]
    used = client.spent
    measured.points, measured.requests, measured.mutations = used.points, used.requests, used.mutations
    measured.throttled = used.throttled
    measured.size, measured.rate = client.pace.maximum, client.pace.rate
    return measured


def read_bucket(measured: Measured) -> None:
    from setup.connection import CONNECTION
    from setup.models import Store
    from setup.shopify_client import ShopifyClient

    client = ShopifyClient(Store.objects.get())
    client.run(CONNECTION)
    measured.size, measured.rate = client.pace.maximum, client.pace.rate


def renditions():  # type: ignore[no-untyped-def]
    """What is delivered to the store, by display name."""
    from linking.cloudinary.renditions import of_asset

    chosen = selection()
    assets = [row.asset for row in chosen.assets.all()]
    return {asset.name: of_asset(chosen.environment, asset) for asset in assets}


def product_ids() -> dict[int, str]:
    """Number in the catalog -> product id, once a selection is fetched. Not measured: everybody has to find the products."""
    from linking.domain.fields import ShopifyField
    from linking.models import SelectedAsset
    from linking.shopify.catalog import candidates
    from script.bench_world import PER_PRODUCT
    from setup.models import Store
    from setup.shopify_client import ShopifyClient

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


def wanted_pictures(ids: dict[int, str], found):  # type: ignore[no-untyped-def]
    from script.bench_rivals import Picture
    from script.bench_world import PER_PRODUCT, new_name

    return {
        id: [Picture(found[name].name, found[name].url) for name in (new_name(number, at) for at in range(PER_PRODUCT))]
        for number, id in ids.items()
    }


def check_galleries(ids: dict[int, str]) -> None:
    """Every gallery is what was asked for: five old pictures, then the five new ones in order. Raises RuntimeError."""
    from linking.shopify import galleries
    from script.bench_world import PER_PRODUCT, new_name
    from setup.models import Store
    from setup.shopify_client import ShopifyClient

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


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
