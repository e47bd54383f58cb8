"""A database of its own for a bench or for chaos, with the settings of the tests."""

import os
from pathlib import Path


def prepare(folder: Path) -> None:
    """Only after this may anything of the app be imported."""
    os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'own.sqlite3'}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    import logging

    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    logging.getLogger("werkzeug").disabled = True  # the pretend world complains of callers who were killed
