"""The list of languages in the head of each page: what a person chooses stays, and each language is called as it calls itself."""

import re

import pytest

from tests.linking.visits import enter
from tests.scenes import product


def languages(page) -> list[tuple[str, str, bool]]:
    """(code, name, whether it is chosen), without the browser's."""
    options = re.findall(r'<option value="(\w+)" lang="\w+"( selected)?>([^<]+)</option>', page.content.decode())
    return [(code, name, bool(chosen)) for code, chosen, name in options]


@pytest.mark.parametrize("chosen", ["", "en", "de"])
def test_each_language_is_called_as_it_calls_itself(client, scene, chosen):
    """Somebody who chose one that they cannot read finds their own."""
    person = enter(client, scene([product("a")], []).member)
    assert person.post("/language/", {"language": chosen}).status_code == 200
    page = person.get("/setup/")
    assert languages(page) == [("en", "English", chosen == "en"), ("de", "Deutsch", chosen == "de")]
    assert f'<html lang="{chosen or "en"}"' in page.content.decode()


def test_a_language_that_there_is_not_is_refused(client, scene):
    place = scene([product("a")], [])
    assert enter(client, place.member).post("/language/", {"language": "tlh"}).status_code == 400
    place.member.refresh_from_db()
    assert place.member.language == ""
