"""An admin of the demo who connects stores: by the pages' own forms, with nothing but what the sandbox shows to people."""

import json
import re
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode


class Admin:
    """A browser without scripts. Where a request would leave for another address than the two, it fails."""

    def __init__(self, app: str, sandbox: str) -> None:
        self.app, self.sandbox, self.page = app, sandbox, ""
        self._frame = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._window = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.world = json.loads(self._ask(self._frame, f"{sandbox}/world.json"))
        self.domain = self.world["stores"][0]["domain"]
        role = next(iter(self.world["roles"]))
        asked = urllib.request.Request(
            f"{sandbox}/console/launch",
            json.dumps({"role": role, "asset_ids": []}).encode(),
            {"Content-Type": "application/json"},
        )
        token = json.loads(urllib.request.urlopen(asked, timeout=10).read())["token"]
        self._ask(self._frame, f"{app}/launch", {"token": token}, Origin=sandbox)

    def get(self, path: str) -> int:
        with self._frame.open(f"{self.app}{path}", timeout=30) as answer:
            self.page = answer.read().decode()
            return answer.status

    def text(self, path: str) -> str:
        self.get(path)
        return self.page

    def disconnect(self) -> str:
        self.get("/setup/")
        pk = re.search(r"/setup/stores/(\d+)/", self.page)[1]
        path = f"/setup/stores/{pk}/disconnect/"
        self._send(path, path)
        return self.page

    def by_token(self) -> str:
        """The address that it ends at, as of the others."""
        return self._send("/setup/connect/", "/setup/connect/token/", token=self.world["stores"][0]["access_token"])

    def by_credentials(self) -> str:
        return self._send("/setup/connect/", "/setup/connect/credentials/", **self.world["app"])

    def by_installing(self) -> str:
        self._send("/setup/connect/", "/setup/connect/install/")
        ticket = re.search(r'name="ticket" value="([^"]+)"', self.page)[1]
        going = self._ask(self._window, f"{self.app}/setup/oauth/begin", {"ticket": ticket}, Origin=self.app)
        page = re.search(r'id="go"[^>]* href="([^"]+)"', going)[1].replace("&amp;", "&")
        assert page.startswith(f"{self.sandbox}/"), page
        self._ask(self._window, page)
        installed = self._ask(self._window, page, {})  # and from there to the callback
        assert "is connected" in installed, installed
        self.get("/setup/")
        return f"{self.app}/setup/"

    def _send(self, shown: str, action: str, **fields: str) -> str:
        self.get(shown)
        csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)[1]
        form = {"csrfmiddlewaretoken": csrf, "domain": self.domain, **fields}
        self.page = self._ask(self._frame, f"{self.app}{action}", form, Origin=self.app)
        return self.last

    def _ask(self, opener, url: str, form: dict | None = None, **headers: str) -> str:
        body = None if form is None else urlencode(form).encode()
        with opener.open(urllib.request.Request(url, body, headers), timeout=30) as answer:
            self.last = answer.url
            assert self.last.startswith((self.app, self.sandbox)), self.last
            return answer.read().decode()
