"""What script/demo decides before anything is started: options, ports, folder, keys, environment."""

import json
import os
import runpy
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from script import chromium, commands, demo, options, ports, redis_server
from script.family import Failed
from script.home import Home
from script.ports import Ports
from tests.house.free_ports import free_family


def chosen(*arguments):
    return options.read(list(arguments), about=None)


def environment(tmp_path, *arguments, **outside):
    home = Home(tmp_path, 9000)
    home.furnish()
    return commands.environment(chosen("--port", "9000", *arguments), home, outside)


def test_one_port_moves_the_whole_family():
    found = Ports(9000)
    assert (found.web, found.sandbox, found.redis, found.mail) == (9000, 9001, 9002, 9003)


def test_a_port_in_use_is_named_with_the_way_out():
    web = free_family()
    with (
        socket.create_server(("127.0.0.1", web + 1)),
        pytest.raises(Failed, match=rf"port {web + 1} is in use \(sandbox\)\. --port moves all of them"),
    ):
        demo.check_ports(Ports(web), own_redis=False)


def test_the_port_of_redis_is_free_for_others_when_a_redis_is_given():
    web = free_family()
    with socket.create_server(("127.0.0.1", web + 2)):
        demo.check_ports(Ports(web), own_redis=False)
        with pytest.raises(Failed, match=rf"port {web + 2} is in use \(Redis\)"):
            demo.check_ports(Ports(web), own_redis=True)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_a_stranger_who_listens_on_ipv6_only_is_met_by_browsers_and_so_counts():
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        assert "is in use" in ports.trouble(taken.getsockname()[1])


def test_a_port_that_was_just_left_can_be_used_again():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as caller:
            server.accept()[0].close()
            caller.recv(1)
    assert ports.trouble(port) == ""


@pytest.mark.parametrize(
    "wrong", [["--port", "0"], ["--port", "65535"], ["--workers", "0"], ["--plan", "gold"], ["--port", "x"]]
)
def test_options_that_cannot_be_are_refused(wrong):
    with pytest.raises(SystemExit):
        chosen(*wrong)


def test_a_catalog_that_is_not_there_is_refused_at_once(capsys):
    with pytest.raises(SystemExit):
        chosen("--products", "nowhere.csv")
    assert "there is no file nowhere.csv" in capsys.readouterr().err


def test_paths_are_taken_from_the_folder_of_the_caller(tmp_path, monkeypatch):
    (tmp_path / "mine.csv").touch()
    monkeypatch.chdir(tmp_path)
    command = commands.sandbox(chosen("--products", "mine.csv", "--assets", "."), Home(Path("/clone"), 8000))
    assert command[command.index("--products") + 1] == str(tmp_path / "mine.csv")
    assert command[command.index("--assets") + 1] == str(tmp_path)


def test_the_catalog_goes_to_the_sandbox_only_if_it_was_given(tmp_path):
    command = commands.sandbox(chosen("--stores", "3", "--plan", "plus"), Home(tmp_path, 8000))
    assert command[-4:] == ["--stores", "3", "--plan", "plus"]
    assert "--products" not in command
    assert "--outlet" in command, "somebody may change between two environments"


def test_a_catalog_of_files_has_one_environment(tmp_path, monkeypatch):
    (tmp_path / "mine.csv").touch()
    assert "--outlet" not in commands.sandbox(chosen("--products", str(tmp_path / "mine.csv")), Home(tmp_path, 8000))


def test_keys_are_drawn_once_and_kept_from_others(tmp_path):
    home = Home(tmp_path, 8000)
    home.furnish()
    first = home.secrets()
    assert Home(tmp_path, 8000).secrets() == first
    assert stat.S_IMODE((home.folder / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700


def test_another_shell_reads_the_settings_that_the_processes_have(tmp_path):
    outside = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgres://elsewhere/it's", "COLOUR": "blue"}
    known = environment(tmp_path, **outside)
    home = Home(tmp_path, 9000)
    for _ in range(2):  # a second start writes them again
        home.write_settings(known, outside)
    assert stat.S_IMODE(home.settings.stat().st_mode) == 0o600
    shell = ["sh", "-c", f"set -a; . {home.settings}; exec env -0"]
    read = subprocess.run(shell, env=outside, capture_output=True, text=True, check=True).stdout
    found = dict(line.split("=", 1) for line in read.split("\0") if line)
    assert {name: found.get(name) for name in known} == known
    assert json.loads(found["OIDC_PROVIDERS"])["fjord"]["name"] == "Fjord & Fern"


def test_each_family_has_keys_of_its_own(tmp_path):
    homes = [Home(tmp_path, port) for port in (8000, 9000)]
    for home in homes:
        home.furnish()
    assert homes[0].secrets() != homes[1].secrets()


def test_starting_over_forgets_this_family_and_no_other(tmp_path):
    homes = [Home(tmp_path, port) for port in (8000, 9000)]
    for home in homes:
        home.furnish()
        home.database.touch()
    homes[0].start_over()
    assert (homes[0].database.exists(), homes[1].database.exists()) == (False, True)


def test_a_folder_serves_one_demo_at_a_time(tmp_path):
    with Home(tmp_path, 8000).taken():
        with pytest.raises(Failed, match="already runs"), Home(tmp_path, 8000).taken():
            pass
        with Home(tmp_path, 9000).taken():
            pass
    with Home(tmp_path, 8000).taken():
        pass


def test_a_database_of_the_shell_is_never_touched(tmp_path):
    given = environment(tmp_path, DATABASE_URL="postgres://production", DEBUG="1", CLOUDINARY_URL="cloudinary://real")
    assert given["DATABASE_URL"] == f"sqlite:///{tmp_path}/.demo/9000/assetlink.sqlite3"
    assert "DEBUG" not in given
    assert "CLOUDINARY_URL" not in given


def test_a_redis_that_is_given_is_used(tmp_path):
    assert environment(tmp_path)["REDIS_URL"] == "redis://127.0.0.1:9002/0"
    assert environment(tmp_path, REDIS_URL="redis://there/1")["REDIS_URL"] == "redis://there/1"


def test_a_proxy_of_the_shell_does_not_stand_between_the_processes(tmp_path):
    given = environment(tmp_path, "--host", "devbox", HTTP_PROXY="http://proxy:3128", NO_PROXY="elsewhere")
    assert given["NO_PROXY"] == given["no_proxy"] == "devbox,localhost,127.0.0.1"


def test_the_name_of_the_machine_is_in_every_address(tmp_path):
    given = environment(tmp_path, "--host", "devbox")
    assert given["APP_URL"] == "http://devbox:9000"
    assert given["FRAME_ANCESTORS"] == given["IMAGE_SOURCES"] == "http://devbox:9001"
    assert "devbox" in given["ALLOWED_HOSTS"]


def test_stores_that_are_connected_in_the_demo_are_the_sandboxs_whatever_the_shell_says(tmp_path):
    given = environment(tmp_path, "--host", "devbox", SHOPIFY_BASE_URL="https://elsewhere.example")
    assert given["SHOPIFY_BASE_URL"] == commands.sandbox_address(chosen("--host", "devbox", "--port", "9000"))
    assert given["SHOPIFY_BASE_URL"] == "http://devbox:9001"


def test_the_web_server_listens_on_this_machine_only_and_opens_nothing_in_the_home_folder():
    command = commands.web(9000)
    assert command[command.index("--bind") + 1] == "127.0.0.1:9000"
    read = runpy.run_path(str(commands.ROOT / "gunicorn.conf.py"))
    assert read["control_socket_disable"], "its control socket would be there"


def program(folder: Path, name: str, printed: str, *, code: int = 0) -> str:
    (folder / name).write_text(f"#!/bin/sh\necho '{printed}'\nexit {code}\n")
    (folder / name).chmod(0o755)
    return str(folder / name)


def test_a_redis_server_that_is_too_old_for_rq_is_passed_over(tmp_path, monkeypatch):
    old = program(tmp_path, "redis-server", "Redis server v=5.0.7 sha=00000000:0")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert redis_server.version(old) == (5, 0)
    found = redis_server.find_program()
    assert found not in (None, old)
    assert redis_server.version(found) >= redis_server.OLDEST


def test_a_redis_server_on_the_path_comes_first(tmp_path, monkeypatch):
    ours = program(tmp_path, "redis-server", "Redis server v=7.2.4 sha=00000000:0")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert redis_server.find_program() == ours


def test_a_redis_that_does_not_answer_is_named_without_its_password():
    trouble = redis_server.trouble("redis://user:secret@127.0.0.1:1/0")
    assert trouble.startswith("Redis at 127.0.0.1:1 does not answer")
    assert "secret" not in trouble


def test_a_browser_that_does_not_run_is_passed_over(tmp_path, monkeypatch):
    program(tmp_path, "chromium", "Command '/usr/bin/chromium' requires the chromium snap to be installed.", code=1)
    works = program(tmp_path, "google-chrome", "Google Chrome 140")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.find({}) == works


def test_a_browser_that_is_named_is_the_only_one_tried(tmp_path, monkeypatch):
    program(tmp_path, "chromium", "Chromium 140")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.find({"CHROMIUM": str(tmp_path / "mine")}) is None
