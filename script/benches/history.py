"""History and Links with 10,000 runs, 1,000,000 changes and 100,000 links: milliseconds and queries of each view.

It fills a database of its own (SQLite in a folder that is removed, or what DATABASE_URL says, unless that was filled by it
before) and asks it as a client. A view misses its budget, too, if one of its queries reads a big table from end to end.
"""

import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from script.benches.calibration import Calibrated, Calibration

ASSETS, PRODUCTS, PEOPLE, STORES = 20_000, 5_000, 12, 5
PER = 4  # changes of a product
# Budgets at p95 in calibrations, which are 200 and 80 ms on a machine that takes 4.5 ms for one; queries; how often is asked.
PAGE, FRAGMENT, QUERIES, TIMES = 45.0, 18.0, 12, 30
BIG = {"changerow": 1_000_000, "productsync": 250_000, "link": 100_000}


def history(runs: int, changes: int, run: Calibrated) -> int:
    """The exit code: 1 if a view misses its budget."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'history.sqlite3'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from setup.models import Member

        begun = time.monotonic()
        member = Member.objects.filter(environment__cloud_name="bench").first() or fill(runs, changes)
        print(f"Filled in {time.monotonic() - begun:.0f} s; load {os.getloadavg()[0]:.1f}.")
        return measure(member, runs, run)


def fill(runs: int, changes: int):
    """A tenant with its history. Answers one of its members."""
    from django.utils import timezone

    from linking.models import Link, StoreSync, Sync
    from setup.models import Environment, Member, Store

    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    own = Environment.objects.create(cloud_name="bench", **known)
    people = [
        Member.objects.create(environment=own, external_id=str(at), name=f"Person {at}", last_launch=timezone.now())
        for at in range(PEOPLE)
    ]
    stores = [Store.objects.create(environment=own, domain=f"store-{at}.myshopify.com") for at in range(STORES)]
    now = timezone.now()
    syncs = Sync.objects.bulk_create(
        Sync(environment=own, member=people[at % PEOPLE], token=str(at), link_mode="append", dry_run=at % 3 == 0)
        for at in range(runs)
    )
    outcome_counts = {"done": changes - 2, "skipped": 2}
    pictures = {"added": changes - 2, "did_add": changes - 2, "added_in": changes // PER, "did_add_in": changes // PER}
    StoreSync.objects.bulk_create(
        StoreSync(
            sync=sync,
            store=stores[at % STORES],
            state="planned" if sync.dry_run else "done",
            outcome_counts=outcome_counts,
            pictures=pictures,
            galleries={"done": changes // PER},
            troubled=at % 50 == 0,
            started=now - timedelta(seconds=40),
            finished=now,
            points=400,
        )
        for at, sync in enumerate(syncs)
    )
    fill_changes(changes)
    Link.objects.bulk_create(_links(own, stores), batch_size=500)
    analyze()
    return people[0]


def analyze() -> None:
    """What Postgres does by itself after a while."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def fill_changes(changes: int) -> None:
    """Products and their lines by the database itself: a million rows of objects would take many minutes."""
    from django.db import connection

    json = "'[]'" if connection.vendor == "sqlite" else "'[]'::jsonb"
    n = f"(part.id * {changes // PER} + n.x * 7) % {PRODUCTS}"
    to = "WITH RECURSIVE n(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n WHERE x < {most})"
    products = f"""INSERT INTO linking_productsync (part_id, place, product_id, title, handle, state, reason, fingerprint,
        result, job, keys, "before", "after", incoming, variants)
        {to.format(most=changes // PER - 1)}
        SELECT part.id, {n}, 'gid://' || part.id || '-' || n.x, 'Oak chair ' || ({n}), 'chair-' || ({n}), 'done', '', '', 'x', '',
        {json}, {json}, {json}, {json}, {json} FROM linking_storesync part, n ORDER BY part.id"""
    m = f"((product.place * {PER} + n.x) % {ASSETS})"
    lines = f"""INSERT INTO linking_changerow (part_id, product_id, place, "key", owner_id, asset_id, name, thumbnail, change,
        medium_id, replaces, brought, alt_before, outcome, reason)
        {to.format(most=PER - 1)}
        SELECT product.part_id, product.id, n.x, 'SKU-' || product.place, '', 'asset-' || {m}, 'picture-' || {m}, '', 'add',
        '', '', '', '', 'done', '' FROM linking_productsync product, n ORDER BY product.id"""
    with connection.cursor() as cursor:
        cursor.execute(products)
        cursor.execute(lines)
        cursor.execute("SELECT count(*) FROM linking_changerow")
        print(f"{cursor.fetchone()[0]:,} changes.")


def _links(own, stores) -> Iterator:
    from linking.models import Link

    for store in stores:
        for n in range(ASSETS):
            known = {"asset_id": f"{n:032x}", "name": f"picture-{n}", "key": f"SKU-{n // 4}", "medium_id": f"m{n}"}
            product = {"product_id": f"gid://{n // 4}", "title": f"Oak chair {n // 4}", "handle": f"chair-{n // 4}"}
            yield Link(store=store, environment=own, gone="file" if n % 2_000 == 0 else "", **known, **product)


def measure(member, runs: int, run: Calibrated) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from linking.models import Link, StoreSync, Sync

    client = Client()
    session = client.session
    session["member"] = member.pk
    session.save()
    store, middle = StoreSync.objects.first().store_id, Sync.objects.order_by("pk").first().pk + runs // 2
    link = Link.objects.order_by("pk").first().pk + 50_000
    views = [
        ("History", "/syncs/"),
        ("History, older", f"/syncs/?before={middle}"),
        ("History, key", "/syncs/?q=SKU-4711"),
        ("History, product", "/syncs/?q=oak+chair+12"),
        ("History, asset", "/syncs/?q=picture-1234"),
        ("History, nothing", "/syncs/?q=nothing"),
        ("History, too many", "/syncs/?q=picture"),
        ("History, problems of a store", f"/syncs/?outcome=problems&store={store}"),
        ("History, aborted (none)", "/syncs/?outcome=aborted"),
        ("History, everything", f"/syncs/?q=SKU-4&kind=link&outcome=done&store={store}&person={member.pk}"),
        ("Links", "/links/"),
        ("Links, older", f"/links/?before={link}"),
        ("Links, key", "/links/?q=SKU-4711"),
        ("Links, product", "/links/?q=oak+chair+12"),
        ("Links, everything begins so", "/links/?q=picture"),
        ("Links, nothing of a store", f"/links/?q=nothing&store={store}"),
        ("Links, gone", "/links/?gone=1"),
    ]
    found = []
    for name, path in views:
        headers = {"HX-Request": "true"} if "before" in path else {}

        def ask(path=path, headers=headers):
            return client.get(path, headers=headers)

        took = sorted(timed(ask) for _ in range(TIMES))
        with CaptureQueriesContext(connection) as spent:
            answer = ask()
        assert answer.status_code == 200, answer.status_code
        whole = [name for query in spent for name in read_whole(query["sql"])]
        allowed = FRAGMENT if headers else PAGE
        found.append(Asked(name, took, allowed, len(spent), len(answer.content) / 1024, whole))
    machine = run.end()
    print(f"{'view':32} {'median':>8} {'p95':>8} {'best x':>7} {'p95 x':>7} {'queries':>8} {'KiB':>6}")
    print(*(one.line(machine) for one in found), sep="\n")
    return int(any(one.trouble(machine) for one in found))


@dataclass(frozen=True)
class Asked:
    """`took`: milliseconds, from the best to the worst; `whole`: big tables that were read from end to end."""

    name: str
    took: list[float]
    allowed: float
    queries: int
    kib: float
    whole: list[str]

    @property
    def p95(self) -> float:
        return self.took[int(len(self.took) * 0.95)]

    def trouble(self, machine: Calibration) -> str:
        missed = machine.times(self.p95) > self.allowed or self.queries > QUERIES or self.whole
        read = f" {', '.join(self.whole)} read from end to end" if self.whole else ""
        return f"  MISSED{read}" if missed else ""

    def line(self, machine: Calibration) -> str:
        times = f"{machine.times(self.took[0]):7.1f} {machine.times(self.p95):7.1f}"
        spent = f"{statistics.median(self.took):6.0f}ms {self.p95:6.0f}ms {times} {self.queries:8} {self.kib:6.0f}"
        return f"{self.name:32} {spent}{self.trouble(machine)}"


def read_whole(sql: str) -> list[str]:
    """The big tables that a query reads from end to end, as the database says. Postgres tells how many rows it read: a scan that
    a limit ended early is none."""
    from django.db import connection

    if not sql.startswith(("SELECT", "WITH")):
        return []
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}" if sqlite else f"EXPLAIN (ANALYZE) {sql}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    if sqlite:
        return [name for name in re.findall(r"\bSCAN linking_(\w+)(?! USING)", plan) if name in BIG]
    return [name for node in plan.split("->") for name in BIG if rows_read(node, name) > BIG[name] / 2]


def rows_read(node: str, table: str) -> int:
    """By a sequential scan of this table in a node of Postgres's plan."""
    if not re.search(rf"Seq Scan on linking_{table}\b", node):
        return 0
    found = re.findall(r"actual time=\S+ rows=(\d+)", node) + re.findall(r"Rows Removed by Filter: (\d+)", node)
    return sum(map(int, found))


def timed(ask: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    ask()
    return (time.perf_counter() - begun) * 1000
