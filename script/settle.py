"""The database and the static files of a demo, in one process: to load Django takes longer than either."""

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("migrate", interactive=False)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
