"""A world with something behind every route, and what stands in its forms and addresses of right."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from time import time
from typing import Any

from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from linking.models import KeyMatch, Link, ProductSync, Selection, Sync
from linking.pages.link_board import board_of, store_cards
from linking.views import alts, arranging
from setup.models import Authorization, Member
from tests import pressing
from tests.linking.visits import ask_and_answer
from tests.scenes import Scene, Variant, asset, catalog, connected, product, served

ROLES = ("nobody", "member", "admin")
EDITS = [*arranging.EDITS, *alts.EDITS, *alts.JOBS, "undo", "view", "use", "choose", "pick", "unpick"]


@dataclass
class Stage:
    scene: Scene
    selection: Selection
    sync: Sync
    admin: Member
    attempt: Authorization

    def enter(self, role: str) -> str:
        """The cookie of a session as a launch starts it; the selection is then this person's. Empty for nobody."""
        member = {"member": self.scene.member, "admin": self.admin}.get(role)
        Selection.objects.filter(pk=self.selection.pk).update(member=member or self.scene.member)
        if member is None:
            return ""
        session, now = import_module(settings.SESSION_ENGINE).SessionStore(), time()
        session.update({"member": member.pk, "since": now, "seen": now, "selection": str(self.selection.key)})
        session.save()
        return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"

    def places(self, path: str) -> dict[str, Any]:
        """What stands in the places of a path."""
        store = self.scene.stores[0].pk
        keys = {"/selections": self.selection.key, "/install": self.attempt.key}
        rows = {"/people": self.scene.member.pk, "/lines": ProductSync.objects.earliest("pk").pk}
        return {
            "key": next((key for part, key in keys.items() if part in path), self.sync.key),
            "pk": next((pk for part, pk in rows.items() if part in path), store),
            "store": store,
            "slug": "field-sku",
            "format": "csv",
        }

    def fields(self) -> dict[str, Sequence[str]]:
        """What forms and addresses have of right, by the names of their fields."""
        board = board_of(self.selection, store_cards(self.selection))
        groups, answers = [group.id for group in board.groups], list(KeyMatch.objects.all())
        store, places = [str(self.scene.stores[0].pk)], ["0", "1", "0-2"]
        return {
            "do": EDITS,
            "version": [str(self.selection.version)],
            **dict.fromkeys(("g", "open", "upto"), groups),
            **dict.fromkeys(("a", "at"), places),
            **dict.fromkeys(("store", "stores"), store),
            **dict.fromkeys(("cloudinary_field", "field", "order_field", "order_asked"), ("metadata:sku", "tags", "")),
            "k": [str(answer.pk) for answer in answers],
            "p": [found["id"] for answer in answers for found in answer.products],
            "product": [str(found.pk) for found in ProductSync.objects.all()],
            "link": [str(found.pk) for found in Link.objects.all()],
            "shopify_kind": ["sku", "title", "metafield"],
            "metafield": ["custom.material"],
            "link_mode": ["append", "reset", "position"],
            "domain": [self.scene.stores[0].domain],
            "kind": ["link", "add", "tags", ""],
        }


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """In a database that is empty."""
    shelf = [product("a", pictures=1), product("b", pictures=2), product("twin", variants=(Variant(sku="b"),))]
    files = [asset("front", "a"), asset("side", "a", 2), asset("back", "b", 3), asset("stray", "x", 4)]
    with served(catalog(shelf, files), folder) as (world, url), override_settings(**known(url)):
        scene = connected(world, url)
        selection = scene.select()
        ask_and_answer(selection)
        sync = scene.run(selection)
        scene.finish(pressing.upload(selection, "upload", dry_run=False))
        here = {"environment": scene.environment}
        admin = Member.objects.create(**here, external_id="boss", name="Boss", roles=["master_admin"])
        soon = timezone.now() + timedelta(hours=9)
        attempt = Authorization.objects.create(
            **here, member=admin, domain=scene.stores[0].domain, ticket_hash="x", expires=soon
        )
        yield Stage(scene, Selection.objects.get(pk=selection.pk), sync, admin, attempt)


def known(url: str) -> dict[str, Any]:
    """Nothing that is asked for leaves this machine; and sessions cost no query."""
    return {
        "SHOPIFY_BASE_URL": url,
        "METRICS_TOKEN": "a-token-for-tests",
        "SESSION_ENGINE": "django.contrib.sessions.backends.cache",
    }
