from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections

from linking.operations import migrating


class Command(migrate.Command):
    """Django's own, which on Postgres waits for no lock so long that people notice."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-seconds",
            type=float,
            default=migrating.LOCK_SECONDS,
            help="Postgres: how long to wait for a lock before it lets others pass and tries again (%(default)s)",
        )
        parser.add_argument(
            "--lock-tries", type=int, default=migrating.TRIES, help="Postgres: how often to try (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> Any:
        seconds, tries = options.pop("lock_seconds"), options.pop("lock_tries")
        connection = connections[options["database"]]
        if connection.vendor != "postgresql" or options["plan"] or options["check_unapplied"]:
            return super().handle(*args, **options)
        try:
            return migrating.patiently(
                lambda: super(Command, self).handle(*args, **options),
                connection,
                seconds=seconds,
                tries=tries,
                say=self.stderr.write,
            )
        except migrating.Held as held:
            raise CommandError(str(held)) from held
