"""A release is a version, a section of the changelog, a tag, and the commit that later changes have to suit."""

import subprocess

import pytest

from script import release

NOTES = "# Update\n\n### 0.2.0\n\nNothing to do.\n"
CHANGES = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Swatches.\n\n## [0.1.0] - 2026-01-01\n\n- All of it.\n"


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """With a tag v0.1.0, and something new since; what is made of packages is another test's."""
    monkeypatch.setattr(release, "listed", lambda root, folder: None)
    files = {
        "assetlink_site/__init__.py": '__version__ = "0.1.0"\n',
        "CHANGELOG.md": CHANGES,
        release.NOTES: NOTES,
        ".ci/last-release": f"# Which.\n{'0' * 40}\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    said(tmp_path, "init", "--quiet", "--initial-branch=main")
    for name, value in {
        "user.name": "A",
        "user.email": "a@example.com",
        "commit.gpgSign": "no",
        "tag.gpgSign": "no",
    }.items():
        said(tmp_path, "config", name, value)
    said(tmp_path, "add", ".")
    said(tmp_path, "commit", "--quiet", "-m", "All of it")
    said(tmp_path, "tag", "v0.1.0")
    return tmp_path


def said(folder, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_a_release_is_committed_tagged_and_remembered(clone):
    assert release.main(["0.2.0"], clone) == 0
    assert said(clone, "show", "v0.2.0:assetlink_site/__init__.py") == '__version__ = "0.2.0"'
    before, _, after = said(clone, "show", "v0.2.0:CHANGELOG.md").partition("## [0.2.0] - ")
    assert before.endswith("## [Unreleased]\n\n")
    assert "- Swatches." in after.partition("## [0.1.0]")[0]
    assert said(clone, "rev-parse", "v0.2.0^{commit}") in (clone / ".ci/last-release").read_text()
    assert said(clone, "status", "--porcelain") == ""


def test_a_dry_run_changes_nothing(clone, capsys):
    before = said(clone, "rev-parse", "HEAD")
    assert release.main(["0.2.0", "--dry-run"], clone) == 0
    assert (said(clone, "rev-parse", "HEAD"), said(clone, "tag"), said(clone, "status", "--porcelain")) == (
        before,
        "v0.1.0",
        "",
    )
    assert "Commit and tag v0.2.0." in capsys.readouterr().out


def test_what_may_not_be_released_says_all_that_is_wrong(clone, capsys):
    (clone / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n\n- All of it.\n")
    said(clone, "checkout", "--quiet", "-b", "mine")
    assert release.main(["0.1.0"], clone) == 1
    shown = capsys.readouterr().out
    for wrong in (
        "not newer",
        "a tag v0.1.0",
        "The branch is mine",
        "CHANGELOG.md.",
        "nothing under",
        "no section ### 0.1.0",
    ):
        assert wrong in shown
    assert said(clone, "tag") == "v0.1.0"


def test_the_notes_for_operators_name_this_version():
    """Written with the change that asks something of them, not on the day of the release."""
    assert "## Upgrade notes" in (release.ROOT / release.NOTES).read_text()
