"""Requests that wait for the test: what a page does while one is under way."""

from playwright.sync_api import Page, Route

from tests.conftest import PATIENCE

LOOK = 20  # ms


class Held:
    """The first request to an address goes on when the test lets it; the others go their way."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._routes = page, list[Route]()
        page.route(address, self._take)

    def _take(self, route: Route) -> None:
        if self._routes:
            route.continue_()
        else:
            self._routes.append(route)

    @property
    def route(self) -> Route:
        """Waits for it: a page that says that it has sent a request may say so before the request gets here."""
        for _ in range(PATIENCE // LOOK):
            if self._routes:
                return self._routes[0]
            self._page.wait_for_timeout(LOOK)
        raise AssertionError("no such request came")
