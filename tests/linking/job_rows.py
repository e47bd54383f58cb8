"""Rows of every kind of job, waiting for their worker, and what may become of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from linking import jobs
from linking.delivery import asking as delivering
from linking.delivery import endpoints as addresses
from linking.estimating import asking as estimating
from linking.ingest.sheets import asking as sheets
from linking.links import checking
from linking.matching import answering, asking
from linking.models import (
    AssetJob,
    DeliveryEndpoint,
    Estimate,
    EventWork,
    Firing,
    LinkCheck,
    NoticeLetter,
    ProductWork,
    Report,
    Rule,
    SelectedAsset,
    Selection,
    Sheet,
    StoreMatch,
    WebhookDelivery,
)
from linking.models.jobs import JobRow
from linking.reporting import asking as reporting
from linking.rules import firing as firings
from linking.selection.alt_texts import asking as describing
from linking.webhooks import endpoints
from setup.models import CloudinaryEvent, ProductEvent
from setup.reasons import Reason
from setup.security.actors import Actor
from tests.receiver import willing
from tests.scenes import Scene, asset, product

LONG_AGO = timedelta(minutes=1)


@dataclass
class Kind:
    """A kind of job. `ask` makes a row of it that waits; `step` is something that its work does early."""

    job: Callable[[int], None]
    ask: Callable[[Scene], JobRow]
    step: str
    away: dict | None = None  # the fault under which its service does not answer


def fetching(place: Scene) -> Selection:
    made = Selection.objects.create(environment=place.environment, member=place.member)
    ids = list(place.world.environments[0].assets)
    SelectedAsset.objects.bulk_create(SelectedAsset(selection=made, place=at, asset_id=id) for at, id in enumerate(ids))
    return made


def question(place: Scene) -> StoreMatch:
    return asking.put(place.select(), place.stores[0], now=timezone.now())[0]


def captions(place: Scene) -> AssetJob:
    chosen = place.select()
    return describing.suggest(chosen, chosen.assets.all(), now=timezone.now())[0]


def alts(place: Scene) -> AssetJob:
    chosen = place.select()
    for row in chosen.assets.all():  # a call for each: Cloudinary is away when several get no answer
        chosen.assets.filter(pk=row.pk).update(alt=f"Chair {row.place}", alt_source="typed")
    return describing.write_back(chosen, now=timezone.now())[0]


def links(place: Scene) -> LinkCheck:
    place.run(place.select())
    return checking.put(place.environment, now=timezone.now())[0]


def estimate(place: Scene) -> Estimate:
    selection = place.select()
    for match in asking.ask(selection).values():
        answering.match_store(match.pk)
    return estimating.ask(selection)


def report(place: Scene) -> Report:
    return reporting.put(place.run(place.select()), "csv", now=timezone.now())


def spreadsheet(place: Scene) -> Sheet:
    sheet = sheets.begin(Actor(place.member), "list.csv", 1)
    sheets.take(sheet, 0, b"file name,sku\np0,A-1\n")
    jobs.sheet(sheet.pk)
    sheet.refresh_from_db()
    sheets.check(sheet, sheet.columns)
    return Sheet.objects.get(pk=sheet.pk)


def delivery(place: Scene) -> WebhookDelivery:
    endpoint, _secret = endpoints.add(place.environment, willing(), ["run.finished"], who=None)
    endpoints.test(endpoint, who=None)
    return endpoint.deliveries.get()


def letter(place: Scene) -> NoticeLetter:
    place.stores[0].break_off(Reason("shopify.http_402"))
    return NoticeLetter.objects.create(environment=place.environment, member=place.member)


def firing(place: Scene) -> Firing:
    rule = Rule.objects.create(environment=place.environment, name="Nightly", search="resource_type:image")
    rule.stores.set(place.stores)
    made = firings.request(rule, "person")
    assert made is not None
    return made


def reported(place: Scene) -> ProductWork:
    """A report of a product, and a rule that waits for some."""
    store, now = place.stores[0], timezone.now()
    rule = Rule.objects.create(environment=place.environment, name="New", search="*", on=True, trigger="product")
    rule.stores.set([store])
    id = next(iter(place.world.shops[store.domain].products))
    ProductEvent.objects.create(store=store, event_id="e", product_id=id, received=now)
    return ProductWork.objects.create(store=store, began=now, walked=now, walk_due=now + timedelta(hours=1))


def followed(place: Scene) -> EventWork:
    body = {"notification_type": "upload", "asset_id": next(iter(place.world.environments[0].assets))}
    CloudinaryEvent.objects.create(
        environment=place.environment, digest="x", body=json.dumps(body), received=timezone.now()
    )
    return EventWork.objects.create(environment=place.environment)


def media(place: Scene) -> DeliveryEndpoint:
    place.run(place.select())
    endpoint = addresses.add(place.environment, place.stores[0], "Shop", who=None)
    addresses.switch(endpoint, on=True, who=None)
    delivering.collect()
    return DeliveryEndpoint.objects.get(pk=endpoint.pk)


def shopify(kind: str) -> dict:
    return {"service": "shopify", "kind": kind, "times": None}


def cloudinary(kind: str) -> dict:
    return {"service": "cloudinary", "kind": kind, "times": None}


KINDS = {
    "fetch": Kind(jobs.fetch, fetching, "linking.selection.fetching.metadata_fields", cloudinary("http_502")),
    "match": Kind(jobs.match, question, "linking.matching.answering.keys_of", shopify("http_503")),
    "captions": Kind(jobs.assets, captions, "linking.selection.alt_texts.captioning.remember", cloudinary("http_502")),
    "alts": Kind(jobs.assets, alts, "linking.selection.alt_texts.saving.batches", cloudinary("http_502")),
    "estimate": Kind(jobs.estimate, estimate, "linking.estimating.counting.as_run"),
    "links": Kind(jobs.links, links, "linking.links.checking._mark", shopify("http_503")),
    "report": Kind(jobs.report, report, "linking.reporting.writing.forget"),
    "sheet": Kind(jobs.sheet, spreadsheet, "linking.ingest.sheets.checking.read", cloudinary("http_502")),
    "events": Kind(jobs.events, followed, "linking.rules.events.consequences.keep_ledger", cloudinary("http_502")),
    "products": Kind(jobs.products, reported, "linking.rules.products.looking.news.read", shopify("http_503")),
    "firing": Kind(jobs.firing, firing, "linking.rules.firing.found_by", cloudinary("http_502")),
    "notice": Kind(jobs.notice, letter, "linking.notices.letters.written"),
    "delivery": Kind(jobs.delivery, media, "linking.delivery.building.links_of", cloudinary("http_502")),
    "webhook": Kind(jobs.webhook, delivery, "linking.webhooks.delivering.send"),
}


def chairs(scene: Callable[..., Scene]) -> Scene:
    """A place where each of them can be asked for."""
    built = scene([product("a"), product("b")], [asset(f"p{at}", "a", at) for at in range(5)])
    built.world.settings.change({"caption_seconds": [0, 0]})
    return built


def now_of(row: JobRow) -> JobRow:
    return type(row).objects.get(pk=row.pk)


def rested(row: JobRow) -> None:
    """The pause is over."""
    type(row).objects.filter(pk=row.pk).update(not_before=None)


def broken(error: BaseException) -> Callable:
    def step(*args, **kwargs):
        raise error

    return step


def begin_and_lose(row: JobRow, times: int) -> None:
    """Workers claim the row and die, one after another."""
    for _ in range(times):
        assert type(row).objects.claim(row.pk, now=timezone.now())
        assert not type(row).objects.claim(row.pk, now=timezone.now()), "it may still live"
        type(row).objects.filter(pk=row.pk).update(heartbeat_at=timezone.now() - LONG_AGO)


def crash(kind: Kind, row: JobRow, times: int) -> None:
    for _ in range(times):
        rested(row)
        with pytest.raises(ZeroDivisionError):
            kind.job(row.pk)
