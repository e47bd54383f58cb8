"""What an installation keeps: settings in one file, and each secret in a file of its own."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from assetlink_site import __version__

APP_USER = 10001  # of the image
CONTAINER = "postgres"  # the name of its host in compose.yaml
USERS = "assetlink.sysusers.conf"
# Settings that people are asked for, or may wish to change; anything else of docs/operator/settings.md may be added.
SETTINGS = {"DOMAIN": "", "TLS": "", "CLOUD_NAME": "", "CLOUD_API_KEY": "", "SHOPIFY_CLIENT_ID": ""}
SIZES = {"WORKERS": "2", "WEB_CONCURRENCY": "2"}


def random_text() -> str:
    return secrets.token_urlsafe(48)


def fernet_key() -> str:
    """As `manage.py make_key` makes it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def nothing() -> str:
    """A file that is empty says that the secret is not needed yet: containers and services want all of them."""
    return ""


# Name of the file -> what it gets if nobody knows better.
SECRETS: dict[str, Callable[[], str]] = {
    "secret_key": random_text,
    "encryption_keys": fernet_key,
    "launch_secret": random_text,
    "metrics_token": random_text,
    "cloud_api_secret": nothing,
    "shopify_client_secret": nothing,
}


@dataclass(frozen=True)
class Way:
    settings: Path
    secrets: Path
    fixed: Mapping[str, str]  # settings that go with this way
    reader: int | None  # whom secrets belong to, if root writes them
    with_database: bool  # one of its own, with a password

    def secret(self, name: str) -> Path:
        return self.secrets / name.lower()

    def knows(self, name: str) -> bool:
        """Raises OSError for what is no file."""
        return filled(self.secret(name))


def compose(folder: Path) -> Way:
    """The image is named by its release, so that script/update can go back to it."""
    fixed = SIZES | {"TAG": __version__}
    return Way(folder / ".env", folder / "secrets", fixed, APP_USER, with_database=True)


def systemd(folder: Path) -> Way:
    """Postgres on the same machine knows the service's user by itself: no password."""
    fixed = {"TRUSTED_PROXIES": "1", "REDIS_URL": "redis://127.0.0.1:6379/0", "WEB_CONCURRENCY": "2"}
    return Way(folder / "assetlink.env", folder / "secrets", fixed, None, with_database=False)


def keep(way: Way, answers: Mapping[str, str]) -> list[str]:
    """Writes what is missing, and returns a line for each file. Raises OSError."""
    way.settings.parent.mkdir(parents=True, exist_ok=True)
    way.secrets.mkdir(mode=0o700, exist_ok=True)
    texts = {way.secret(name): answers.get(name.upper()) or draw() for name, draw in SECRETS.items()}
    texts |= database(way)
    lines = [written(path, text, way) for path, text in texts.items()]
    return [*lines, written(way.settings, settings(way, answers), None)]


def place(units: Path, etc: Path) -> list[str]:
    """Units of the release, over those of an earlier one; returns a line for each. What people want otherwise is in drop-ins of
    their own (`systemctl edit`)."""
    files = {path: etc / "systemd/system" / path.relative_to(units) for path in units.rglob("*") if path.is_file()}
    files |= {path: etc / "sysusers.d/assetlink.conf" for path in files if path.name == USERS}
    for path, target in files.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
        target.chmod(0o644)
    return [f"written  {target}" for target in files.values()]


def database(way: Way) -> dict[Path, str]:
    url, password = way.secret("database_url"), way.secret("postgres_password")
    if not way.with_database:
        return {url: "postgres://%2Fvar%2Frun%2Fpostgresql/assetlink"}
    in_address = password_of(url) if filled(url) else None
    kept = kept_text(password) if filled(password) else in_address or secrets.token_urlsafe(24)
    if in_address and in_address != kept and urlsplit(kept_text(url)).hostname == CONTAINER:
        raise OSError(
            f"The password in {url} is not the one of {password}: write there the one that Postgres was made with."
        )
    address = f"postgres://assetlink:{quote(kept, safe='')}@{CONTAINER}:5432/assetlink"
    return {url: address, password: kept}


def password_of(url: Path) -> str | None:
    """As Postgres knows it. Raises OSError."""
    try:
        found = urlsplit(kept_text(url)).password
        return unquote(found, errors="strict") if found else None
    except ValueError:
        raise OSError(f"{url} holds no address of a database that can be read.") from None


def settings(way: Way, answers: Mapping[str, str]) -> str:
    values = {name: answers.get(name, usual) for name, usual in SETTINGS.items()} | way.fixed
    if not way.with_database:  # compose.yaml says it itself
        values |= {"APP_URL": f"https://{values['DOMAIN']}", "ALLOWED_HOSTS": values["DOMAIN"]}
    head = "# Settings of AssetLink, by script/install. Secrets are files of the folder secrets.\n"
    return head + "".join(f"{name}={value}\n" for name, value in values.items())


def written(path: Path, text: str, way: Way | None) -> str:
    """Never over something: only an empty file is filled. Of `way`: a secret."""
    if filled(path) or (path.exists() and not text):
        return f"kept     {path}"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(f"{text}\n" if way and text else text)
        if way and way.reader is not None:
            share(file.fileno(), way.reader)
    return f"written  {path}"


def share(descriptor: int, reader: int) -> None:
    """The container's user reads the file itself. Who is not root cannot give it away: the folder keeps other people out."""
    if os.geteuid() == 0:
        os.fchown(descriptor, reader, reader)
    else:
        os.fchmod(descriptor, 0o644)


def read_settings(way: Way) -> dict[str, str]:
    """Empty if there are none yet. Raises OSError."""
    if not way.settings.exists():
        return {}
    lines = (line.strip() for line in kept_text(way.settings).splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def filled(path: Path) -> bool:
    """Raises OSError for what is no file."""
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is no file: move it away, and start again.")
    return path.exists() and path.stat().st_size > 0


def kept_text(path: Path) -> str:
    """Raises OSError."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise OSError(f"{path} is no UTF-8 text: write it again as such.") from None
