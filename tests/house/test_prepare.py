"""The virtual environment: made when missing, made again when broken, installed into only when the requirements change."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from script import prepare
from tests.tiers import landing

SCRIPTS = Path(prepare.__file__).parent


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone with nothing but requirement files; `installs` notes what pip was asked to install."""
    for name, line in {
        "requirements": "django==5",
        "requirements-sandbox": "flask==3",
        "requirements-dev": "pytest==9",
    }.items():
        (tmp_path / f"{name}.txt").write_text(f"{line}\n")
    (tmp_path / prepare.INSTALLERS).write_text("")
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def installs(monkeypatch):
    noted = []
    monkeypatch.setattr(prepare, "install", lambda python, names: noted.append(sorted(names)))
    return noted


@pytest.fixture(scope="session")
def made_before(tmp_path_factory) -> Path:
    """The one environment that is really made, where there was none; to make one takes seconds, so that the others are copies."""
    venv = tmp_path_factory.mktemp("made") / ".venv"
    assert prepare.prepare(venv, {}) == venv / "bin" / "python"
    return venv


@pytest.fixture
def working(clone, made_before) -> Path:
    """The clone with an environment that works and has nothing installed."""
    shutil.copytree(made_before, clone / ".venv", symlinks=True)
    return clone


@pytest.fixture
def copies(monkeypatch, made_before) -> list[Path]:
    """What is made again is a copy, too; that making one really clears what was there, an interrupted one shows."""
    noted = []

    def copy(venv: Path) -> None:
        noted.append(venv)
        shutil.rmtree(venv, ignore_errors=True)
        shutil.copytree(made_before, venv, symlinks=True)

    monkeypatch.setattr(prepare, "make", copy)
    return noted


def named_by(script: str) -> list[str]:
    return re.findall(r"requirements\S*\.txt", (SCRIPTS / script).read_text())


def prepared(clone, *names):
    return prepare.prepare(clone / ".venv", prepare.needed(clone, names))


def test_a_missing_environment_is_made(made_before):
    python = made_before / "bin" / "python"
    assert subprocess.check_output([python, "-c", "import sys; print(sys.prefix)"], text=True).strip() == str(
        made_before
    )


def test_an_environment_is_installed_into_once(working, installs):
    prepared(working, "requirements.txt")
    prepared(working, "requirements.txt")
    assert installs == [["requirements.txt"]]


@pytest.mark.full
def test_a_changed_requirement_is_installed(working, installs):
    prepared(working, "requirements.txt")
    (working / "requirements.txt").write_text("django==6\n")
    prepared(working, "requirements.txt")
    assert len(installs) == 2


@pytest.mark.full
def test_what_the_tests_have_installed_is_not_installed_again_for_the_demo(working, installs):
    prepared(working, *named_by("test"))
    prepared(working, *named_by("demo"))
    assert len(installs) == 1


@pytest.mark.parametrize("harm", landing(["no libraries", "dead interpreter", "empty folder"], ["dead interpreter"]))
def test_a_broken_environment_is_made_again(working, installs, copies, harm):
    venv = working / ".venv"
    prepared(working, "requirements.txt")
    if harm == "no libraries":
        shutil.rmtree(venv / "lib")
    elif harm == "dead interpreter":
        (venv / "bin" / "python").unlink()
        (venv / "bin" / "python").symlink_to("/nowhere/python3")
    else:
        shutil.rmtree(venv)
        venv.mkdir()
    assert prepare.works(prepared(working, "requirements.txt"))
    assert (copies, len(installs)) == ([venv], 2)


@pytest.mark.full
def test_an_interrupted_installation_is_started_again(working, monkeypatch):
    def interrupted(python, names):
        (working / ".venv" / "half-written").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare, "install", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepared(working, "requirements.txt")
    monkeypatch.setattr(prepare, "install", lambda python, names: None)
    prepared(working, "requirements.txt")
    assert not (working / ".venv" / "half-written").exists()


def test_a_command_that_needs_the_installers_alone_asks_for_nothing_more(clone, monkeypatch):
    """script/supply-chain, whichever of two commands comes first to a fresh clone."""
    commands = []
    monkeypatch.setattr(prepare, "run", lambda command: bool(commands.append(command)) or True)
    prepare.install(clone / "python", needed := prepare.needed(clone, [prepare.INSTALLERS]))
    assert [command[-2:] for command in commands] == [["-r", str(clone / name)] for name in needed]


def test_what_has_no_hash_is_not_installed(working, capfd):
    """Neither by uv, which cannot be had here, nor by pip."""
    with pytest.raises(SystemExit, match="pip could not install"):
        prepared(working, "requirements.txt")
    said = capfd.readouterr().err
    assert "uv cannot be used here" in said
    assert "django==5" in said
    assert not (working / ".venv" / ".installed").exists()


@pytest.mark.full
def test_a_failing_pip_stops_the_command_with_its_own_words(working, capfd):
    (working / "requirements.txt").write_text("not a requirement !\n")
    with pytest.raises(SystemExit, match="pip could not install"):
        prepared(working, "requirements.txt")
    assert "not a requirement" in capfd.readouterr().err


def test_a_link_to_a_broken_environment_elsewhere_is_left_alone(clone, installs):
    elsewhere = clone / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").touch()
    (clone / ".venv").symlink_to(elsewhere)
    with pytest.raises(SystemExit, match="is a link"):
        prepared(clone, "requirements.txt")
    assert (elsewhere / "mine").exists()


def run_script(name: str, *arguments: str, path: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(SCRIPTS / name), *arguments]
    return subprocess.run(command, env={"PATH": path} | environment, capture_output=True, text=True, timeout=180)


def machine(folder: Path, **programs: str) -> str:
    """A PATH with these shell programs and nothing else but dirname."""
    for name, source in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{source}\n")
        (folder / name).chmod(0o755)
    (folder / "dirname").symlink_to("/usr/bin/dirname")
    return str(folder)


OLD = '[ "$1" = --version ] && { echo Python 3.10.4; exit 0; }; exit 1'
WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1;; esac; exit 0'


def test_a_machine_without_python_learns_what_is_needed(tmp_path):
    done = run_script("demo", path=machine(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "Python 3.11 or newer is needed; found: none." in done.stderr


def test_a_machine_with_an_old_python_learns_which(tmp_path):
    done = run_script("test", path=machine(tmp_path, python3=OLD))
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed; found: Python 3.10.4." in done.stderr


def test_a_python_without_venv_learns_how_to_get_it(tmp_path):
    done = run_script("demo", path=machine(tmp_path, python3=WITHOUT_VENV))
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


def test_a_newer_python_is_found_beside_an_old_one(tmp_path):
    path = machine(tmp_path, python3=OLD, **{"python3.12": f'exec "{sys.executable}" "$@"'})
    done = run_script("demo", "--help", path=path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--products EXPORT.csv" in done.stdout


@pytest.mark.parametrize("name", ["demo", "test"])
def test_help_installs_nothing_and_reads_well(name):
    done = run_script(name, "--help", path=os.environ["PATH"], PYTHON=sys.executable)
    assert done.returncode == 0
    assert f"script/{name}" in done.stdout
    assert "Installing" not in done.stderr


@pytest.mark.parametrize("name", ["bench", "chaos", "demo", "full", "rehearse", "release", "screenshots", "test"])
@pytest.mark.cases(2)
def test_help_needs_nothing_that_is_installed(name):
    command = [sys.executable, "-S", "-m", f"script.{name}", "--help"]
    done = subprocess.run(command, env={"PYTHONPATH": str(prepare.ROOT)}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"script/{name}" in done.stdout
