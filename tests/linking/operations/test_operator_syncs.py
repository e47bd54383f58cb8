"""manage.py syncs: what an operator sees and does from a shell, also while the queue is away."""

import io
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from linking.models import StoreSync, Sync
from linking.operations import run_lookup
from setup.models import AuditEntry, Environment, Member, Store
from tests import pressing
from tests.scenes import asset, product

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def reported(*arguments: str) -> str:
    out = io.StringIO()
    call_command("syncs", *arguments, stdout=out)
    return out.getvalue()


def listed(*arguments: str) -> list[int]:
    return [row["id"] for row in json.loads(reported("list", "--json", *arguments))]


def refusal(*arguments: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as caught:
        reported(*arguments)
    return caught.value.returncode, str(caught.value)


def a_run(cloud: str, domain: str, state: str = "done", **known) -> Sync:
    """A row of a run, as if it had been."""
    keys = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    environment, _ = Environment.objects.get_or_create(cloud_name=cloud, defaults=keys)
    member, _ = Member.objects.get_or_create(environment=environment, external_id="u1", name="Ada")
    store, _ = Store.objects.get_or_create(environment=environment, domain=domain, defaults={"access_token": "t"})
    fields = {"cloudinary_field": "metadata:sku", "shopify_field": "sku", "link_mode": "append"}
    sync = Sync.objects.create(environment=environment, member=member, token=uuid.uuid4().hex, **fields)
    StoreSync.objects.create(sync=sync, store=store, state=state, **known)
    return sync


@pytest.fixture
def three(db) -> list[Sync]:
    return [
        a_run("one", "north.myshopify.com"),
        a_run("one", "south.myshopify.com", "applying"),
        a_run("two", "north.myshopify.com", "failed"),
    ]


def test_all_runs_are_listed_newest_first(three):
    assert listed() == [sync.pk for sync in reversed(three)]
    assert listed("--limit", "1") == [three[2].pk]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["--environment", "one"], [1, 0]),
        (["--store", "north"], [2, 0]),
        (["--store", "north.myshopify.com", "--environment", "one"], [0]),
        (["--state", "failed"], [2]),
        (["--state", "busy"], [1]),
        (["--state", "busy", "--store", "north"], []),
        (["--since", "1h"], [2, 1]),
    ],
)
def test_runs_are_filtered_by_environment_store_state_and_time(three, filters, expected):
    Sync.objects.filter(pk=three[0].pk).update(created=datetime.now(UTC) - timedelta(hours=2))
    if "--since" not in filters:
        filters = [*filters, "--since", "1d"]
    assert listed(*filters) == [three[at].pk for at in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", NOW - timedelta(minutes=90)),
        ("7d", NOW - timedelta(days=7)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T08:30", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11-20T08:30+02:00", datetime(2026, 11, 20, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_given_as_an_age_or_as_a_date(text, expected):
    assert run_lookup.moment(text, NOW) == expected


@pytest.mark.parametrize("text", ["yesterday", "7", "-1h", "2026-13-40", "9999999h", "2026-1-1"])
def test_a_wrong_time_is_refused_with_an_example(three, text):
    code, words = refusal("list", f"--since={text}")
    assert "2026-11-21" in words
    assert code != 0


def test_what_is_not_known_is_named_with_exit_code_3(three):
    assert refusal("list", "--environment", "three")[0] == 3
    assert "There is no store west.myshopify.com" in refusal("list", "--store", "west")[1]
    assert refusal("show", "999999") == (3, "There is no run 999999. `manage.py syncs list` shows their numbers.")
    assert refusal("show", "abc")[0] == refusal("abort", str(uuid.uuid4()))[0] == 3


def test_a_run_is_found_by_its_number_its_key_and_the_beginning_of_its_key(three):
    for name in (str(three[0].pk), str(three[0].key), str(three[0].key)[:8], three[0].key.hex[:13].upper()):
        assert json.loads(reported("show", name, "--json"))["id"] == three[0].pk


def test_an_ambiguous_beginning_of_a_key_is_refused(three):
    for at, sync in enumerate(three[:2]):
        Sync.objects.filter(pk=sync.pk).update(key=uuid.UUID(f"abcdef01-0000-4000-8000-00000000000{at}"))
    assert "Several runs begin with abcdef01" in refusal("show", "abcdef01")[1]


def test_a_list_has_the_verdict_of_the_page(db):
    a_run("one", "north.myshopify.com", troubled=True, outcome_counts={"refused": 267})
    a_run("one", "south.myshopify.com")
    (south, north) = json.loads(reported("list", "--json"))
    assert (south["results"], north["results"], north["states"]) == ({"done": 1}, {"with problems": 1}, {"done": 1})
    assert " with problems " in reported("list")


def test_a_list_takes_the_same_few_queries_for_any_number_of_runs(three, django_assert_num_queries):
    # Runs with whose they are, their parts, the parts' stores, outcomes, pictures, galleries, variants.
    with django_assert_num_queries(7):
        listed()


def test_a_finished_run_is_shown_with_what_it_did_and_why_it_failed(scene):
    place = scene([product("a")], [asset("fa", "a", 1), asset("fb", "a", 2)])
    place.world.faults.add(service="shopify", kind="media_fails", match="fb", code="IMAGE_DOWNLOAD_FAILURE", times=None)
    sync = place.run(place.select())
    row = json.loads(reported("show", str(sync.pk), "--json"))
    part = sync.parts.get()
    assert row["outcomes"] == {"done": 1, "failed": 1}
    assert (row["parts"][0]["state"], row["parts"][0]["points"]) == ("done", part.points)
    assert row["troubles"][0]["outcome"] == "failed"
    words = reported("show", str(sync.pk))
    assert row["troubles"][0]["reason"] in words
    assert "North" not in words  # stores are named by their domain, which is unique
    assert part.store.domain in words


def test_no_secret_is_shown(scene):
    place = scene([product("a")], [asset("fa", "a", 1)])
    sync = place.run(place.select())
    shown = (
        reported("list")
        + reported("list", "--json")
        + reported("show", str(sync.pk))
        + reported("show", str(sync.pk), "--json")
    )
    environment = place.environment
    for secret in (place.shop.access_token, environment.api_secret, environment.launch_secret):
        assert secret not in shown


def test_a_run_is_aborted_without_the_queue_and_ends_as_aborted(scene):
    place = scene([product("a")], [asset("fa", "a", 1)])
    sync = pressing.link(place.select(), "token", dry_run=False)
    words = reported("abort", str(sync.pk))
    assert "asked to stop" in words
    assert "AssetLink cannot reach the queue" in words
    place.finish(sync)
    assert (sync.parts.get().state, place.gallery("product-a")) == ("aborted", [])
    assert AuditEntry.objects.filter(action="sync.abort", object=f"run {sync.key}").count() == 1


def test_aborting_twice_asks_again_and_keeps_the_first_time(scene):
    place = scene([product("a")], [asset("fa", "a", 1)])
    sync = pressing.link(place.select(), "token", dry_run=False)
    reported("abort", str(sync.pk))
    first = Sync.objects.get(pk=sync.pk).abort_requested
    assert "asked once more" in reported("abort", str(sync.pk))
    assert Sync.objects.get(pk=sync.pk).abort_requested == first
    assert AuditEntry.objects.filter(action="sync.abort").count() == 1


@pytest.mark.parametrize("state", ["done", "planned", "aborted"])
def test_a_run_that_is_not_under_way_cannot_be_aborted(db, state):
    sync = a_run("one", "north.myshopify.com", state)
    code, words = refusal("abort", str(sync.pk))
    assert (code, f"1 {state}" in words) == (1, True)
    assert Sync.objects.get(pk=sync.pk).abort_requested is None


def test_failures_are_tried_again_in_the_name_of_who_started_the_run(scene):
    place = scene([product("a")], [asset("fa", "a", 1)])
    sync = place.run(place.select())
    sync.parts.get().products.update(state="failed")
    again = json.loads(reported("retry", str(sync.pk), "--json"))
    follower = Sync.objects.get(pk=again["id"])
    assert (follower.origin, follower.member, again["queue"]) == (sync, place.member, False)
    place.finish(follower)
    assert follower.parts.get().products.get().state == "unchanged"
    assert AuditEntry.objects.get(action="sync.retry").after == {"of": str(sync.key)}


def test_a_run_without_failures_is_not_tried_again(scene):
    place = scene([product("a")], [asset("fa", "a", 1)])
    sync = place.run(place.select())
    assert refusal("retry", str(sync.pk)) == (1, "Nothing of this run failed.")
    assert Sync.objects.count() == 1
