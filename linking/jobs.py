"""What a worker does: each kind of job takes the pk of its row and calls one function (linking.queue has the table)."""

import time

from django.db.models import Min
from rq import get_current_job

from linking.delivery.building import build
from linking.estimating.counting import count
from linking.ingest.sheets.working import work_on_sheet
from linking.links.checking import check_links
from linking.matching import asking, metafields
from linking.matching.answering import match_store
from linking.models import Selection, StoreSync
from linking.models.selected import waiting_for
from linking.notices.sending import send
from linking.queue import enqueue
from linking.reporting.writing import write_report
from linking.rules import firing as firings
from linking.rules.events.working import work_on_events
from linking.rules.products.working import work_on_products
from linking.runtime import process
from linking.selection import ticking
from linking.selection.alt_texts.working import work_on_assets
from linking.selection.fetching import fetch_selection
from linking.syncing.work import Next, work
from linking.webhooks.delivering import deliver
from setup.models import Store


def fetch(pk: int) -> None:
    """Then the stores are asked, without waiting for a page that does so; and runs that wait for it go on."""
    if fetch_selection(pk):
        selection = Selection.objects.select_related("environment").get(pk=pk)
        asking.ask(selection, ticking.tick_the_only(selection, selection.store_choices()))
    for waiting in StoreSync.objects.busy().filter(sync__in=waiting_for(pk)):
        enqueue("sync", waiting.pk)


def match(pk: int) -> None:
    if match_store(pk):
        enqueue("match", pk)
    else:
        metafields.keep(pk)  # nobody waits for that


def assets(pk: int) -> None:
    """Captions, or alt texts saved to Cloudinary: a slice."""
    if work_on_assets(pk):
        enqueue("assets", pk)


def estimate(pk: int) -> None:
    if count(pk):
        enqueue("estimate", pk)


def links(pk: int) -> None:
    if check_links(pk):
        enqueue("links", pk)


def report(pk: int) -> None:
    if write_report(pk):
        enqueue("report", pk)


def sheet(pk: int) -> None:
    """A spreadsheet: its file read, its rows checked, written or taken back, a slice at a time."""
    if work_on_sheet(pk):
        enqueue("sheet", pk)


def events(pk: int) -> None:
    """What follows from Cloudinary's events: a batch."""
    if work_on_events(pk):
        enqueue("events", pk)


def products(pk: int) -> None:
    """What follows from what a store reports of its products: a batch."""
    if work_on_products(pk):
        enqueue("products", pk)


def delivery(pk: int) -> None:
    """Documents of a delivery endpoint: some at a time."""
    if build(pk):
        enqueue("delivery", pk)


def firing(pk: int) -> None:
    """A rule's: the search, and the begin of its run."""
    firings.fire(pk)


def webhook(pk: int) -> None:
    """The next try, if it fails, is asked for by the sweeper when its pause is over."""
    deliver(pk)


def notice(pk: int) -> None:
    """A letter to somebody, or to a chat; the next try is asked for by the sweeper."""
    send(pk)


def sync(pk: int) -> None:
    """A slice; then what goes on is enqueued: this store sync, or the next one of the shop."""
    job = get_current_job()
    step = work(pk, owner=process.name, job_id=job.id if job else "")
    if step == Next.LATER:
        time.sleep(1.5)
    if step in (Next.AGAIN, Next.NOTHING):
        for other in StoreSync.objects.at_gate().filter(sync__parts=pk).exclude(pk=pk):
            enqueue("sync", other.pk)  # this one is planned, or has ended: perhaps that is all that they wait for
    if step in (Next.AGAIN, Next.LATER):
        enqueue("sync", pk)
    elif step == Next.NOTHING:
        here = Store.objects.filter(domain__in=StoreSync.objects.filter(pk=pk).values("store__domain"))
        waiting = StoreSync.objects.busy().filter(store__in=here, owner="").exclude(pk=pk)
        for first in waiting.order_by("store").values("store").annotate(first=Min("pk")):
            enqueue(
                "sync", first["first"]
            )  # of each environment that has connected the shop: they take turns in one order
