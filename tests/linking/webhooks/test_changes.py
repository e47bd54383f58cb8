"""Products whose media changed: reported when they are quiet, summed up once a day, and asked for by cursor."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from linking import jobs
from linking.links import checking
from linking.models import ChangedProduct, ChangeFeed, Link, WebhookDelivery, WebhookEndpoint
from linking.models.changed import KEPT
from linking.operations import retention
from linking.webhooks import changes, endpoints
from setup.models import Environment, Store
from setup.security import api_keys
from tests.peer import Answer
from tests.scenes import asset, product

NOON, NEVER = datetime(2026, 12, 1, 12, tzinfo=UTC), datetime(2126, 12, 1, tzinfo=UTC)


@pytest.fixture
def place(scene):
    return scene([product("a", pictures=1), product("b")], [asset("front", "a"), asset("back", "b")])


@pytest.fixture
def store(environment) -> Store:
    return Store.objects.create(environment=environment, domain="north.myshopify.com")


def handles() -> set[str]:
    """Of what is not reported yet."""
    return set(ChangedProduct.objects.filter(number=None).values_list("handle", flat=True))


def quiet() -> None:
    changes.report(timezone.now() + timedelta(seconds=20))


def touch(store: Store, *names: str, at: datetime | None = None) -> None:
    ChangedProduct.objects.record(store, {f"gid://shopify/Product/{name}": (name, name) for name in names})
    if at is not None:
        ChangedProduct.objects.filter(number=None).update(changed=at, since=at)


def sent(type: str) -> list[dict]:
    rows = WebhookDelivery.objects.filter(type=type).order_by("pk")
    return [json.loads(row.body)["data"] for row in rows]


def test_a_run_and_its_undo_change_the_products_that_they_write_to_and_no_other(place):
    sync = place.run(place.select("front"))
    assert handles() == {"product-a"}
    quiet()
    assert handles() == set()
    place.run(place.select("front", "back"))
    assert handles() == {"product-b"}
    quiet()
    place.undo(sync)
    assert handles() == {"product-a"}


def test_a_dry_run_changes_nothing(place):
    place.run(place.select(), dry_run=True)
    assert not ChangedProduct.objects.exists()


def test_a_product_whose_picture_somebody_deleted_has_changed_once_a_check_finds_it(place):
    place.run(place.select())
    quiet()
    Link.objects.update(linked=timezone.now() - timedelta(days=1))
    place.delete_file(Link.objects.get(handle="product-a").medium_id)
    for _ in range(2):
        for check in checking.put(place.environment, now=timezone.now()):
            jobs.links(check.pk)
        assert handles() == {"product-a"}


def test_what_changes_again_and_again_is_reported_when_it_is_quiet_and_after_a_minute_all_the_same(store):
    touch(store, "a", at=NOON)
    assert changes.report(NOON + timedelta(seconds=14)) == 0
    ChangedProduct.objects.record(store, {"gid://shopify/Product/a": ("a", "a")})
    ChangedProduct.objects.update(changed=NOON + timedelta(seconds=14))
    assert changes.report(NOON + timedelta(seconds=28)) == 0
    ChangedProduct.objects.update(changed=NOON + timedelta(seconds=59))
    assert changes.report(NOON + timedelta(seconds=60)) == 1
    assert changes.report(NOON + timedelta(seconds=600)) == 0


def test_a_product_is_reported_by_its_latest_change_alone(store):
    touch(store, "a", "b", at=NOON)
    changes.report(NOON + timedelta(minutes=1))
    touch(store, "a", at=NOON)
    changes.report(NOON + timedelta(minutes=1))
    assert list(ChangedProduct.objects.order_by("number").values_list("handle", "number")) == [("b", 2), ("a", 3)]


def test_webhooks_that_chose_it_are_informed_of_each_product(endpoint, store):
    touch(store, "a", "b", at=NOON)
    changes.report(NOON + timedelta(minutes=1))
    first, second = sent("media.changed")
    assert (first["handle"], second["handle"], first["store"]) == ("a", "b", store.domain)
    assert first["links"]["self"].endswith(
        "/api/v1/links?store=north.myshopify.com&product=gid%3A%2F%2Fshopify%2FProduct%2Fa"
    )


def summary_of(endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery | None:
    before = set(endpoint.deliveries.values_list("pk", flat=True))
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(summary_at=now)
    changes.report(now)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(summary_at=NEVER)
    new = endpoint.deliveries.filter(type="media.summary").exclude(pk__in=before)
    return new.first()


def test_a_summary_has_what_changed_since_the_last_one_that_was_answered_2xx(endpoint, receiver, store):
    """A week of refusals, then one that takes it; and a day on which nothing changed."""
    WebhookEndpoint.objects.update(summary_at=NEVER)
    receiver.answers(*[Answer(status=500)] * 7, Answer(status=204))
    for day in range(7):
        now = NOON + timedelta(days=day)
        touch(store, f"p{day}", at=now - timedelta(hours=1))
        changes.report(now - timedelta(minutes=50))
        jobs.webhook(summary_of(endpoint, now).pk)
    assert [len(data["products"]) for data in sent("media.summary")] == [1, 2, 3, 4, 5, 6, 7]
    assert WebhookEndpoint.objects.get().summary_number == 0
    WebhookEndpoint.objects.update(rests_until=None, disabled=None)
    jobs.webhook(summary_of(endpoint, NOON + timedelta(days=7)).pk)
    assert {one["handle"] for one in sent("media.summary")[-1]["products"]} == {f"p{day}" for day in range(7)}
    assert WebhookEndpoint.objects.get().summary_number == 7
    assert summary_of(endpoint, NOON + timedelta(days=8)) is None


def test_a_summary_that_is_answered_late_takes_nothing_back(endpoint, receiver, store):
    WebhookEndpoint.objects.update(summary_at=NEVER)
    early = []
    for day in range(2):
        touch(store, f"p{day}", at=NOON)
        changes.report(NOON + timedelta(days=day, minutes=1))
        early.append(summary_of(endpoint, NOON + timedelta(days=day, minutes=2)))
    for row in reversed(early):
        jobs.webhook(row.pk)
    assert WebhookEndpoint.objects.get().summary_number == 2


def test_a_long_summary_names_the_first_products_and_counts_the_rest(endpoint, store):
    touch(store, *(f"a-product-with-a-long-name-{at}" for at in range(200)), at=NOON)
    changes.report(NOON + timedelta(minutes=1))
    touch(store, *(f"b{at}" for at in range(100)), at=NOON)
    changes.report(NOON + timedelta(minutes=1))
    body = summary_of(endpoint, NOON + timedelta(minutes=2)).body
    data = json.loads(body)["data"]
    assert len(body) < 20_000
    assert len(data["products"]) + data["more_products"] == 300


def test_the_hour_is_one_of_the_environments_clock(client, endpoint, environment):
    Environment.objects.update(time_zone="Europe/Berlin")
    endpoint.environment.refresh_from_db()
    endpoints.choose(endpoint, endpoint.events, who=None, hour=4)
    at = WebhookEndpoint.objects.get().summary_at
    assert (at.hour, at > timezone.now()) in {(2, True), (3, True)}
    endpoint.environment.time_zone = "UTC"
    changes.set_again(endpoint.environment, timezone.now())
    assert WebhookEndpoint.objects.get().summary_at.hour == 4


def test_who_does_not_choose_the_summary_gets_none_and_who_chooses_it_later_begins_then(endpoint, store):
    endpoints.choose(endpoint, ["run.failed"], who=None)
    assert WebhookEndpoint.objects.get().summary_at is None
    touch(store, "a", at=NOON)
    changes.report(NOON + timedelta(minutes=1))
    endpoints.choose(endpoint, ["run.failed", "media.summary"], who=None)
    assert WebhookEndpoint.objects.get().summary_number == 1
    assert summary_of(endpoint, timezone.now()) is None


def asked(client, environment, path: str, store: Store | None = None) -> dict:
    _key, text = api_keys.make(environment, f"job {timezone.now()}", ["links:read"], store=store, who=None)
    answer = client.get(f"/api/v1/changed-products{path}", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_by_cursor_everybody_reads_each_change_once(client, environment, store):
    touch(store, "a", "b", "c", at=NOON)
    changes.report(NOON + timedelta(minutes=1))
    first = asked(client, environment, "?limit=2")
    second = asked(client, environment, f"?cursor={first['next_cursor']}")
    assert [[one["handle"] for one in page["items"]] for page in (first, second)] == [["a", "b"], ["c"]]
    assert (second["next_cursor"], first["complete"]) == (None, True)
    touch(store, "a", at=NOON)
    changes.report(NOON + timedelta(minutes=1))
    third = asked(client, environment, f"?cursor={second['cursor']}")
    assert [one["handle"] for one in third["items"]] == ["a"]
    assert asked(client, environment, f"?cursor={third['cursor']}")["items"] == []


def test_a_key_of_one_store_sees_no_change_of_another_and_its_cursor_goes_on_all_the_same(client, environment, store):
    south = Store.objects.create(environment=environment, domain="south.myshopify.com")
    touch(store, "a", at=NOON)
    touch(south, "b", at=NOON)
    changes.report(NOON + timedelta(minutes=1))
    found = asked(client, environment, "", store=south)
    assert [one["handle"] for one in found["items"]] == ["b"]
    assert found["cursor"] == asked(client, environment, "")["cursor"]


def test_what_was_forgotten_is_said_to_whom_it_is_missing(client, environment, store):
    touch(store, "a", at=NOON)
    changes.report(NOON + timedelta(minutes=1))
    ChangedProduct.objects.update(changed=timezone.now() - KEPT - timedelta(days=1))
    touch(store, "b", at=NOON)
    changes.report(NOON + timedelta(minutes=1))
    before = asked(client, environment, "?limit=1")["cursor"]
    retention.clean(now=timezone.now(), seconds=60)
    assert ChangeFeed.objects.get().forgotten == 1
    found = asked(client, environment, "")
    assert ([one["handle"] for one in found["items"]], found["complete"]) == (["b"], False)
    assert asked(client, environment, f"?cursor={before}")["complete"] is True
