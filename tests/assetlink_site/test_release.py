"""Which AssetLink this is, as logs, pages and commands name it."""

import subprocess

import pytest
from django.conf import settings
from django.core.management import call_command

from assetlink_site import __version__
from assetlink_site.release import revision
from tests.processes import ROOT

COMMIT, OTHER = "0123456789abcdef" * 2 + "01234567", "f" * 40


def write(path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    "files",
    [
        {"REVISION": f"{COMMIT}\n", ".git/HEAD": OTHER},
        {".git/HEAD": f"{COMMIT}\n"},
        {".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": COMMIT},
        {".git/HEAD": "ref: refs/heads/main\n", ".git/packed-refs": f"# pack-refs\n{COMMIT} refs/heads/main\n"},
        {
            ".git": "gitdir: main/.git/worktrees/one\n",
            "main/.git/worktrees/one/HEAD": "ref: refs/heads/one",
            "main/.git/worktrees/one/commondir": "../..\n",
            "main/.git/refs/heads/one": COMMIT,
        },
    ],
    ids=["of an image", "detached", "branch", "packed branch", "worktree"],
)
def test_the_commit_is_found_without_git(tmp_path, files):
    for name, text in files.items():
        write(tmp_path / name, text)
    assert revision(tmp_path) == COMMIT[:12]


@pytest.mark.parametrize("files", [{}, {"REVISION": "<script>"}, {".git/HEAD": "ref: refs/heads/none"}])
def test_what_is_no_commit_is_not_named(tmp_path, files):
    for name, text in files.items():
        write(tmp_path / name, text)
    assert revision(tmp_path) == ""


def test_a_clone_names_its_own_commit(capsys):
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    call_command("release")
    assert capsys.readouterr().out == f"AssetLink {settings.RELEASE}\n"
    assert settings.RELEASE.startswith(__version__)
    if head.returncode == 0:
        assert f"{__version__}+{head.stdout.strip()[:12]}" == settings.RELEASE
