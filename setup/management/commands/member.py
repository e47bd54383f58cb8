from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from setup.management.commands.environment import known_as
from setup.models import Environment, Member, Store
from setup.models.members import GRANTED
from setup.people import invitations, memberships
from setup.people.memberships import NotPossible
from setup.people.who import spelled
from setup.security import audit

ROLES = [code for code, _ in GRANTED]
COLUMNS = "{:>6}  {:<28} {:<32} {:<8} {:<10} {}"


class Command(BaseCommand):
    help = "Invite the first admin of a product environment, and list, change and remove its people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        invite = verbs.add_parser("invite", help="print an address that lets one person in, once, within seven days")
        invite.add_argument("--email", default="", help="who proves this address when they sign in needs no other one")
        rows = verbs.add_parser("list", help="who is a member, and who is invited")
        role = verbs.add_parser("role", help="say what somebody may do")
        remove = verbs.add_parser("remove", help="shut somebody out; runs and selections stay")
        for verb in (invite, rows, role, remove):
            verb.add_argument("--environment", required=True, metavar="CLOUD_NAME")
        for verb in (role, remove):
            verb.add_argument("member", type=int, help="the number that `member list` shows")
            verb.add_argument("--yes", action="store_true", help="also the last admin who can sign in")
        for verb in (invite, role):
            verb.add_argument("--role", choices=ROLES, required=True)
            verb.add_argument(
                "--store",
                action="append",
                metavar="DOMAIN",
                help="a member writes to these stores only; may come several times",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        environment = known_as(options.pop("environment"))
        verbs: dict[str, Callable[..., None]] = {
            "invite": self.invite,
            "list": self.show,
            "role": self.role,
            "remove": self.remove,
        }
        verbs[options["verb"]](environment, **options)

    def invite(
        self, environment: Environment, *, email: str, role: str, store: list[str] | None, **options: Any
    ) -> None:
        if email and ("@" not in email or not spelled(email)):
            raise CommandError(f"{email} is no e-mail address.")
        stores, now = stores_of(environment, store), timezone.now()
        made, address = invitations.make(environment, role, email=email, stores=stores, now=now)
        audit.record(audit.OPERATOR, "member.invite", made, {}, {"role": role}, environment=environment)
        self.stdout.write(f"This address makes one person {role} of {environment.cloud_name}, once, within seven days:")
        self.stdout.write(f"  {address}")

    def show(self, environment: Environment, **options: Any) -> None:
        self.stdout.write(COLUMNS.format("NUMBER", "NAME", "E-MAIL", "ROLE", "COMES BY", "WRITES TO"))
        for member in environment.members.people().select_related("person").order_by("pk"):
            member.environment = environment
            ways = "+".join(filter(None, ["launch" * bool(member.last_launch), "sign-in" * bool(member.person_id)]))
            role = "removed" if member.removed else member.role
            stores = "all" if member.bounds is None else ", ".join(member.bound_names) or "none"
            self.stdout.write(COLUMNS.format(member.pk, str(member), member.email or "-", role, ways or "-", stores))
        for made in invitations.pending(environment, now=timezone.now()):
            until = f"invited until {made.expires:%Y-%m-%d %H:%M} UTC"
            self.stdout.write(COLUMNS.format("-", "-", made.email or "-", made.role, "-", until))

    def role(
        self, environment: Environment, *, member: int, role: str, store: list[str] | None, **options: Any
    ) -> None:
        found, stores = self.member_of(environment, member), stores_of(environment, store)
        before = memberships.described(found)
        try:
            memberships.change(found, role, stores, anyway=options["yes"])
        except NotPossible as refusal:
            raise CommandError(f"{refusal} `--yes` does it anyway.") from None
        after = memberships.described(found)
        audit.record(audit.OPERATOR, "member.role", found, before, after, environment=environment)
        self.stdout.write(f"{found} is {role} of {environment.cloud_name}.")

    def remove(self, environment: Environment, *, member: int, **options: Any) -> None:
        found = self.member_of(environment, member)
        before = memberships.described(found)
        try:
            memberships.remove(found, now=timezone.now(), anyway=options["yes"])
        except NotPossible as refusal:
            raise CommandError(f"{refusal} `--yes` does it anyway.") from None
        audit.record(audit.OPERATOR, "member.remove", found, before, environment=environment)
        self.stdout.write(f"{found} is removed from {environment.cloud_name}.")

    def member_of(self, environment: Environment, number: int) -> Member:
        found = environment.members.people().filter(pk=number).first()
        if found is None:
            raise CommandError(f"{environment.cloud_name} has no member {number}. `member list` shows all.")
        found.environment = environment
        return found


def stores_of(environment: Environment, domains: list[str] | None) -> list[Store] | None:
    """None: all. Raises CommandError."""
    if domains is None:
        return None
    found = list(environment.stores.filter(domain__in=domains))
    if unknown := sorted(set(domains) - {store.domain for store in found}):
        raise CommandError(f"{environment.cloud_name} has no store {', '.join(unknown)}.")
    return found
