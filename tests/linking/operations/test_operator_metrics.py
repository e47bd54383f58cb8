"""/metrics: who may read it, and that its numbers are those of the rows and of Redis, whatever process did the work."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from linking import queue as job_queue
from linking.models import ChangeRow, StoreSync
from linking.runtime import counters
from linking.syncing.work import work
from tests import pressing
from tests.processes import environ, wait_until, worker
from tests.scenes import asset, product

pytestmark = pytest.mark.django_db
TOKEN = "a-token-for-tests"


@pytest.fixture(autouse=True)
def token(settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def page(client, **headers: str) -> str:
    return client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", **headers}).content.decode()


def samples(client) -> dict[tuple, float]:
    """(name, label values …, a bucket's bound last) -> value."""
    found = [one for family in plain(page(client)) for one in family.samples]
    return {
        (one.name, *(one.labels[key] for key in sorted(one.labels, key=lambda key: key == "le"))): one.value
        for one in found
    }


def test_there_is_no_such_page_without_a_token_in_the_settings(client, settings):
    settings.METRICS_TOKEN = ""
    for given in ("Bearer ", "Bearer", "", f"Bearer {TOKEN}"):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


@pytest.mark.parametrize("given", ["", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"])
def test_a_wrong_token_gets_nothing(client, given):
    answer = client.get("/metrics", headers={"Authorization": given})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b"assetlink_" not in answer.content


def test_a_token_in_the_address_is_no_token(client):
    assert client.get(f"/metrics?token={TOKEN}").status_code == 401


def test_both_formats_of_prometheus_are_well_formed(client, scene, queue):
    place = scene([product("a")], [asset("fa", "a", 1)])
    place.run(place.select())
    counters.took("sync", "finished", 3.0)
    assert {"assetlink_queue_jobs", "assetlink_changes"} <= {family.name for family in plain(page(client))}
    assert list(openmetrics(page(client, Accept="application/openmetrics-text; version=1.0.0")))


@pytest.mark.parametrize(
    "accept", ["application/openmetrics-text; version=x", f"text/plain;version={'9' * 5000}", ";=,"]
)
def test_a_reader_that_asks_for_nonsense_gets_the_plain_format(client, queue, accept):
    assert "assetlink_up" in page(client, Accept=accept)


def test_what_a_run_did_and_spent_is_counted_from_its_rows(client, scene):
    place = scene([product("a", pictures=1)], [asset("fa", "a", 1), asset("fb", "a", 2)], stores=2)
    place.world.faults.add(service="shopify", kind="media_fails", match="fb", code="IMAGE_DOWNLOAD_FAILURE", times=None)
    sync = place.run(place.select(stores=place.stores[:1]))
    part, known, store = sync.parts.get(), samples(client), place.stores[0]
    where = (place.environment.cloud_name, store.domain)
    outcomes = {key: n for key, n in known.items() if key[0] == "assetlink_changes_total"}
    assert sum(outcomes.values()) == ChangeRow.objects.count()
    assert (
        outcomes["assetlink_changes_total", "add", "done"] == outcomes["assetlink_changes_total", "add", "failed"] == 1
    )
    assert known["assetlink_shopify_points_total", *where] == part.points > 0
    assert known["assetlink_shopify_requests_total", *where] == part.requests > 0
    assert known["assetlink_shopify_wait_seconds_total", *where] == pytest.approx(part.waited)
    assert known["assetlink_store_syncs_ended_total", "link", "done"] == known["assetlink_store_syncs", "done"] == 1
    assert known["assetlink_shopify_points_total", where[0], place.stores[1].domain] == 0


def test_what_may_happen_is_reported_as_zero_so_that_the_first_time_is_an_increase(client):
    known = samples(client)
    assert known["assetlink_changes_total", "add", "failed"] == known["assetlink_stores", "broken"] == 0
    assert known["assetlink_store_syncs_ended_total", "upload", "failed"] == known["assetlink_store_syncs", "done"] == 0
    assert known["assetlink_changes_total", "add", "unknown"] == 0
    assert ("assetlink_changes_total", "add", "pending") not in known


def test_throttling_is_reported_per_store(client, scene):
    place = scene([product("a")], [asset("fa", "a", 1)])
    sync = place.run(place.select())
    StoreSync.objects.filter(sync=sync).update(throttled=7, waited=12.5)
    where = (place.environment.cloud_name, place.stores[0].domain)
    assert samples(client)["assetlink_shopify_throttled_total", *where] == 7
    assert samples(client)["assetlink_shopify_wait_seconds_total", *where] == 12.5


def test_counters_are_those_of_today_so_that_removing_old_rows_never_lets_them_fall(client, scene):
    place = scene([product("a")], [asset("fa", "a", 1)])
    old, new = place.run(place.select()), place.run(place.select())
    yesterday = timezone.now() - timedelta(days=1)
    StoreSync.objects.filter(sync=old).update(started=yesterday, taken=yesterday, finished=yesterday)
    before = samples(client)
    old.delete()
    after = samples(client)
    assert before["assetlink_store_syncs_ended_total", "link", "done"] == 1
    assert {key for key in before if "_total" in key[0] and after.get(key) != before[key]} == set()
    assert new.parts.get().state == "done"


def test_a_plan_counts_its_changes_only_once_it_is_applied(client, scene):
    place = scene([product("a")], [asset("fa", "a", 1)])
    sync = place.run(place.select(), dry_run=True)
    assert samples(client)["assetlink_changes_total", "add", "done"] == 0
    place.apply(sync)
    assert samples(client)["assetlink_changes_total", "add", "done"] == 1


def test_work_that_waits_is_seen_in_the_rows_while_the_queue_is_away(client, scene):
    place = scene([product("a")], [asset("fa", "a", 1)])
    sync = pressing.link(place.select(), "token", dry_run=False)
    type(sync).objects.update(created=timezone.now() - timedelta(minutes=10))
    known = samples(client)
    assert known["assetlink_work", "sync", "waiting"] == 1
    assert 600 <= known["assetlink_work_age_seconds",] < 700
    assert (known["assetlink_up", "database"], known["assetlink_up", "redis"]) == (1, 0)
    assert ("assetlink_queue_jobs",) not in known


def test_depth_and_age_of_the_queue_are_those_of_redis(client, queue):
    assert samples(client)["assetlink_queue_jobs",] == 0
    assert job_queue.enqueue("fetch", 1)
    assert job_queue.enqueue("fetch", 2)
    known = samples(client)
    assert (known["assetlink_queue_jobs",], known["assetlink_up", "redis"]) == (2, 1)
    assert 0 <= known["assetlink_queue_age_seconds",] < 30
    assert known["assetlink_workers", "idle"] == known["assetlink_workers", "busy"] == 0


def test_a_takeover_from_a_lost_worker_is_counted_wherever_it_happens(client, scene, queue):
    place = scene([product("a")], [asset("fa", "a", 1)])
    sync = pressing.link(place.select(), "token", dry_run=False)
    lost = timezone.now() - timedelta(minutes=1)
    StoreSync.objects.update(owner=uuid.uuid4().hex, lease_until=lost, taken=lost)
    assert samples(client)["assetlink_lease_takeovers_total",] == 0
    work(sync.parts.get().pk)
    assert samples(client)["assetlink_lease_takeovers_total",] == 1


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_jobs_of_several_workers_are_timed_in_one_histogram(client, scene, queue, tmp_path):
    place = scene([product("a"), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2)], stores=2)
    with worker(environ(queue), tmp_path, "one"), worker(environ(queue), tmp_path, "two"):
        pressing.link(place.select(), "token", dry_run=False)
        wait_until(lambda: not StoreSync.objects.busy().exists())
        job_queue.enqueue("report", 999)  # a report that is gone: a job all the same
        wait_until(lambda: samples(client).get(("assetlink_job_seconds_count", "report", "finished")) == 1)
        wait_until(lambda: samples(client)["assetlink_workers", "idle"] == 2)
    known = samples(client)
    assert known["assetlink_job_seconds_count", "sync", "finished"] >= 2
    assert known["assetlink_job_seconds_sum", "sync", "finished"] > 0
    whole = known["assetlink_job_seconds_bucket", "sync", "finished", "+Inf"]
    assert whole == known["assetlink_job_seconds_count", "sync", "finished"]
    assert known["assetlink_job_seconds_bucket", "sync", "finished", "300.0"] == whole


def test_reading_them_takes_ten_queries_at_most(client, scene, django_assert_max_num_queries):
    place = scene([product("a")], [asset("fa", "a", 1)], stores=2)
    place.run(place.select())
    place.run(place.select(), dry_run=True)
    with django_assert_max_num_queries(10):
        page(client)


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="Postgres decides by the sizes of tables, which are small here"
)
def test_of_all_changes_only_those_of_today_are_looked_at(client, scene):
    scene([product("a")], [])
    with CaptureQueriesContext(connection) as queries:
        page(client)
    (found,) = [query["sql"] for query in queries if "linking_changerow" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {found}")
        steps = [row[-1] for row in cursor.fetchall() if "linking_changerow" in row[-1]]
    assert steps
    assert all(step.startswith("SEARCH linking_changerow USING INDEX") for step in steps)


def test_no_secret_and_no_person_is_in_them(client, scene, queue):
    place = scene([product("a")], [asset("fa", "a", 1)])
    place.run(place.select())
    text = page(client)
    for word in (place.shop.access_token, place.environment.api_secret, TOKEN, place.member.name):
        assert word not in text
