from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linking.ingest import mapping
from linking.ingest.sheets import asking
from linking.ingest.sheets.asking import CannotDo
from linking.ingest.sheets.sources import PRODUCTS
from linking.management.starting import operator_of
from linking.models import Sheet
from setup.cloudinary.client import CloudinaryError
from setup.management.commands.environment import known_as
from setup.models import Environment
from setup.security.actors import Actor

COLUMNS = "{:<8}  {:<16}  {:<10}  {:<8}  {}"
LISTED = 50


class Command(BaseCommand):
    help = (
        "Writes what products in Shopify say to their assets in Cloudinary, by the mapping of Setup: a preview first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        preview = verbs.add_parser("preview", help="of all that is linked; workers make it, and nothing is written")
        preview.add_argument("--replace", action="store_true", help="also what others wrote in these places")
        verbs.add_parser("list", help=f"the last {LISTED}, with what came of each row")
        for name, purpose in (("write", "what a preview shows"), ("undo", "what was written")):
            verbs.add_parser(name, help=purpose).add_argument("number", type=int, help="as `write_back list` shows it")
        for verb in verbs.choices.values():
            verb.add_argument("--environment", required=True, metavar="CLOUD_NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        environment, verb = known_as(options["environment"]), options["verb"]
        if verb == "list":
            self.show(environment)
            return
        actor = Actor(operator_of(environment), is_operator=True)
        try:
            if verb == "preview":
                sheet = mapping.begin(actor, replaces=options["replace"])
                self.stdout.write(f"Preview {sheet.pk} is made. Follow it: manage.py write_back list")
                return
            sheet = of(environment).filter(pk=options["number"]).first()
            if sheet is None:
                raise CommandError(
                    f"{environment.cloud_name} has no such preview. `write_back list` shows the last ones."
                )
            (asking.write if verb == "write" else asking.undo)(actor, sheet)
            self.stdout.write(f"Workers {verb} {sheet.pk}. Follow it: manage.py write_back list")
        except (CannotDo, CloudinaryError) as refusal:
            raise CommandError(refusal.text if isinstance(refusal, CloudinaryError) else str(refusal)) from None

    def show(self, environment: Environment) -> None:
        self.stdout.write(COLUMNS.format("NUMBER", "BEGUN (UTC)", "STAGE", "STATE", "ROWS"))
        for sheet in of(environment).order_by("-pk")[:LISTED]:
            rows = ", ".join(f"{count} {state}" for state, count in sorted(sheet.counts().items()))
            at = f"{sheet.created:%Y-%m-%d %H:%M}"
            self.stdout.write(COLUMNS.format(sheet.pk, at, sheet.stage, sheet.state, rows or "-"))


def of(environment: Environment) -> Any:
    return Sheet.objects.filter(environment=environment, source__kind=PRODUCTS)
