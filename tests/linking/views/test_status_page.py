"""Status: what works and what does not, in words, for the members of one environment and for nobody else."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from linking import queue as job_queue
from linking.models import Selection, StoreSync
from linking.models.jobs import JobState
from linking.operations import queue_health
from linking.runtime import counters, presence
from linking.views.status import TIMES
from setup.models import Environment, Member, Notice, Store
from setup.reasons import Reason
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    found = scene([product("a", pictures=1)], [asset("front", "a")])
    found.member.roles = ["media_library_user"]
    found.member.save()
    return found


def shown(client, member: Member) -> str:
    answer = enter(client, member).get("/status/")
    assert answer.status_code == 200
    return text_of(answer)


def test_without_the_queue_a_member_reads_what_that_means_and_whom_to_tell(client, place):
    text = shown(client, place.member)
    assert "The queue is down. What you start is kept and begins when the queue is back." in text
    assert "Tell the people who run AssetLink" in text
    assert "Workers Unknown" in text


def test_with_nobody_who_works_or_sweeps_it_says_so(client, place, queue):
    assert job_queue.enqueue("fetch", 1)
    text = shown(client, place.member)
    assert "No worker is running, so AssetLink fetches, matches and links nothing." in text
    assert "The sweeper is not running" in text
    assert "Queue 1 job is waiting" in text


def test_where_all_is_well_it_names_versions_runs_and_events(client, place, queue, monkeypatch):
    sync = place.run(place.select())
    counters.beat()
    for role in ("worker", "sweeper"):
        presence.Announcer(role, "one").announce()
    monkeypatch.setattr(queue_health, "_states", lambda *args: ["idle"])
    Notice.objects.create(domain=place.stores[0].domain, topic="app/uninstalled", event_id="1")
    text = shown(client, place.member)
    assert "No problems are known." in text
    assert "North" in text
    assert "Connected" in text
    assert str(sync.key) in client.get("/status/").content.decode()
    assert "None yet" not in text
    assert "being updated" not in text
    for version in (settings.RELEASE, settings.SHOPIFY_API_VERSION, "Redis"):
        assert version in text


def test_a_recent_run_says_that_it_was_a_dry_run_and_on_a_phone_what_each_value_is(client, place, queue):
    place.run(place.select(), dry_run=True)
    assert "Dry run Append" in shown(client, place.member)
    assert 'data-label="Who"' in client.get("/status/").content.decode()


def test_a_worker_of_another_release_is_an_update_and_no_trouble(client, place, queue, monkeypatch):
    counters.beat()
    monkeypatch.setattr(queue_health, "_states", lambda *args: ["idle"])
    text = shown(client, place.member)
    assert "AssetLink is being updated" in text
    assert "No problems are known." in text


@pytest.mark.parametrize(("roles", "advice"), [(["master_admin"], "Open the store’s page"), ([], "Ask an admin of")])
def test_a_store_that_refuses_us_is_named_with_whom_to_ask(client, place, roles, advice):
    Store.objects.get().break_off(Reason("shopify.http_402"))
    place.member.roles = roles
    place.member.save()
    text = shown(client, place.member)
    assert f"North: {Reason('shopify.http_402')}" in text
    assert advice in text


def test_a_store_that_is_away_throttled_or_paused_is_named_with_since_when(client, place):
    sync, now = place.run(place.select()), timezone.now()
    parts = StoreSync.objects.filter(sync=sync)
    parts.update(state=StoreSync.State.APPLYING, started=now, doing=Reason("shopify.throttled"), waited=35)
    assert "Throttled by Shopify Waited 35 s in a run that began at" in shown(client, place.member)
    parts.update(away_since=now)
    assert "North does not answer. Runs wait 30 minutes for it." in shown(client, place.member)
    parts.update(away_since=None, state=StoreSync.State.DONE)
    Store.objects.get().pause()
    assert "Runs wait until an admin resumes it" in shown(client, place.member)


def test_a_cloud_that_refused_the_key_is_named(client, place):
    selection = place.select()
    Selection.objects.update(state=JobState.FAILED, problem=Reason("cloudinary.refused"))
    assert "Cloudinary refused AssetLink’s API key" in shown(client, place.member)
    Selection.objects.update(created=selection.created - timedelta(days=2))
    assert "refused" not in shown(client, place.member)


def test_members_of_another_environment_see_nothing_of_ours_and_nobody_a_secret(client, place):
    place.run(place.select())
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    stranger = Member.objects.create(environment=other, external_id="eve", name="Eve", roles=["master_admin"])
    text = shown(client, stranger)
    for ours in ("North", place.stores[0].domain, place.environment.cloud_name, "Ada"):
        assert ours not in text
    page = enter(client, place.member).get("/status/").content.decode()
    secrets = (settings.REDIS_URL, str(settings.DATABASES["default"]["NAME"]), settings.SECRET_KEY)
    for secret in (*secrets, place.environment.api_secret, place.stores[0].access_token):
        assert secret not in page


def test_an_open_page_refreshes_its_part_and_stops_after_a_while(client, place):
    enter(client, place.member)
    assert f"?left={TIMES}" in client.get("/status/").content.decode()
    part = client.get("/status/?left=2", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "?left=1" in part
    last = client.get("/status/?left=1", headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in last
    assert "no longer refreshes itself" in last


def test_it_costs_as_many_queries_for_many_stores_as_for_one(client, place, django_assert_max_num_queries):
    store = place.stores[0]
    for number in range(5):
        store.pk, store.domain, store._state.adding = None, f"another-{number}.myshopify.com", True
        store.save()
    enter(client, place.member)
    with django_assert_max_num_queries(16):
        client.get("/status/")
