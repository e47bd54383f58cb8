from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils import timezone

from linking.operations.retention import clean, due


class Command(BaseCommand):
    help = "Removes what is older than SELECTION_DAYS, PLAN_DAYS, UNDO_DAYS and REPORT_DAYS say. The sweeper does it every hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what it would remove")

    def handle(self, *args: object, dry_run: bool, **options: object) -> None:
        now = timezone.now()
        found = due(now) if dry_run else clean(now=now, seconds=float("inf"))[0]
        for name, n in sorted(found.items()):
            self.stdout.write(f"{n:,} {name}")
        if not found:
            self.stdout.write("Nothing to remove.")
