"""People who sign in: a browser without scripts, which goes to a provider over HTTP and comes back."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlencode, urlsplit

import urllib3
from django.http import HttpResponse
from django.test import Client

from sandbox.identity.provider import CLIENT_ID, CLIENT_SECRET
from setup.signing_in import discovery

HTTP = urllib3.PoolManager(timeout=urllib3.Timeout(20), retries=False)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def company(url: str, **changed) -> dict:
    """Settings of the sandbox's provider, with the slug that it has registered."""
    known = {"name": "Fjord & Fern", "discovery": f"{url}/identity", "groups_claim": "groups", "groups": {}}
    return {"fjord": known | {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | changed}


@contextmanager
def of_somebody_else(*people: tuple[str, dict], **chosen) -> Iterator[str]:
    """oidc-provider-mock, which we did not write."""
    from oidc_provider_mock import User, run_server_in_thread  # it takes a second to load

    users = [User(sub=sub, claims=claims) for sub, claims in people]
    with run_server_in_thread(user_claims=users, **chosen) as server:
        yield f"http://localhost:{server.server_port}"


class Visitor:
    def __init__(self) -> None:
        discovery.forget()
        self.client = Client()

    def goes(self, slug: str, **more: str) -> dict[str, str]:
        """Presses *Continue with …*: what the browser is sent to the provider with; "" is the address itself."""
        page = self.client.post(f"/sign-in/with/{slug}/", more)
        assert page.status_code == 200, page.content.decode()
        found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
        assert found, page.content.decode()
        url = html.unescape(found[1])
        return {"": url.partition("?")[0]} | dict(parse_qsl(urlsplit(url).query))

    def answered(self, asked: dict[str, str], **chosen: str) -> tuple[str, dict[str, str]]:
        """Chooses who one is: the path to come back to, and what is in the address."""
        where = f"{asked['']}?{urlencode({name: value for name, value in asked.items() if name})}"
        answer = HTTP.request("POST", where, body=urlencode(chosen), headers=FORM, redirect=False)
        assert answer.status in (302, 303), answer.data
        parts = urlsplit(answer.headers["Location"])
        return parts.path, dict(parse_qsl(parts.query))

    def comes(self, path: str, answer: dict[str, str]) -> HttpResponse:
        return self.client.get(path, answer)

    def signs_in(self, slug: str, sub: str, **more: str) -> HttpResponse:
        return self.comes(*self.answered(self.goes(slug, **more), sub=sub))


def code_of(page: HttpResponse) -> str:
    """Of a refusal, as the page shows it; empty if it shows none."""
    found = re.search(r"<code>([a-z_]+)</code>", page.content.decode())
    return found[1] if found else ""
