"""Drift through the HTTP API and the command line: asked for, followed, and read page by page."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from linking.links.checking import check_links
from linking.models import DriftFinding, Link, LinkCheck, Sync
from linking.models.jobs import JobState
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    found = scene([product("a")], [asset("a1", "a", 1), asset("a2", "a", 2)], stores=2)
    found.run(found.select("a1", "a2"))
    return found


def drifted(place) -> None:
    """Somebody takes one of two pictures out of a gallery of the first store, and its links are checked."""
    Link.objects.update(linked=timezone.now() - timedelta(days=1))
    place.shop.product_with("product-a").media.pop(0)
    for check in LinkCheck.objects.all():
        check_links(check.pk)


def test_a_program_has_links_checked_and_reads_what_differs(place, program):
    one = program(place, "links:read")
    answer = one.post("/drift/checks", {})
    assert (answer.status_code, [row["state"] for row in answer.json()["items"]]) == (202, ["waiting", "waiting"])
    drifted(place)
    checks = one.get(answer["Location"].removeprefix("/api/v1")).json()["items"]
    assert [(row["state"], row["looked"]) for row in checks] == [("done", 2), ("done", 2)]
    found = one.get("/drift?kind=missing").json()
    assert [(row["store"], row["kind"], row["handle"]) for row in found["items"]] == [
        (place.stores[0].domain, "missing", "product-a")
    ]
    assert one.get("/drift?kind=alt").json()["items"] == []
    assert one.get("/drift?kind=nothing").status_code == 422


def test_findings_come_page_by_page_and_a_key_of_one_store_sees_that_alone(place, program):
    rows = [
        DriftFinding(store=store, product_id=f"gid://shopify/Product/{at}", kind="missing", seen=timezone.now())
        for store in place.stores
        for at in range(3)
    ]
    DriftFinding.objects.bulk_create(rows)
    one, seen, cursor = program(place), [], ""
    while cursor is not None:
        page = one.get(f"/drift?limit=4&cursor={cursor}").json()
        seen, cursor = seen + [row["id"] for row in page["items"]], page["next_cursor"]
    assert seen == [row.pk for row in DriftFinding.objects.order_by("pk")]
    own = program(place, "links:read", store=1)
    assert {row["store"] for row in own.get("/drift").json()["items"]} == {place.stores[1].domain}
    own.post("/drift/checks", {})
    assert list(LinkCheck.objects.values_list("store", "state")) == [(place.stores[1].pk, JobState.WAITING)]


def test_the_command_has_links_checked_and_lists_what_differs(place):
    def said(*words: str) -> str:
        out = io.StringIO()
        call_command("drift", *words, environment=place.environment.cloud_name, stdout=out)
        return out.getvalue()

    assert "Stores whose links are checked: 2" in said("check")
    drifted(place)
    assert "done" in said("status")
    assert "missing" in said("list")
    assert "missing" not in said("list", "--kind", "alt")
    said("mend", "--store", place.stores[0].domain)
    plan = Sync.objects.latest("pk")
    assert (plan.kind, plan.dry_run, plan.link_mode) == ("link", True, "mirror")
    for store, why in ((place.stores[1].domain, "Nothing has drifted"), ("else.myshopify.com", "has no store")):
        with pytest.raises(CommandError, match=why):
            said("mend", "--store", store)
    assert Sync.objects.latest("pk") == plan


def test_a_program_mends_what_has_drifted_by_a_plan(place, program):
    for check in [LinkCheck(store=store) for store in place.stores]:
        check.save()
    drifted(place)
    one, store, written = program(place, "links:write", "runs:read"), place.stores[0].domain, len(place.mutations())
    answer = one.post("/drift/mend", {"store": store}, again="once")
    run = answer.json()["run"]
    assert (answer.status_code, answer.json()["later"], run["dry_run"]) == (202, 0, True)
    assert one.post("/drift/mend", {"store": store}, again="once").json()["run"]["id"] == run["id"]
    assert Sync.objects.filter(dry_run=True).count() == 1
    one.work_off(run["id"])
    assert len(place.mutations()) == written
    assert one.get(answer["Location"].removeprefix("/api/v1")).json()["id"] == run["id"]
    place.apply(Sync.objects.get(key=run["id"]))
    assert place.assets_in("product-a") == ["a1", "a2"]
    assert one.post("/drift/mend").status_code == 422
    assert one.post("/drift/mend", {"store": "else.myshopify.com"}).status_code == 422
    assert one.post("/drift/mend", {"store": place.stores[1].domain}).status_code == 409
    other = program(place, "links:write", store=1)
    assert other.post("/drift/mend", {"store": store}).status_code == 422
    assert other.post("/drift/mend").status_code == 409
