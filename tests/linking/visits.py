"""A member's visits to pages, through Django's client."""

import html
import re

from django.utils import timezone

from linking.matching import asking
from linking.matching.answering import match_store
from linking.models import KeyMatch, Selection
from setup.models import Member


def enter(client, member: Member, selection: Selection | None = None):
    """A session as a launch starts it."""
    session = client.session
    session["member"] = member.pk
    if selection is not None:
        session["selection"] = str(selection.key)
    session.save()
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def ask_and_answer(selection: Selection) -> None:
    for store in selection.environment.stores.filter(status="connected"):
        question, _ = asking.put(selection, store, now=timezone.now())
        match_store(question.pk)


def row_of(key: str) -> KeyMatch:
    return KeyMatch.objects.get(key=key)


def pick(client, selection, key: str, *handles: str, do: str = "pick", **more):
    """What a button beside an answer sends."""
    row = row_of(key)
    known = {one["handle"]: one["id"] for one in [*row.products, *(found["product"] for found in row.suggestions)]}
    data = {"version": Selection.objects.get(pk=selection.pk).version, "do": do, "k": row.pk}
    data["p"] = " ".join(known[handle] for handle in handles)
    return client.post(f"/selections/{selection.key}/picks/", data | more)


def open_page(client, place, selection, name: str = "") -> str:
    enter(client, place.member, selection)
    return text_of(client.get(f"/selections/{selection.key}/{name}"))


def drawn_of(client, slug: str) -> dict[str, list[str]]:
    """What a section of Setup was drawn with, as its page sends it back."""
    return drawn_in(client.get("/setup/").content.decode(), slug)


def drawn_in(page: str, slug: str) -> dict[str, list[str]]:
    section = page.partition(f'id="{slug}-fields"')[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for one in re.findall(r'<input type="hidden" name="initial-[^>]*>', section):
        name, value = (re.search(rf'\s{part}="([^"]*)"', one) for part in ("name", "value"))
        found.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    return found


def field_of(response, name: str) -> list[str]:
    """The values of all inputs of this name, as rendered."""
    inputs = re.findall(rf'<input[^>]*\sname="{name}"[^>]*>', response.content.decode())
    return [re.search(r'\svalue="([^"]*)"', found)[1] for found in inputs]
