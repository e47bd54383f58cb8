"""A link by the HTTP API, by the page and by the command line, each in a store of its own: they leave the same."""

import io
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.test import Client

from linking.jobs import fetch
from linking.management.starting import Starting
from linking.models import Selection, Sync
from linking.reporting.rows import lines_of
from linking.selection import making
from setup.models import AuditEntry
from setup.security.actors import Actor
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import Scene, asset, product

SKUS = "ab"
# Who has its own of these: a store, its products and files; and when something happened.
OWN = ("store", "asset_id", "product_id", "product_url", "file_id", "time")


class Left(NamedTuple):
    galleries: Sequence[Sequence[tuple[str, str]]]
    rows: Sequence[dict[str, Any]]
    history: Sequence[str]
    audit: Sequence[tuple[str, dict[str, Any]]]


def left_in(place: Scene, client: Client) -> Left:
    shop, sync = place.shop, Sync.objects.get()
    media = [[shop.files[id] for id in shop.product_with(f"product-{sku}").media] for sku in SKUS]
    galleries = [[(re.sub("-al.*", "", file.filename), file.alt) for file in gallery] for gallery in media]
    rows = [{name: value for name, value in line._asdict().items() if name not in OWN} for line in lines_of(sync)]
    for line in rows:
        line["file_name"] = re.sub("-al.*", "", line["file_name"])  # a mark follows, of an asset of this world
    page = enter(client, place.member).get("/syncs/").content.decode()
    row = page.partition(f'id="run-{sync.pk}"')[2].partition("</tr>")[0]
    cells = re.findall(r'<td role="cell" data-label="([^"]*)">(.*?)</td>', row, re.DOTALL)
    said = [f"{label}: {' '.join(re.sub('<[^>]+>', ' ', cell).split())}" for label, cell in cells]
    audit = AuditEntry.objects.filter(action="sync.start").values_list("action", "after")
    return Left(galleries, rows, [one for one in said if not one.startswith(("Who", "Cost"))], list(audit))


def by_page(place: Scene, program: Callable, client: Client) -> None:
    found = making.make(Actor(place.member), list(place.world.environments[0].assets))
    fetch(found.pk)
    selection, [store] = Selection.objects.get(pk=found.pk), place.stores
    enter(client, place.member, selection)
    client.get(f"/selections/{selection.key}/")
    known = {"cloudinary_field": "metadata:sku", "shopify_kind": "sku", "link_mode": "prepend", "stores": store.pk}
    known |= {"order_field": "display_name", "order_descending": "on", "version": selection.version}
    assert client.post(f"/selections/{selection.key}/settings/", known).status_code == 200
    selection.refresh_from_db()
    ask_and_answer(selection)
    client.post(f"/selections/{selection.key}/syncs/", {"token": "pressed", "version": selection.version})
    place.finish(Sync.objects.get())


def by_api(place: Scene, program: Callable, client: Client) -> None:
    order = [{"field": "display_name", "descending": True}]
    program(place).run(mode="prepend", order_by=order, dry_run=False)


def by_command(place: Scene, program: Callable, client: Client) -> None:
    words = ["--environment", place.environment.cloud_name, "--store", place.stores[0].domain, "--wait", "--apply"]
    words += ["--search", "public_id:shop/*", "--cloudinary-field", "metadata:sku", "--shopify-field", "sku"]
    words += ["--mode", "prepend", "--order-by=-display_name"]

    def worked_off(command: Starting) -> None:
        sync = Sync.objects.get()
        fetch(sync.selection_id)
        place.finish(sync)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Starting, "pause", worked_off)
        call_command("link", *words, stdout=io.StringIO(), stderr=io.StringIO())


def test_the_api_the_page_and_the_command_line_leave_the_same(scene, program, client):
    shelf = [product(sku, pictures=1) for sku in SKUS]
    found: dict[str, Left] = {}
    for way in (by_page, by_api, by_command):
        before = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        place = scene(shelf, [asset(f"f{at}", "abx"[at % 3], at, context={"alt": f"Alt {at}"}) for at in range(6)])
        way(place, program, client)
        left = left_in(place, client)
        mine = AuditEntry.objects.filter(action="sync.start", pk__gt=before)
        found[way.__name__] = left._replace(audit=list(mine.values_list("action", "after")))
    page = found["by_page"]
    assert page.galleries == [
        [("f3", "Alt 3"), ("f0", "Alt 0"), ("product-a-0.jpg", "Old 0")],
        [("f4", "Alt 4"), ("f1", "Alt 1"), ("product-b-0.jpg", "Old 0")],
    ]
    assert sorted(row["outcome"] for row in page.rows) == ["done"] * 4 + ["skipped"] * 2
    assert len(page.history) >= 3
    assert "Added 4 pictures" in " ".join(page.history)
    assert page.audit == [("sync.start", {"link_mode": "prepend", "dry_run": False})]
    assert found["by_api"] == page
    assert found["by_command"] == page
