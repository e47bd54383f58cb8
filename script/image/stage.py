"""One installation in an empty folder, step by step, with the seconds that each took."""

import io
import json
import os
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from assetlink_site import __version__
from script import answers, redis_server
from script.family import Child, Failed, Family
from script.image import catalog, journey, proxy, services
from script.image.building import Store
from script.image.container import Container
from script.install_files import APP_USER, read_settings
from script.install_files import compose as compose_files
from script.ports import free_port
from script.terminal import say, tail

ROOT = Path(__file__).resolve().parents[2]
APP, CONSOLE = "app.assetlink.test", "console.cloud.test"
BUNDLE = "etc/ssl/certs/assetlink.crt"


class Stage:
    def __init__(self, folder: Path, family: Family) -> None:
        self.folder, self.family = folder, family
        self.source = folder / "assetlink"
        self.seconds: dict[str, float] = {}
        self.roles: list[Child] = []
        self.web, self.sandbox, self.redis, self.tls = free_port(), free_port(), free_port(), free_port()
        self.app, self.console = f"https://{APP}:{self.tls}", f"https://{CONSOLE}:{self.tls}"

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        say(f"{name} ...")
        began = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - began

    def build(self) -> None:
        """Of what is committed, as a clone has it."""
        store = Store(self.folder, self.family.log("building"))
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(self.source, filter="data")
        revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
        with self.step("base"):
            store.base()
        with self.step("image"):
            self.configuration = store.image(self.source, version=__version__, revision=revision)
        self.files = store.mounted()
        self.size = sum(path.lstat().st_size for path in self.files.rglob("*") if path.is_file()) / 1_000_000

    def open(self, database: str) -> None:
        """Everything that an installation has, until /readyz is content."""
        with self.step("start"):
            create(database)
            self.open_world()
            self.install(database)
            self.start_roles()

    def open_world(self) -> None:
        program = redis_server.find_program() or ""
        redis = redis_server.command(program, self.redis, self.folder / "redis")
        self.family.start("redis", redis, outlives=True)
        hosts = self.folder / "hosts"
        hosts.write_text(f"127.0.0.1 localhost {APP} {CONSOLE}\n")
        sandbox = f"127.0.0.1:{self.sandbox}"
        place = proxy.configuration(self.folder, self.source, port=self.tls, console=self.console, sandbox=sandbox)
        known = {"DOMAIN": self.app, "TLS": "internal", "UPSTREAM": f"127.0.0.1:{self.web}"}
        known |= dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(self.folder))  # nothing of it stays in a home
        self.family.environment |= known
        self.family.start("proxy", proxy.command(place), outlives=True)
        made = proxy.authority(self.folder)
        self.family.wait_for("Caddy", lambda: "" if made.exists() else "no authority yet", seconds=30)
        self.authority = self.folder / "authority.crt"  # Caddy's own file is for its own eyes
        self.authority.write_bytes(made.read_bytes())
        # Shopify fetches pictures, and sends webhooks, by the names that people see.
        named = 'mount --bind $0 /etc/hosts && exec "$@"'
        world = [
            sys.executable,
            "-m",
            "sandbox",
            "--port",
            self.sandbox,
            "--data",
            self.folder / "sandbox",
            "--stores",
            1,
        ]
        world += ["--app-url", self.app, "--public-url", self.console, *catalog.written(self.folder / "catalog")]
        alone = ["unshare", "--mount", "--propagation", "private", "sh", "-c", named, str(hosts), *map(str, world)]
        self.family.environment |= {"PYTHONPATH": str(ROOT), "SSL_CERT_FILE": str(self.authority)}
        self.family.start("sandbox", alone, outlives=True)
        self.family.wait_for("The sandbox", lambda: answers.trouble(f"http://{sandbox}/healthz"), seconds=180)
        self.world = answers.read_json(f"http://{sandbox}/world.json")

    def install(self, database: str) -> None:
        """By script/install, without anybody to answer it."""
        way = compose_files(self.source)
        way.secrets.mkdir(mode=0o700)
        way.secret("database_url").write_text(database)
        os.chown(way.secret("database_url"), APP_USER, APP_USER)
        cloud, app = self.world["environments"][0], self.world["app"]
        given = [
            "--domain",
            APP,
            "--tls",
            "internal",
            "--cloud-name",
            cloud["cloud_name"],
            "--cloud-api-key",
            cloud["api_key"],
        ]
        given += ["--shopify-client-id", app["client_id"], "--unattended", "--no-start"]
        secrets = {"CLOUD_API_SECRET": cloud["api_secret"], "LAUNCH_SECRET": cloud["launch_secret"]}
        secrets |= {"SHOPIFY_CLIENT_SECRET": app["client_secret"]}
        done = subprocess.run(
            ["script/install", *given],
            cwd=self.source,
            env={"PATH": os.environ["PATH"], **secrets},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Failed(f"script/install failed: {done.stdout}{done.stderr}")
        with way.settings.open("a") as file:
            file.writelines(f"{name}={value}\n" for name, value in self.pretended(cloud).items())
        self.services = services.read(self.source, read_settings(way))

    def pretended(self, cloud: dict[str, str]) -> dict[str, str]:
        """What leads to the sandbox instead of the world."""
        names = ("SHOPIFY_BASE_URL", "IMAGE_SOURCES", "FRAME_ANCESTORS", "LAUNCH_ORIGINS")
        others = {"CLOUD_UPLOAD_PREFIX": cloud["upload_prefix"], "CLOUD_DELIVERY_BASE": cloud["delivery_base"]}
        return dict.fromkeys(names, self.console) | others | {"LAUNCH_ISSUER": cloud["launch_issuer"]}

    def start_roles(self) -> None:
        reports, hosts = self.folder / "reports", self.folder / "hosts"
        reports.mkdir(mode=0o700)
        os.chown(reports, APP_USER, APP_USER)
        binds = {"run/secrets": self.source / "secrets", "var/lib/assetlink/reports": reports, "etc/hosts": hosts}
        # It trusts the authority of this Caddy, as it trusts the real ones elsewhere.
        self.container = Container(self.files, self.configuration, binds | {BUNDLE: self.authority})
        self.container.furnish()
        os.chown(self.source / "secrets", APP_USER, APP_USER)  # here the folder is mounted, not each file
        self.family.run("migrate", self.command("migrate"))
        self.family.run("migrate again", self.command("migrate"))
        for name in ("web", "worker", "sweeper"):
            for number in range(1, self.services[name].copies + 1):
                child = self.family.start(f"{name}-{number}", self.command(name))
                self.roles.append(child)
        self.family.wait_for("AssetLink", self.not_ready, seconds=90)
        self.family.run("health", self.command("web", "health", str(self.web)))

    def command(self, service: str, *role: str) -> list[str]:
        """`role`: instead of the service's own."""
        one = self.services[service]
        ours = {"APP_URL": self.app, "REDIS_URL": f"redis://127.0.0.1:{self.redis}/0", "SSL_CERT_FILE": f"/{BUNDLE}"}
        bound = ["--bind", f"127.0.0.1:{self.web}"] if service == "web" and not role else []
        return self.container.command([*(role or one.command), *bound], one.environment | ours)

    def not_ready(self) -> str:
        """Through Caddy, by its own authority."""
        command = [
            "curl",
            "-s",
            "--cacert",
            self.authority,
            "--resolve",
            f"{APP}:{self.tls}:127.0.0.1",
            f"{self.app}/readyz",
        ]
        found = subprocess.run(command, capture_output=True, text=True).stdout
        try:
            known = json.loads(found)
        except ValueError:
            return found or "no answer"
        wanted = ("ok", self.services["worker"].copies)
        return "" if (known["status"], known["queue"]["workers"]) == wanted else found

    def travel(self) -> Counter[str]:
        with self.step("journey"):
            store = self.world["stores"][0]
            place = journey.Place(self.console, store["domain"], store["name"], [APP, CONSOLE])
            outcomes = journey.travelled(place)
        assert outcomes["Done"] > 0, outcomes
        assert not {"Failed", "Refused"} & outcomes.keys(), outcomes
        return outcomes

    def end_roles(self) -> None:
        """Each by SIGTERM, as `docker stop` does, and none by force."""
        with self.step("end"):
            for child in self.roles:
                child.process.terminate()
            codes = {child.name: child.process.wait(60) for child in self.roles}
            self.family.children = [child for child in self.family.children if child not in self.roles]
        assert set(codes.values()) == {0}, codes

    def last_words(self) -> list[str]:
        return [f"{child.name}:\n{tail(self.family.log(child.name), 12)}" for child in self.family.children]

    def summary(self, outcomes: Counter[str]) -> str:
        steps = ", ".join(f"{name} {taken:.0f} s" for name, taken in self.seconds.items())
        rows = ", ".join(f"{count} {name.lower()}" for name, count in sorted(outcomes.items()))
        return f"{steps}; image of {self.size:.0f} MB; report: {rows}"


def create(database: str) -> None:
    """Its server is there, as an installation's is; the database is not yet."""
    with psycopg.connect(database.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE assetlink")
