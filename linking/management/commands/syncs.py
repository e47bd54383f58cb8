import json
import uuid
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from linking import queue, runs
from linking.models import ChangeRow, Sync
from linking.operations import run_lookup
from setup.security.actors import Actor

REFUSED, UNKNOWN = 1, 3  # exit codes; argparse's own for a wrong command line is 2
COLUMNS = "{id:>7}  {created:<16}  {environment:<20.20}  {kind:<8}  {state:<22}  {points:>7}  {said:<44}  {stores}"
HEADS = {"id": "RUN", "created": "BEGAN (UTC)", "environment": "ENVIRONMENT", "kind": "KIND", "state": "STATE"}
HEADS |= {"points": "POINTS", "said": "RESULT", "stores": "STORES"}
OUTCOMES = {str(value): str(label).lower() for value, label in ChangeRow.Outcome.choices}
QUEUE_DOWN = "AssetLink cannot reach the queue; a worker begins when it is back."


class Command(BaseCommand):
    help = (
        "Lists runs of all environments, shows one, aborts one, or retries its failures. Name a run by its number or "
        "its key. Exit codes: 0 done, 1 refused (the text says why), 2 wrong command line, 3 no such thing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="runs, newest first")
        listing.add_argument("--environment", default="", metavar="CLOUD_NAME")
        listing.add_argument("--store", default="", metavar="DOMAIN")
        listing.add_argument(
            "--state", default="", choices=run_lookup.STATES, help="runs with at least one store in it"
        )
        listing.add_argument("--since", type=moment, metavar="WHEN", help="90m, 12h, 7d, or 2026-11-21[T10:00]")
        listing.add_argument("--limit", type=count, default=50, metavar="N", help="how many at most (50)")
        for name, purpose in (
            ("show", "its stores, what they do, and why changes failed or are unconfirmed"),
            ("abort", "stop it: no new write starts, and its report says what it did"),
            (
                "retry",
                "a new run of what failed, in the name of its starter; only a plan if it takes media out",
            ),
        ):
            verbs.add_parser(name, help=purpose).add_argument("run", metavar="RUN")
        for verb in verbs.choices.values():
            verb.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"{verb}_runs" if verb == "list" else verb)(**options)
        except run_lookup.NotFound as error:
            fail(str(error), UNKNOWN)

    def list_runs(self, *, limit: int, **options: Any) -> None:
        chosen = {name: options[name] for name in ("environment", "store", "state", "since")}
        rows = run_lookup.described(run_lookup.found(**chosen)[:limit])
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
        else:
            lines = [COLUMNS.format(**HEADS), *map(line_of, rows)] if rows else ["No runs."]
            self.stdout.write("\n".join(lines))

    def show(self, *, run: str, **options: Any) -> None:
        row = run_lookup.described_in_full(run_lookup.named(run), timezone.now())
        self.stdout.write(json.dumps(row, indent=2) if options["json"] else "\n".join(lines_of(row)))

    def abort(self, *, run: str, **options: Any) -> None:
        sync = run_lookup.named(run)
        if not sync.busy:
            fail(f"Run {sync.pk} is not under way: {listed(run_lookup.described([sync])[0]['states'])}.", REFUSED)
        try:
            fresh = runs.abort(Actor(sync.member, is_operator=True), sync)
        except runs.CannotStart as refusal:  # it has ended since
            fail(str(refusal), REFUSED)
        again = "" if fresh else " once more"
        self.answer(sync, options["json"], f"Run {sync.pk} is asked{again} to stop. No new write starts after 5 s.")

    def retry(self, *, run: str, **options: Any) -> None:
        sync = run_lookup.named(run)
        try:
            follower = runs.retry(Actor(sync.member, is_operator=True), sync, f"operator-{uuid.uuid4().hex}")
        except runs.CannotStart as refusal:
            fail(str(refusal), REFUSED)
        plan = " It is a plan: a person has to apply it." if follower.dry_run else ""
        self.answer(follower, options["json"], f"Run {follower.pk} retries what failed in run {sync.pk}.{plan}")

    def answer(self, sync: Sync, as_json: bool, text: str) -> None:
        up = queue.answers()
        known = {"id": sync.pk, "key": str(sync.key), "dry_run": sync.dry_run, "queue": up}
        words = text if up else f"{text} {QUEUE_DOWN}"
        self.stdout.write(json.dumps(known, indent=2) if as_json else words)


def fail(text: str, code: int) -> NoReturn:
    raise CommandError(text, returncode=code)


def checked(read: Callable[[str], Any], text: str, wanted: str) -> Any:
    try:
        return read(text)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{text!r} is not {wanted}.") from None


def moment(text: str) -> datetime:
    return checked(
        lambda text: run_lookup.moment(text, timezone.now()), text, "90m, 12h, 7d, or a date such as 2026-11-21"
    )


def count(text: str) -> int:
    found = checked(int, text, "a number")
    if found < 1:
        raise ArgumentTypeError(f"{text} is not above 0.")
    return found


def listed(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items())


def outcomes_of(row: Mapping[str, Any]) -> str:
    """In the words of the pages."""
    return listed({word: row["outcomes"][name] for name, word in OUTCOMES.items() if name in row["outcomes"]})


def line_of(row: Mapping[str, Any]) -> str:
    results = row["results"]
    state = next(iter(results)) if len(results) == 1 else listed(results) or "no store"
    kind = f"{row['kind']}?" if row["dry_run"] else row["kind"]  # a plan
    known = {"state": state, "kind": kind}
    known["created"] = row["created"][:16].replace("T", " ")
    return COLUMNS.format(**{**row, **known, "stores": " ".join(row["stores"])}).rstrip()


def lines_of(row: Mapping[str, Any]) -> Iterator[str]:
    """A run in full."""
    yield f"Run {row['id']} ({row['key']}) of {row['environment']}, by {row['by']}"
    yield f"  {row['kind']}, {row['mode']}, {'dry run, ' if row['dry_run'] else ''}began {row['created']}"
    if row["abort_requested"]:
        yield f"  somebody asked to abort it at {row['abort_requested']}"
    if row["said"]:
        yield f"  {row['said']}"
    if row["outcomes"]:
        yield f"  rows of its report: {outcomes_of(row)}"
    for part in row["parts"]:
        held = f"job {part['job']} works on it" if part["worked_on"] else "nobody works on it"
        came = f" ({part['result']})" if part["state"] == "done" != part["result"] else ""
        yield f"  {part['store']} (store sync {part['id']}): {part['state']}{came}, {held}"
        yield from (f"    {text}" for text in (part["doing"], part["problem"], listed(part["products"])) if text)
        yield f"    {listed({name: round(part[name], 1) for name in run_lookup.COUNTERS})}"
    for trouble in row["troubles"]:
        yield f"  {trouble['changes']:>6} {OUTCOMES[trouble['outcome']]}: {trouble['reason']}"
