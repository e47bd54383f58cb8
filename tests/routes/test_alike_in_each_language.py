"""A page in another language has other texts, and nothing else: what programs read of it is the same. And names that are HTML are
shown as names, also within a sentence that has tags of its own."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.db.models import JSONField, QuerySet
from django.test import Client

from linking.models import Selection, SelectionExtract
from linking.pages import kept_groups
from linking.selection import extracts
from tests.pseudo import READ
from tests.routes.stage import Stage, staged
from tests.routes.test_marked_pages import SENT, addresses, prepare
from tests.tiers import FULL

MARK = "zqx"
EVIL = f"<img src={MARK} onerror=alert(1)>\"'<span>{{name}}%(name)s&lt;b&gt;"
# Texts of people, and what is another one for each page.
TEXTS = READ | {"content", "lang", "nonce", "data-ready", "data-writing", "data-news", "data-status", "hx-headers"}
DRAWN = re.compile(r"(csrfmiddlewaretoken|token|ticket|shows|seen|state)$")
DATA_TEXT = re.compile(r"data-text")
NAMES = {
    "setup.Member": {"name"},
    "setup.Environment": {"name"},
    "setup.Store": {"name", "label"},
    "setup.AuditEntry": {"person", "object"},
    "linking.StoreFile": {"name"},
    "linking.Link": {"name", "title"},
    "linking.ProductSync": {"title"},
    "linking.ChangeRow": {"name"},
}
KNOWN = {"Product a", "Product b", "front", "side", "back", "stray"}


class Read(HTMLParser):
    """`machine`: elements with what is not a text of theirs; `evil`: what a name has made of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.machine: Counter[str] = Counter()
        self.evil: list[str] = []
        self.named = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if known.get("src") == MARK or "onerror" in known or any(MARK in name for name in known):
            self.evil.append(self.get_starttag_text() or "")
        self.named += sum(MARK in (value or "") for value in known.values())
        if DRAWN.search(known.get("name") or ""):
            known.pop("value", None)
        # How long the session lasts is a second less on the second page.
        lasting = {name: re.sub(r"delay:\d+s", "delay", value or "") for name, value in known.items()}
        said = sorted((n, v) for n, v in lasting.items() if n not in TEXTS and not DATA_TEXT.match(n))
        self.machine[f"{tag} {said}"] += 1

    handle_startendtag = handle_starttag

    def handle_data(self, data: str) -> None:
        self.named += MARK in data


def rename() -> None:
    """What people, shops and assets are called, wherever a row keeps it."""
    for label, names in NAMES.items():
        QuerySet(apps.get_model(label)).update(**dict.fromkeys(names, EVIL))
    for model in apps.get_app_config("linking").get_models():
        for field in (one for one in model._meta.concrete_fields if isinstance(one, JSONField)):
            for row in model.objects.only(field.name):
                setattr(row, field.name, renamed(getattr(row, field.name)))
                model.objects.filter(pk=row.pk).update(**{field.name: getattr(row, field.name)})
    SelectionExtract.objects.all().delete()
    for kept in (extracts.kept, kept_groups.kept):
        kept.known.clear()


def renamed(value: object) -> object:
    if isinstance(value, dict):
        return {name: renamed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [renamed(one) for one in value]
    return EVIL if value in KNOWN else value


def drawn(stage: Stage, language: str) -> Iterator[tuple[str, Read]]:
    """In the landing tier as the admin, who sees most."""
    client = Client(headers={"Accept-Language": language})
    for page, role, address in addresses(stage):
        if role == "member" and not FULL:
            continue
        enter(stage, client, role)
        answer = client.get(address)
        if not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html"):
            yield f"{page} as {role}", Read(answer.content.decode())


def sent(stage: Stage, language: str) -> Iterator[tuple[str, Read]]:
    """What is answered to edits: toasts, forms with errors, messages."""
    client, first = Client(headers={"Accept-Language": language}), {k: v[0] for k, v in stage.fields().items() if v}
    places = {"g": first["g"], "store": stage.scene.stores[0].pk, "sync": stage.sync.key}
    for address, form in SENT:
        enter(stage, client, "admin")
        known = {"version": str(Selection.objects.get(pk=stage.selection.pk).version)}
        known |= {name: value.format(**places) for name, value in form.items()}
        to = address.replace("…", f"/selections/{stage.selection.key}/").format(**places)
        yield f"POST {address} {form}", Read(client.post(to, known, follow=True).content.decode())


def enter(stage: Stage, client: Client, role: str) -> None:
    name, _, value = stage.enter(role).partition("=")
    client.cookies.clear()
    if name:
        client.cookies[name] = value


@pytest.mark.full
@pytest.mark.django_db
def test_another_language_changes_texts_and_nothing_else_and_no_name_is_html(tmp_path):
    with staged(tmp_path) as stage:
        prepare(stage)
        rename()
        list(drawn(stage, "en"))  # what a first visit has done is done
        english, german = dict(drawn(stage, "en")), dict(drawn(stage, "de"))
        answers = dict(sent(stage, "de"))
    other = [
        f"{page}: {part}"
        for page in english
        for part in ((english[page].machine - german[page].machine) + (german[page].machine - english[page].machine))
    ]
    assert english.keys() == german.keys()
    assert [
        f"{page}: {one}" for found in (english, german, answers) for page, read in found.items() for one in read.evil
    ] == []
    assert not other, "\n".join(other)
    assert sum(read.named > 0 for read in german.values()) > (50 if FULL else 35)
    assert sum(read.named > 0 for read in answers.values()) > 20
