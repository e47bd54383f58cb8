"""The virtual environment: made when missing, made again when broken, installed into only when the requirements change."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from script import prepare
from tests.tiers import landing

pytestmark = pytest.mark.xdist_group("environments")
SCRIPTS = Path(prepare.__file__).parent


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone with nothing but requirement files; `installs` notes what pip was asked to install."""
    (tmp_path / "requirements.txt").write_text("django==5\n")
    (tmp_path / "requirements-sandbox.txt").write_text("flask==3\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\n-r requirements-sandbox.txt\npytest==9\n")
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def installs(monkeypatch):
    noted = []
    monkeypatch.setattr(prepare, "install", lambda python, names: noted.append(sorted(names)))
    return noted


@pytest.fixture(scope="session")
def made_before(tmp_path_factory) -> Path:
    """An environment to copy: to make one takes seconds."""
    venv = tmp_path_factory.mktemp("made") / ".venv"
    prepare.make(venv)
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


def prepared(clone, *names):
    return prepare.prepare(clone / ".venv", prepare.needed(clone, names))


def test_included_requirement_files_count_too(clone):
    found = prepare.needed(clone, ["requirements-dev.txt"])
    assert sorted(found) == ["requirements-dev.txt", "requirements-sandbox.txt", "requirements.txt"]


def test_a_missing_environment_is_made_and_installed_into_once(clone, installs):
    python = prepared(clone, "requirements.txt")
    assert subprocess.check_output([python, "-c", "import sys; print(sys.prefix)"], text=True).strip() == str(
        clone / ".venv"
    )
    prepared(clone, "requirements.txt")
    assert installs == [["requirements.txt"]]


def test_a_changed_requirement_is_installed(working, installs):
    prepared(working, "requirements.txt")
    (working / "requirements.txt").write_text("django==6\n")
    prepared(working, "requirements.txt")
    assert len(installs) == 2


@pytest.mark.full
def test_what_the_tests_have_installed_is_not_installed_again_for_the_demo(working, installs):
    prepared(working, "requirements-dev.txt")
    prepared(working, "requirements.txt", "requirements-sandbox.txt")
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


def test_a_failing_pip_stops_the_command_with_its_own_words(working, capfd):
    (working / "requirements.txt").write_text("-r nowhere.txt\n")
    (working / "nowhere.txt").write_text("not a requirement !\n")
    with pytest.raises(SystemExit, match="pip could not install"):
        prepared(working, "requirements.txt")
    assert "not a requirement" in capfd.readouterr().err
    assert not (working / ".venv" / ".installed").exists()


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
