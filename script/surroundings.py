"""What the processes of script/demo and script/test take over from the shell that they are started from."""

from collections.abc import Mapping

# How much is logged, and how, everybody chooses.
CHOSEN = {"LOG_LEVEL", "LOG_FORMAT"}
LIBRARIES = {"CLOUDINARY_URL", "GUNICORN_CMD_ARGS", "WEB_CONCURRENCY", "DJANGO_SETTINGS_MODULE"}


def cleaned(outside: Mapping[str, str], *, hosts: str = "localhost,127.0.0.1") -> dict[str, str]:
    """Without the app's settings, which would lead us to real services or another database, change how patient the workers are,
    keep reports elsewhere, end sessions early, or set an environment up; and without those of LIBRARIES. `hosts` are reached
    directly, whatever proxy there is for the world outside."""
    from assetlink_site import variables  # here: --help runs before anything is installed

    left_out = (variables.NAMES - CHOSEN) | LIBRARIES
    kept = {name: value for name, value in outside.items() if name not in left_out}
    return kept | {"NO_PROXY": hosts, "no_proxy": hosts, "PYTHONUNBUFFERED": "1"}
