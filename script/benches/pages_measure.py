"""The measuring process of `script/bench pages`: `python -m script.benches.pages_measure SANDBOX PORT [WORD …]` prints JSON."""

import gc
import gzip
import importlib
import json
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import django
from django.core.management import call_command

from script.benches import pages_api, pages_memory
from script.benches.pages_browser import in_the_browser, serving
from script.benches.pages_form import OpenForm
from script.benches.pages_launch import launched

REPEATS = 40
# Earlier runs, so that History has something to scroll through.
PAST = 300
STORES = 2


def main(url: str, port: int, only: Sequence[str]) -> None:
    """`only`: words in the names of views; with any, nothing else is measured."""
    django.setup()
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    call_command("connect_world", url, stdout=sys.stderr)
    importlib.import_module("assetlink_site.wsgi")  # what the server does at its start
    from django.conf import settings

    settings.DEBUG = False  # else every query is written down
    settings.ALLOWED_HOSTS = ["*"]
    views, cookie, addresses, program = at_the_server(only)
    polled: dict[str, float] = {}
    if program.runs:
        with serving(port):
            polled = pages_api.at_once(f"http://127.0.0.1:{port}", program)
        program.withdraw()
    if only:
        print(json.dumps({"views": views, "polled": polled}))
        return
    browser = in_the_browser(port, cookie, addresses)
    memory = pages_memory.measured(port, cookie, pages_memory.heavy(program.chosen))
    with tempfile.TemporaryDirectory(prefix="assetlink-launch-") as folder:
        browser["launch"] = launched(url, port, Path(folder), stores=STORES)
    print(json.dumps({"views": views, "browser": browser, "memory": memory, "polled": polled}))


def at_the_server(
    only: Sequence[str],
) -> tuple[list[dict[str, Any]], tuple[str, str], dict[str, str], pages_api.Program]:
    """Each view's numbers; the session's cookie; the paths that a browser is to walk through; a program with runs."""
    from django.urls import reverse

    from linking.models import Selection

    stage = Stage()
    found = [*in_turns(only, *stage.board(), *stage.edits()), *in_turns(only, stage.other_groups()), *stage.looks(only)]
    rest: list[Asked] = []
    for title, sync in (("dry run", stage.dry), ("run", stage.done)):
        rest += [
            Asked(f"{title}: page", "page", stage.get(reverse("sync", args=[sync.key]))),
            Asked(f"{title}: progress", "fragment", stage.get(reverse("sync-progress", args=[sync.key]))),
            Asked(f"{title}: products", "fragment", stage.get(reverse("sync-products", args=[sync.key]))),
            Asked(f"{title}: by a key", "fragment", stage.get(reverse("sync-products", args=[sync.key]) + "?q=SKU-12")),
        ]
    rest += [*stage.finding(), *stage.uploads(), *stage.memory(), Asked("Setup", "page", stage.get(reverse("setup")))]
    found += in_turns(only, *rest)
    program = pages_api.Program(stage.chosen)
    found += in_turns(only, Asked("API: a run of 1,000 assets", "start", program.start))
    if program.runs:
        found += in_turns(only, Asked("API: a run that is polled", "fragment", program.poll))
    Selection.objects.filter(pk=stage.chosen.pk).update(view="compact")
    walked = {"link": stage.path("link"), "upload": stage.path("upload"), "history": reverse("history")}
    walked |= {
        "choose": reverse("choose") + "?order=name",
        "links": reverse("links"),
        "run": reverse("sync", args=[stage.done.key]),
    }
    walked |= {"dry run": reverse("sync", args=[stage.dry.key]), "setup": reverse("setup")}
    return found, stage.cookie, walked, program


@dataclass
class Asked:
    """A view that is measured. `before`: what the page that a browser edits knows already, its version: asked of the database
    here, and neither counted nor timed."""

    name: str
    kind: str
    ask: Callable[..., Any]
    before: Callable[[], Any] | None = None
    queries: int = 0
    body: bytes = b""
    times: list[float] = field(default_factory=list)

    def warm_up(self) -> None:
        """The first answer fills caches of templates, the second one is counted."""
        from django.db import connection

        answer = self.ask(*self._known())
        if answer.status_code not in (200, 202, 204):
            raise SystemExit(f"{self.name} was answered with {answer.status_code}: {answer.content[:300]!r}")
        known = self._known()
        with connection.execute_wrapper(self._count):
            self.body = self.ask(*known).content

    def _known(self) -> Sequence[Any]:
        return () if self.before is None else (self.before(),)

    def _count(self, execute: Any, *arguments: Any) -> Any:
        self.queries += 1
        return execute(*arguments)

    def take(self) -> None:
        known, began = self._known(), time.perf_counter()
        self.ask(*known)
        self.times.append((time.perf_counter() - began) * 1000)

    def described(self) -> dict[str, Any]:
        self.times.sort()
        sizes = {"raw": len(self.body) / 1024, "gz": len(gzip.compress(self.body)) / 1024}
        median, p95 = self.times[len(self.times) // 2], self.times[round(0.95 * (len(self.times) - 1))]
        known = {"name": self.name, "kind": self.kind, "best": self.times[0], "median": median, "p95": p95}
        return known | {"queries": self.queries, **sizes}


def named(only: Sequence[str], views: Sequence[Asked]) -> Sequence[Asked]:
    return [view for view in views if any(word in view.name for word in only)] if only else views


def in_turns(only: Sequence[str], *all_of_them: Asked) -> list[dict[str, Any]]:
    """Their numbers. One after another, again and again: a moment in which the machine is busy hits all of them alike."""
    views = named(only, all_of_them)
    for view in views:
        view.warm_up()
    gc.collect()  # what earlier measurements left behind is not theirs
    for _ in range(REPEATS):
        for view in views:
            view.take()
    return [view.described() for view in views]


class Stage:
    """A selection of all assets that two stores have answered for, a dry run and a run of it, and a member at its pages."""

    def __init__(self) -> None:
        from script.benches.ways import selection
        from tests import pressing

        self.chosen = selection()
        self._match()
        self.dry = pressing.link(self.chosen, "dry", dry_run=True)
        self.done = pressing.link(self.chosen, "run", dry_run=False)
        self.upload = pressing.upload(self.chosen, "files", dry_run=False)
        self._work_off()
        self._remember()
        self.chosen.refresh_from_db()
        self.chosen.member.roles = ["master_admin"]
        self.chosen.member.save()
        self.client, self.cookie = self._enter()
        self.turns = 0

    def _match(self) -> None:
        from django.utils import timezone

        from linking.matching import answering, asking
        from setup.models import Store
        from setup.shopify.client import ShopifyClient

        for store in Store.objects.all():
            match, _ = asking.put(self.chosen, store, now=timezone.now())
            answering.answer(match, ShopifyClient(store))

    def _work_off(self) -> None:
        from linking.syncing.work import Next, work

        for sync in (self.dry, self.done, self.upload):
            for parts in (
                sync.parts.all(),
                sync.parts.at_gate(),
            ):  # once more, for stores that waited for the others' plans
                for part in parts:
                    while work(part.pk) not in (Next.NOTHING, Next.WAIT):
                        pass

    def _remember(self) -> None:
        """Runs of the days before, without lines."""
        from linking.models import StoreSync, Sync
        from setup.models import Store

        [store, *_] = Store.objects.all()
        who = {"environment": self.chosen.environment, "member": self.chosen.member}
        past = Sync.objects.bulk_create(Sync(**who, token=f"past-{at}", link_mode="append") for at in range(PAST))
        ended = [self.done.created - timedelta(hours=at) for at in range(PAST)]
        values = {"store": store, "state": "done", "outcome_counts": {"done": 10}, "points": 40}
        values |= {"pictures": {"added": 10, "did_add": 10}, "galleries": {"done": 3}}
        StoreSync.objects.bulk_create(
            StoreSync(sync=sync, started=end, finished=end, **values) for sync, end in zip(past, ended, strict=True)
        )

    def _enter(self) -> tuple[Any, tuple[str, str]]:
        from django.conf import settings
        from django.test import Client

        client, now = Client(), time.time()
        session = client.session
        known = {"member": self.chosen.member_id, "selection": str(self.chosen.key), "since": now, "seen": now}
        session.update(known)
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
        return client, (settings.SESSION_COOKIE_NAME, session.session_key or "")

    def path(self, name: str) -> str:
        from django.urls import reverse

        return reverse(name, args=[self.chosen.key])

    def get(self, url: str) -> Callable[[], Any]:
        return lambda: self.client.get(url, HTTP_HX_REQUEST="true")

    def _sent(self, url: str, fields: Mapping[str, Any]) -> Callable[[], Any]:
        return lambda: self.client.post(url, fields, HTTP_HX_REQUEST="true")

    def version(self) -> int:
        """Of the state that is edited."""
        from linking.models import Selection

        return Selection.objects.values_list("version", flat=True).get(pk=self.chosen.pk)

    def post(self, name: str, version: int, **fields: Any) -> Any:
        """As htmx sends it."""
        form = urlencode({**fields, "version": version}, doseq=True)
        sent_as = "application/x-www-form-urlencoded"
        return self.client.post(self.path(name), form, content_type=sent_as, HTTP_HX_REQUEST="true")

    def board(self) -> list[Asked]:
        from linking.selection.arrangement import arrangement_of

        self.group = arrangement_of(self.chosen, self.chosen.assets.all()).groups[0].id
        return [
            Asked("Link to Products, compact", "first", lambda: self.client.get(self.path("link"))),
            Asked("more groups", "board", self.get(self.path("link-groups") + f"?after={self.group}")),
            Asked("filter by text", "board", self.get(self.path("link-groups") + "?q=SKU-12")),
            Asked("filter by state", "board", self.get(self.path("link-groups") + "?state=matched")),
            Asked("what a link would do (polled)", "board", self.get(self.path("link-estimate"))),
            Asked("one group", "board", self.get(self.path("link-group") + f"?g={self.group}")),
            Asked("stores (polled)", "board", self.get(self.path("link-stores"))),
            Asked("the button's numbers", "board", self.get(self.path("link-actions"))),
        ]

    def edits(self) -> list[Asked]:
        """Each takes back what it did the time before."""
        known = self.settings()
        groups = self._to_and_fro("exclude-group", "include-group", g=self.group)
        return [
            Asked("move", "board", self._to_and_fro("down", "up", g=self.group, a=0), self.version),
            Asked("exclude", "board", self._to_and_fro("exclude", "include", a=1), self.version),
            Asked("exclude a group", "board", groups, self.version),
            self.setting("settings saved", "board", known, {"link_mode": "prepend"}, {"alt_policy": "overwrite"}),
        ]

    def other_groups(self) -> Asked:
        """A setting with which the list comes, too. Not in turns with what finds the groups as they were a moment ago."""
        known = self.settings()
        return self.setting("settings saved: other groups", "fragment", known, {"stores": known["stores"][:1]})

    def settings(self) -> dict[str, Any]:
        from setup.models import Store

        known: dict[str, Any] = {"cloudinary_field": "metadata:sku", "shopify_kind": "sku"}
        known |= {"order_field": "metadata:sequence", "link_mode": "append", "alt_policy": "keep"}
        return known | {"stores": [store.pk for store in Store.objects.all()]}

    def setting(self, name: str, kind: str, known: dict[str, Any], *changes: dict[str, Any]) -> Asked:
        form = OpenForm(self.get(self.path("link")), self.post, known, changes)

        def before() -> int:
            form.open()
            return self.version()

        return Asked(name, kind, form.change, before)

    def finding(self) -> list[Asked]:
        """Choose Assets: its page, a page of assets, which waits for the sandbox's search, and a tick."""
        from django.urls import reverse

        from linking.models import SelectedAsset

        ids = SelectedAsset.objects.order_by("pk").values_list("asset_id", flat=True)[:2]
        tick, untick = ({"add": list(ids), "about": ["image"] * len(ids)}, {"remove": list(ids)})
        return [
            Asked("Choose Assets", "page", self.get(reverse("choose") + "?order=name")),
            Asked("assets found (with Cloudinary)", "found", self.get(reverse("choose-found") + "?order=name")),
            Asked("tick assets", "fragment", self._sent(reverse("choose-tick"), tick)),
            Asked("untick assets", "fragment", self._sent(reverse("choose-tick"), untick)),
        ]

    def uploads(self) -> list[Asked]:
        """The other tab: its page, its fragments, its edits, and the page of an upload."""
        from django.urls import reverse

        from setup.models import Store

        known = {"alt_policy": "keep", "stores": [store.pk for store in Store.objects.all()]}
        turns = self._to_and_fro("exclude", "include", view="upload-edit", a=1)
        run = [self.upload.key]
        return [
            Asked("Upload to Store Files", "page", self.get(self.path("upload"))),
            Asked("more assets", "fragment", self.get(self.path("upload-assets") + "?after=300")),
            Asked("assets by text", "fragment", self.get(self.path("upload-assets") + "?q=new-12")),
            Asked("assets by state", "fragment", self.get(self.path("upload-assets") + "?state=ready")),
            Asked("exclude an asset", "fragment", turns, self.version),
            Asked("settings of files", "fragment", lambda at: self.post("upload-settings", at, **known), self.version),
            Asked("upload: page", "page", self.get(reverse("sync", args=run))),
            Asked("upload: progress", "fragment", self.get(reverse("sync-progress", args=run))),
            Asked("upload: files", "fragment", self.get(reverse("sync-files", args=run))),
            Asked("upload: more files", "fragment", self.get(reverse("sync-files", args=run) + "?page=2")),
        ]

    def memory(self) -> list[Asked]:
        """What was done: runs, and links. (With a million changes: script/bench history.)"""
        from django.urls import reverse

        from linking.models import Sync

        middle = Sync.objects.order_by("pk")[PAST // 2].pk
        return [
            Asked("History", "page", self.get(reverse("history"))),
            Asked("older runs", "fragment", self.get(reverse("history") + f"?before={middle}")),
            Asked("runs by a key", "fragment", self.get(reverse("history") + "?q=SKU-12")),
            Asked("Links", "page", self.get(reverse("links"))),
            Asked("links by a key", "fragment", self.get(reverse("links") + "?q=SKU-12")),
        ]

    def _to_and_fro(self, there: str, back: str, *, view: str = "link-arrange", **fields: Any) -> Callable[[int], Any]:
        def edit(version: int) -> Any:
            self.turns += 1
            return self.post(view, version, do=there if self.turns % 2 else back, **fields)

        return edit

    def looks(self, only: Sequence[str]) -> list[dict[str, Any]]:
        """The other view, and both beside what they are an alternative to: everything at once."""
        from linking.models import Selection
        from linking.pages import group_filter

        everything = mock.patch.multiple(group_filter, GROUPS=10**6, TILES=10**6, ROWS=10**6)
        page = self.get(self.path("link"))
        with everything:
            found = in_turns(only, Asked("  instead: all groups at once", "alternative", page))
        Selection.objects.filter(pk=self.chosen.pk).update(view="regular")
        found += in_turns(only, Asked("Link to Products, regular", "first", page))
        with everything:
            found += in_turns(only, Asked("  instead: all rows at once", "alternative", page))
        return found


if __name__ == "__main__":
    arguments: Sequence[str] = sys.argv[1:]
    main(arguments[0], int(arguments[1]), arguments[2:])
