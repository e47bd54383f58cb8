"""What installs AssetLink: the image, compose.yaml, systemd's units and the proxy, all of them with the same roles and secrets.

Neither a container engine nor systemd runs here; `script/full image` starts the roles in the image itself.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from assetlink_site import variables
from assetlink_site.roles import HEALTH, ROLES
from script import update_compose
from script.image.services import read
from script.install_files import APP_USER, SECRETS, SETTINGS, SIZES, compose, settings, systemd
from tests.house.imports import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
APP = {name: one for name, one in SERVICES.items() if "build" in one}
UNITS = ROOT / "deploy" / "systemd"
PYTHON = "/opt/assetlink/venv/bin/python"


def lines_of(path: Path, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", path.read_text(), re.MULTILINE)


def test_every_command_of_compose_is_a_role_and_every_role_that_runs_is_there():
    assert {one["command"][0] for one in APP.values()} == ROLES.keys() - {"manage"}
    assert all(name == one["command"][0] for name, one in APP.items())


def test_the_image_is_tried_with_the_commands_of_compose():
    services = read(ROOT, {"DOMAIN": "app.example.com", "WORKERS": "3"})
    assert {name: one.command for name, one in services.items()} == {name: one["command"] for name, one in APP.items()}
    assert (services["worker"].copies, services["web"].copies) == (3, 1)
    assert services["web"].environment["APP_URL"] == "https://app.example.com"
    assert not [value for one in services.values() for value in one.environment.values() if "$" in value]


def test_compose_starts_the_roles_once_the_schema_is_there():
    for name in ("web", "worker", "sweeper"):
        assert APP[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert APP["migrate"]["restart"] == "no"


def test_every_container_is_confined():
    for name, one in SERVICES.items():
        assert one["read_only"], name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert one["deploy"]["resources"]["limits"]["memory"], name
        assert re.search(r":\d[\w.-]*$|\$\{TAG", one["image"]), name
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, one in SERVICES.items() if one["networks"] == ["inside"]} == {"postgres", "redis"}


def test_only_what_has_a_health_check_is_waited_for():
    """compose 2.26 fails with --wait where there is none."""
    assert {name for name in update_compose.SERVICES if "disable" not in APP[name]["healthcheck"]} == (
        update_compose.WAITED_FOR
    )


def test_workers_have_time_to_end():
    assert {one["stop_grace_period"] for one in APP.values()} == {"60s"}
    assert all(one["init"] for one in APP.values())


def test_redis_keeps_what_it_is_given():
    asked = " ".join(SERVICES["redis"]["command"])
    assert "--appendonly yes" in asked
    assert "--maxmemory-policy noeviction" in asked


def test_every_secret_is_a_file_that_is_written_and_mounted():
    files = {name: one["file"] for name, one in COMPOSE["secrets"].items()}
    assert files == {name: f"./secrets/{name}" for name in {*SECRETS, "database_url", "postgres_password"}}
    for one in APP.values():
        named = {value for name, value in one["environment"].items() if name.endswith("_FILE")}
        assert (
            named
            == {f"/run/secrets/{name}" for name in one["secrets"]}
            == {f"/run/secrets/{n}" for n in files if n != "postgres_password"}
        )


def test_only_settings_that_are_read_are_set():
    compose_file = set(APP["web"]["environment"])
    unit = {
        name.split("=")[0]
        for line in lines_of(UNITS / "assetlink-.service.d/common.conf", "Environment")
        for name in line.split()
    }
    written = {
        line.split("=")[0] for way in (compose(ROOT), systemd(ROOT)) for line in settings(way, {}).splitlines()[1:]
    }
    others = {"DOMAIN", "TLS", "TAG", "WORKERS", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
    assert compose_file | unit | written <= variables.NAMES | others


def test_the_example_has_what_script_install_writes():
    assert re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE) == [*SETTINGS, *SIZES, "TAG"]


def test_the_image_runs_as_somebody_without_rights():
    image = (ROOT / "Dockerfile").read_text()
    assert f"USER {APP_USER}:{APP_USER}" in image
    assert 'ENTRYPOINT ["python", "-m", "assetlink_site"]' in image
    assert re.search(r"HEALTHCHECK .*CMD (.*)", image)[1] == str(["python", "-m", "assetlink_site", HEALTH]).replace(
        "'", '"'
    )
    assert APP["web"]["healthcheck"]["test"] == ["CMD", "python", "-m", "assetlink_site", HEALTH]


def test_every_unit_is_a_role_with_the_same_secrets():
    roles = {path.name: lines_of(path, "ExecStart")[0] for path in UNITS.glob("*.service")}
    started = {name: re.match(rf"{PYTHON} -m assetlink_site (\w+)", line)[1] for name, line in roles.items()}
    assert sorted(started.values()) == sorted(ROLES.keys() - {"manage"})
    assert all(name.startswith(f"assetlink-{role}") for name, role in started.items())
    common = UNITS / "assetlink-.service.d/common.conf"
    given = {line.split(":")[0] for line in lines_of(common, "LoadCredential")}
    assert given == {*SECRETS, "database_url"}
    assert {line for line in lines_of(common, "Environment") if "%d" in line} == {
        f"{name.upper()}_FILE=%d/{name}" for name in given
    }


def test_who_starts_a_unit_is_answered_once_it_works():
    """So that what comes after it, `doctor` and the steps of an update, finds workers and pages."""
    types = {path.stem: lines_of(path, "Type") for path in UNITS.glob("*.service")}
    assert types.pop("assetlink-migrate") == ["oneshot"]
    assert set(map(tuple, types.values())) == {("notify",)}


def test_what_systemd_starts_beside_the_main_process_needs_no_secrets():
    """In systemd 252 a command of ExecReload cannot read what LoadCredential has loaded."""
    beside = [line for path in UNITS.rglob("*.service") for line in lines_of(path, r"Exec(?!Start=)\w+")]
    assert beside == ["/bin/kill -HUP $MAINPID"]


def test_the_proxys_log_has_no_settings():
    """Debian's unit starts it with --environ, which writes the whole file into the journal."""
    assert lines_of(UNITS / "caddy.service.d/assetlink.conf", "ExecStart") == [
        "",
        "/usr/bin/caddy run --config /etc/caddy/Caddyfile",
    ]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_systemd_understands_the_units(tmp_path):
    for path in UNITS.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(UNITS)
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(path.read_text().replace(PYTHON, sys.executable))
    (tmp_path / "assetlink-worker@.service").rename(tmp_path / "assetlink-worker@1.service")
    units = [str(path) for path in sorted(tmp_path.glob("assetlink*")) if path.suffix in (".service", ".target")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    ours = [line for line in done.stderr.splitlines() if "assetlink" in line]
    assert (len(units), ours) == (5, [])


@pytest.mark.skipif(not shutil.which("caddy"), reason="there is no caddy")
@pytest.mark.parametrize("tls", ["internal", "operator@example.com"])
def test_caddy_understands_its_file(tls, tmp_path):
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", ROOT / "deploy" / "Caddyfile"]
    surroundings = {"DOMAIN": "assetlink.example.com", "TLS": tls, "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
