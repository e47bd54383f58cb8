import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linking import rights
from linking.links import checking
from linking.management.starting import operator_of
from linking.mending import planning
from linking.models import DriftFinding, LinkCheck
from linking.models.drift import KINDS
from linking.runs import CannotStart
from setup.cloudinary.client import CloudinaryError
from setup.management.commands.environment import known_as
from setup.models import Environment
from setup.security.actors import Actor
from setup.security.limits import TooMany

CHECKS = "{:<40.40}  {:<8}  {:>8}  {}"
FINDINGS = "{:<8}  {:<30.30}  {:<10}  {:>8}  {:<40.40}  {}"


class Command(BaseCommand):
    help = (
        "Has links checked, says how far the checks are, lists what of galleries is not as runs left it, or plans to mend it. "
        "Writes nothing in galleries."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("check", help="all connected stores with links; workers do it")
        verbs.add_parser("status", help="how far the checks are")
        listing = verbs.add_parser("list", help="what the latest checks found")
        listing.add_argument("--kind", choices=list(dict(KINDS)), help="only these")
        mending = verbs.add_parser("mend", help="a dry run that brings a store's galleries back; applying it writes")
        mending.add_argument("--store", required=True, metavar="DOMAIN", help="of which store")
        for verb in verbs.choices.values():
            verb.add_argument("--environment", required=True, metavar="CLOUD_NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        environment, verb = known_as(options["environment"]), options["verb"]
        if verb == "check":
            asked = checking.ask(Actor(operator_of(environment), is_operator=True))
            self.stdout.write(f"Stores whose links are checked: {asked}. Follow it: manage.py drift status")
        elif verb == "status":
            self.status(environment)
        elif verb == "mend":
            self.mend(environment, options["store"])
        else:
            self.show(environment, options["kind"])

    def mend(self, environment: Environment, domain: str) -> None:
        store = environment.stores.filter(domain=domain).first()
        if store is None:
            raise CommandError(f"{environment.cloud_name} has no store {domain}.")
        actor = Actor(operator_of(environment), is_operator=True)
        try:
            sync, later = planning.mend(actor, store, f"command-{uuid.uuid4().hex}")
        except (CannotStart, CloudinaryError, TooMany, rights.NotAllowed) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Run {sync.pk} is a plan. See it: manage.py syncs show {sync.pk}")
        if later:
            self.stdout.write(
                f"Products that need plans of their own: {later}. Apply this one, check links, and mend again."
            )

    def status(self, environment: Environment) -> None:
        self.stdout.write(CHECKS.format("STORE", "STATE", "LOOKED", "FINISHED (UTC)"))
        for row in LinkCheck.objects.filter(store__environment=environment).select_related("store").order_by("store"):
            at = f"{row.finished:%Y-%m-%d %H:%M}" if row.finished else "-"
            self.stdout.write(CHECKS.format(row.store.domain, row.state, row.looked, at))

    def show(self, environment: Environment, kind: str | None) -> None:
        found = DriftFinding.objects.filter(store__environment=environment).select_related("store").order_by("pk")
        self.stdout.write(FINDINGS.format("NUMBER", "STORE", "KIND", "PICTURES", "PRODUCT", "ASSET"))
        for one in (found.filter(kind=kind) if kind else found).iterator(chunk_size=1000):
            line = (one.pk, one.store.domain, one.kind, one.count, one.title or one.product_id, one.name or "-")
            self.stdout.write(FINDINGS.format(*line))
