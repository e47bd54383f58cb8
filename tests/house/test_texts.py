"""Texts of templates are marked for translation, and every language that there is has all of them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from script import messages
from tests.house.imports import ROOT

# Attributes that people read, or hear.
READ = "alt|aria-label|aria-description|placeholder|title|data-announce|data-label|data-none|data-said|data-text|label"
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
MARKED = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
SILENT = re.compile(r"<(script|style|svg|code)\b.*?</\1>", re.DOTALL)
ATTRIBUTE = re.compile(rf"\s(?:{READ})=\"([^\"]*)\"")
# What is the same in every language: names, units, formats, signs.
NAMES = re.compile(
    r"\b(?:AssetLink|Cloudinary|Shopify|SKU|CSV|Excel|JSON|UTC|PDF|ZIP|JPG|PNG|GIF|MB|KB|MiB|KiB|px|URL|ID|GraphQL|custom\.material)\b"
)


def unmarked(template: str) -> Iterator[str]:
    """Texts between tags, and of the attributes that people read, that stand in a template as they are."""
    rest = re.sub(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|<!--.*?-->", "", template, flags=re.DOTALL)
    rest = re.sub(r"{% block \w+_attributes %}.*?{% endblock %}", "", SILENT.sub("", MARKED.sub("", rest)))
    rest = re.sub(r'\shx-[\w-]+="[^"]*"', "", TAG.sub("", rest))  # a template may be a part of a tag
    found = ATTRIBUTE.findall(rest)
    found += re.sub(r"<[^>]*>", "\n", rest).split("\n")
    yield from (text.strip() for text in found if re.search(r"[^\W\d_]", NAMES.sub("", text)))


# How nobody says it who writes for people of this trade -> what to write.
INSTEAD = {
    "anew": "again",
    "in vain": "without success, or what happened",
    "stays out|stay out|left out": "excluded, is not linked",
    "proposal": "suggestion",
    "got no": "has no",
    "whether or not": "whether",
    "in order to": "to",
    "please": "say what to do",
    "abovementioned|hereby|thereof|whereupon|hitherto": "plain words",
    "click here": "name the target",
}
UNUSED = re.compile(rf"\b({'|'.join(INSTEAD)})\b", re.IGNORECASE)
MOST_WORDS = 25


def sentences() -> Iterator[str]:
    """Of all texts that are marked, and of the words of reasons; without their tags."""
    for message in messages.texts():
        for text in [message.id] if isinstance(message.id, str) else message.id:
            yield from re.split(r"(?<=[.!?…])\s+|\n", re.sub(r"<[^>]*>", "", text))


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def test_every_text_of_a_template_is_marked():
    wrong = {}
    for path in templates():
        if texts := list(unmarked(path.read_text(encoding="utf-8"))):
            wrong[str(path.relative_to(ROOT))] = texts
    assert wrong == {}


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Nothing yet</p>", ["Nothing yet"]),
        ('<p>{% translate "Nothing yet" %}</p>', []),
        ("<p>{% blocktranslate %}Nothing <b>yet</b>{% endblocktranslate %}</p>", []),
        ('<a title="Close" href="{{ url }}">×</a>', ["Close"]),
        ("<p>{{ n }} of {{ all }}</p>", ["of"]),
        ("<code>docs</code> <p>CSV · 12 MB</p>", []),
    ],
)
def test_an_unmarked_text_is_found(template, found):
    assert list(unmarked(template)) == found


def test_texts_are_found_however_a_template_is_indented():
    template = """<p>{% blocktranslate trimmed %}
      One
      {% endblocktranslate %}</p>
    <p>{% translate "Two" %}
  {% if it %}{% translate "Three" %}{% endif %}"""
    assert [found for _, found, *_ in messages.marked(messages.python_of(template))] == ["One", "Two", "Three"]


def hidden(source: str) -> Iterator[str]:
    """Texts that are looked up within an f-string: script/messages does not see these (before Python 3.12 an f-string is one
    token)."""
    for node in ast.walk(ast.parse(source)):
        for call in ast.walk(node) if isinstance(node, ast.JoinedStr) else ():
            if isinstance(call, ast.Call):
                name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                if name in messages.KEYWORDS:
                    yield ast.unparse(call)


def test_no_text_of_the_code_is_hidden_in_an_f_string():
    paths = [path for path in messages.files() if path.suffix == ".py"]
    found = {str(path.relative_to(ROOT)): list(hidden(path.read_text(encoding="utf-8"))) for path in paths}
    assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("""f"<b>{_('Close')}</b>\"""", ["_('Close')"]),
        ("""f"<b>{say.ngettext('{n} asset', '{n} assets', n)}</b>\"""", ["say.ngettext('{n} asset', '{n} assets', n)"]),
        ("""close = _("Close")\nf"<b>{close}</b>\"""", []),
    ],
)
def test_a_text_in_an_f_string_is_found(source, found):
    assert list(hidden(source)) == found


def test_translations_are_whole_and_in_step_with_the_texts():
    wanted = messages.texts()
    assert {language: list(messages.problems(language, wanted))[:5] for language in messages.languages()} == {"de": []}


@pytest.mark.parametrize(
    ("text", "translation", "wrong"),
    [
        ("{n} of {all}", "{n} von {all}", 0),
        ("{n} of {all}", "{n} von {total}", 1),
        ("%(name)s is away", "Fort", 1),
        (("%(n)s picture", "%(n)s pictures"), ("%(n)s Bild", "%(n)s Bilder"), 0),
        (("One picture of {all}", "{n} pictures of {all}"), ("1 Bild von {all}", "{n} Bilder von {all}"), 0),
    ],
)
def test_a_translation_that_loses_a_value_is_found(text, translation, wrong):
    assert len(list(messages.lost_values(messages.Message(text, translation)))) == wrong


def test_no_text_has_words_that_people_of_this_trade_do_not_use():
    assert [text for text in sentences() if UNUSED.search(text)] == []


def test_apostrophes_are_typographic():
    assert [text for text in sentences() if "'" in text] == []


def test_no_sentence_is_longer_than_25_words():
    assert [text for text in sentences() if len(text.split()) > MOST_WORDS] == []
