"""The pictures of the documents: each is drawn by a command, stands in a document, and says when it no longer shows its page."""

import re

import pytest

from script import picture_sources
from script.picture_sources import DRAWN_BY, EVERYWHERE, PICTURES, ROOT


def test_every_picture_is_drawn_by_the_command_and_shown_in_a_document():
    drawn = re.findall(r'yield "([\w-]+)"', (ROOT / "script" / "pictures.py").read_text())
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    shown = {name for path in documents for name in re.findall(r"pictures/([\w-]+)\.webp", path.read_text())}
    assert {path.stem for path in PICTURES.glob("*.webp")} == set(drawn) == set(DRAWN_BY) == shown


def test_what_a_page_is_drawn_by_exists():
    places = {place for some in DRAWN_BY.values() for place in some} | set(EVERYWHERE)
    assert [place for place in sorted(places) if not (ROOT / place).exists()] == []


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A template with a style, and code with a text."""
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "css" / "a.css").write_text("p { color: red }")
    (tmp_path / "page.html").write_text("<p>{% static 'css/a.css' %}</p>")
    (tmp_path / "page.py").write_text('said = _("Hello")')
    monkeypatch.setattr(picture_sources, "ROOT", tmp_path)
    monkeypatch.setattr(picture_sources, "EVERYWHERE", ())
    monkeypatch.setattr(picture_sources, "DRAWN_BY", {"page": ("page.html", "page.py")})
    (tmp_path / "page.webp").touch()
    picture_sources.keep(tmp_path)
    assert picture_sources.stale(tmp_path) == []
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content", "stale"),
    [
        ("page.html", "<p>{% static 'css/a.css' %}!</p>", ["page"]),
        ("static/css/a.css", "p { color: blue }", ["page"]),
        ("page.py", 'said = _("Good day")', ["page"]),
        ("page.py", 'x = 1\nsaid = _("Hello")', []),
    ],
)
def test_a_picture_is_stale_when_what_its_page_shows_has_changed(page, name, content, stale):
    (page / name).write_text(content)
    assert picture_sources.stale(page) == stale


def test_a_picture_that_is_missing_is_stale(page):
    (page / "page.webp").unlink()
    assert picture_sources.stale(page) == ["page"]
