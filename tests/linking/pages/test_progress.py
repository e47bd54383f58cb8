"""A busy run as everybody of the environment sees it: how far, what it waits for, what went wrong; and the words at its end."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from linking.domain.doings import waits_for_limit
from linking.domain.reasons import ABORTED, NOT_SHOWN
from linking.models import ProductSync, StoreLease, StoreSync, Sync
from linking.pages.run.numbers import numbers_of
from linking.pages.run.progress import progress_of
from linking.syncing.run import Run
from setup.models import Member, Store
from setup.reasons import NONE, Reason, said
from setup.shopify.client import ShopifyClient
from setup.shopify.graphql_documents import load
from tests import pressing, totals
from tests.linking.visits import enter, text_of
from tests.scenes import DOCUMENTS, asset, part_of, product

THROTTLED = Reason("doing.next_look", text=Reason("shopify.throttled"), seconds=12)

State = StoreSync.State


def halfway(place, sync: Sync, **known) -> StoreSync:
    """The run as rows, with one of its galleries still open and a worker with a heartbeat."""
    part = sync.parts.first()
    later = timezone.now() + timedelta(minutes=1)
    ago = timezone.now() - timedelta(seconds=30)
    row = {"state": State.APPLYING, "owner": "w", "lease_until": later, "started": ago, "finished": None}
    part.rows().update(**row | known)
    part.products.filter(pk=part.products.last().pk).update(state=ProductSync.State.WORKING)
    return part


def progress(client, sync):
    return client.get(f"/syncs/{sync.key}/progress/")


@pytest.fixture
def place(scene, client):
    found = scene([product("a", title="Oak chair"), product("b", title="Stool")], [asset("f", "a"), asset("g", "b", 1)])
    enter(client, found.member)
    return found


def poll_of(answer) -> str:
    return re.search(r'hx-get="([^"]*/progress/[^"]*)"', answer.content.decode())[1]


def test_progress_answers_204_until_something_that_is_shown_has_changed(client, place):
    sync = place.run(place.select())
    part = halfway(place, sync, doing=said("Linking galleries: 1 of 2 done."))
    poll = poll_of(client.get(f"/syncs/{sync.key}/"))
    assert client.get(poll).status_code == 204
    part.rows().update(doing=said("Linking galleries: 2 of 2 done."))
    answer = client.get(poll)
    assert answer.status_code == 200
    assert poll_of(answer) != poll
    assert client.get(poll_of(answer)).status_code == 204


def test_leaving_and_coming_back_and_a_colleague_see_the_same(client, place):
    sync = place.run(place.select())
    halfway(place, sync, doing=said("Linking galleries: 1 of 2 done."))
    polls = [poll_of(client.get(f"/syncs/{sync.key}/")) for _ in range(2)]
    colleague = Member.objects.create(environment=place.environment, external_id="u2", name="Bo", roles=[])
    polls.append(poll_of(enter(client, colleague).get(f"/syncs/{sync.key}/")))
    assert len(set(polls)) == 1


def test_a_throttled_store_says_so_with_the_time_that_is_left(client, place):
    sync = place.run(place.select())
    Store.objects.update(rate=100)
    halfway(place, sync, doing=THROTTLED, points=40_000, throttled=4)
    percent = int(re.search(r'<progress[^>]* value="(\d+)"', progress(client, sync).content.decode())[1])
    minutes = -(-40_000 * (100 - percent) // percent // 100 // 60)
    reported = text_of(progress(client, sync))
    assert "Waiting 12 s for Shopify’s rate limit. Continues by itself." in reported
    assert f"About {minutes} minutes left" in reported


def test_a_store_that_waits_most_of_the_time_is_throttled_whatever_it_does_right_now(client, place):
    sync = place.run(place.select())
    halfway(place, sync, doing=said("Linking galleries: 1 of 2 done."), waited=20)
    assert "Slowed down by Shopify’s rate limit." in text_of(progress(client, sync))
    sync.parts.update(waited=1)
    assert "rate limit" not in text_of(progress(client, sync))


def test_no_time_is_reported_where_none_is_known(client, place):
    sync = place.run(place.select())
    Store.objects.update(rate=0)
    halfway(place, sync, doing=THROTTLED, points=40_000)
    reported = text_of(progress(client, sync))
    assert "Waiting 12 s for Shopify’s rate limit." in reported
    assert " left" not in reported


@pytest.mark.parametrize("kind", ["throttled", "http_429", "an empty bucket"])
def test_every_wait_for_the_limit_is_known_by_its_words(place, kind):
    reasons = []
    client = ShopifyClient(place.stores[0], pause=lambda seconds, reason: reasons.append(reason))
    document = load(DOCUMENTS, "Galleries")
    if kind == "an empty bucket":
        client.pace.available = client.pace.rate = 0.001
    else:
        place.world.faults.add(service="shopify", kind=kind)
    client.run(document, ids=[])
    assert reasons
    assert all(map(waits_for_limit, reasons))


def test_the_bar_of_a_run_that_moves_no_picture_counts_its_galleries_as_its_caption_does(client, place):
    _first, sync = place.run(place.select()), place.run(place.select())
    halfway(place, sync)
    answer = progress(client, sync)
    done, n = re.search(r"<span><b>(\d)</b> of (\d) galleries</span>", answer.content.decode()).groups()
    assert f'value="{100 * int(done) // int(n)}"' in answer.content.decode()


def test_a_run_that_another_one_keeps_waiting_leads_to_it(client, place):
    first, sync = place.run(place.select()), place.run(place.select())
    ahead = halfway(place, first)
    halfway(place, sync, owner="", lease_until=None, enqueued_at=timezone.now())
    StoreLease.objects.update(part=ahead)
    answer = progress(client, sync)
    assert f'href="/syncs/{first.key}/"' in answer.content.decode()
    assert re.search(r"North Waiting Waiting for the run of .+? by Ada", text_of(answer))
    StoreSync.objects.filter(pk=ahead.pk).update(state=State.DONE)
    assert "Waiting for a worker." in text_of(progress(client, sync))


def test_problems_are_reported_while_it_runs_by_reason_with_the_products_and_the_ways_to_them(client, place):
    place.world.faults.add(service="shopify", kind="media_fails", match="f", code="INVALID_IMAGE_ASPECT_RATIO")
    sync = place.run(place.select("f", "g"))
    halfway(place, sync)
    answer = progress(client, sync)
    html, row = answer.content.decode(), part_of(sync).products.get(title="Oak chair")
    words = "Problems so far by reason The picture is too long and narrow for Shopify: 1 gallery 1 failed · Crop it"
    assert words in text_of(answer)
    store = place.stores[0]
    assert f'href="{store.product_admin_url(row.product_id)}"' in html
    assert f'href="{store.storefront_url}/products/product-a"' in html


def test_as_long_as_nothing_can_be_counted_the_bar_has_no_end(client, place):
    sync = place.run(place.select(), dry_run=True)
    halfway(place, sync, state=State.PLANNING, doing=said("Reading the galleries."))
    html = progress(client, sync).content.decode()
    assert "Reading the galleries." in html
    assert not re.search(r"<progress[^>]* value=", html)


def test_a_queue_that_is_down_is_reported(client, place):
    sync = place.run(place.select())
    halfway(place, sync)
    assert "The queue is down." in text_of(progress(client, sync))  # tests have none


@pytest.mark.parametrize("working", [True, False])
@pytest.mark.cases(1)
def test_a_look_enqueues_a_run_that_nobody_works_on_and_no_other(client, place, caplog, working):
    sync = place.run(place.select())
    hour = timedelta(hours=1)
    halfway(place, sync, enqueued_at=timezone.now() - hour, lease_until=timezone.now() + (hour if working else -hour))
    caplog.clear()
    progress(client, sync)
    enqueued = [record for record in caplog.records if record.name == "linking.queue"]  # the queue of tests is down
    assert bool(enqueued) is not working


@pytest.mark.parametrize(
    ("left", "says"),
    [
        (28, "Reading the galleries."),
        (21, "No sign of life from its worker for 9 s. If it was lost, another one goes on in 21 s."),
        (-1, "Its worker was lost. Another one goes on as soon as there is one."),
    ],
)
@pytest.mark.cases(2)
def test_a_worker_that_shows_no_sign_of_life_is_named_with_what_comes_next(place, left, says):
    sync, now = place.run(place.select()), timezone.now()
    halfway(place, sync, doing=said("Reading the galleries."), lease_until=now + timedelta(seconds=left))
    [part] = progress_of(sync, numbers_of(sync), now=now).parts
    assert part.doing == says


def verdict(client, sync) -> str:
    html = client.get(f"/syncs/{sync.key}/").content.decode()
    return " ".join(re.sub(r"<[^>]+>", "", re.search(r'<p id="verdict".*?</p>', html)[0]).split())


def test_a_run_that_went_well_says_how_much_it_did(client, place):
    assert verdict(client, place.run(place.select())) == "Added 2 pictures. 2 galleries are as planned."


def test_a_run_in_part_says_what_is_done_what_is_not_and_what_to_do(client, place):
    place.world.faults.add(service="shopify", kind="media_fails", match="f", code="IMAGE_PROCESSING_FAILURE")
    reported = verdict(client, place.run(place.select("f", "g")))
    assert reported == "Added 1 of 2 pictures. 1 of 2 galleries is done. 1 gallery needs your attention."


@pytest.mark.full
def test_a_plan_that_has_gone_stale_says_that_galleries_were_left_alone(client, place):
    shown = place.run(place.select(), dry_run=True)
    place.run(place.select("f"))
    reported = verdict(client, place.apply(shown))
    assert reported == "Added 1 of 2 pictures. 1 of 2 galleries is done. 1 gallery needs your attention."


def aborted_after(place, monkeypatch, sync: Sync, operation: str) -> Sync:
    """The run's end, if somebody aborts it when this was carried out for the first time."""
    watch = Run.watch

    def watched(run: Run) -> None:
        if any(entry["operation"] == operation for entry in place.mutations()):
            Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
        watch(run)

    monkeypatch.setattr(Run, "watch", watched)
    pressing.apply(sync)
    return place.finish(sync)


def test_an_aborted_run_says_what_stands_in_the_galleries_and_that_it_stays(client, scene, monkeypatch):
    """Everything new is linked; what was to leave has not left."""
    shelf = [product("a", title="Oak chair", pictures=1), product("b", title="Stool", pictures=1)]
    place = scene(shelf, [asset("f", "a"), asset("g", "b", 1), asset("h", "b", 2)])
    enter(client, place.member)
    sync = aborted_after(place, monkeypatch, place.run(place.select(link_mode="reset"), dry_run=True), "fileUpdate")
    assert (place.assets_in("product-a"), place.assets_in("product-b")) == (
        ["product-a-0", "f"],
        ["product-b-0", "g", "h"],
    )
    reported = verdict(client, sync)
    assert reported.startswith("Added 3 pictures, removed 0 of 2. None of 2 galleries is done. What is done stays.")
    assert "“Retry failed” does the rest, “Undo” takes back what was done." in reported
    assert "Galleries Done in part: 2" in text_of(client.get(f"/syncs/{sync.key}/"))
    assert set(part_of(sync).products.values_list("state", "reason")) == {(ProductSync.State.PARTIAL, ABORTED)}


def test_a_gallery_that_was_linked_right_before_the_abort_is_done_by_the_look_at_its_end(client, place, monkeypatch):
    monkeypatch.setattr("linking.syncing.run.LOOK", -1.0)  # a second later the run would be done by itself
    sync = aborted_after(place, monkeypatch, place.run(place.select(), dry_run=True), "fileUpdate")
    assert verdict(client, sync).startswith("Added 2 pictures. 2 of 2 galleries are done. What is done stays.")
    assert set(part_of(sync).products.values_list("state", "reason")) == {(ProductSync.State.DONE, NONE)}


def test_a_run_aborted_before_anything_was_done_offers_no_undo_in_its_words(client, place):
    sync = place.run(place.select(), dry_run=True)
    pressing.apply(sync)
    Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
    place.finish(sync)
    assert verdict(client, sync) == "Aborted. None of 2 galleries is done. “Retry failed” does the rest."


def test_a_run_that_the_store_broke_off_says_what_may_have_been_made(client, scene):
    place = scene([product("a", pictures=1)], [asset("f", "a", 1)])
    enter(client, place.member)
    # The plan and the first look are answered; then the token is revoked.
    place.world.faults.add(service="shopify", kind="http_401", match="query Galleries", after=2, times=None)
    sync = place.run(place.select())
    reported = verdict(client, sync)
    assert reported.startswith("Not confirmed yet. North had to stop; the reason is below.")
    assert "The gallery is not done." in reported
    assert set(part_of(sync).products.values_list("state", "reason")) == {(ProductSync.State.PARTIAL, NOT_SHOWN)}


def status_of(html: str) -> list[tuple[str, str]]:
    """Tone and word of every store's card."""
    return re.findall(r'<p class="status status-(\w+)">([^<]+)</p>', html)


@pytest.mark.parametrize(
    ("failing", "status"),
    [([], ("good", "Done")), (["front"], ("warn", "Done in part")), (["front", "top"], ("bad", "With problems"))],
)
@pytest.mark.cases(2)
def test_a_store_is_called_done_only_if_nothing_of_it_failed(client, scene, failing, status):
    place = scene([product("a"), product("b")], [asset("front", "a", 1), asset("top", "b", 2)])
    enter(client, place.member)
    for name in failing:
        known = {"match": name, "code": "IMAGE_PROCESSING_FAILURE", "times": None}
        place.world.faults.add(service="shopify", kind="media_fails", **known)
    sync = place.run(place.select())
    assert status_of(client.get(f"/syncs/{sync.key}/").content.decode()) == [status]
    row = re.search(r'<a id="run-\d+".*?</tr>', client.get("/syncs/").content.decode(), re.DOTALL)[0]
    assert re.findall(r'<span class="status status-(\w+)">([^<]+)</span>', row) == [status]
    [summary] = totals.json_rows(sync, "summary")
    assert [found["result"] for found in summary["stores_table"]] == [status[1]]


@pytest.mark.full
def test_a_store_that_is_done_in_part_is_not_called_done_while_another_goes_on(client, scene):
    shelf = [product(str(at)) for at in range(8)]
    place = scene(shelf, [asset(f"f{at}", str(at), at) for at in range(8)], stores=2)
    enter(client, place.member)
    place.world.faults.add(service="shopify", kind="media_fails", match="f", code="IMAGE_PROCESSING_FAILURE", times=1)
    sync = place.run(place.select())
    south = sync.parts.get(troubled=False)
    later = timezone.now() + timedelta(minutes=1)
    south.rows().update(state=State.APPLYING, owner="w", lease_until=later, finished=None)
    html = progress(client, sync).content.decode()
    assert sorted(re.findall(r'<h3>(?:North|South) <span class="status status-(\w+)">([^<]+)</span>', html)) == [
        ("busy", "Linking"),
        ("warn", "Done in part"),
    ]


def test_a_store_that_refuses_is_named_with_what_to_do(client, place):
    place.shop.access_token = "another"
    reported = verdict(client, sync := place.run(place.select()))
    assert reported.startswith("Stopped. North had to stop")
    assert "The store refuses its access token. Ask an admin to look at it in Setup." in text_of(
        client.get(f"/syncs/{sync.key}/")
    )


def test_a_dry_run_of_a_store_that_refuses_says_that_no_plan_was_made(client, place):
    place.shop.access_token = "another"
    assert verdict(client, place.run(place.select(), dry_run=True)).startswith("AssetLink could make no plan. North")


def test_a_run_without_any_match_says_that_nothing_was_linked(client, scene):
    place = scene([product("a")], [asset("stray", "zz")])
    enter(client, place.member)
    assert verdict(client, place.run(place.select())).startswith(
        "AssetLink linked nothing. No asset found its product."
    )
