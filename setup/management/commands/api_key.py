from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from setup.management.commands.environment import known_as
from setup.management.commands.member import stores_of
from setup.models import ApiKey, Environment
from setup.models.api_keys import SCOPES
from setup.security import api_keys

COLUMNS = "{:<8}  {:<28} {:<24} {:<8} {:<16} {}"


class Command(BaseCommand):
    help = "Make, list and revoke keys of the HTTP API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        make = verbs.add_parser("make", help="print a new key, once")
        make.add_argument("--label", required=True, help="what the key is for, as history and the audit log name it")
        make.add_argument(
            "--scope",
            action="append",
            required=True,
            choices=list(SCOPES),
            help="what it may do; may come several times",
        )
        make.add_argument("--store", metavar="DOMAIN", help="the only store that it sees; all, if you name none")
        make.add_argument("--days", type=int, help="for how long it lasts; for ever, if you name none")
        rows = verbs.add_parser("list", help="which keys there are")
        revoke = verbs.add_parser("revoke", help="end a key at once; runs that it started go on")
        revoke.add_argument("key", help="the eight characters that `api_key list` shows")
        for verb in (make, rows, revoke):
            verb.add_argument("--environment", required=True, metavar="CLOUD_NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        verbs: dict[str, Callable[..., None]] = {"make": self.make, "list": self.show, "revoke": self.revoke}
        environment = known_as(options.pop("environment"))
        verbs[options.pop("verb")](environment=environment, **options)

    def make(self, *, environment: Environment, label: str, scope: list[str], **options: Any) -> None:
        label, days = label.strip(), options["days"]
        if not 0 < len(label) <= 100 or not label.isprintable():
            raise CommandError("A label has 1 to 100 characters.")
        if days is not None and not 0 < days <= 3650:
            raise CommandError("A key lasts 1 to 3,650 days.")
        stores = stores_of(environment, [options["store"]]) if options["store"] else None
        expires = timezone.now() + timedelta(days=days) if days else None
        key, text = api_keys.make(
            environment, label, scope, store=stores[0] if stores else None, expires=expires, who=None
        )
        self.stderr.write(f"A key for {key}. Nobody can show it again:")
        self.stdout.write(text)

    def show(self, *, environment: Environment, **options: Any) -> None:
        self.stdout.write(COLUMNS.format("KEY", "LABEL", "STORE", "STATE", "LAST USED", "SCOPES"))
        rows = ApiKey.objects.filter(member__environment=environment).select_related("member", "store")
        for key in rows.order_by("pk"):
            used = f"{key.last_used:%Y-%m-%d %H:%M}" if key.last_used else "never"
            store = key.store.domain if key.store else "all"
            self.stdout.write(COLUMNS.format(key.public_id, str(key), store, key.state, used, " ".join(key.scopes)))

    def revoke(self, *, environment: Environment, key: str, **options: Any) -> None:
        rows = ApiKey.objects.filter(member__environment=environment).select_related("member__environment", "store")
        found = rows.filter(public_id=key).first()
        if found is None:
            raise CommandError(f"{environment.cloud_name} has no key {key}. `api_key list` shows all.")
        if not api_keys.revoke(found, who=None, now=timezone.now()):
            raise CommandError(f"{found} is revoked already.")
        self.stdout.write(f"{found} is revoked.")
