"""script/demo as a whole, with real processes: it opens, it ends, it finds its things again."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from script import redis_server
from script.commands import ROOT
from script.home import Home
from script.ports import trouble
from tests.house.connecting import Admin
from tests.house.free_ports import free_family
from tests.house.processes import alive, descendants, soon

pytestmark = [pytest.mark.workers, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]


@pytest.fixture
def port() -> Iterator[int]:
    """The first of three free ones, and its folder in the clone gone afterwards."""
    found = free_family()
    yield found
    home = Home(ROOT, found)
    if home.folder.exists():
        home.start_over()
    home.folder.with_suffix(".lock").unlink(missing_ok=True)


@pytest.fixture
def catalog(tmp_path) -> list[str]:
    """One product and one picture, so that nothing needs drawing. The last row is broken."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 50), "teal").save(picture, "JPEG")
    (tmp_path / "cup.jpg").write_bytes(picture.getvalue())
    (tmp_path / "assets.csv").write_text(
        "file,public_id,metadata.sku\ncup.jpg,shop/cup,CUP-1\ngone.jpg,shop/gone,CUP-2\n"
    )
    (tmp_path / "products.csv").write_text("Handle,Title,Variant SKU,Status\ncup,Cup,CUP-1,active\n")
    return ["--products", str(tmp_path / "products.csv"), "--assets", str(tmp_path)]


def heed_hangups() -> None:
    """As in a terminal: a run of the tests under nohup ignores them, and so would the demo."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Demo:
    def __init__(self, port: int, *arguments: str) -> None:
        self.port = port
        command = [sys.executable, "-m", "script.demo", "--port", str(port), *arguments]
        surroundings = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | {
            "PYTHONPATH": str(ROOT)
        }
        self.process = subprocess.Popen(
            command,
            env=surroundings,
            cwd="/",
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=heed_hangups,
        )
        self.said: list[str] = []

    def opened(self) -> str:
        """The address of the Console, the first of the ways in. A demo that never says it is ended, and what it said is shown."""
        assert self.process.stdout
        late = threading.Timer(300, os.killpg, (self.process.pid, signal.SIGKILL))
        late.start()
        try:
            for line in self.process.stdout:
                self.said.append(line)
                if line.strip().startswith("From the Console: "):
                    return line.partition(": ")[2].strip()
        finally:
            late.cancel()
        raise AssertionError("".join(self.said))

    def end(self, number: int = signal.SIGINT) -> int:
        """Its exit code, once nothing of it is left."""
        # Redis, the sandbox, the web server with two workers, two RQ workers, the sweeper; one may be about to be started again.
        assert soon(lambda: len(descendants(self.process.pid)) >= 8)
        started = descendants(self.process.pid)
        self.process.send_signal(number)
        self.said += self.process.communicate(timeout=180)[0].splitlines(keepends=True)
        assert soon(lambda: not any(map(alive, started)))
        return self.process.returncode

    def world(self) -> dict:
        return json.loads(urllib.request.urlopen(f"http://localhost:{self.port + 1}/world.json", timeout=10).read())


def command_of(pid: int) -> bytes:
    """Empty for a process that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def listeners(port: int) -> set[str]:
    """Local addresses, in the kernel's hexadecimal, at which anyone listens on the port."""
    rows = [row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}


@pytest.mark.full
def test_everything_answers_once_open_is_printed_and_what_is_lost_ends_the_demo_with_the_reason(port, catalog):
    demo = Demo(port, *catalog)
    address = demo.opened()
    assert address == f"http://localhost:{port + 1}/console/"
    for url in (address, f"http://localhost:{port}/healthz", f"http://localhost:{port}/readyz"):
        assert urllib.request.urlopen(url, timeout=10).status == 200
    assert [listeners(port + at) for at in range(3)] == [{"0100007F"}] * 3
    assert any("gone.jpg" in line for line in demo.said), "a row that could not be read is reported"

    web = next(pid for pid in descendants(demo.process.pid) if b"gunicorn" in command_of(pid))
    others = descendants(demo.process.pid)
    os.kill(web, signal.SIGKILL)
    said, _ = demo.process.communicate(timeout=180)
    assert demo.process.returncode == 1
    assert "web has ended by signal 9." in said
    assert soon(lambda: not any(map(alive, others)))
    assert [trouble(port + at) for at in range(3)] == [""] * 3


def test_stores_are_connected_to_the_sandbox_in_all_three_ways_and_a_lost_redis_comes_back(port, catalog):
    demo = Demo(port, *catalog, "--stores", "1")
    demo.opened()
    admin = Admin(f"http://localhost:{port}", f"http://localhost:{port + 1}")
    for way in (admin.by_token, admin.by_credentials, admin.by_installing):
        assert "is disconnected" in admin.disconnect()
        assert way() == f"http://localhost:{port}/setup/", admin.page
        assert ("Disconnected" in admin.page, "Connected" in admin.page) == (False, True)

    redis = next(pid for pid in descendants(demo.process.pid) if b"redis-server" in command_of(pid))
    os.kill(redis, signal.SIGKILL)
    assert admin.get("/setup/") == 200, "pages answer while Redis is away"
    assert soon(lambda: redis_server.trouble(f"redis://127.0.0.1:{port + 2}/0") == "")
    assert any(b"redis-server" in command_of(pid) for pid in descendants(demo.process.pid))
    assert soon(lambda: '"workers": 2' in admin.text("/readyz"), seconds=60), admin.page
    assert demo.end() == 0
    assert any("redis has ended by signal 9." in line for line in demo.said)


@pytest.mark.full
def test_each_signal_ends_all_of_it_a_second_start_finds_its_data_and_fresh_starts_over(port, catalog):
    keys = Home(ROOT, port).folder / "secrets.json"
    first = Demo(port, *catalog)
    first.opened()
    known = (first.world(), keys.read_text())
    assert first.end(signal.SIGTERM) == 0
    again = Demo(port)
    again.opened()
    assert (again.world(), keys.read_text()) == known
    assert again.end(signal.SIGHUP) == 0
    fresh = Demo(port, *catalog, "--fresh")
    fresh.opened()
    assert fresh.world()["environments"][0]["launch_secret"] != known[0]["environments"][0]["launch_secret"]
    assert keys.read_text() != known[1]
    assert fresh.end(signal.SIGINT) == 0
    assert [trouble(port + at) for at in range(3)] == [""] * 3


def test_a_port_in_use_stops_the_demo_before_anything_is_started(port, catalog):
    with socket.create_server(("127.0.0.1", port + 1)):
        demo = Demo(port, *catalog)
        said, _ = demo.process.communicate(timeout=180)
    assert demo.process.returncode == 1
    assert f"port {port + 1} is in use (sandbox)" in said
    assert not Home(ROOT, port).database.exists()
