import getpass
import os
import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models.deletion import Collector
from django.utils import timezone

from setup import environments
from setup.cloudinary.client import CloudinaryClient, CloudinaryError
from setup.models import Environment

# A signature of HS256 wants a secret of at least 32 bytes.
SHORTEST = 32
COLUMNS = "{:<24} {:<28} {:>6} {:>7}  {}"


class Command(BaseCommand):
    help = (
        "Add, list, change and remove product environments. Each is a tenant of its own: nothing crosses between them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="the API secret is asked for, or read from standard input")
        add.add_argument("cloud_name")
        add.add_argument("--api-key", required=True)
        add.add_argument("--name", default="", help="as people call it")
        add.add_argument("--upload-prefix", default="https://api.cloudinary.com", help="another one for other regions")
        add.add_argument(
            "--delivery-base", default="", help="for a CDN host of your own, such as https://media.example.com"
        )
        add.add_argument("--launch-issuer", default="cloudinary-console", help="`iss` of the Console's launches")
        add.add_argument("--no-check", action="store_true", help="do not ask Cloudinary whether the key is good")
        verbs.add_parser("from-env", help="the one of CLOUD_NAME and its neighbours; nothing happens without them")
        verbs.add_parser("list")
        rotate = verbs.add_parser("rotate-secret", help="make a new launch secret, or store another API key and secret")
        rotate.add_argument("cloud_name")
        rotate.add_argument("which", choices=["launch", "api"])
        rotate.add_argument("--api-key", help="with `api`: the new key")
        rotate.add_argument("--keep-hours", type=float, default=24, help="how long the old launch secret is good still")
        rotate.add_argument("--no-check", action="store_true")
        remove = verbs.add_parser("remove", help="with its stores, members and history; in Shopify nothing changes")
        remove.add_argument("cloud_name")
        remove.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["verb"].replace("-", "_"))(**options)

    def add(self, *, cloud_name: str, api_key: str, **options: Any) -> None:
        if Environment.objects.filter(cloud_name=cloud_name).exists():
            raise CommandError(f"{cloud_name} is there already. Change its keys with `environment rotate-secret`.")
        names = ("name", "upload_prefix", "delivery_base", "launch_issuer")
        environment = Environment(cloud_name=cloud_name, api_key=api_key, **{name: options[name] for name in names})
        environment.api_secret = asked_for("API secret: ")
        self.check_keys(environment, options["no_check"])
        environments.add(environment)
        self.stdout.write(f"{cloud_name} is added.")
        self.tell_launch_secret(environment)

    def from_env(self, **options: Any) -> None:
        """For a deployment's start: made if it is missing, its keys as the variables say, and nothing else changed."""
        known = first_environment()
        if known is None:
            self.stdout.write("CLOUD_NAME is not set: there is nothing to do.")
            return
        environment, done = environments.set_up(known)
        self.stdout.write(f"{environment.cloud_name} is {done or 'as the variables say'}.")

    def list(self, **options: Any) -> None:
        self.stdout.write(COLUMNS.format("CLOUD NAME", "NAME", "STORES", "MEMBERS", "PICTURES FROM"))
        for row in Environment.objects.all():
            place = row.delivery_base or "res.cloudinary.com"
            counts = (row.stores.count(), row.members.count())
            self.stdout.write(COLUMNS.format(row.cloud_name, row.name or "-", *counts, place))

    def rotate_secret(self, *, cloud_name: str, which: str, **options: Any) -> None:
        environment = known_as(cloud_name)
        if which == "launch":
            until = timezone.now() + timedelta(hours=options["keep_hours"])
            environments.rotate_launch_secret(environment, until=until)
            self.tell_launch_secret(environment)
            self.stdout.write(f"The one before it is good until {until:%Y-%m-%d %H:%M} UTC.")
        else:
            environment.api_key = options["api_key"] or environment.api_key
            environment.api_secret = asked_for("API secret: ")
            self.check_keys(environment, options["no_check"])
            environments.keep_api_key(environment)
            self.stdout.write(f"The API key of {cloud_name} is {environment.api_key}.")

    def remove(self, *, cloud_name: str, yes: bool, **options: Any) -> None:
        environment = known_as(cloud_name)
        collector = Collector(using="default", origin=environment)
        collector.collect([environment])
        self.stdout.write(f"With {cloud_name} go:")
        for name, count in sorted(counts_of(collector).items()):
            self.stdout.write(f"  {count:>8}  {name}")
        self.stdout.write("In Shopify and in Cloudinary nothing changes. The audit log is kept.")
        if not yes and input(f"Write {cloud_name} to remove it: ") != cloud_name:
            raise CommandError("Nothing was removed.")
        environments.remove(environment)
        self.stdout.write(f"{cloud_name} is removed.")

    def check_keys(self, environment: Environment, unchecked: bool) -> None:
        if unchecked:
            return
        try:
            CloudinaryClient(environment).ping()
        except CloudinaryError as error:
            raise CommandError(f"{error.text} Nothing was saved. `--no-check` saves it in any case.") from None

    def tell_launch_secret(self, environment: Environment) -> None:
        self.stdout.write(
            "Give these to the person who sets the launch up in the Console. The secret is shown only now:"
        )
        self.stdout.write(f"  address   {settings.APP_URL}/launch")
        self.stdout.write(f"  issuer    {environment.launch_issuer}")
        self.stdout.write(f"  audience  {settings.LAUNCH_AUDIENCE}")
        self.stdout.write(f"  secret    {environment.launch_secret}")


def known_as(cloud_name: str) -> Environment:
    environment = Environment.objects.filter(cloud_name=cloud_name).first()
    if environment is None:
        raise CommandError(f"There is no environment {cloud_name}. `environment list` shows all.")
    return environment


def asked_for(prompt: str) -> str:
    """Never an argument: other people of the machine can read those."""
    secret = (getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()).strip()
    if not secret:
        raise CommandError("Without the API secret nothing was saved.")
    return secret


def first_environment() -> dict[str, str] | None:
    """Fields of an environment by the variables of a deployment. Raises CommandError for incomplete ones."""
    known = {
        "cloud_name": os.environ.get("CLOUD_NAME", ""),
        "api_key": os.environ.get("CLOUD_API_KEY", ""),
        "api_secret": os.environ.get("CLOUD_API_SECRET", ""),
        "launch_secret": os.environ.get("LAUNCH_SECRET", ""),
    }
    if not known["cloud_name"]:
        return None
    if missing := [name for name, value in known.items() if not value]:
        raise CommandError(f"CLOUD_NAME is set, but nothing says its {', '.join(missing)}. See the README's table.")
    if len(known["launch_secret"]) < SHORTEST:
        raise CommandError(f"LAUNCH_SECRET has less than {SHORTEST} characters.")
    known["launch_issuer"] = os.environ.get("LAUNCH_ISSUER", "cloudinary-console")
    known["upload_prefix"] = os.environ.get("CLOUD_UPLOAD_PREFIX", "https://api.cloudinary.com")
    return known


def counts_of(collector: Collector) -> dict[str, int]:
    """Rows that a deletion takes along, by what they are called."""
    found = {str(model._meta.verbose_name_plural): len(rows) for model, rows in collector.data.items()}
    for rows in collector.fast_deletes:
        name = str(rows.model._meta.verbose_name_plural)
        found[name] = found.get(name, 0) + rows.count()
    return {name: count for name, count in found.items() if count}
