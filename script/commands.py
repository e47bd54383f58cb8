"""The processes of a demo as command lines, and the environment they are given."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from script import surroundings
from script.home import Home
from script.ports import Ports

ROOT = Path(__file__).resolve().parent.parent
QUEUE = "default"
# Of the drawn catalog, of its second environment, and of a catalog that is read from files.
CLOUDS = ("fjord-fern", "fjord-fern-outlet", "sandbox")


def environment(options: argparse.Namespace, home: Home, outside: Mapping[str, str]) -> dict[str, str]:
    """docs/operator/settings.md explains the app's names."""
    ports = Ports(options.port)
    sandbox = sandbox_address(options)
    hosts = f"{options.host},localhost,127.0.0.1"
    ours = {
        "APP_URL": f"http://{options.host}:{ports.web}",
        "ALLOWED_HOSTS": hosts,
        "DATABASE_URL": f"sqlite:///{home.database}",
        "REDIS_URL": outside.get("REDIS_URL") or f"redis://127.0.0.1:{ports.redis}/0",
        "FRAME_ANCESTORS": sandbox,
        "IMAGE_SOURCES": sandbox,
        # Stores that are connected on Setup are the sandbox's, too, and so is the page that installs the app in them.
        "SHOPIFY_BASE_URL": sandbox,
        "WEBHOOK_NETWORKS": "127.0.0.0/8 ::1/128",  # the sandbox has a receiver
        **signing_in(sandbox, ports.mail),
        "STATIC_ROOT": str(home.static),
        "REPORT_FOLDER": str(home.reports),
        "DJANGO_SETTINGS_MODULE": "assetlink_site.settings",
        # Without it macOS ends forked children, as the jobs of RQ's workers are.
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
    }
    return surroundings.cleaned(outside, hosts=hosts) | ours | home.secrets()


def signing_in(sandbox: str, mail_port: int) -> dict[str, str]:
    """The sandbox's ways in; groups of its provider mean something in the environment that a demo begins with."""
    from sandbox.arguments import ways_in  # here: --help runs before anything is installed

    found = ways_in(sandbox, mail_port)
    providers = json.loads(found["OIDC_PROVIDERS"])
    roles = {"assetlink-admins": "admin", "agency": "viewer"}
    providers["fjord"]["groups"] = {group: dict.fromkeys(CLOUDS, role) for group, role in roles.items()}
    return found | {"OIDC_PROVIDERS": json.dumps(providers)}


def sandbox_address(options: argparse.Namespace) -> str:
    """As browsers, the app and the sandbox itself name it: where they compare addresses, there has to be one."""
    return f"http://{options.host}:{Ports(options.port).sandbox}"


def sandbox(options: argparse.Namespace, home: Home) -> list[str]:
    ports = Ports(options.port)
    given = {
        "--port": ports.sandbox,
        "--data": home.sandbox,
        "--app-url": f"http://{options.host}:{ports.web}",
        "--public-url": sandbox_address(options),
        "--mail-port": ports.mail,
        "--products": options.products,
        "--assets": options.assets,
        "--library": options.library,
        "--stores": options.stores,
        "--plan": options.plan,
    }
    chosen = [str(part) for name, value in given.items() if value is not None for part in (name, value)]
    drawn = not (options.products or options.assets)
    return [sys.executable, "-m", "sandbox", *(["--outlet"] if drawn else []), *chosen]


def settle() -> list[str]:
    return [sys.executable, "-m", "script.settle"]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def web(port: int) -> list[str]:
    """gunicorn.conf.py has what holds for every installation."""
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--graceful-timeout", "5"]
    return [sys.executable, "-m", "gunicorn", "assetlink_site.wsgi", *options]


def worker() -> list[str]:
    """One queue per worker: with several, RQ loses a job whose worker dies between taking and starting it."""
    return manage("rqworker", QUEUE, "--serializer", "rq.serializers.JSONSerializer")


def sweeper() -> list[str]:
    return manage("sweeper")
