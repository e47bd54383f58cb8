import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from setup.models import Environment, EventSecret, Store
from setup.shopify.auth import keys
from setup.shopify.connection import check
from setup.shopify.errors import ShopifyError

# Names that lead to this machine, or nowhere but in tests: https://www.rfc-editor.org/rfc/rfc6761#section-6
LOCAL = re.compile(r"(.*\.)?(localhost|test)|127(\.\d+){3}|::1", re.IGNORECASE)

PATIENCE = 120.0  # seconds: a new sandbox draws its pictures before it listens
TICK = 0.5
STARTING = {502, 503, 504}  # by a proxy, for a sandbox that does not listen yet


class Command(BaseCommand):
    help = "Set up the environments and stores that a sandbox offers at its /world.json. Run it again to update them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="the sandbox's address, for example http://localhost:8001")
        parser.add_argument(
            "--wait",
            type=float,
            default=PATIENCE,
            metavar="SECONDS",
            help="how long to wait for a sandbox that is starting (%(default)s)",
        )
        parser.add_argument("--force", action="store_true", help="also if APP_URL is a public https address")

    def handle(self, *args: Any, **options: Any) -> None:
        url = options["url"].rstrip("/")
        if not options["force"] and settings.HTTPS and not LOCAL.fullmatch(urlsplit(settings.APP_URL).hostname or ""):
            raise CommandError(
                f"{settings.APP_URL} looks like an installation for real people: pretend stores would stand beside real "
                "ones. Nothing was added. `--force` adds them anyway."
            )
        try:
            world = json.loads(self.described(url, time.monotonic() + options["wait"]))
        except (urllib3.exceptions.HTTPError, RecursionError, ValueError) as error:
            raise CommandError(f"No sandbox answers at {url}: {error}") from None
        environments = [self.environment(known) for known in world["environments"]]
        if app := world.get("app"):
            keys.remember(environments[0], app["client_id"], app["client_secret"], installs=True)
        for known in world["stores"]:
            self.store(environments[0], known, url)
        for other in environments[1:]:  # one store of the first one's, so that there is something to link to
            for known in world["stores"][-1:]:
                self.store(other, known, url)

    def described(self, url: str, until: float) -> bytes:
        """What the sandbox says of itself. Raises HTTPError."""
        waiting = False
        while True:
            try:
                answer = urllib3.request("GET", f"{url}/world.json", timeout=10, retries=False)
                if answer.status in STARTING:
                    raise urllib3.exceptions.HTTPError(f"the proxy in front of it answers {answer.status}")
                return answer.data
            except urllib3.exceptions.HTTPError:
                if time.monotonic() >= until:
                    raise
            if not waiting:
                self.stdout.write(f"Waiting for {url}: a new sandbox draws its pictures for about a minute.")
                self.stdout.flush()
            waiting = True
            time.sleep(TICK)

    def environment(self, known: dict) -> Environment:
        names = ("name", "api_key", "api_secret", "upload_prefix", "delivery_base", "launch_issuer", "launch_secret")
        values = {name: known[name] for name in names} | {"external_id": known["environment_id"]}
        environment, _ = Environment.objects.update_or_create(cloud_name=known["cloud_name"], defaults=values)
        if secret := known.get("webhook_secret"):  # that the sandbox signs events with
            environment.event_secrets.all().delete()
            EventSecret.objects.create(environment=environment, secret=secret, hint=secret[-4:])
        self.stdout.write(f"Environment {environment.cloud_name}")
        return environment

    def store(self, environment: Environment, known: dict, url: str) -> None:
        """With the sandbox's access token, unless somebody connected it in another way, or disconnected it."""
        values = {name: known[name] for name in ("name", "storefront_url", "admin_url")} | {"api_base": url}
        fresh = values | {"access_token": known["access_token"]}
        row = {"environment": environment, "domain": known["domain"]}
        store, _ = Store.objects.update_or_create(**row, defaults=values, create_defaults=fresh)
        if store.way == Store.Way.TOKEN and store.access_token:
            store.access_token = known["access_token"]
        if not store.access_token:
            self.stdout.write(f"Store {store.domain} is disconnected and stays so.")
            return
        try:
            check(store).save()
        except ShopifyError as error:
            store.break_off(error.reason)
            self.stderr.write(f"{store.domain}: {error.text}")
        else:
            self.stdout.write(f"Store {store.domain} ({store.plan})")
