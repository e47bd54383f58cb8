"""An installation of real processes: Redis, web, workers and sweeper, with Caddy in front where the machine has one.

Each process is a session of its own, known by its handle, and only these are ever signalled.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from script import sessions
from tests.chaos.workers import members, send
from tests.processes import ROOT, free_port, redis_server, wait_for_port

WORKERS = ("worker-1", "worker-2")
PATIENCE = 60.0  # seconds for a clean end, docs/operator.md
# Faster than the defaults: a lost worker is missed after 12 s instead of 30; Shopify is waited for a tenth of the time.
PACE = {"LEASE_SECONDS": "12", "SWEEP_SECONDS": "1", "PATIENCE": "0.1"}
# The web as releases before the roles are started, too.
WEB = ["-m", "gunicorn", "assetlink_site.wsgi", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
COMMANDS = {
    "web": [*WEB, "--limit-request-line", "8190", "--no-control-socket", "--access-logfile", "-"],
    "sweeper": ["manage.py", "sweeper"],
    **{name: ["manage.py", "rqworker", "default"] for name in WORKERS},
}


class Installation:
    def __init__(self, folder: Path, database: str, given: Mapping[str, str]) -> None:
        self.folder, self.database, self.given = folder, database, dict(given)
        self.ports = {name: free_port() for name in ("redis", "web", "proxy")}
        self.has_proxy = shutil.which("caddy") is not None
        self.running: dict[str, subprocess.Popen] = {}

    @property
    def address(self) -> str:
        return f"http://localhost:{self.ports['proxy' if self.has_proxy else 'web']}"

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.ports['redis']}/0"

    def environment(self, root: Path = ROOT) -> dict[str, str]:
        """As production has it: no DEBUG, and the static files of this release."""
        own = {
            "DJANGO_SETTINGS_MODULE": "assetlink_site.settings",
            "DATABASE_URL": self.database,
            "REDIS_URL": self.redis_url,
            "APP_URL": self.address,
            "ALLOWED_HOSTS": "localhost 127.0.0.1",
            "DEBUG": "",
            "STATIC_ROOT": str(self.folder / f"static-{root.name}"),
            "REPORT_FOLDER": str(self.folder / "reports"),
            "TRUSTED_PROXIES": "1" if self.has_proxy else "0",
            "PYTHONPATH": str(root),
        }
        return {**os.environ, **PACE, **own, **self.given}

    def manage(self, *words: str, root: Path = ROOT) -> str:
        """What the command says. Raises AssertionError with it if it fails."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=root, env=self.environment(root), capture_output=True, text=True)
        assert done.returncode == 0, f"manage.py {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout

    def start(self, *names: str, root: Path = ROOT) -> None:
        for name in names:
            command = [sys.executable, *COMMANDS[name]]
            if name == "web":
                command += ["--bind", f"127.0.0.1:{self.ports['web']}"]
            self._spawn(name, command, self.environment(root), root)

    def start_redis(self) -> None:
        """With nothing in it, whatever was there before: that is what an operator has after a machine is lost."""
        place = ["--port", str(self.ports["redis"]), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", ""]
        self._spawn("redis", [redis_server(), *place], os.environ, ROOT)
        wait_for_port(self.ports["redis"])

    def start_proxy(self) -> None:
        """deploy/Caddyfile, without TLS and without its administration's port."""
        if self.has_proxy:
            text = (ROOT / "deploy" / "Caddyfile").read_text().replace("\ttls {$TLS}\n", "")
            (self.folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + text)
            home = {"XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
            places = {"DOMAIN": self.address, "UPSTREAM": f"127.0.0.1:{self.ports['web']}"}
            command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(self.folder / "Caddyfile")]
            self._spawn("proxy", command, {**os.environ, **home, **places}, self.folder)
            wait_for_port(self.ports["proxy"])

    def _spawn(self, name: str, command: list[str], env: Mapping[str, str], root: Path) -> None:
        with (self.folder / f"{name}.log").open("ab") as kept:
            self.running[name] = subprocess.Popen(
                command,
                cwd=root,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=kept,
                stderr=kept,
                start_new_session=True,
                preexec_fn=sessions.end_with_parent,
            )

    def end(self, name: str) -> float:
        """As systemd and containers do: asked, waited for, killed after that. Returns what it took as the exit code."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        self._kill(process)
        return process.returncode

    def kill(self, *spared: str) -> None:
        """All at once, as when the machine loses its power."""
        for name in [name for name in self.running if name not in spared]:
            self._kill(self.running.pop(name))

    def _kill(self, process: subprocess.Popen) -> None:
        for pid in [process.pid, *members(process.pid)] if process.poll() is None else members(process.pid):
            send(pid, signal.SIGKILL)
        process.wait(10)


@contextmanager
def installed(folder: Path, database: str, given: Mapping[str, str]) -> Iterator[Installation]:
    found = Installation(folder, database, given)
    try:
        yield found
    finally:
        found.kill()
