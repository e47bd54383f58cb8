import json
import logging
import math
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from linking.operations.doctor import looking
from linking.operations.doctor.findings import Finding, Level, worst

LONGEST = 3600  # seconds


class Command(BaseCommand):
    help = (
        "Tries for real everything that AssetLink needs, and says what it found and what to do. Nothing that it writes stays. "
        "Exit codes: 0 nothing is wrong (there may be warnings), 1 something is wrong, 2 wrong command line."
    )
    requires_system_checks = []  # they are one of the looks

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--seconds", type=seconds, default=looking.SECONDS, help="time for each look (%(default)s)")
        parser.add_argument("--only", nargs="+", choices=looking.NAMES, metavar="LOOK", help=", ".join(looking.NAMES))
        parser.add_argument("--skip", nargs="+", choices=looking.NAMES, metavar="LOOK", default=[])

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.LOGGING["root"]["level"] != "DEBUG":  # what does not answer is a finding; each try of it is not
            logging.getLogger("urllib3").setLevel(logging.ERROR)
        wanted = [name for name in options["only"] or looking.NAMES if name not in options["skip"]]
        if not wanted:
            raise CommandError("Nothing is left to look at: --skip names all of --only.", returncode=2)
        findings = looking.look(wanted, seconds=options["seconds"])
        found = self.as_json(findings) if options["json"] else self.as_text(findings)
        if worst(found) == Level.WRONG:
            raise CommandError("Something is wrong: see above.", returncode=1)

    def as_json(self, findings: Iterable[Finding]) -> list[Finding]:
        found = list(findings)
        known = {"release": settings.RELEASE, "status": worst(found), "findings": [asdict(one) for one in found]}
        self.stdout.write(json.dumps(known, indent=2))
        return found

    def as_text(self, findings: Iterable[Finding]) -> list[Finding]:
        self.stdout.write(f"AssetLink {settings.RELEASE}")
        found = []
        for one in findings:
            self.stdout.write("\n".join(lines_of(one)))
            found.append(one)
        counts = Counter(one.level for one in found)
        if any("`manage.py " in one.advice for one in found if one.level != Level.OK):
            self.stdout.write("On an installation by script/install, `manage.py …` is `script/manage …`.")
        self.stdout.write(", ".join(f"{counts[level]} {level}" for level in Level if counts[level]) + ".")
        return found


def seconds(given: str) -> float:
    """Raises ArgumentTypeError."""
    try:
        found = float(given)
    except ValueError:
        found = math.nan
    if not 0 < found <= LONGEST:
        raise ArgumentTypeError(f"{given[:40]!r} is no number of seconds above 0 and up to {LONGEST}")
    return found


def lines_of(one: Finding) -> Iterator[str]:
    about = f"{one.about}: " if one.about else ""
    yield f"{one.level:<8} {one.look:<13} {about}{one.text}"
    if one.advice and one.level != Level.OK:
        yield f"{'':<22} {'->'} {one.advice}"
