"""A world with something behind every route, and what stands in its forms and addresses of right."""

import base64
import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from linking.models import (
    KeyMatch,
    Link,
    ProductSync,
    Rule,
    Selection,
    Sheet,
    SheetRow,
    Sync,
    WebhookDelivery,
    WebhookEndpoint,
)
from linking.pages.link_board import board_of
from linking.pages.store_cards import store_cards
from linking.selection.addresses import hand_over
from linking.views import alts, arranging
from linking.webhooks import endpoints
from setup.models import Authorization, EventAddress, Member
from setup.security import confirming, sessions
from setup.security.launch import Launch
from setup.shopify.auth.install import hashed
from tests import pressing
from tests.linking.visits import ask_and_answer
from tests.routes.hostile import HEADERS, NUMBERS, TEXTS, Sent
from tests.scenes import Scene, Variant, asset, catalog, connected, product, served
from tests.setup.rehearsal import body_of
from tests.setup.security.every_url import channel_of, preview_of, rule_of
from tests.setup.security.launches import CONSOLE, signed

SECRET = "a-secret-of-the-app"
ROLES = ("nobody", "member", "admin")
EDITS = [*arranging.EDITS, *alts.EDITS, *alts.JOBS, "undo", "view", "use", "choose", "pick", "unpick"]


@dataclass
class Stage:
    scene: Scene
    selection: Selection
    sync: Sync
    admin: Member
    attempt: Authorization
    token: str  # of a selection's address

    def enter(self, role: str) -> str:
        """The cookie of a session as a launch starts it; the selection is then this person's. Empty for nobody."""
        member = {"member": self.scene.member, "admin": self.admin}.get(role)
        Selection.objects.filter(pk=self.selection.pk).update(member=member or self.scene.member)
        if member is None:
            return ""
        session, now = import_module(settings.SESSION_ENGINE).SessionStore(), time()
        session.update({"member": member.pk, "since": now, "seen": now, "selection": str(self.selection.key)})
        session.save()
        return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"

    def places(self, path: str) -> dict[str, Any]:
        """What stands in the places of a path."""
        store = self.scene.stores[0].pk
        sheet = Sheet.objects.values_list("key", flat=True).first()
        rule = Rule.objects.values_list("key", flat=True).first()
        keys = {"/selections": self.selection.key, "/install": self.attempt.key, "/sheets": sheet}
        keys |= {"/rules/preview": preview_of(self.scene.environment).key}
        keys |= {"/rules": rule or self.sync.key}  # one of the requests deletes it
        rows = {"/people": self.scene.member.pk, "/lines": ProductSync.objects.earliest("pk").pk}
        webhook, event = WebhookEndpoint.objects.first(), WebhookDelivery.objects.first()
        rows |= {"/webhooks": webhook.pk if webhook else store}  # one of the requests removes it
        rows |= {"/channels": channel_of(self.scene.environment).pk}
        return {
            "key": next((key for part, key in keys.items() if part in path), self.sync.key),
            "pk": next((pk for part, pk in rows.items() if part in path), store),
            "store": store,
            "rule": rule or self.sync.key,
            "delivery": event.pk if event else store,
            "slug": "field-sku",
            "part": "collection",
            "format": "csv",
            "token": self.token,
            "type": "not-found",
            "rest": "nowhere",
        }

    def let_in(self, route: str, sent: Sent, dice: random.Random) -> Sent:
        """Most of what comes to a route without a session has what lets it in there; the rest of it is as hostile as before."""
        prove = {
            "/metrics": self._bearer,
            "/webhooks/shopify": self._notice,
            "/webhooks/cloudinary/<str:token>": self._event,
            "/launch": self._launch,
            "/launch/tab": self._ticket,
            "/launch/continue": self._held,
            "/setup/oauth/begin": self._window,
            "/setup/oauth/callback": self._answer,
        }.get(route)
        return prove(sent, dice) if prove and dice.random() < 0.8 else sent

    def _bearer(self, sent: Sent, dice: random.Random) -> Sent:
        return sent.with_headers(AUTHORIZATION="Bearer a-token-for-tests", ACCEPT=dice.choice(HEADERS["ACCEPT"]))

    def _notice(self, sent: Sent, dice: random.Random) -> Sent:
        domain, odd = self.scene.stores[0].domain, dice.choice([*TEXTS, *NUMBERS])
        topic = dice.choice(["app/uninstalled", "shop/redact", "customers/redact", "customers/data_request", "x"])
        named = dice.choice(["myshopify_domain", "shop_domain"])
        value = dice.choice([domain, domain, odd, [odd], {odd: odd}, None, 10**400, -1])
        bodies = [
            json.dumps({named: value, "id": odd}),
            json.dumps({named: domain, odd: value}),
            json.dumps(body_of(topic, domain)),
            json.dumps(body_of(topic, domain) | {odd: value}),
            "[" * 50_000,
            "9" * 5000,
        ]
        body = dice.choice([dice.choice(bodies).encode(), sent.body])
        made = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
        headers = {
            "X_SHOPIFY_SHOP_DOMAIN": domain,
            "X_SHOPIFY_TOPIC": topic,
            "X_SHOPIFY_HMAC_SHA256": made,
        }
        return replace(sent.with_headers(**headers), body=body, length=None)

    def _event(self, sent: Sent, dice: random.Random) -> Sent:
        environment, odd = self.scene.environment, dice.choice([*TEXTS, *NUMBERS])
        EventAddress.objects.get_or_create(environment=environment, defaults={"token": self.token})
        type = dice.choice(["upload", "delete", "rename", "move", "resource_metadata_changed", odd])
        resources = dice.choice([[{"asset_id": odd}], {odd: {"asset_id": odd}}, odd, None, {odd: odd}, [odd]])
        bodies = [
            json.dumps({"notification_type": type, "resources": resources, "asset_id": odd, odd: odd}),
            "[" * 50_000,
            "9" * 5000,
        ]
        body, at = dice.choice([dice.choice(bodies).encode(), sent.body]), str(int(time()))
        made = hashlib.sha1(body + at.encode() + environment.api_secret.encode()).hexdigest()
        return replace(sent.with_headers(X_CLD_TIMESTAMP=at, X_CLD_SIGNATURE=made), body=body, length=None)

    def _launch(self, sent: Sent, dice: random.Random) -> Sent:
        environment, odd = (
            self.scene.environment,
            dice.choice([*TEXTS, *NUMBERS, 10**400, -1, 1.5, None, [], {"a": "\ud800"}]),
        )
        name = dice.choice(["iat", "exp", "jti", "user", "roles", "asset_ids", "environment_id", "aud", "nbf", "sub"])
        value = dice.choice([odd, [odd], {"id": odd, "name": odd, "email": odd}])
        token = signed(
            environment.launch_secret,
            cloud_name=environment.cloud_name,
            **{"iss": environment.launch_issuer, name: value},
        )
        return sent.with_form(token=token).with_headers(ORIGIN=CONSOLE)

    def _ticket(self, sent: Sent, dice: random.Random) -> Sent:
        selection = dice.choice([str(self.selection.key), str(uuid.uuid4())])
        return sent.with_form(ticket=sessions.ticket(self.scene.member, selection)).with_headers(
            SEC_FETCH_SITE="same-origin"
        )

    def _held(self, sent: Sent, dice: random.Random) -> Sent:
        launch = Launch(self.scene.environment, "u1", dice.choice(["Ada", "<b>"]), "", ("x",), ("a",))
        return sent.with_form(ticket=confirming.hold(launch)).with_headers(SEC_FETCH_SITE="same-origin")

    def _window(self, sent: Sent, dice: random.Random) -> Sent:
        return sent.with_form(ticket="ticket").with_headers(SEC_FETCH_SITE="same-origin")

    def _answer(self, sent: Sent, dice: random.Random) -> Sent:
        """Of Shopify's page, with the state and the cookie of the attempt; its other parameters are any."""
        times = [str(int(time())), *NUMBERS]
        asked = {
            "state": "state",
            "shop": self.attempt.domain,
            "code": dice.choice(TEXTS),
            "timestamp": dice.choice(times),
        }
        asked = {name: value.encode("utf-8", "replace").decode()[:900] for name, value in asked.items()}
        joined = "&".join(f"{name}={value}" for name, value in sorted(asked.items()))
        query = urlencode(asked | {"hmac": hmac.digest(SECRET.encode(), joined.encode(), "sha256").hex()})
        return replace(
            sent.with_headers(COOKIE="assetlink-install=browser"), method="GET", query=query, body=b"", type=None
        )

    def fields(self) -> dict[str, Sequence[str]]:
        """What forms and addresses have of right, by the names of their fields."""
        board = board_of(self.selection, store_cards(self.selection))
        groups, answers = [group.id for group in board.groups], list(KeyMatch.objects.all())
        store, places = [str(self.scene.stores[0].pk)], ["0", "1", "0-2"]
        return {
            "do": EDITS,
            "version": [str(self.selection.version)],
            **dict.fromkeys(("g", "open", "upto"), groups),
            **dict.fromkeys(("a", "at"), places),
            **dict.fromkeys(("store", "stores"), store),
            **dict.fromkeys(("cloudinary_field", "field", "order_field", "order_asked"), ("metadata:sku", "tags", "")),
            "k": [str(answer.pk) for answer in answers],
            "p": [found["id"] for answer in answers for found in answer.products],
            "product": [str(found.pk) for found in ProductSync.objects.all()],
            "link": [str(found.pk) for found in Link.objects.all()],
            "shopify_kind": ["sku", "title", "metafield"],
            "metafield": ["custom.material"],
            "link_mode": ["append", "reset", "position"],
            "domain": [self.scene.stores[0].domain],
            "kind": ["link", "add", "tags", ""],
            "url": ["https://hooks.example/", "http://127.0.0.1:1/"],
            "events": ["run.finished"],
            "trigger": ["schedule", "manual"],
            "often": ["day", "week", "own"],
            "schedule": ["0 6 * * *"],
            "freedom": ["report", "bounded"],
            "search": ["tags:shop"],
            "zone": ["Europe/Berlin"],
        }


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """In a database that is empty."""
    shelf = [product("a", pictures=1), product("b", pictures=2), product("twin", variants=(Variant(sku="b"),))]
    files = [asset("front", "a"), asset("side", "a", 2), asset("back", "b", 3), asset("stray", "x", 4)]
    with served(catalog(shelf, files), folder) as (world, url), override_settings(**known(url)):
        scene = connected(world, url)
        selection = scene.select()
        ask_and_answer(selection)
        sync = scene.run(selection)
        scene.finish(pressing.upload(selection, "upload", dry_run=False))
        here = {"environment": scene.environment}
        admin = Member.objects.create(**here, external_id="boss", name="Boss", roles=["master_admin"])
        soon = timezone.now() + timedelta(hours=9)
        attempt = Authorization.objects.create(
            **here,
            member=admin,
            domain=scene.stores[0].domain,
            expires=soon,
            **{f"{name}_hash": hashed(name) for name in ("ticket", "state", "browser")},
        )
        _, address = hand_over(scene.environment, ["a"], said_by="A script", now=timezone.now())
        token = address.rpartition("/")[2]
        sheet = Sheet.objects.create(**here, member=scene.member, name="list.csv", stage="preview", state="done")
        SheetRow.objects.create(sheet=sheet, place=2, state="change", name="a.jpg", asset_id="a")
        endpoints.test(endpoints.add(scene.environment, "http://127.0.0.1:1/", ["run.failed"], who=None)[0], who=None)
        rule_of(scene.environment)
        preview_of(scene.environment)
        yield Stage(scene, Selection.objects.get(pk=selection.pk), sync, admin, attempt, token)


def known(url: str) -> dict[str, Any]:
    """Nothing that is asked for leaves this machine; and sessions cost no query."""
    return {
        "SHOPIFY_BASE_URL": url,
        "METRICS_TOKEN": "a-token-for-tests",
        "SHOPIFY_CLIENT_ID": "app",
        "SHOPIFY_CLIENT_SECRET": SECRET,
        "SESSION_ENGINE": "django.contrib.sessions.backends.cache",
    }
