"""What the commands that begin runs share: who acts, which stores, waiting, and what is printed at the end."""

import json
import os
import shutil
import time
import uuid
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone

from linking import queue, rights, runs
from linking.management.commands.selection_address import lines_of
from linking.models import ChangeRow, StoreSync, Sync
from linking.operations import run_lookup
from linking.reporting import asking, kept
from linking.selection.addresses import ASSET_IDS, is_asset_id
from linking.selection.named_assets import NamedAsset, NotValid
from setup.cloudinary.client import CloudinaryError
from setup.management.commands.environment import known_as
from setup.management.commands.member import stores_of
from setup.models import Environment, Member, Store
from setup.models.members import MEMBER
from setup.security.actors import Actor
from setup.security.launch import KEY
from setup.security.limits import TooMany

REFUSED, USAGE, UNCONFIRMED, TROUBLED, INVALID, INTERRUPTED = (
    1,
    2,
    3,
    4,
    5,
    130,
)  # exit codes; 2 is argparse's own, 130 is usual
OUTCOMES = (
    "Nothing is written without --apply. Exit codes: 0 done, or planned without --apply; 1 refused; 2 wrong command line; 3 "
    "nothing was written, because other pictures would leave galleries than --removals allows; 4 the run ended with problems; 5 "
    "something that was named is not valid; 130 interrupted while it waited: the run goes on."
)
EVERY = 1.0  # seconds between two looks
REASONS = 3  # that are named where everything is skipped
TROUBLES = {"failed", "refused", "unknown", "aborted"}
# What places of a request are called here.
OPTIONS = {
    "/stores": "--store",
    "/search": "--search",
    "/products": "--products",
    "/exclude": "--exclude",
    "/match/cloudinary_field": "--cloudinary-field",
    "/match/shopify_field": "--shopify-field",
    "/match/pattern": "--pattern",
    "/match/separator": "--separator",
    "/mode": "--mode",
    "/position": "--position",
    "/order_by": "--order-by",
    "/alt_policy": "--alt-policy",
    "/rendition": "--rendition",
    "/removals": "--removals",
}


def fail(text: str, code: int) -> NoReturn:
    raise CommandError(text, returncode=code)


@contextmanager
def named() -> Iterator[None]:
    """What is named and is not there, or cannot be read, has its own exit code."""
    try:
        yield
    except CommandError as error:
        raise CommandError(str(error), returncode=INVALID if error.returncode == 1 else error.returncode) from None


def described(errors: Sequence[tuple[str, str]], lines: Mapping[str, int]) -> str:
    """What is wrong, in words of the command line: by the line of a file, or by the option."""
    return "\n".join(f"{where}: {text}" if (where := _where(place, lines)) else text for place, text in errors)


def _where(place: str, lines: Mapping[str, int]) -> str:
    while place:
        if place in lines:
            return f"Line {lines[place]}"
        if place in OPTIONS:
            return OPTIONS[place]
        place = place.rpartition("/")[0]
    return ""


class Starting(BaseCommand):
    """`begun` begins the run; everything else is here. `lines`: where in files things stand, by their place in a request."""

    lines: dict[str, int]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--environment", required=True, metavar="CLOUD_NAME")
        parser.add_argument("--store", action="append", required=True, metavar="DOMAIN", help="may come several times")
        parser.add_argument("--apply", action="store_true", help="write; without it only the plan is made")
        parser.add_argument(
            "--removals",
            type=int,
            default=0,
            metavar="N",
            help="so many pictures may leave galleries: the plan's number; waits, too",
        )
        parser.add_argument("--wait", action="store_true", help="until it has ended, with its progress")
        parser.add_argument("--report", type=Path, metavar="FILE", help="csv, xlsx or jsonl by its name; waits, too")
        parser.add_argument("--json", action="store_true", help="for programs")

    def begun(self, actor: Actor, stores: list[Store], token: str, options: dict[str, Any]) -> Sync:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        self.lines = {}
        if options["removals"] < 0:
            fail("--removals is a number of pictures.", USAGE)
        with named():
            environment = known_as(options["environment"])
            stores = stores_of(environment, options["store"]) or []
        report = options["report"]
        if report:
            check_report(report)
        actor = Actor(operator_of(environment), is_operator=True)
        try:
            with named():
                sync = self.begun(actor, stores, f"command-{uuid.uuid4().hex}", options)
            waits = options["wait"] or report or (options["apply"] and self.may_ask(sync, stores, options))
            try:
                if waits:
                    self.wait(sync, quiet=options["json"])
                    sync = self.applied(actor, sync, options)
                if report:
                    self.keep(sync, report)
            except KeyboardInterrupt:
                fail(f"Run {sync.pk} goes on. Follow it: manage.py syncs show {sync.pk}", INTERRUPTED)
        except NotValid as refusal:
            fail(described(refusal.errors, self.lines), INVALID)
        except (runs.CannotStart, rights.NotAllowed, TooMany) as refusal:
            fail(str(refusal), REFUSED)
        except CloudinaryError as error:
            fail(str(error.reason), REFUSED)
        self.tell(sync, as_json=options["json"], ended=bool(waits))
        if waits:
            self.judge(sync, options)

    def may_ask(self, sync: Sync, stores: list[Store], options: dict[str, Any]) -> bool:
        """Whether its plan decides if anything is written: then who asks for that waits for it."""
        return bool(options["removals"]) or sync.dry_run or sync.takes_in(store.pk for store in stores)

    def applied(self, actor: Actor, sync: Sync, options: dict[str, Any]) -> Sync:
        """A plan that is shown first goes on if what leaves is allowed by its number."""
        sync.refresh_from_db()
        planned = sync.parts.filter(state=StoreSync.State.PLANNED).exists()
        if options["apply"] and sync.dry_run and planned and (going := sync.to_confirm) in (0, options["removals"]):
            runs.apply(actor, sync, leaving=going)
            self.wait(sync, quiet=options["json"])
        return sync

    def wait(self, sync: Sync, *, quiet: bool) -> None:
        last = ""
        while Sync.objects.get(pk=sync.pk).busy:
            parts = sync.parts.select_related("store")
            said = "; ".join(f"{part.store.domain}: {text}" for part in parts if (text := str(part.doing)))
            if not quiet and said and said != last:
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
            fail(
                f"{file} cannot be written: {report.problem or error}. Run {sync.pk} has ended: manage.py syncs show {sync.pk}",
                REFUSED,
            )

    def tell(self, sync: Sync, *, as_json: bool, ended: bool) -> None:
        row = run_lookup.described_in_full(Sync.objects.get(pk=sync.pk), timezone.now())
        if as_json:
            self.stdout.write(json.dumps(row, indent=2))
        elif not ended:
            up = "" if queue.answers() else " AssetLink cannot reach the queue; a worker begins when it is back."
            self.stdout.write(f"Run {sync.pk} has begun.{up} Follow it: manage.py syncs show {sync.pk}")
        else:
            self.stdout.write(f"Run {sync.pk}: {skipped(sync, row) or row['said'] or ', '.join(row['states'])}")

    def judge(self, sync: Sync, options: dict[str, Any]) -> None:
        """Raises CommandError, so that whatever called this learns of it."""
        sync = Sync.objects.get(pk=sync.pk)
        row = run_lookup.described([sync])[0]
        if troubled := sorted(TROUBLES & (row["outcomes"].keys() | row["states"].keys())):
            fail(f"The run has problems: {', '.join(troubled)}.", TROUBLED)
        if options["apply"] and sync.dry_run and (going := sync.to_confirm):
            leave = (
                "1 picture would leave its gallery" if going == 1 else f"{going:,} pictures would leave their galleries"
            )
            fail(f"Nothing was written: {leave}. Send --removals {going} to allow it.", UNCONFIRMED)

    def assets(self, options: dict[str, Any], name: str = "assets") -> list[NamedAsset]:
        """Of the file that the option of this name has: an asset ID a line. Raises CommandError."""
        file, found = options[name], list[NamedAsset]()
        for at, line in enumerate(lines_of(file) if file else (), 1):
            if not (id := line.strip()):
                continue
            if not is_asset_id(id):
                fail(f"Line {at} of {file}: “{id[:60]}” is no asset ID: {ASSET_IDS}", INVALID)
            self.lines[f"/{name}/{len(found)}"] = at
            found.append(NamedAsset(asset_id=id))
        if file and not found:
            fail(f"{file} names no asset.", INVALID)
        return found


def skipped(sync: Sync, row: Mapping[str, Any]) -> str:
    """Of a run that has nothing to do but to say why."""
    if row["outcomes"].keys() != {"skipped"}:
        return ""
    lines = ChangeRow.objects.filter(part__sync=sync).exclude(reason="").order_by()
    reasons = lines.values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")[:REASONS]
    return " ".join([f"Nothing to do: all {row['outcomes']['skipped']:,} skipped.", *(str(one) for one, _n in reasons)])


def check_report(file: Path) -> None:
    """Before anything begins. Raises CommandError."""
    if file.suffix.lstrip(".") not in ("csv", "xlsx", "jsonl"):
        fail(f"{file} has to end with .csv, .xlsx or .jsonl.", INVALID)
    if not file.absolute().parent.is_dir():
        fail(f"{file}: there is no such folder.", INVALID)
    if file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK):
        fail(f"{file} cannot be written.", INVALID)


def takes_assets(parser: ArgumentParser) -> Any:
    """Answers the group of arguments of which one names the assets."""
    parser.add_argument("--exclude", default="", metavar="FILE", help="asset IDs that are left out, one a line")
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
