"""A person at the pages of an AssetLink that is another process, perhaps another release: a browser without scripts."""

import json
import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.processes import wait_until


class Person:
    def __init__(self, app: str) -> None:
        self.app, self.at = app, app
        self.jar = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))
        self.page = ""

    def go(self, address: str, **fields) -> str:
        self.at = urljoin(self.at, address)
        if fields and (token := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)):
            fields = {"csrfmiddlewaretoken": token[1]} | fields
        data = urlencode(fields, doseq=True).encode() if fields else None
        sent = {"Origin": self.app} if data and self.page else {}
        with self.opener.open(Request(self.at, data, sent), timeout=60) as answer:
            self.at, self.page = answer.url, answer.read().decode()
        return self.page

    def cookies(self) -> str:
        """As a header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def value_of(self, name: str) -> str:
        found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', self.page)
        assert found, f"no field {name} on {self.at}"
        return found[1]


def planned(person: Person, url: str, asset_ids: list[str], store: int, shown: str) -> str:
    """The page of a dry run of these assets, after a launch by the sandbox at `url`. `shown`: what the page says once they are
    matched."""
    launch(person, url, asset_ids)
    page = person.at
    settings = {"cloudinary_field": "metadata:sku", "shopify_kind": "sku", "link_mode": "prepend", "position": 1}
    person.go("settings/", version=person.value_of("version"), stores=[store], **settings)
    wait_until(lambda: shown in person.go(page))
    person.go("syncs/", token=person.value_of("token"), version=person.value_of("version"), dry_run=1)
    plan = person.at
    wait_until(lambda: 'id="apply-plan"' in person.go(plan))
    return plan


def launch(person: Person, url: str, asset_ids: list[str]) -> None:
    """In the Console; a person confirms what comes from nowhere."""
    asked = Request(
        f"{url}/console/launch", json.dumps({"asset_ids": asset_ids, "role": "media_library_user"}).encode()
    )
    asked.add_header("Content-Type", "application/json")
    with person.opener.open(asked) as answer:
        token = json.load(answer)["token"]
    person.go("/launch", token=token)
    person.go("/launch/continue", ticket=person.value_of("ticket"))
    person.go(re.search(r'data-next="([^"]+)"', person.page)[1])
    page = person.at
    wait_until(lambda: 'id="board"' in person.go(page))  # as the last release shows it, too


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
