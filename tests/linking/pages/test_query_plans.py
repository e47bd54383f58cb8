"""History and Links with millions of rows: what their pages ask is answered by indexes, as the database's own plan says."""

import re

import pytest
from django.db import connection
from django.db.models import QuerySet

from linking.links.checking import gone_links
from linking.models import ChangeRow, Link, LinkedVariant, ProductSync, StoreSync, Sync
from linking.pages.history_filter import KINDS, OUTCOMES, HistoryFilter
from linking.pages.links import LinksFilter
from linking.pages.run.numbers import counts_by_owner
from linking.pages.text_search import MANY, begins, links_with, runs_with
from setup.models import Environment, Member, Store

pytestmark = pytest.mark.django_db
BIG = (
    "linking_changerow",
    "linking_productsync",
    "linking_link",
    "linking_linkedvariant",
    "linking_sync",
    "linking_storesync",
)


@pytest.fixture
def member():
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    own = Environment.objects.create(cloud_name="own", **known)
    person = Member.objects.create(environment=own, external_id="a", name="Ada")
    store = Store.objects.create(environment=own, domain="north.myshopify.com")
    sync = Sync.objects.create(environment=own, member=person, token="t", link_mode="append")
    part = StoreSync.objects.create(sync=sync, store=store)
    row = ProductSync.objects.create(part=part, product_id="p", title="Oak chair", handle="oak-chair")
    ChangeRow.objects.create(part=part, product=row, key="A-1", name="front", asset_id="x", change="add")
    Link.objects.create(store=store, environment=own, product_id="p", asset_id="x", medium_id="m", key="A-1")
    return person


def plan_of(rows: QuerySet) -> str:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # a table of one row is read whole, if it may be
            cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


def read_whole(plan: str) -> list[str]:
    """The big tables that the plan reads from end to end. SQLite names them by the alias, too, if there is one."""
    if connection.vendor == "postgresql":
        return [node for node in re.split(r"->", plan) if whole_by_postgres(node)]
    return [line for line in plan.splitlines() if re.search(r"\bSCAN (U\d|linking_)", line)]


def whole_by_postgres(node: str) -> bool:
    """A sequential scan; or, where such are avoided at any price, a walk through an index that no condition narrows."""
    if not re.search(rf" on ({'|'.join(BIG)})\b", node):
        return False
    return "Seq Scan" in node or (bool(re.search(r"\bIndex (Only )?Scan\b", node)) and "Index Cond" not in node)


def runs(member: Member, **asked) -> QuerySet:
    """As the page asks for them."""
    mine = Sync.objects.filter(environment=member.environment).order_by("-pk")
    chosen = HistoryFilter.of({name: str(value) for name, value in asked.items()})
    return chosen.runs(mine.filter(pk__lt=10**9))[:31]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"q": "oak"},
        {"store": 1},
        {"person": 1},
        {"since": "2026-01-01", "until": "2026-02-01"},
        *({"kind": code} for code in KINDS),
        *({"outcome": code} for code in OUTCOMES),
        {"q": "oak", "kind": "link", "outcome": "problems", "store": 1},
    ],
    ids=str,
)
def test_no_filter_of_history_reads_a_table_from_end_to_end(member, asked):
    plan = plan_of(runs(member, **asked))
    assert read_whole(plan) == [], plan


def test_history_comes_in_order_from_its_index(member):
    plan = plan_of(runs(member))
    assert "TEMP B-TREE" not in plan
    assert not re.search(r"\bSort\b", plan)


@pytest.mark.parametrize("asked", [{}, {"q": "oak"}, {"store": 1}, {"gone": "1"}, {"q": "oak", "store": 1}], ids=str)
def test_no_filter_of_links_reads_the_ledger_from_end_to_end(member, asked):
    chosen = LinksFilter(text=asked.get("q", ""), store=asked.get("store"), gone="gone" in asked)
    plan = plan_of(chosen.links(member.environment).filter(pk__lt=10**9)[:51])
    assert read_whole(plan) == [], plan


def test_what_is_gone_is_found_by_an_index_however_few_links_are(member):
    """Postgres narrows no index by what a value is not: it would read all links of the environment."""
    known = {"store": Store.objects.get(), "environment": member.environment, "product_id": "p", "medium_id": "m"}
    Link.objects.bulk_create(Link(asset_id=str(at), **known) for at in range(2000))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # it chooses by how many rows there are
            cursor.execute("ANALYZE linking_link")
    plan = plan_of(gone_links(member.environment).order_by())
    assert re.search(r"Index Cond: .*gone|gone=\?", plan), plan
    unlike = plan_of(Link.objects.filter(environment=member.environment).exclude(gone="").order_by())
    assert not re.search(r"Index Cond: .*gone|gone=\?", unlike), unlike


def test_each_text_is_looked_up_in_an_index_of_its_own(member):
    for model, name in [(ChangeRow, "key"), (ChangeRow, "name"), (ProductSync, "title"), (ProductSync, "handle")]:
        rows = model.objects.filter(begins(name, "oak")).order_by().values("part_id")
        plan = plan_of(rows[MANY : MANY + 1])
        assert f"{name}_and_part_begins" in plan, plan
        assert read_whole(plan) == [], plan


def test_lines_are_counted_by_an_index_alone(member):
    rows = ChangeRow.objects.filter(part__in=[1, 2]).order_by().values("part_id", "outcome")
    plan = plan_of(rows)
    # Of a table of one row Postgres reads the page as well as the index.
    assert "COVERING INDEX" in plan or connection.vendor == "postgresql", plan
    assert read_whole(plan) == [], plan
    assert counts_by_owner(ChangeRow.objects.filter(part__in=[1, 2]), "outcome", by="part_id") is not None


def test_a_table_that_is_read_from_end_to_end_is_noticed(member):
    assert read_whole(plan_of(ChangeRow.objects.filter(reason="x").order_by())) != []
    assert read_whole(plan_of(Link.objects.filter(medium_id="x").order_by())) != []
    assert read_whole(plan_of(Link.objects.filter(medium_id="x").order_by("pk")[:5])) != []


def test_texts_are_found_by_those_plans(member):
    assert list(Sync.objects.filter(pk__in=runs_with("oak"))) == [Sync.objects.get()]
    assert list(links_with(Link.objects.all(), "a-1")) == [Link.objects.get()]


def test_what_a_sku_has_is_found_by_indexes(member):
    store = Store.objects.get()
    of_sku = LinkedVariant.objects.filter(store=store, sku="A-1")
    of_products = Link.objects.in_galleries().filter(store=store, product_id__in=["p", "q"])
    for rows in (of_sku, of_products):
        assert not read_whole(plan_of(rows))
