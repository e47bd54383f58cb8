"""What the commands that begin runs share: who acts, which stores, waiting, and what is printed at the end."""

import json
import shutil
import time
import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from linking import queue, rights, runs
from linking.asked_runs import NamedAsset, NotValid
from linking.management.commands.selection_address import lines_of
from linking.models import Sync
from linking.operations import run_lookup
from linking.reporting import asking, kept
from setup.cloudinary.client import CloudinaryError
from setup.management.commands.environment import known_as
from setup.management.commands.member import stores_of
from setup.models import Environment, Member, Store
from setup.models.members import MEMBER
from setup.security.actors import Actor
from setup.security.launch import KEY
from setup.security.limits import TooMany

REFUSED, USAGE, TROUBLED, INVALID, INTERRUPTED = 1, 2, 4, 5, 130  # exit codes; 2 is argparse's own, 130 is usual
OUTCOMES = (
    "Nothing is written without --apply. Exit codes: 0 done or planned, 1 refused, 2 wrong command line, 4 the run ended with "
    "problems, 5 something that was named is not valid, 130 interrupted while it waited: the run goes on."
)
EVERY = 1.0  # seconds between two looks


def fail(text: str, code: int) -> NoReturn:
    raise CommandError(text, returncode=code)


class Starting(BaseCommand):
    """`begun` begins the run; everything else is here."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--environment", required=True, metavar="CLOUD_NAME")
        parser.add_argument("--store", action="append", required=True, metavar="DOMAIN", help="may come several times")
        parser.add_argument("--apply", action="store_true", help="write; without it only the plan is made")
        parser.add_argument(
            "--removals",
            type=int,
            default=0,
            metavar="N",
            help="so many pictures may leave galleries: the plan's number",
        )
        parser.add_argument("--wait", action="store_true", help="until it has ended, with its progress")
        parser.add_argument("--report", type=Path, metavar="FILE", help="csv, xlsx or jsonl by its name; waits, too")
        parser.add_argument("--json", action="store_true", help="for programs")

    def begun(self, actor: Actor, stores: list[Store], token: str, options: dict[str, Any]) -> Sync:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        environment = known_as(options["environment"])
        stores = stores_of(environment, options["store"]) or []
        report = options["report"]
        if report and report.suffix.lstrip(".") not in ("csv", "xlsx", "jsonl"):
            fail(f"{report} has to end with .csv, .xlsx or .jsonl.", INVALID)
        if report and not report.absolute().parent.is_dir():
            fail(f"{report}: there is no such folder.", INVALID)
        actor = Actor(operator_of(environment), is_operator=True)
        try:
            sync = self.begun(actor, stores, f"command-{uuid.uuid4().hex}", options)
            try:
                if options["wait"] or report:
                    self.wait(sync, quiet=options["json"])
                    sync = self.confirmed(actor, sync, options)
                if report:
                    self.keep(sync, report)
            except KeyboardInterrupt:
                fail(f"Run {sync.pk} goes on. Follow it: manage.py syncs show {sync.pk}", INTERRUPTED)
        except NotValid as refusal:
            fail("\n".join(f"{place.lstrip('/')}: {text}" for place, text in refusal.errors), INVALID)
        except (runs.CannotStart, rights.NotAllowed, TooMany) as refusal:
            fail(str(refusal), REFUSED)
        except CloudinaryError as error:
            fail(str(error.reason), REFUSED)
        self.tell(sync, as_json=options["json"], ended=bool(options["wait"] or report))

    def confirmed(self, actor: Actor, sync: Sync, options: dict[str, Any]) -> Sync:
        """A run that stops at its plan, because pictures would leave, goes on if that was allowed by its number."""
        sync.refresh_from_db()
        if options["apply"] and sync.dry_run and options["removals"] and sync.losses()[0] == options["removals"]:
            runs.apply(actor, sync, leaving=options["removals"])
            self.wait(sync, quiet=options["json"])
        return sync

    def wait(self, sync: Sync, *, quiet: bool) -> None:
        last = ""
        while Sync.objects.get(pk=sync.pk).busy:
            said = "; ".join(f"{part.store.domain}: {part.doing}" for part in sync.parts.select_related("store"))
            if not quiet and said != last:
                self.stderr.write(said)
                last = said
            self.pause()

    def pause(self) -> None:
        time.sleep(EVERY)

    def keep(self, sync: Sync, file: Path) -> None:
        report = asking.ask(sync, file.suffix.lstrip("."))
        while report.busy:
            self.pause()
            report.refresh_from_db()
        try:
            with kept.open_file(report) as found, file.open("wb") as out:
                shutil.copyfileobj(found, out)
        except OSError as error:
            fail(f"{file} cannot be written: {error}. Run {sync.pk} has ended: manage.py syncs show {sync.pk}", REFUSED)

    def tell(self, sync: Sync, *, as_json: bool, ended: bool) -> None:
        row = run_lookup.described_in_full(Sync.objects.get(pk=sync.pk), timezone.now())
        if as_json:
            self.stdout.write(json.dumps(row, indent=2))
        elif not ended:
            up = "" if queue.answers() else " AssetLink cannot reach the queue; a worker begins when it is back."
            self.stdout.write(f"Run {sync.pk} has begun.{up} Follow it: manage.py syncs show {sync.pk}")
        else:
            self.stdout.write(f"Run {sync.pk}: {row['said'] or ', '.join(row['states'])}")
        if ended and (troubled := row["outcomes"].keys() & {"failed", "refused", "unknown"}):
            raise CommandError(f"The run has problems: {', '.join(sorted(troubled))}.", returncode=TROUBLED)


def assets_of(options: dict[str, Any]) -> list[NamedAsset]:
    """Of the file that is named: an asset ID a line. Raises CommandError."""
    if not options["assets"]:
        return []
    return [NamedAsset(asset_id=id) for line in lines_of(options["assets"]) if (id := line.strip())]


def takes_assets(parser: ArgumentParser) -> Any:
    """Answers the group of arguments of which one names the assets."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--search", default="", metavar="EXPRESSION", help="of Cloudinary's Search API")
    which.add_argument("--assets", default="", metavar="FILE", help="an asset ID a line; - reads standard input")
    return which


def operator_of(environment: Environment) -> Member:
    """In whose name commands act: history shows it, and nobody can sign in as it."""
    known = {"name": "Command line", "granted_role": MEMBER}
    found, _ = Member.objects.get_or_create(environment=environment, external_id=f"{KEY}command", defaults=known)
    found.environment = environment
    return found
