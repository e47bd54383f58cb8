"""The command line of `python -m sandbox`."""

import argparse
import json
from pathlib import Path
from typing import Any

from sandbox.identity.provider import CLIENT_ID, CLIENT_SECRET

PLANS = ("basic", "advanced", "plus", "development")
MOST_ASSETS = 1_000_000
DATA = Path(".cache/sandbox")


def parsed(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A pretend Shopify, Cloudinary and Console.")
    add = parser.add_argument
    add("--port", type=int, default=8001, help="0 takes a free port (%(default)s)")
    add("--host", default="127.0.0.1")
    add("--data", type=Path, default=DATA, metavar="FOLDER", help="where to keep the world (%(default)s)")
    add("--fresh", action="store_true", help="forget the world in that folder")
    add(
        "--products",
        type=Path,
        metavar="EXPORT.csv",
        help="a product export (CSV, XLSX, ZIP) instead of the drawn catalog",
    )
    add("--assets", type=Path, metavar="FOLDER", help="pictures for it; may hold an assets.csv")
    add("--library", type=many, metavar="N", help="so many more assets, with the same pictures (0)")
    add("--outlet", action="store_true", help="a second product environment, with a part of the assets")
    add("--stores", type=count, metavar="N", help="how many stores (2)")
    add("--plan", choices=PLANS, help="the Shopify plan of all stores; by default each has another")
    add("--app-url", default="http://localhost:8000", metavar="URL", help="where AssetLink is (%(default)s)")
    add("--public-url", metavar="URL", help="where this sandbox is reached (http://localhost:PORT)")
    add("--index-lag", type=float, metavar="S", help="seconds until searches see a change")
    add("--media-seconds", type=pair, metavar="A,B", help="Shopify takes between A and B seconds for a medium")
    add(
        "--captions",
        choices=("subscribed", "unlisted", "absent"),
        help="whether the environment has the add-on for AI captions",
    )
    add("--mail-port", type=int, metavar="PORT", help="catch e-mails there; without it there is no mail server")
    add(
        "--print-env",
        action="store_true",
        help="print the settings with which AssetLink meets this sandbox, as NAME=value lines, and end",
    )
    return parser.parse_args(given)


def settings_of_the_app(options: argparse.Namespace) -> dict[str, str]:
    """By the names of AssetLink's environment variables (docs/operator/settings.md)."""
    here = public_url(options).rstrip("/")
    names = ("SHOPIFY_BASE_URL", "IMAGE_SOURCES", "FRAME_ANCESTORS", "LAUNCH_ORIGINS")
    return {"APP_URL": options.app_url.rstrip("/"), **dict.fromkeys(names, here), **ways_in(here, options.mail_port)}


def ways_in(here: str, mail_port: int | None) -> dict[str, str]:
    """People sign in with the pretend providers, and by a code if there is a mail server."""
    company = {"name": "Fjord & Fern", "discovery": f"{here}/identity", "client_id": CLIENT_ID}
    company |= {"client_secret": CLIENT_SECRET, "groups_claim": "groups"}
    found = {
        "OIDC_PROVIDERS": json.dumps({"fjord": company}),
        "CLOUDINARY_OAUTH_CLIENT_ID": CLIENT_ID,
        "CLOUDINARY_OAUTH_CLIENT_SECRET": CLIENT_SECRET,
        "CLOUDINARY_OAUTH_URL": f"{here}/cloudinary-oauth",
    }
    if mail_port:
        found |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(mail_port), "EMAIL_SECURITY": "none"}
        found["EMAIL_FROM"] = "AssetLink <assetlink@sandbox.example>"
    return found


def public_url(options: argparse.Namespace) -> str:
    return options.public_url or f"http://localhost:{options.port}"


def count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 50:
        raise argparse.ArgumentTypeError("between 1 and 50 stores")
    return number


def many(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MOST_ASSETS:
        raise argparse.ArgumentTypeError(f"between 0 and {MOST_ASSETS:,} assets")
    return number


def pair(text: str) -> tuple[float, float]:
    try:
        least, most = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError("two numbers with a comma between them, for example 0.3,2") from None
    return least, most


def origin(options: argparse.Namespace) -> dict[str, Any]:
    """What a world is built from; None where nothing was said."""
    return {
        "products": options.products and str(options.products.resolve()),
        "assets": options.assets and str(options.assets.resolve()),
        "library": options.library,
        "stores": options.stores,
        "plan": options.plan,
    }


def has_changed(origin: dict[str, Any]) -> bool:
    """Whether the export that a world was built from is another one by now; not if it has gone."""
    now = written(origin.get("products"))
    return None not in (now, origin.get("as_of")) and now != origin["as_of"]


def written(path: Path | str | None) -> float | None:
    """When the file was, by its own account; None without one."""
    try:
        return Path(path).stat().st_mtime if path else None
    except OSError:
        return None
