from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linking.management.starting import operator_of
from linking.models import Rule
from linking.rules import making
from setup.management.commands.environment import known_as
from setup.models import Environment
from setup.security.actors import Actor

COLUMNS = "{:<6}  {:<40.40}  {:<4}  {:<24}  {:<20}  {}"


class Command(BaseCommand):
    help = "Lists rules of an environment, fires one now, or switches one on or off. Admins make and change them on their page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="all of them, with what each does")
        for name, purpose in (
            ("fire", "now, whether it is on or off; its run goes as far as its policy lets it"),
            ("on", "it fires by itself from now on"),
            ("off", "it fires only where it is asked for"),
        ):
            verbs.add_parser(name, help=purpose).add_argument("rule", metavar="RULE", help="its number, key or name")
        for verb in verbs.choices.values():
            verb.add_argument("--environment", required=True, metavar="CLOUD_NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        environment, verb = known_as(options["environment"]), options["verb"]
        if verb == "list":
            self.show(environment)
            return
        rule, actor = rule_of(environment, options["rule"]), Actor(operator_of(environment), is_operator=True)
        try:
            if verb == "fire":
                making.fire(actor, rule, "command")
                self.stdout.write(f"Rule {rule.pk} fires. Follow its run: manage.py syncs list")
            else:
                changed = making.switch(actor, rule, on=verb == "on")
                self.stdout.write(f"Rule {rule.pk} is {verb}." if changed else f"Rule {rule.pk} was {verb} already.")
        except making.CannotSave as refusal:
            raise CommandError(str(refusal)) from None

    def show(self, environment: Environment) -> None:
        self.stdout.write(COLUMNS.format("NUMBER", "NAME", "ON", "FIRES", "NEXT (UTC)", "POLICY"))
        for rule in environment.rules.all():
            at = f"{rule.next_at:%Y-%m-%d %H:%M}" if rule.next_at else "-"
            when = rule.schedule or rule.trigger
            line = (rule.pk, rule.name, "on" if rule.on else "off", when, at, rule.allowed.freedom.value)
            self.stdout.write(COLUMNS.format(*line))


def rule_of(environment: Environment, named: str) -> Rule:
    """Raises CommandError."""
    for rule in environment.rules.all():
        if named in (str(rule.pk), str(rule.key)) or named == rule.name:
            rule.environment = environment
            return rule
    raise CommandError(f"{environment.cloud_name} has no rule {named}. `rule list` shows all.")
