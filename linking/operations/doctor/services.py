"""Cloudinary, each store, and what stores say of us: whether they can fetch what Cloudinary delivers, and reach our webhooks."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone

from linking.domain.doings import waits_for_limit
from linking.models import StoreFile
from linking.operations.doctor.findings import Finding, ok, unknown, warning, wrong
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.cloudinary.delivery import CLOUDINARY
from setup.environment_values import is_shown
from setup.models import Environment, Notice, Store
from setup.reasons import Reason
from setup.security.secrets import SecretUnreadable
from setup.shapes import listed, mapping, text
from setup.shopify import connection, subscriptions
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.transport import address

DAY = timedelta(days=1)
# What Shopify says of a file that it could not fetch.
UNFETCHED = ("file.image_download_failure", "file.generic_file_download_failure", "file.invalid_image_source_url")
KEYS = "Put the missing key back into ENCRYPTION_KEYS, or store the secret again (docs/operator.md, Keys)."
SHORT = 2.0  # seconds that a doctor waits for a store's limit


def cloud(environment: Environment) -> Iterator[Finding]:
    name = environment.cloud_name
    try:
        CloudinaryClient(environment).ping()
    except SecretUnreadable as error:
        yield wrong("cloudinary", "unreadable", str(error), KEYS, about=name)
    except CloudinaryError as error:
        yield refused_by_cloudinary(error, name, environment.upload_prefix)
    else:
        yield ok("cloudinary", f"Cloudinary takes the API key, at {environment.upload_prefix}.", about=name)
    place = environment.delivery_base or f"https://{CLOUDINARY}"
    if not is_shown(place):
        text = f"Pages show no pictures: they come from {place}, and browsers may not load them from there."
        advice = f"Add {'://'.join(urlsplit(place)[:2])} to IMAGE_SOURCES, and restart the web."
        yield wrong("cloudinary", "pictures_hidden", text, advice, about=name)


def refused_by_cloudinary(error: CloudinaryError, name: str, prefix: str) -> Finding:
    if error.trouble == Trouble.BUSY:
        advice = "Wait for the next full hour, or take a larger plan."
        return warning("cloudinary", "busy", str(error.text), advice, about=name)
    if error.trouble == Trouble.AWAY:
        correct = f"manage.py environment set {name} --upload-prefix"
        advice = f"Check the address (`{correct}`), this machine's DNS and firewall, and status.cloudinary.com."
        return wrong("cloudinary", "away", f"{prefix}: {error.text}", advice, about=name)
    advice = f"Store the key again: `manage.py environment rotate-secret {name} api --api-key KEY`."
    return wrong(
        "cloudinary", "refused", f"Cloudinary refuses the API key. It says: {error.said[:200]}", advice, about=name
    )


def impatient(seconds: float, reason: Reason) -> None:
    """Instead of the client's sleep: who looks does not wait for a store that is slow or away."""
    if seconds > SHORT:
        raise ShopifyError(Remedy.GIVE_UP, reason, "waits")


def named(known: Store) -> str:
    """With its environment, whose admins can help: a shop may be connected in several."""
    return f"{known.domain} ({known.environment.cloud_name})"


def store(known: Store) -> Iterator[Finding]:
    """Nothing of the store's row changes by it, but a token that had to be renewed in any case."""
    name = named(known)
    if known.status == Store.Status.PAUSED:
        yield ok("store", "An admin paused it, so the doctor does not ask it.", about=name, code="paused")
        return
    client = ShopifyClient(known, pause=impatient)
    try:
        data = client.run(connection.CONNECTION)
    except SecretUnreadable as error:
        yield wrong("store", "unreadable", str(error), KEYS, about=name)
        return
    except ShopifyError as error:
        yield refused_by_store(error, name, address(known.domain, known.api_base, "")[0])
        return
    yield of_store(known, data)
    yield of_scopes(known, [text(row.get("handle")) for row in listed(granted(data))])
    yield of_version(client.served, name)
    yield from webhooks(known, client)


def refused_by_store(error: ShopifyError, name: str, place: str) -> Finding:
    """`place`: where the store was asked."""
    if error.remedy == Remedy.STOP_STORE:
        advice = "Let an admin of that environment connect the store again, on Setup."
        return wrong("store", error.code or "refused", str(error.text), advice, about=name)
    if waits_for_limit(error.reason):
        text = "Shopify throttles the store right now: runs there are slower, and nothing fails because of it."
        return warning(
            "store", "throttled", text, "Do nothing if it passes. Other apps share the store's limit.", about=name
        )
    advice = "Check shopifystatus.com, and this machine's DNS and firewall. Runs wait for the store for 30 minutes."
    return wrong("store", error.code or "away", f"{place}: {error.text}", advice, about=name)


def granted(data: dict) -> object:
    return mapping(data.get("currentAppInstallation")).get("accessScopes")


def of_store(known: Store, data: dict) -> Finding:
    domain = text(mapping(data.get("shop")).get("myshopifyDomain"))
    if domain != known.domain:
        advice = "Let an admin connect the store again, on Setup, with its own token."
        return wrong("store", "other_shop", f"The token opens {domain or 'no shop'}.", advice, about=named(known))
    if known.status == Store.Status.BROKEN:
        advice = "Let an admin press Check again on the store's page of Setup."
        reason = f"It lets AssetLink in, but is marked as needing attention: {known.problem}"
        return warning("store", "marked", reason, advice, about=named(known))
    return ok("store", "Lets AssetLink in.", about=named(known))


def of_scopes(known: Store, scopes: Sequence[str]) -> Finding:
    if missing := [scope for scope in connection.NEEDED if scope not in scopes]:
        why = Reason(connection.MISSING[Store.Way(known.way)], scopes=missing)
        advice = "Grant them in Shopify. Then let an admin press Check again on the store's page of Setup."
        return wrong("scopes", "missing", str(why), advice, about=named(known))
    return ok("scopes", f"Granted: {', '.join(connection.NEEDED)}.", about=named(known))


def of_version(served: str, name: str) -> Finding:
    """Shopify answers a version that it does not have any more by the oldest one that it has."""
    asked = settings.SHOPIFY_API_VERSION
    if not served:
        return unknown(
            "api_version",
            f"The store does not say which API version answered; AssetLink asked for {asked}.",
            about=name,
        )
    if served != asked:
        text = f"Shopify answers with API version {served}. AssetLink needs {asked}, which Shopify no longer has."
        return wrong("api_version", "retired", text, "Update AssetLink.", about=name)
    return ok("api_version", f"Answers with API version {served}.", about=name)


def webhooks(known: Store, client: ShopifyClient) -> Iterator[Finding]:
    """Whether Shopify knows where to send them. Tokens of custom apps subscribe to nothing."""
    name = named(known)
    if known.app_id is None and known.way != Store.Way.INSTALL:
        yield ok("webhooks", "Connected by a token, which has no subscriptions.", about=name, code="none")
        return
    if not subscriptions.is_reachable(known):
        advice = (
            "Serve AssetLink by https. Without it, AssetLink notices an uninstalled app only when the store refuses it."
        )
        yield warning("webhooks", "no_https", "Shopify sends webhooks to https addresses only.", advice, about=name)
        return
    try:
        answer = client.run(subscriptions.LIST, topics=list(subscriptions.topics_of(known)))
    except ShopifyError as error:
        yield unknown("webhooks", str(error.text), about=name)
        return
    rows = listed(mapping(answer.get("webhookSubscriptions")).get("nodes"))
    yield subscribed(rows, arrived(known.domain), name, subscriptions.topics_of(known))


def subscribed(
    rows: Iterable[dict], last: datetime | None, name: str, topics: Iterable[str] = subscriptions.TOPICS
) -> Finding:
    """`last`: when a webhook of the shop came in."""
    there = {(text(row.get("topic")), text(row.get("uri"))) for row in rows}
    ours = subscriptions.address()
    if missing := [topic for topic in topics if (topic, ours) not in there]:
        elsewhere = sorted({uri for topic, uri in there if topic in missing})
        also = f" It has one to {elsewhere[0][:200]}." if elsewhere else ""
        advice = (
            f"The sweeper makes it again within a day. If Shopify deletes it again, nobody outside can reach {ours}."
        )
        return warning(
            "webhooks", "missing", f"No subscription to {', '.join(missing)} leads here.{also}", advice, about=name
        )
    came = (
        f"the last one came {last:%Y-%m-%d %H:%M} UTC"
        if last
        else "none has come yet, and none is due before somebody uninstalls the app"
    )
    return ok("webhooks", f"Subscribed, to {ours}; {came}.", about=name)


def arrived(domain: str) -> datetime | None:
    return Notice.objects.filter(domain=domain).aggregate(at=Max("received"))["at"]


def delivery(known: Store) -> Iterator[Finding]:
    """Whether Shopify can fetch pictures from Cloudinary: by what it said of the last day's files. Nothing is asked for it."""
    since = timezone.now() - DAY
    files = StoreFile.objects.filter(store=known, sent__gte=since)
    why = Q()
    for code in UNFETCHED:
        why |= Q(problem__contains=code)
    failed = files.filter(why, state=StoreFile.State.FAILED).aggregate(at=Max("sent"))["at"]
    fetched = files.filter(state=StoreFile.State.READY).aggregate(at=Max("sent"))["at"]
    yield fetchable(failed, fetched, named(known))


def fetchable(failed: datetime | None, fetched: datetime | None, name: str) -> Finding:
    """When a file failed because Shopify could not fetch it, and when one last came, within a day."""
    if failed is None and fetched is None:
        return unknown("delivery", "Shopify fetched no file within a day, so nobody knows.", about=name, code="none")
    if failed and (fetched is None or fetched < failed):
        text = f"Shopify could not fetch files, the last one {failed:%Y-%m-%d %H:%M} UTC, and none since."
        advice = "Open a picture's delivery address from outside: a private delivery base, or a rule of Cloudinary's security "
        advice += "settings about referrers or IP addresses, keeps Shopify out."
        return wrong("delivery", "unreachable", text, advice, about=name)
    if failed:
        text = f"Shopify could not fetch a file {failed:%Y-%m-%d %H:%M} UTC; later ones came."
        return warning(
            "delivery", "sometimes", text, "See the report of that run; Retry failed fetches it again.", about=name
        )
    return ok("delivery", "Shopify fetches what Cloudinary delivers.", about=name)
