from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from linking.domain.webhooks import EVENTS
from linking.models import WebhookDelivery, WebhookEndpoint
from linking.models.jobs import JobState
from linking.webhooks import endpoints
from linking.webhooks.endpoints import CannotUse
from setup.management.commands.environment import known_as
from setup.models import Environment

COLUMNS = "{:>6}  {:<40} {:<9} {:>7} {:>7}  {}"
DELIVERIES = "{:>8}  {:<16} {:<14} {:<8} {:>5} {:>6}  {}"
LISTED = 50
LONGEST = 2000  # characters of an address, as on Setup


class Command(BaseCommand):
    help = "Add, list, try, disable and remove webhooks, and send events again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="which webhooks there are")
        add = verbs.add_parser("add", help="add one, and print its secret, once")
        add.add_argument("url", help="its address, by https://")
        add.add_argument(
            "--event",
            action="append",
            choices=list(EVENTS),
            help="what it gets, may come several times; all, if you name none",
        )
        add.add_argument("--hour", type=int, choices=range(24), default=endpoints.HOUR, help="of the daily summary")
        choose = verbs.add_parser("events", help="choose what it gets from now on")
        choose.add_argument("webhook", type=int, help="its number, as `list` shows it")
        choose.add_argument(
            "--event", action="append", choices=list(EVENTS), required=True, help="may come several times"
        )
        choose.add_argument("--hour", type=int, choices=range(24), help="of the daily summary")
        helps = {
            "deliveries": f"the last {LISTED} events for it, and what became of them",
            "test": "send an event for trying it",
            "rotate": "print a new secret, once; the old one signs, too, for 24 hours",
            "disable": "send nothing more to it",
            "enable": "send events to it again",
            "remove": "remove it with its deliveries",
        }
        for name, text in helps.items():
            verbs.add_parser(name, help=text).add_argument("webhook", type=int, help="its number, as `list` shows it")
        resend = verbs.add_parser("resend", help="send an event again, or all that failed")
        resend.add_argument("webhook", type=int, help="its number, as `list` shows it")
        which = resend.add_mutually_exclusive_group(required=True)
        which.add_argument("--event-id", metavar="ID", help="as `deliveries` shows it")
        which.add_argument("--failed", action="store_true", help="all that failed, the oldest first")
        for verb in verbs.choices.values():
            verb.add_argument("--environment", required=True, metavar="CLOUD_NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        environment, verb = known_as(options["environment"]), options["verb"]
        if verb == "list":
            self.show(environment)
        elif verb == "add":
            self.add(environment, options["url"], options["event"] or list(EVENTS), options["hour"])
        else:
            verbs: dict[str, Callable[..., None]] = {
                "events": self.events,
                "deliveries": self.deliveries,
                "test": self.test,
                "rotate": self.rotate,
                "disable": self.disable,
                "enable": self.enable,
                "remove": self.remove,
                "resend": self.resend,
            }
            verbs[verb](endpoint_of(environment, options["webhook"]), options)

    def show(self, environment: Environment) -> None:
        self.stdout.write(COLUMNS.format("NUMBER", "ADDRESS", "STATE", "WAITING", "FAILED", "EVENTS"))
        for endpoint in environment.webhooks.all():
            rows = endpoint.deliveries
            waiting, failed = rows.filter(state=JobState.WAITING).count(), rows.filter(state=JobState.FAILED).count()
            state, events = "disabled" if endpoint.disabled else "enabled", " ".join(endpoint.events)
            self.stdout.write(COLUMNS.format(endpoint.pk, endpoint.url, state, waiting, failed, events))

    def add(self, environment: Environment, url: str, events: list[str], hour: int) -> None:
        if len(url) > LONGEST:
            raise CommandError(f"An address has at most {LONGEST:,} characters.")
        try:
            endpoint, secret = endpoints.add(environment, url, events, who=None, hour=hour)
        except CannotUse as error:
            raise CommandError(str(error)) from None
        self.stderr.write(f"Webhook {endpoint.pk} is added. Its secret, which nobody can show again:")
        self.stdout.write(secret)

    def events(self, endpoint: WebhookEndpoint, options: dict[str, Any]) -> None:
        endpoints.choose(endpoint, options["event"], who=None, hour=options["hour"])
        self.stdout.write(f"Webhook {endpoint.pk} gets these events from now on.")

    def deliveries(self, endpoint: WebhookEndpoint, options: dict[str, Any]) -> None:
        self.stdout.write(DELIVERIES.format("NUMBER", "CREATED", "EVENT", "STATE", "TRIES", "STATUS", "ID"))
        for row in endpoint.deliveries.defer("body").order_by("-pk")[:LISTED]:
            created = f"{row.created:%Y-%m-%d %H:%M}"
            line = DELIVERIES.format(
                row.pk, created, row.type, row.state, row.tried, row.last_status or "-", row.event_id
            )
            self.stdout.write(f"{line}  {row.problem}".rstrip())

    def test(self, endpoint: WebhookEndpoint, options: dict[str, Any]) -> None:
        try:
            endpoints.test(endpoint, who=None)
        except CannotUse as error:
            raise CommandError(str(error)) from None
        self.stdout.write("A test event is on its way; `webhook deliveries` says what became of it.")

    def rotate(self, endpoint: WebhookEndpoint, options: dict[str, Any]) -> None:
        secret = endpoints.rotate(endpoint, who=None, now=timezone.now())
        self.stderr.write("Its new secret, which nobody can show again; the old one signs, too, for 24 hours:")
        self.stdout.write(secret)

    def disable(self, endpoint: WebhookEndpoint, options: dict[str, Any]) -> None:
        if not endpoints.disable(endpoint, endpoints.BY_ADMIN, who=None, now=timezone.now()):
            raise CommandError(f"Webhook {endpoint.pk} is disabled already.")
        self.stdout.write(f"Webhook {endpoint.pk} is disabled.")

    def enable(self, endpoint: WebhookEndpoint, options: dict[str, Any]) -> None:
        if not endpoints.enable(endpoint, who=None):
            raise CommandError(f"Webhook {endpoint.pk} is not disabled.")
        self.stdout.write(f"Webhook {endpoint.pk} is enabled. `webhook resend --failed` sends what it missed.")

    def remove(self, endpoint: WebhookEndpoint, options: dict[str, Any]) -> None:
        number = endpoint.pk
        endpoints.remove(endpoint, who=None)
        self.stdout.write(f"Webhook {number} is removed.")

    def resend(self, endpoint: WebhookEndpoint, options: dict[str, Any]) -> None:
        rows = WebhookDelivery.objects.filter(endpoint=endpoint).select_related("endpoint__environment")
        found = None if options["failed"] else rows.filter(event_id=options["event_id"]).first()
        if found is None and not options["failed"]:
            raise CommandError(
                f"Webhook {endpoint.pk} has no event {options['event_id']}. `webhook deliveries` shows all."
            )
        try:
            sent = endpoints.send_again(found, who=None) if found else endpoints.send_failed(endpoint, who=None)
        except CannotUse as error:
            raise CommandError(str(error)) from None
        if found and not sent:
            raise CommandError("This event is being sent at this moment.")
        self.stdout.write(f"On its way again: {sent:d}.")


def endpoint_of(environment: Environment, number: int) -> WebhookEndpoint:
    """Raises CommandError."""
    found = environment.webhooks.select_related("environment").filter(pk=number).first()
    if found is None:
        raise CommandError(f"{environment.cloud_name} has no webhook {number}. `webhook list` shows all.")
    return found
