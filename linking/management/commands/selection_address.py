import sys
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from linking.selection.addresses import ASSET_IDS, LASTS, CannotHandOver, hand_over, is_asset_id
from setup.models import Environment

HOURS = LASTS // timedelta(hours=1)
MOST_HOURS = 24 * 30


class Command(BaseCommand):
    help = (
        "Makes an address that opens a selection: for one member of the environment, once. It is printed, and nobody can "
        "read it again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--environment", required=True, metavar="CLOUD_NAME")
        add("--assets", required=True, metavar="FILE", help="a file with an asset id a line; - reads standard input")
        add("--said-by", required=True, metavar="NAME", help="who hands them over, as the page says it")
        add("--note", default="", metavar="TEXT", help="what else the page says")
        add("--hours", type=float, default=HOURS, metavar="N", help=f"how long it works ({HOURS})")

    def handle(
        self, *args: Any, environment: str, assets: str, said_by: str, note: str, hours: float, **options: Any
    ) -> None:
        found = Environment.objects.filter(cloud_name=environment).first()
        if found is None:
            raise CommandError(f"There is no environment {environment}. `manage.py environment list` shows all.")
        if not 0 < hours <= MOST_HOURS:
            raise CommandError(f"--hours is above 0 and at most {MOST_HOURS}.")
        ids = lines_of(assets)
        if wrong := next((at for at, id in enumerate(ids, 1) if id.strip() and not is_asset_id(id.strip())), 0):
            raise CommandError(f"Line {wrong} of {assets}: “{ids[wrong - 1].strip()[:60]}” is no asset ID: {ASSET_IDS}")
        try:
            row, address = hand_over(
                found, ids, said_by=said_by, note=note, now=timezone.now(), lasts=timedelta(hours=hours)
            )
        except CannotHandOver as refusal:
            raise CommandError(f"{refusal} Nothing was made.") from None
        count = f"{len(row.asset_ids):,} asset{'s' if len(row.asset_ids) != 1 else ''}"
        self.stderr.write(
            f"{count} of {found.cloud_name}, until {row.expires:%Y-%m-%d %H:%M} UTC, for one member, once:"
        )
        self.stdout.write(address)


def lines_of(place: str) -> list[str]:
    """Raises CommandError."""
    try:
        text = sys.stdin.read() if place == "-" else Path(place).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{place} cannot be read: {error}") from None
    return text.removeprefix("\ufeff").split("\n")  # other marks that end a line in Unicode are a part of texts
