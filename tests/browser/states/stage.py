"""Where states are reached: a house with a person in it, in the dialog's size. The Console's frame shows the same pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from playwright.sync_api import Locator, Page, expect

from linking.models import Selection
from sandbox.console import launches
from setup.models import Member
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import Scene

DIALOG = (1024, 700)
LANGUAGES = ("en", "de")
Again = Callable[[Page], object]
AUTHOR = {"id": "u1", "name": "Ada", "email": "ada@example.test"}


@dataclass
class Stage:
    """`see` is called for each state with its page, its name, what makes it this state, if it may be far down, and whether the
    page's address leads to it again."""

    house: Callable[..., Any]
    client: Client
    address: str
    settings: Any
    see: Callable[[Page, str, Locator | None, bool, Again | None], None]

    def furnish(self, products=(), assets=(), *, role: str = "media_library_user", workers: int = 0, **known) -> Scene:
        """Jobs are done by the act itself, unless it asks for workers."""
        self.place = self.house(products, assets, viewport=DIALOG, workers=workers, **known)
        self.page: Page = self.place.page
        self.scene: Scene = self.place.scene
        self.enter(role)
        return self.scene

    def enter(self, role: str, selection: Selection | None = None) -> None:
        """A session as a launch begins it."""
        Member.objects.filter(pk=self.scene.member.pk).update(roles=[role])
        enter(self.client, self.scene.member, selection)
        name = self.settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": self.client.cookies[name].value, "url": self.address}
        self.page.context.add_cookies([cookie])

    def leave(self) -> None:
        self.page.context.clear_cookies()

    def visit(self, path: str, reported: str = "") -> Page:
        """Waits until the page tells it."""
        self.page.goto(f"{self.address}{path}")
        if reported:
            expect(self.page.get_by_text(reported).first).to_be_visible()
        return self.page

    def look(
        self,
        page: Page,
        name: str,
        at: Locator | None = None,
        *,
        by_address: bool = True,
        again: Again | None = None,
    ) -> None:
        """`again`: what makes another tab at the page's address this state, in whatever language."""
        self.see(page, name, at, by_address, again)

    def shows(self, path: str, name: str, reported: str = "") -> Page:
        """A state that an address leads to."""
        page = self.visit(path, reported)
        self.look(page, name)
        return page

    def board(self, *names: str, **chosen) -> str:
        """The address of a selection for which every store has answered."""
        selection = self.scene.select(*names, **chosen)
        ask_and_answer(selection)
        return f"/selections/{selection.key}/"

    def run(self, selection: Selection, *, dry_run: bool = False) -> str:
        """The address of a run at its end."""
        return f"/syncs/{self.scene.run(selection, dry_run=dry_run).key}/"

    def launched(self, ids: list[str], *, host: str = "localhost", hidden: bool = False) -> Page:
        """What the Console does: a signed token is posted to the app. On another `host` it is a foreign page that does it; a
        `hidden` origin is one that the browser does not tell."""
        token = launches.token(self.scene.world.environments[0], AUTHOR, "media_library_user", ids)  # type: ignore[arg-type]
        self.page.goto(f"{self.scene.url.replace('localhost', host)}/world.json")
        if hidden:
            self.page.evaluate(NO_REFERRER)
        with self.page.expect_navigation(url=f"{self.address}/**"):
            self.page.evaluate(POST, [f"{self.address}/launch", token])
        return self.page


POST = """([action, token]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "token", value: token }));
  document.body.append(form);
  form.submit();
}"""
NO_REFERRER = """() => document.head.append(
  Object.assign(document.createElement("meta"), { name: "referrer", content: "no-referrer" }))"""
