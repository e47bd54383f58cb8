"""API keys, webhooks and the chat for notices on Setup: what programs may do, and what they get."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from linking.domain.webhooks import EVENTS, FAILED
from linking.models import NoticeChannel, WebhookDelivery, WebhookEndpoint
from linking.notices import choices
from linking.webhooks import endpoints, outbox
from setup.models import ApiKey, Environment
from setup.models.api_keys import READ_LINKS, READ_RUNS, SCOPES, WRITE_LINKS
from setup.reasons import Reason
from setup.security import api_keys
from tests.browser.states.stage import Stage
from tests.scenes import asset, product


def keys_of_programs(stage: Stage) -> None:
    scene = stage.furnish([product("a")], [asset("front", "a")], role="master_admin", stores=2)
    stage.shows("/api/reference", "The reference of the HTTP API", "Begin a run")
    stage.shows("/setup/api-keys/", "API keys, none yet", "There is no key yet.")
    now, environment = timezone.now(), scene.environment
    one = api_keys.make(environment, "n8n, product launches", list(SCOPES), who=None)[0]
    api_keys.make(
        environment,
        "MediaFlows",
        [WRITE_LINKS, READ_RUNS],
        store=scene.stores[0],
        expires=now + timedelta(90),
        who=None,
    )
    old = api_keys.make(environment, "An export that was", [READ_LINKS], expires=now - timedelta(1), who=None)[0]
    gone = api_keys.make(environment, "A trial", [READ_RUNS], who=None)[0]
    ApiKey.objects.filter(pk__in=[one.pk, old.pk]).update(last_used=now, created_by=scene.member)
    ApiKey.objects.filter(pk=gone.pk).update(revoked=now)
    page = stage.shows("/setup/api-keys/", "API keys", "n8n, product launches")
    page.get_by_role("textbox", name="What the key is for").fill("A key")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_role("heading", name="The new key")).to_be_visible()
    stage.look(page, "An API key is made", by_address=False)
    stage.shows(f"/setup/api-keys/{one.pk}/revoke/", "An API key is to be revoked", "n8n, product launches")
    stage.enter("media_library_user")
    stage.shows("/setup/api-keys/", "API keys, for other members", "n8n, product launches")


def webhooks(stage: Stage) -> None:
    scene = stage.furnish([product("a")], [asset("front", "a")], role="master_admin")
    stage.shows("/setup/webhooks/", "Webhooks, none yet", "There is no webhook yet.")
    one = added(scene.environment, "hooks.example.com", list(EVENTS))
    other = added(scene.environment, "automation-of-the-product-team.example.com:8443", [FAILED])
    for _time in range(4):
        outbox.write_test(one)
    delivered(list(one.deliveries.order_by("pk")))
    WebhookEndpoint.objects.filter(pk=one.pk).update(created_by=scene.member)
    why = Reason("webhook.gone")
    WebhookEndpoint.objects.filter(pk=other.pk).update(disabled=timezone.now(), why=why)
    stage.shows("/setup/webhooks/", "Webhooks", "hooks.example.com")
    path = f"/setup/webhooks/{one.pk}/"
    page = stage.shows(path, "A webhook", "Delivered")
    page.get_by_role("button", name="Rotate the secret").click()
    expect(page.get_by_role("heading", name="The new secret")).to_be_visible()
    stage.look(page, "A webhook's secret is rotated", by_address=False)
    stage.shows(f"/setup/webhooks/{other.pk}/", "A webhook that is disabled", "This webhook is disabled.")
    stage.shows(f"{path}remove/", "A webhook is to be removed", "hooks.example.com")
    stage.enter("media_library_user")
    stage.shows("/setup/webhooks/", "Webhooks, for other members", "hooks.example.com")
    stage.shows(path, "A webhook, for other members", "Delivered")


def notices(stage: Stage) -> None:
    scene = stage.furnish([product("a")], [asset("front", "a")], role="master_admin")
    stage.shows("/setup/notices/", "A chat for notices, none yet", "No chat is set up for notices.")
    stage.shows("/you/notices/", "My notices", "What I want to hear of")
    stage.shows(choices.address_to_stop(scene.member).removeprefix(settings.APP_URL), "E-mails are to end", "no more")
    NoticeChannel.objects.create(
        environment=scene.environment,
        url="https://hooks.example.com/x",
        host="hooks.example.com",
        last_failure=timezone.now(),
        problem=Reason("webhook.status", status=404),
    )
    stage.shows("/setup/notices/", "A chat for notices", "hooks.example.com")
    stage.enter("media_library_user")
    stage.shows("/setup/notices/", "A chat for notices, for other members", "hooks.example.com")


def added(environment: Environment, host: str, events: list[str]) -> WebhookEndpoint:
    return endpoints.add(environment, f"https://{host}/assetlink/events?tenant=fern", events, who=None)[0]


def delivered(deliveries: list[WebhookDelivery]) -> None:
    """One that waits, one that failed, one that came at the third try, and one at the first."""
    now = timezone.now()
    refused = {"last_status": 500, "problem": Reason("webhook.status", status=500), "said": "Internal Server Error"}
    known = (
        {"state": "waiting", "tried": 2, "not_before": now + timedelta(minutes=30), **refused},
        {"state": "failed", "tried": 10, **refused},
        {"state": "done", "tried": 3, "last_status": 200},
        {"state": "done", "tried": 1, "last_status": 200},
    )
    for delivery, values in zip(deliveries, known, strict=True):
        WebhookDelivery.objects.filter(pk=delivery.pk).update(sent=now, **values)
