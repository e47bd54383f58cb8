"""script/update: which release comes next, what is done in which order, and what is left as it was when a step fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from script import starting, update, update_compose, update_systemd, update_unfinished
from script.update_steps import Failed, Step
from script.update_unfinished import Unfinished

KNOWN = ["0.1.0", "0.2.0", "0.10.0"]


@pytest.mark.parametrize(
    ("present", "wanted", "back", "version"),
    [("0.1.0", None, False, "0.2.0"), ("0.2.0", "v0.10.0", False, "0.10.0"), ("0.10.0", None, True, "0.2.0")],
)
def test_releases_come_in_turn(present, wanted, back, version):
    assert update.chosen_of(KNOWN, present, wanted, back=back) == version


@pytest.mark.parametrize(
    ("present", "wanted", "back", "why"),
    [
        ("0.1.0", "0.10.0", False, "0.2.0 comes first"),
        ("0.10.0", None, False, "no release after"),
        ("0.1.0", "0.3.0", False, "no release 0.3.0"),
        ("0.10.0", "0.1.0", True, "0.2.0 comes first"),
    ],
)
def test_no_release_is_left_out(present, wanted, back, why):
    with pytest.raises(Failed, match=why):
        update.chosen_of(KNOWN, present, wanted, back=back)


def test_without_tags_no_release_is_said_to_be_the_last():
    with pytest.raises(Failed, match=r"no tag v.*git fetch --tags"):
        update.chosen_of([], "0.1.0", None, back=False)


def test_what_fails_before_anything_was_ended_says_that_nothing_changed():
    steps = [Step("Migrate.", [[sys.executable, "-c", "raise SystemExit(3)"]]), Step("End.", touches="To go back: x")]
    with pytest.raises(Failed, match=r"failed with 3 .* It has ended nothing"):
        update.done(steps, dry_run=False)


def test_what_fails_later_says_how_to_go_back():
    steps = [Step("End.", touches="To go back: x"), Step("Start.", [["/nowhere/systemctl"]])]
    with pytest.raises(Failed, match=r"does not start.*It has already ended processes. To go back: x"):
        update.done(steps, dry_run=False)


def test_with_compose_the_schema_is_new_before_the_first_process_is(tmp_path):
    steps = update_compose.steps(tmp_path, "0.1.0", "0.2.0", back=False)
    lines = [line for step in steps for line in step.lines()]
    engine = " ".join(starting.composer() or ["docker", "compose"])
    assert lines[-6:-2] == [
        f"{engine} run --rm --no-deps migrate",
        *(f"{engine} up --detach --no-deps --no-build {one}" for one in ("--wait web", "worker", "sweeper")),
    ]
    assert {step.env.get("TAG") for step in steps if step.commands[:1] and "build" in step.lines()[0]} >= {"0.2.0"}


def test_going_back_migrates_nothing(tmp_path):
    settings = tmp_path / "etc"
    (settings / "secrets").mkdir(parents=True)
    (settings / "assetlink.env").write_text("DOMAIN=example.com\n")
    for steps in (
        update_compose.steps(tmp_path, "0.2.0", "0.1.0", back=True),
        update_systemd.steps(tmp_path / "app", "0.2.0", "0.1.0", back=True, settings=settings),
    ):
        assert "migrate" not in " ".join(
            line for step in steps for line in step.lines() if "rotate" not in line and "doctor" not in line
        )


def test_the_tag_in_env_is_replaced(tmp_path):
    kept = tmp_path / ".env"
    kept.write_text("DOMAIN=example.com\nTAG=0.1.0\nWORKERS=2\n")
    update_compose.tagged(kept, "0.2.0")
    assert kept.read_text() == "DOMAIN=example.com\nWORKERS=2\nTAG=0.2.0\n"


def test_the_first_update_keeps_what_was_installed_by_hand(tmp_path):
    """And the second one only turns the links."""
    for name in (
        "app",
        "venv",
        "releases/0.2.0/app",
        "releases/0.2.0/venv",
        "releases/0.3.0/app",
        "releases/0.3.0/venv",
    ):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "app" / "manage.py").write_text("by hand")
    update_systemd.linked(tmp_path, "0.1.0", tmp_path / "releases" / "0.2.0")
    assert (tmp_path / "releases/0.1.0/app/manage.py").read_text() == "by hand"
    update_systemd.linked(tmp_path, "0.2.0", tmp_path / "releases" / "0.3.0")
    assert (tmp_path / "venv").resolve() == tmp_path / "releases/0.3.0/venv"


@pytest.mark.parametrize("back", [False, True])
def test_the_units_are_those_of_the_release_before_its_processes_start(back, tmp_path):
    settings = tmp_path / "etc" / "assetlink"
    (settings / "secrets").mkdir(parents=True)
    (settings / "assetlink.env").write_text("DOMAIN=example.com\n")
    (tmp_path / "app").mkdir()
    units = tmp_path / "releases/0.2.0/app/deploy/systemd"
    units.mkdir(parents=True)
    (units / "assetlink-web.service").write_text("of 0.2.0")
    steps = update_systemd.steps(tmp_path / "app", "0.1.0", "0.2.0", back=back, settings=settings)
    at, step = next((at, step) for at, step in enumerate(steps) if step.says.startswith("Place the units"))
    step.do()
    assert (tmp_path / "etc/systemd/system/assetlink-web.service").read_text() == "of 0.2.0"
    later = [line for one in steps[at:] for line in one.lines()]
    assert later[:2] == ["systemctl daemon-reload", "systemctl restart assetlink-web.service"]


def test_services_get_their_secrets_as_the_units_do(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "secret_key").write_text("s3cret\n")
    (tmp_path / "secrets" / "launch_secret").write_text("")
    (tmp_path / "assetlink.env").write_text("# Settings.\nDOMAIN=example.com\n")
    found = update_systemd.environment(tmp_path)
    assert (found["SECRET_KEY"], found["DOMAIN"], "LAUNCH_SECRET" in found) == ("s3cret", "example.com", False)


def test_help_needs_no_installation():
    done = subprocess.run(["script/update", "--help"], cwd=update.ROOT, capture_output=True, text=True)
    assert (done.returncode, "--systemd" in done.stdout) == (0, True)


def clone(folder, *releases):
    """A repository with these releases; the files are the last one's."""
    (folder / "assetlink_site").mkdir(parents=True)
    (folder / ".gitignore").write_text("/.env\n/.update-unfinished\n")
    git = ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "init", "-q", folder], check=True)
    for version in releases:
        (folder / "assetlink_site" / "__init__.py").write_text(f'__version__ = "{version}"\n')
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", version], check=True)
        subprocess.run([*git, "tag", f"v{version}"], check=True)
    return folder


@pytest.mark.parametrize("failing", ["build", "run --rm --no-deps migrate", "up --detach --no-deps --no-build worker"])
@pytest.mark.parametrize(("last", "engine"), [("0.2.0", "docker"), ("0.3.0", "podman")])
@pytest.mark.cases(3)
def test_with_compose_a_failed_update_is_ended_by_the_next_try(failing, last, engine, tmp_path, monkeypatch):
    """Whether there is a release after it or not, and with the engine of containers that is there."""
    root = clone(tmp_path / "clone", "0.1.0", "0.2.0", *([last] if last != "0.2.0" else []))
    subprocess.run(["git", "-C", root, "checkout", "-q", "v0.1.0"], check=True)
    (root / ".env").write_text("DOMAIN=example.com\nTAG=0.1.0\n")
    programs, broken = tmp_path / "bin", tmp_path / "broken"
    programs.mkdir()
    broken.touch()
    works = f'case "$*" in *"compose {failing}"*) [ ! -e {broken} ];; esac'
    for name in ("docker", "podman"):
        (programs / name).write_text(f"#!/bin/sh\n{works if name == engine else 'exit 1'}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(update, "ROOT", root)
    assert update.main(["--yes"]) == 1
    broken.unlink()
    assert update.main(["--yes"]) == 0
    assert update_compose.installed(root) == "0.2.0"
    assert update_unfinished.read(root) is None


def test_an_update_that_did_not_end_goes_before_others():
    begun = Unfinished("0.2.0", "0.10.0")
    known = [*KNOWN, "0.11.0"]
    assert update.chosen_of(known, "0.2.0", None, back=False, begun=begun) == "0.10.0"
    assert update.chosen_of(known, "0.10.0", None, back=True, begun=begun) == "0.2.0"
    with pytest.raises(Failed, match=r"0.2.0 to 0.10.0 did not end"):
        update.chosen_of(known, "0.2.0", "0.11.0", back=False, begun=begun)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "No such file"),
        (b"DOMAIN=b\xfccher.example\nTAG=0.1.0\n", "no UTF-8"),
        (b"A=b\n", "no TAG"),
        (b"TAG=latest\n", "not a release"),
    ],
)
def test_what_runs_is_known_before_anything_is_done(text, why, tmp_path):
    if text is not None:
        (tmp_path / ".env").write_bytes(text)
    with pytest.raises(Failed, match=why):
        update_compose.installed(tmp_path)


def test_with_systemd_what_runs_is_where_the_link_leads(tmp_path):
    for version in ("0.1.0", "0.2.0"):
        clone(tmp_path / "releases" / version / "app", version)
    (tmp_path / "app").symlink_to(tmp_path / "releases/0.1.0/app")
    assert update_systemd.installed(tmp_path / "releases/0.2.0/app") == "0.1.0"
    (tmp_path / "app").unlink()
    with pytest.raises(Failed, match="Is AssetLink installed there"):
        update_systemd.installed(tmp_path / "releases/0.2.0/app")


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_switch_that_is_killed_anywhere_is_ended_by_a_second_one(by_hand, tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    calls = {"rename": Path.rename, "replace": os.replace, "symlink_to": Path.symlink_to, "unlink": Path.unlink}
    for stop in range(20):
        home = tmp_path / str(stop)
        for name in ("app", "venv"):
            (home / "releases/0.2.0" / name).mkdir(parents=True)
            kept = home / name if by_hand else home / "releases/0.1.0" / name
            kept.mkdir(parents=True)
            if not by_hand:
                (home / name).symlink_to(kept)
        left = iter(range(stop))

        def stopping(function, left=left):
            def called(*words, **options):
                if next(left, None) is None:
                    raise Killed
                return function(*words, **options)

            return called

        with monkeypatch.context() as patched:
            for name, function in calls.items():
                patched.setattr(os if name == "replace" else Path, name, stopping(function))
            try:
                update_systemd.linked(home, "0.1.0", home / "releases/0.2.0")
                ended = True
            except Killed:
                ended = False
        assert by_hand or all((home / name).is_dir() for name in ("app", "venv"))
        update_systemd.linked(home, "0.1.0", home / "releases/0.2.0")
        assert [(home / name).readlink() for name in ("app", "venv")] == [
            home / "releases/0.2.0" / name for name in ("app", "venv")
        ]
        assert all((home / "releases/0.1.0" / name).is_dir() for name in ("app", "venv"))
        if ended:
            break
    assert stop > 5


def test_with_systemd_what_runs_is_never_built_again(tmp_path):
    """An update that turned the links and did not end goes on from the release that they lead to, or back to the one by hand."""
    settings, fresh = tmp_path / "etc", tmp_path / "releases/0.2.0"
    (settings / "secrets").mkdir(parents=True)
    (settings / "assetlink.env").write_text("DOMAIN=example.com\n")
    for folder in (fresh / "app", fresh / "venv", tmp_path / "releases/0.1.0/app", tmp_path / "venv"):
        folder.mkdir(parents=True)

    def typed() -> str:
        found = update_systemd.steps(fresh / "app", "0.1.0", "0.2.0", back=False, settings=settings)
        return "\n".join(line for step in found for line in step.lines())

    assert "rm -rf" in typed()
    (tmp_path / "app").symlink_to(fresh / "app")  # killed before venv was turned
    assert "rm -rf" not in typed()
    earlier = tmp_path / "releases/0.1.0"
    update_systemd.there(tmp_path, earlier)
    update_systemd.linked(tmp_path, "0.2.0", earlier)
    assert [(tmp_path / name).resolve() for name in ("app", "venv")] == [earlier / "app", earlier / "venv"]
    with pytest.raises(Failed, match="never had that release"):
        update_systemd.there(tmp_path, tmp_path / "releases/0.0.1")


def test_nobody_who_answers_no_git_and_no_clone_are_each_a_line(tmp_path, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda asks: (_ for _ in ()).throw(EOFError))
    with pytest.raises(Failed, match="Nobody answers"):
        update.asked("pg_dump")
    with pytest.raises(Failed, match="no clone"):
        update.releases(tmp_path, "0.1.0", None, back=False, begun=None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Failed, match="git does not start"):
        update.releases(tmp_path, "0.1.0", None, back=False, begun=None)
