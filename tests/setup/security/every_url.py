"""Every URL of the table, who may come in by what it says of itself, and what it is called with."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from zlib import crc32

from django.apps import apps
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from linking.delivery import endpoints as delivery_endpoints
from linking.domain.channels import PRESETS
from linking.models import Channel, DeliveryEndpoint, ProductSync, Rule, Selection, Sheet, SheetRow, WebhookEndpoint
from linking.rules.looking import previewer
from linking.webhooks import endpoints
from setup.models import ApiKey, Environment, EventSecret, Store
from setup.people import invitations
from setup.security import api_keys
from tests.tiers import FULL

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
MOST = ["GET", "POST"]


@cache
def table() -> list[tuple[str, str, str]]:
    """(path, name, who may: members, workers, admins or nothing) of every URL."""
    return list(walk(get_resolver(), "/"))


def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, str, str]]:
    for known in resolver.url_patterns:
        path = prefix + str(known.pattern)
        if isinstance(known, URLResolver):
            yield from walk(known, path)
        elif isinstance(known, URLPattern):
            yield path, known.name or "", getattr(known.callback, "access", "")


def guarded(*who: str) -> list[tuple[str, str]]:
    return [(path, name) for path, name, access in table() if access in who]


def sheet_of(environment: Environment) -> Sheet:
    """With a row, to be written."""
    if known := environment.sheets.first():
        return known
    made = Sheet.objects.create(environment=environment, name="list.csv", stage="preview", state="done")
    SheetRow.objects.create(sheet=made, place=2, state="change", name="a.jpg", asset_id="a")
    return made


def rule_of(environment: Environment) -> Rule:
    known = {"search": "tags:nothing", "settings": {"link_mode": "append"}}
    return environment.rules.get_or_create(name="Nightly", defaults=known)[0]


def preview_of(environment: Environment) -> Selection:
    return Selection.objects.get_or_create(environment=environment, member=previewer(environment))[0]


def invitation_of(environment: Environment) -> int:
    known = environment.invitations.first()
    return known.pk if known else invitations.make(environment, "viewer", now=timezone.now())[0].pk


def key_of(environment: Environment) -> int:
    known = ApiKey.objects.filter(member__environment=environment).first()
    return known.pk if known else api_keys.make(environment, "a program", ["runs:read"], who=None)[0].pk


def event_secret_of(environment: Environment) -> EventSecret:
    known = environment.event_secrets.first()
    return known or EventSecret.objects.create(environment=environment, secret="of another key", hint="key")


def endpoint_of(environment: Environment, store: Store) -> DeliveryEndpoint:
    return environment.delivery_endpoints.first() or delivery_endpoints.add(environment, store, "Shop", who=None)


def channel_of(environment: Environment) -> Channel:
    return environment.channels.get_or_create(name="Amazon", defaults={"settings": PRESETS["amazon"][1].kept()})[0]


def webhook_of(environment: Environment) -> WebhookEndpoint:
    """With one delivery."""
    if known := environment.webhooks.first():
        return known
    made, _secret = endpoints.add(environment, "http://127.0.0.1:1/", ["run.finished"], who=None)
    endpoints.test(made, who=None)
    return made


def arguments(place, path: str, name: str) -> dict:
    """Of the environment's own things, by what stands before them in the path."""
    behind = {
        "/selections/<uuid:key>": place.selection.key,
        "/syncs/<uuid:key>": place.sync.key,
        "/sheets/<uuid:key>": sheet_of(place.environment).key,
        "/rules/<uuid:key>": rule_of(place.environment).key,
        "/rules/preview/<uuid:key>": preview_of(place.environment).key,
        "/connect/install/<uuid:key>": place.attempt.key,
        "/stores/<int:pk>": place.stores[0].pk,
        "/stores/<int:store>": place.stores[0].pk,
        "/products/<int:store>": place.stores[0].pk,
        "/people/<int:pk>": place.member.pk,
        "/secrets/<int:pk>": event_secret_of(place.environment).pk,
        "/api-keys/<int:pk>": key_of(place.environment),
        "/delivery/<int:pk>": endpoint_of(place.environment, place.stores[0]).pk,
        "/channels/<int:pk>": channel_of(place.environment).pk,
        "/webhooks/<int:pk>": webhook_of(place.environment).pk,
        "/deliveries/<int:delivery>": webhook_of(place.environment).deliveries.values_list("pk", flat=True).get(),
        "/invitations/<int:pk>": invitation_of(place.environment),
        "/ways/<int:pk>": 1,
        "/passkeys/<int:pk>": 1,
        "/lines/<int:pk>": ProductSync.objects.first().pk,
        "/prepare/<slug:slug>": "field-sku",
        "/bound/<slug:part>": "vendor",
        "/report/<str:format>": "csv",
    }
    found = {wanted.rpartition(":")[2].rstrip(">"): value for wanted, value in behind.items() if wanted in path}
    assert len(found) == path.count("<"), f"say in this test what {path} is called with"
    return found


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def methods_of(path: str) -> list[str]:
    """All in the full tier; else what reads, what writes, and of the others each in turn."""
    others = [method for method in METHODS if method not in MOST]
    return METHODS if FULL else [*MOST, others[crc32(path.encode()) % len(others)]]


def answers(client, place, path: str, name: str, methods: list[str] | None = None) -> dict[str, int]:
    address = reverse(name, kwargs=arguments(place, path, name)) if "<" in path else path
    client.raise_request_exception = False
    found, cookies = {}, client.cookies.copy()
    for method in methods or methods_of(path):
        with taken_back():
            found[method] = client.generic(
                method, address, content_type="application/x-www-form-urlencoded"
            ).status_code
        client.cookies = cookies.copy()  # who signs out is in again
    return found


def rows() -> dict[str, list]:
    """Everything in the database that a stranger could have changed."""
    left_out = {"session", "auditentry", "usedlaunch", "member"}
    models = [known for known in apps.get_models() if known._meta.managed and known._meta.model_name not in left_out]
    return {model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in models}
