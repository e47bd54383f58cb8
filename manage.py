#!/usr/bin/env python
"""Django's command line for AssetLink."""

import os
import sys

try:
    from django.core.management import execute_from_command_line
except ImportError as error:
    sys.exit(
        f"{error}: {sys.executable} lacks requirements.txt. Use the virtual environment's Python, or install them."
    )

from assetlink_site import starting

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assetlink_site.settings")
    starting.prepare_command(sys.argv)
    with starting.outages_in_a_line(sys.argv):
        execute_from_command_line(sys.argv)
