import getpass
import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models.deletion import Collector
from django.utils import timezone

from setup import environment_values, environments
from setup.cloudinary.client import CloudinaryClient, CloudinaryError
from setup.models import Environment

# What CLOUD_NAME cannot be without.
NEEDED = ("api_key", "api_secret", "launch_secret")
COLUMNS = "{:<24} {:<20} {:>6} {:>7}  {:<18} {:<20} {:<28} {}"
LABELS = {
    "name": "name",
    "upload_prefix": "API",
    "delivery_base": "pictures from",
    "launch_issuer": "launch issuer",
    "api_key": "API key",
    "api_secret": "API secret",
}
# What a change means for what is under way, and for others.
AFFECTED = {
    "upload_prefix": "Web and workers use it from their next request on.",
    "delivery_base": "Files in stores stay, and AssetLink uploads none again: it knows a file by asset, version and "
    "transformation. Planned runs and runs under way may still name the old address: let it answer until they end.",
    "launch_issuer": "AssetLink now refuses launches that name {before}: change the Console's setting, too.",
    "api_secret": "Web and workers use it from their next request on. Revoke the old one in Cloudinary.",
}


class Command(BaseCommand):
    help = (
        "Add, list, change and remove product environments. Each is a tenant of its own: nothing crosses between them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="add one; asks for the API secret, or reads it from standard input")
        add.add_argument("cloud_name")
        add.add_argument("--api-key", required=True)
        add.add_argument("--name", default="", help="what people call it")
        add.add_argument(
            "--upload-prefix", default="https://api.cloudinary.com", help="Cloudinary's API, for other regions"
        )
        add.add_argument("--delivery-base", default="", help="your own CDN host, such as https://media.example.com")
        add.add_argument("--launch-issuer", default="cloudinary-console", help="`iss` of the Console's launches")
        add.add_argument("--launch-secret-file", metavar="FILE", help="the launch secret that the Console already has")
        add.add_argument("--no-check", action="store_true", help="do not ask Cloudinary whether the key is good")
        verbs.add_parser(
            "from-env", help="add or update the one of CLOUD_NAME and its neighbours; do nothing without them"
        )
        change = verbs.add_parser("set", help="change what you give, and say what that affects")
        change.add_argument("cloud_name")
        change.add_argument("--name")
        change.add_argument("--upload-prefix", help="empty: https://api.cloudinary.com")
        change.add_argument("--delivery-base", help="empty: res.cloudinary.com")
        change.add_argument("--launch-issuer", help="`iss` of the Console's launches")
        change.add_argument("--api-key", help="asks for the API secret, or reads it from standard input")
        change.add_argument("--launch-secret-file", metavar="FILE", help="the one that the Console has")
        change.add_argument("--keep-hours", type=float, default=24, help="how long the old launch secret still works")
        change.add_argument("--no-check", action="store_true", help="do not ask Cloudinary whether the key is good")
        verbs.add_parser("list", help="what is set, without secrets")
        rotate = verbs.add_parser("rotate-secret", help="make a new launch secret, or store another API key and secret")
        rotate.add_argument("cloud_name")
        rotate.add_argument("which", choices=["launch", "api"])
        rotate.add_argument("--api-key", help="with `api`: the new key")
        rotate.add_argument("--keep-hours", type=float, default=24, help="how long the old launch secret still works")
        rotate.add_argument("--no-check", action="store_true")
        remove = verbs.add_parser(
            "remove", help="remove it with its stores, members and history; nothing changes in Shopify"
        )
        remove.add_argument("cloud_name")
        remove.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["verb"].replace("-", "_"))(**options)

    def add(self, *, cloud_name: str, api_key: str, **options: Any) -> None:
        if Environment.objects.filter(cloud_name=cloud_name).exists():
            raise CommandError(f"{cloud_name} exists already. Change its keys with `environment rotate-secret`.")
        values, secret = usable(options)
        environment = Environment(cloud_name=cloud_name, api_key=api_key, **values)
        environment.api_secret = asked_for("API secret: ")
        self.check_keys(environment, options["no_check"])
        environments.add(environment, launch_secret=secret)
        self.stdout.write(f"{cloud_name} is added.")
        self.warn_of_pictures(environment)
        self.tell_launch_secret(environment, shown=not secret)

    def set(self, *, cloud_name: str, **options: Any) -> None:
        environment = known_as(cloud_name)
        values, secret = usable(options)
        if options["api_key"] is not None:
            values |= {"api_key": options["api_key"], "api_secret": asked_for("API secret: ")}
        if not values and not secret:
            raise CommandError("Nothing to change: `manage.py environment set --help` shows what you can give.")
        if values.keys() & {"upload_prefix", "api_key"}:
            trial = Environment(cloud_name=cloud_name, api_key=environment.api_key)
            for name, value in ({"upload_prefix": environment.upload_prefix} | values).items():
                setattr(trial, name, value)
            if "api_secret" not in values:
                trial.api_secret = environment.api_secret
            self.check_keys(trial, options["no_check"])
        changed = environments.change(environment, values)
        for name, (before, after) in changed.items():
            shown = ("(hidden)", "(hidden)") if name == "api_secret" else (before or "-", after or "-")
            self.stdout.write(f"{cloud_name}: {LABELS[name]} {shown[0]} -> {shown[1]}")
        for name in (name for name in AFFECTED if name in changed):
            self.stdout.write(AFFECTED[name].format(before=changed[name][0]))
        if "delivery_base" in changed:
            self.warn_of_pictures(environment)
        if secret:
            self.rotate_launch(environment, options["keep_hours"], secret)
            self.stdout.write(f"{cloud_name}: the launch secret is the one of {options['launch_secret_file']}.")
        elif not changed:
            self.stdout.write(f"{cloud_name} has these values already.")

    def from_env(self, **options: Any) -> None:
        """For a deployment's start: made if it is missing, its keys as the variables say, and nothing else changed."""
        known = first_environment()
        if known is None:
            self.stdout.write("CLOUD_NAME is not set: nothing to do.")
            return
        environment, done = environments.set_up(known)
        self.stdout.write(f"{environment.cloud_name} is {done or 'as the variables say'}.")

    def list(self, **options: Any) -> None:
        heads = ("CLOUD NAME", "NAME", "STORES", "MEMBERS", "API KEY", "LAUNCH ISSUER", "API", "PICTURES FROM")
        self.stdout.write(COLUMNS.format(*heads))
        for row in Environment.objects.all():
            place = row.delivery_base or "res.cloudinary.com"
            counts = (row.stores.count(), row.members.people().count())
            rest = (row.api_key, row.launch_issuer, row.upload_prefix, place)
            self.stdout.write(COLUMNS.format(row.cloud_name, row.name or "-", *counts, *rest))

    def rotate_secret(self, *, cloud_name: str, which: str, **options: Any) -> None:
        environment = known_as(cloud_name)
        if which == "launch":
            self.rotate_launch(environment, options["keep_hours"])
        else:
            environment.api_key = options["api_key"] or environment.api_key
            environment.api_secret = asked_for("API secret: ")
            self.check_keys(environment, options["no_check"])
            environments.keep_api_key(environment)
            self.stdout.write(f"The API key of {cloud_name} is {environment.api_key}.")

    def rotate_launch(self, environment: Environment, hours: float, secret: str = "") -> None:
        until = timezone.now() + timedelta(hours=hours)
        environments.rotate_launch_secret(environment, until=until, secret=secret)
        if not secret:
            self.tell_launch_secret(environment)
        self.stdout.write(f"The previous one works until {until:%Y-%m-%d %H:%M} UTC.")

    def remove(self, *, cloud_name: str, yes: bool, **options: Any) -> None:
        environment = known_as(cloud_name)
        collector = Collector(using="default", origin=environment)
        collector.collect([environment])
        self.stdout.write(f"With {cloud_name} go:")
        for name, count in sorted(counts_of(collector).items()):
            self.stdout.write(f"  {count:>8}  {name}")
        self.stdout.write("Nothing changes in Shopify and Cloudinary. The audit log stays.")
        if not yes and input(f"Type {cloud_name} to remove it: ") != cloud_name:
            raise CommandError("Nothing was removed.")
        environments.remove(environment)
        self.stdout.write(f"{cloud_name} is removed.")

    def check_keys(self, environment: Environment, unchecked: bool) -> None:
        if unchecked:
            return
        try:
            CloudinaryClient(environment).ping()
        except CloudinaryError as error:
            raise CommandError(f"{error.text} Nothing was saved. `--no-check` saves it anyway.") from None

    def warn_of_pictures(self, environment: Environment) -> None:
        place = environment.delivery_base
        if place and not environment_values.is_shown(place):
            origin = "://".join(urlsplit(place)[:2])
            self.stdout.write(f"Pages do not show its pictures yet: add {origin} to IMAGE_SOURCES and restart web.")

    def tell_launch_secret(self, environment: Environment, *, shown: bool = True) -> None:
        secret = " This is the only time that the secret is shown:" if shown else ""
        self.stdout.write(f"Give these to the person who sets the launch up in the Console.{secret}")
        self.stdout.write(f"  address   {settings.APP_URL}/launch")
        self.stdout.write(f"  issuer    {environment.launch_issuer}")
        self.stdout.write(f"  audience  {settings.LAUNCH_AUDIENCE}")
        self.stdout.write(f"  secret    {environment.launch_secret if shown else 'as in the file'}")


def known_as(cloud_name: str) -> Environment:
    environment = Environment.objects.filter(cloud_name=cloud_name).first()
    if environment is None:
        raise CommandError(f"There is no environment {cloud_name}. `environment list` shows all.")
    return environment


def usable(options: dict[str, Any]) -> tuple[dict[str, str], str]:
    """Of the options what is given, as it may be kept, and the launch secret of the file. Raises CommandError."""
    found = {name: options[name] for name in ("name", *environments.PLACES) if options[name] is not None}
    try:
        path = options["launch_secret_file"]
        secret = environment_values.launch_secret_in(path) if path else ""
        return environments.usable(found), secret
    except environment_values.Unusable as error:
        raise CommandError(f"{error} Nothing was saved.") from None


def asked_for(prompt: str) -> str:
    """Never an argument: other people of the machine can read those."""
    secret = (getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()).strip()
    if not secret:
        raise CommandError("Nothing was saved: the API secret is missing.")
    return secret


def first_environment() -> dict[str, str] | None:
    """Fields of an environment by the variables of a deployment. Raises CommandError for incomplete ones."""
    known = dict(settings.FIRST_ENVIRONMENT)
    if not known["cloud_name"]:
        return None
    if missing := [name for name in NEEDED if not known[name]]:
        names = ", ".join(missing)
        raise CommandError(f"CLOUD_NAME is set, but these are missing: {names}. See docs/operator/settings.md.")
    try:
        environment_values.launch_secret(known["launch_secret"], "LAUNCH_SECRET")
        # What no variable names keeps the value that `environment set` gave it.
        return environments.usable({name: value for name, value in known.items() if value})
    except environment_values.Unusable as error:
        raise CommandError(str(error)) from None


def counts_of(collector: Collector) -> dict[str, int]:
    """Rows that a deletion takes along, by what they are called."""
    found = {str(model._meta.verbose_name_plural): len(rows) for model, rows in collector.data.items()}
    for rows in collector.fast_deletes:
        name = str(rows.model._meta.verbose_name_plural)
        found[name] = found.get(name, 0) + rows.count()
    return {name: count for name, count in found.items() if count}
