import json
from typing import Any

import urllib3
from django.core.management.base import BaseCommand, CommandError, CommandParser

from setup.models import Environment, Store
from setup.shopify.auth import keys
from setup.shopify.connection import check
from setup.shopify.errors import ShopifyError


class Command(BaseCommand):
    help = "Set up the environments and stores that a sandbox offers at its /world.json. Running it again updates them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="the sandbox's address, for example http://localhost:8001")

    def handle(self, *args: Any, **options: Any) -> None:
        url = options["url"].rstrip("/")
        try:
            world = json.loads(urllib3.request("GET", f"{url}/world.json", timeout=10, retries=False).data)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise CommandError(f"No sandbox answers at {url}: {error}") from None
        environments = [self.environment(known) for known in world["environments"]]
        if app := world.get("app"):
            keys.remember(environments[0], app["client_id"], app["client_secret"], installs=True)
        for known in world["stores"]:
            self.store(environments[0], known, url)

    def environment(self, known: dict) -> Environment:
        names = ("name", "api_key", "api_secret", "upload_prefix", "delivery_base", "launch_issuer", "launch_secret")
        values = {name: known[name] for name in names} | {"external_id": known["environment_id"]}
        environment, _ = Environment.objects.update_or_create(cloud_name=known["cloud_name"], defaults=values)
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
