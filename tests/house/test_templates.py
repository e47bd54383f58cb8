"""Templates carry nothing that the content security policy refuses, and nothing from foreign servers."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FOREIGN = re.compile(
    r"<(?:script|link|img|iframe|source|video|use)\b[^>]*\b(?:src|srcset|href)\s*=\s*[\"']?\s*(?:https?:)?//", re.I
)
JAVASCRIPT = re.compile(r"[\"']\s*javascript:", re.I)
INLINE = {
    "a style attribute": re.compile(r"<[a-z][^<]*?\sstyle\s*=", re.I),
    "a style element without nonce": re.compile(r"<style\b(?![^>]*\bnonce=)", re.I),
    "an event attribute": re.compile(r"<[a-z][^<]*?\s(?:hx-)?on[a-z:-]+\s*=", re.I),
    "a script without nonce": re.compile(r"<script\b(?![^>]*\bnonce=)", re.I),
}


def templates(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.html") if "templates" in path.parts)


def comments_removed(text: str) -> str:
    return re.sub(r"{#.*?#}|{% comment.*?endcomment %}|<!--.*?-->", "", text, flags=re.DOTALL)


def problems(text: str) -> Iterator[str]:
    text = comments_removed(text)
    if FOREIGN.search(text):
        yield "something from a foreign server"
    if JAVASCRIPT.search(text):
        yield "a javascript: address"
    bare = re.sub(r"\"[^\"<>]*\"|'[^'<>]*'", '""', text)  # values of attributes may say anything else
    yield from (name for name, pattern in INLINE.items() if pattern.search(bare))


def test_the_templates_of_the_app_obey_the_content_security_policy():
    found = templates("templates", "setup", "linking")
    assert found
    assert {str(path): wrong for path in found if (wrong := list(problems(path.read_text(encoding="utf-8"))))} == {}


def test_a_style_stands_only_in_the_page_whose_view_lets_it_in():
    found = templates("templates", "setup", "linking")
    assert [path.name for path in found if "<style" in comments_removed(path.read_text(encoding="utf-8"))] == [
        "failure.html"
    ]


def test_the_templates_of_the_sandbox_load_nothing_from_foreign_servers():
    found = templates("sandbox")
    assert found
    assert [path for path in found if FOREIGN.search(comments_removed(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    "text",
    [
        '<script nonce="{{ csp_nonce }}" src="https://cdn.example.com/htmx.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.com/x.css">',
        '<p class="a" style="color: red">',
        '<div\n  style = "x">',
        "<style>p {}</style>",
        '<button onclick="go()">',
        '<button hx-on:click="go()">',
        '<a href="javascript:go()">',
        "<script>go()</script>",
    ],
)
def test_what_the_policy_refuses_is_found(text):
    assert list(problems(text))


@pytest.mark.parametrize(
    "text",
    [
        '<script nonce="{{ request.csp_nonce }}" src="{% static \'app.js\' %}"></script>',
        '<a href="https://shopify.dev/docs">',
        '<progress class="bar" value="{{ done }}" data-style="x" max="10"></progress>',
        "{# <p style='x'> is refused #}",
        '<img src="{{ asset.thumbnail }}" alt="an onion = {{ x }}">',
    ],
)
def test_what_the_policy_allows_passes(text):
    assert list(problems(text)) == []


# What holds a list, or the page around it.
HOLDERS = re.compile(r"(?:#board|\.groups?|#groups|\.group-list|\.asset|\.tile|\.strip)(?:[.:\[#][^\s>+~,{]*)*:has\(")


def test_nothing_that_holds_a_list_is_styled_by_what_it_has():
    """Every swap within it would have all of the list styled again: a tenth of a second with a thousand assets."""
    sheets = (ROOT / "static" / "css").glob("*.css")
    assert [f"{path.name}: {found[0]}" for path in sheets for found in HOLDERS.finditer(path.read_text())] == []


# An element that an answer puts another in place of, and that others ask to look again.
LISTENS = re.compile(r'hx-trigger="(?P<when>[^"]*\bfrom:(?:body|#)[^"]*)"(?P<more>[^{>]*)')


def missed(text: str) -> Iterator[str]:
    """What is asked for while its request is under way waits in htmx for an element that is gone by then."""
    for found in LISTENS.finditer(comments_removed(text)):
        itself = 'hx-target="this"' in found["more"] and 'hx-swap="outerHTML"' in found["more"]
        if itself and " once" not in found["when"] and not re.search(r'hx-sync="[^"]*:replace"', found["more"]):
            yield found[0]


def test_what_is_drawn_again_when_others_say_so_loses_none_of_them():
    found = {path.name: list(missed(path.read_text(encoding="utf-8"))) for path in templates("templates")}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    asks = '<p hx-get="/a/" hx-trigger="changed from:body" hx-target="this" hx-swap="outerHTML"'
    assert list(missed(f"{asks}>"))
    assert not list(missed(f'{asks} hx-sync="this:replace">'))
