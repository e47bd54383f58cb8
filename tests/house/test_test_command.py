"""script/test: what is run, what of the shell reaches the tests, and where the browser comes from."""

import os
from contextlib import contextmanager

import pytest

from script import chromium, coverage_of_rooms, database_part, full, postgres, quick, test
from tests.house.imports import ROOT


@pytest.fixture
def runs(monkeypatch):
    """Notes what would be run; `failing` names the programs that fail."""
    noted, failing = [], set()

    def python(arguments, environment, output=None):
        noted.append((arguments, environment))
        if output and failing & set(arguments):
            output.write(f"{arguments[1]} is not content.\n")
        return 1 if failing & set(arguments) else 0

    monkeypatch.setattr(test, "python", python)
    monkeypatch.setattr(postgres, "served", served)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return noted, failing


@contextmanager
def served():
    yield "postgres://somewhere"


def names(noted):
    return [arguments[1] for arguments, _ in noted]


def test_everything_is_checked_before_the_tests_begin(runs):
    noted, _ = runs
    assert test.main([]) == 0
    everything = [
        "djlint",
        "makemigrations",
        "migrate",
        "mypy",
        "pytest",
        "pytest",
        "ruff",
        "ruff",
        "script.check_documents",
        "script.pictures",
        "script.spelling",
        "tests.prepared",
    ]
    assert sorted(names(noted)) == everything
    begun = min(map(names(noted).index, ("migrate", "pytest")))
    assert names(noted)[-1] == "script.pictures", "says what is to be made again, when all is done"
    assert set(names(noted)[begun:-1]) <= {"mypy", "migrate", "pytest"}, "all but mypy is done before the tests begin"


def test_the_database_part_runs_once_more_on_postgres(runs):
    noted, _ = runs
    test.main([])
    (on_sqlite, without), (on_postgres, given) = [
        call for call in noted if call[0][1] == "pytest"
    ]  # one after the other
    [(_, template)] = [call for call in noted if call[0] == test.MIGRATE]
    assert template["DATABASE_URL"] == "postgres://somewhere/template1", "migrated once for all processes"
    assert on_sqlite == [*test.PYTEST, *test.SLOWEST]
    assert on_postgres == [*test.ON_POSTGRES, *database_part.LANDING]
    assert (without.get("DATABASE_URL"), given["DATABASE_URL"]) == (None, "postgres://somewhere")


def test_a_run_that_is_interrupted_does_not_go_on_on_postgres(runs, monkeypatch):
    noted, _ = runs
    run = test.python

    def interrupted(arguments, environment, output=None):
        run(arguments, environment, output)
        if arguments[: len(test.PYTEST)] == test.PYTEST:
            raise KeyboardInterrupt
        return 0

    monkeypatch.setattr(test, "python", interrupted)
    with pytest.raises(KeyboardInterrupt):
        test.main([])
    assert names(noted).count("pytest") == 1


def test_the_database_part_can_be_run_alone_and_is_whole_in_the_full_tier(runs, monkeypatch):
    noted, _ = runs
    monkeypatch.setenv("TIER", "full")
    assert test.main(["--postgres"]) == 0
    assert names(noted) == ["migrate", "pytest"]
    assert noted[-1][0] == [*test.ON_POSTGRES, *database_part.FULL]


def test_tests_that_run_on_postgres_anyway_do_not_run_there_twice(runs, monkeypatch):
    noted, _ = runs
    monkeypatch.setenv("DATABASE_URL", "postgres://mine")
    test.main([])
    assert names(noted).count("pytest") == 1


def test_without_postgres_one_line_says_what_was_left_out(runs, monkeypatch, capsys):
    monkeypatch.setattr(postgres, "served", lambda: missing())
    assert test.main([]) == 0
    assert "The database part was not run on Postgres: there is none." in capsys.readouterr().out.splitlines()


@contextmanager
def missing():
    raise postgres.Missing("there is none.")
    yield


def test_a_part_that_fails_on_postgres_alone_fails_the_command(runs, monkeypatch):
    monkeypatch.setattr(test, "python", lambda _, environment, output=None: int("DATABASE_URL" in environment))
    monkeypatch.setattr(test, "CHECKS", {"none": []})
    monkeypatch.setattr(test, "failing", lambda checks, environment: [])
    assert test.main([]) == 1


@pytest.mark.parametrize("path", sorted({*database_part.LANDING, *database_part.FULL}))
def test_what_the_database_part_names_exists(path):
    name, _, test = path.partition("::")
    assert f"def {test}" in (ROOT / name).read_text()


def test_quick_checks_and_runs_what_was_changed_and_no_browser(runs, monkeypatch):
    noted, _ = runs
    monkeypatch.setattr(
        quick, "changed", lambda: ["linking/reporting/xlsx.py", "tests/setup/shopify/test_domains.py", "README.md"]
    )
    assert test.main(["--quick"]) == 0
    *checks, (pytest_call, _) = noted
    assert sorted(names(checks)) == ["ruff", "ruff", "script.spelling"]
    chosen = pytest_call[len(test.PYTEST) :]
    assert chosen[:2] == quick.WITHOUT
    assert chosen[-2:] == quick.ALWAYS
    assert {"tests/linking/reporting/test_reporting.py", "tests/setup/shopify/test_domains.py"} <= set(chosen)
    assert not [name for name in chosen if name.startswith(quick.SKIPPED)]


def test_named_tests_run_alone_with_their_arguments(runs):
    noted, _ = runs
    assert test.main(["tests/linking/domain", "-k", "mirror"]) == 0
    assert [arguments for arguments, _ in noted] == [[*test.PYTEST, "tests/linking/domain", "-k", "mirror"]]


@pytest.mark.parametrize(
    "program", ["ruff", "mypy", "makemigrations", "script.check_documents", "djlint", "script.spelling", "pytest"]
)
def test_whatever_fails_fails_the_command_and_the_tests_run_all_the_same(runs, program, capsys):
    noted, failing = runs
    failing.add(program)
    assert test.main([]) == 1
    assert "pytest" in names(noted)
    said = capsys.readouterr().out
    assert ("Failed so far: " in said) == (program not in ("pytest", "mypy"))
    assert f"Failed: {test.ON_POSTGRES_TOO if program == 'pytest' else ''}" in said
    assert f"{program} is not content." in said


def test_checks_that_run_at_once_speak_one_after_another(runs, capsys):
    _, failing = runs
    failing |= {"mypy", "script.check_documents"}
    assert test.main([]) == 1
    said = [line for line in capsys.readouterr().out.splitlines() if line.endswith(("...", "content."))]
    assert said[2:] == [
        "makemigrations --check ...",
        "check-documents ...",
        "script.check_documents is not content.",
        "djlint ...",
        "spelling ...",
        "collecting the tests ...",
        "mypy ...",
        "mypy is not content.",
        "on Postgres ...",
    ]


def test_bytecode_is_kept_whatever_the_shell_says(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in test.surroundings_of_tests()


def test_a_running_assetlink_of_the_shell_is_not_for_the_tests(monkeypatch):
    for name in ("REDIS_URL", "DATABASE_URL", "CLOUDINARY_URL", "DEBUG"):
        monkeypatch.setenv(name, "mine")
    given = test.surroundings_of_tests()
    assert "mine" not in {given.get(name) for name in ("REDIS_URL", "CLOUDINARY_URL", "DEBUG")}
    assert given["DATABASE_URL"] == "mine", "so that the tests run on Postgres too"


@pytest.fixture
def bare_machine(tmp_path, monkeypatch):
    """No browser; an apt-get that installs one when it is asked to."""
    browser = f"printf '#!/bin/sh\\nexit 0\\n' > {tmp_path}/chromium; /bin/chmod +x {tmp_path}/chromium"
    (tmp_path / "apt-get").write_text(f'#!/bin/sh\n[ "$1 $2 $4" != "install -y chromium" ] || {{ {browser}; }}\n')
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    return tmp_path


def test_root_gets_a_missing_browser_installed(bare_machine, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert test.find_browser() == str(bare_machine / "chromium")


def test_others_are_given_the_way_to_get_a_missing_browser(bare_machine, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert test.find_browser() is None
    assert "apt-get install chromium" in capsys.readouterr().out
    assert not (bare_machine / "chromium").exists()


def test_a_browser_that_is_there_is_not_installed_again(bare_machine, monkeypatch):
    (bare_machine / "google-chrome").write_text("#!/bin/sh\n")
    (bare_machine / "google-chrome").chmod(0o755)
    monkeypatch.setattr(chromium, "install", lambda: pytest.fail("installed"))
    assert test.find_browser() == str(bare_machine / "google-chrome")


def test_coverage_measures_the_tests_and_names_the_rooms_that_are_below(runs, monkeypatch):
    noted, _ = runs
    reported = []
    monkeypatch.setattr(coverage_of_rooms, "erase", lambda environment: reported.append("erased"))
    monkeypatch.setattr(coverage_of_rooms, "tell", lambda environment: reported.append("described"))
    assert test.main(["--coverage", "tests/linking/domain"]) == 0
    assert [arguments for arguments, _ in noted] == [[*coverage_of_rooms.RUN, *test.PYTEST, "tests/linking/domain"]]
    assert reported == ["erased", "described"]


def test_a_room_below_is_named_with_the_files_of_which_least_was_walked():
    def part(name, lines, branches):
        sums = {"covered_lines": lines, "covered_branches": branches, "num_statements": 10, "num_branches": 10}
        return {name: {"summary": sums}}

    report = {
        "files": part("linking/links/a.py", 10, 10) | part("linking/links/b.py", 10, 6) | part("setup/c.py", 9, 9)
    }
    assert coverage_of_rooms.lines(coverage_of_rooms.files_of(report)) == [
        "",
        "Branch coverage:  90.0 %  all rooms",
        "No room is below 85 %.",
    ]
    report["files"] |= part("linking/links/d.py", 0, 0)
    assert coverage_of_rooms.lines(coverage_of_rooms.files_of(report))[2:] == [
        "Below 85 %:",
        "   60.0 %  linking/links/",
        "        0.0 %  linking/links/d.py",
        "       80.0 %  linking/links/b.py",
    ]


def test_the_full_run_keeps_the_figures_of_the_stages_that_it_did_not_play(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(full, "FIGURES", tmp_path / "full.md")
    monkeypatch.setattr(full, "STAGES", {"suite": ["-c", "print('5 passed')"], "chaos": ["-c", "raise SystemExit(3)"]})
    assert full.main([]) == 1
    assert "Failed: chaos" in capsys.readouterr().out
    first = full.known(full.FIGURES.read_text())
    assert "| passed |" in first["suite"]
    assert first["suite"].endswith("| 5 passed |")
    assert "| FAILED |" in first["chaos"]
    assert full.main(["suite"]) == 0
    assert full.known(full.FIGURES.read_text())["chaos"] == first["chaos"]
    with pytest.raises(SystemExit, match="No such stage: nonsense"):
        full.main(["nonsense"])
