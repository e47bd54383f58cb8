"""script/messages [--check] [--left LANGUAGE]

Brings the translations in step with the texts of templates and code: new texts come into each language's django.po, those that
are gone leave it, and django.mo is made of it. With --check nothing is written: what is out of step, not translated, or lacks a
value of its text is named, and the exit code is 1. With --left the texts that a language lacks are printed.
"""

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from script.terminal import say

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locale"
CODE = ("setup", "linking", "assetlink_site")
TEMPLATES = ("templates",)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# So that a file changes with its texts alone.
NEVER = datetime(2026, 1, 1, tzinfo=UTC)
WIDTH = 120
VALUE = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w*)[^{}]*\}(?!\})|%[sd]")
Key = tuple[str | tuple[str, ...], str | None]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, and name what is wrong")
    parser.add_argument("--left", metavar="LANGUAGE", help="print the texts that this language lacks")
    chosen = parser.parse_args(arguments)
    wanted = texts()
    if chosen.left:
        for message in untranslated(brought_up(chosen.left, wanted)):
            say(repr(message.id))
        return 0
    wrong = [line for language in languages() for line in problems(language, wanted)] if chosen.check else []
    for line in wrong:
        say(line)
    if not chosen.check:
        for language in languages():
            catalog = brought_up(language, wanted)
            of(language).write_bytes(as_po(catalog))
            of(language).with_suffix(".mo").write_bytes(as_mo(catalog))
            say(
                f"{language}: {len(catalog):,} texts, {sum(1 for _ in untranslated(catalog)):,} of them not translated."
            )
    return 1 if wrong else 0


def languages() -> list[str]:
    return sorted(path.name for path in LOCALES.iterdir() if path.is_dir())


def of(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def texts() -> Catalog:
    """All texts that are marked, and the words of all reasons. Starts Django."""
    found = Catalog(charset="utf-8")
    for path in files():
        for message, comments, context in extracted(path):
            found.add(message, auto_comments=comments, context=context)
    for words in of_reasons():
        found.add(words)
    return found


def extracted(path: Path) -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
    """The texts of a template or of code, each with what is said to its translators, and its context."""
    source = path.read_text(encoding="utf-8")
    for _, message, comments, context in marked(python_of(source) if path.suffix == ".html" else source):
        yield message, comments, context


def marked(source: str) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    """The marked texts of Python: (line, text, comments, context)."""
    lines = io.BytesIO(source.encode())
    yield from extract("python", lines, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True)


def files() -> Iterator[Path]:
    for folder, kind in [*((name, "*.html") for name in TEMPLATES), *((name, "*.py") for name in CODE)]:
        yield from (path for path in sorted((ROOT / folder).rglob(kind)) if "migrations" not in path.parts)


def python_of(template: str) -> str:
    """What xgettext would be given for it: https://docs.djangoproject.com/en/5.2/topics/i18n/translation/#localization-how-to-create-language-files"""
    from django.utils.translation.template import templatize

    # To Python's tokens indentation means something; to a template it does not.
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def of_reasons() -> Iterator[str | tuple[str, str]]:
    """The words of reasons stand in tables; those that are functions mark their texts themselves."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from setup.reasons import codes, texts_of

    for template in codes().values():
        yield from texts_of(template)


def brought_up(language: str, wanted: Catalog) -> Catalog:
    """A language's texts, in step with what is wanted. Nothing is taken over from a text that only resembles it."""
    path = of(language)
    kept = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)
    made = Catalog(
        locale=language,
        charset="utf-8",
        fuzzy=False,
        project="AssetLink",
        header_comment=f"# Texts of AssetLink in {language}: script/messages brings this file up to date.",
        creation_date=NEVER,
        revision_date=NEVER,
    )
    for message in wanted:
        if message.id:
            known = kept.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
            same = known is not None and known.id == message.id and not known.fuzzy
            string = known.string if known is not None and same else empty(message, made)
            made.add(message.id, string, auto_comments=message.auto_comments, context=message.context)
    return made


def empty(message: Message, catalog: Catalog) -> str | tuple[str, ...]:
    return "" if isinstance(message.id, str) else ("",) * catalog.num_plurals


def untranslated(catalog: Catalog) -> Iterator[Message]:
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(strings):
            yield message


def as_po(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=WIDTH, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = buffer.getvalue().decode().splitlines()
    return ("\n".join(line for line in lines if not line.startswith('"Generated-By')) + "\n").encode()


def as_mo(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def problems(language: str, wanted: Catalog) -> Iterator[str]:
    """What is wrong with a language's files, a line each."""
    catalog, path = brought_up(language, wanted), of(language)
    if not path.exists() or path.read_bytes() != as_po(catalog):
        yield f"{path.relative_to(ROOT)} is out of step: script/messages"
    elif not path.with_suffix(".mo").exists() or path.with_suffix(".mo").read_bytes() != as_mo(catalog):
        yield f"{path.with_suffix('.mo').relative_to(ROOT)} is not made of {path.name}: script/messages"
    yield from (f"{language} lacks {message.id!r}" for message in untranslated(catalog))
    for message in catalog:
        yield from (f"{language}: {line}" for line in lost_values(message))


def lost_values(message: Message) -> Iterator[str]:
    """A translation names the values of its text, and no others; a plural's forms may leave out the number."""
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    allowed, needed = set.union(*map(values, ids)), set.intersection(*map(values, ids))
    for string in filter(None, strings if message.id else ()):
        if not needed <= values(string) <= allowed:
            yield f"{string!r} has other values than {ids[-1]!r}"


def values(text: str) -> set[str]:
    return {found.group() for found in VALUE.finditer(text)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
