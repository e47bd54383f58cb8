"""Whether the add-on for captions answers: asked of Cloudinary, and kept with the environment.

The report of the account's usage is free: it lists the add-ons with what is used of their quotas. That the add-on for
captions is listed as `object_detection` is known of accounts that people showed, and documented nowhere, nor is what stands there
without a subscription. So only a line with a limit says something. Where there is none, a picture is described for real, which
counts once if the add-on is there. That it is missing is said by nothing but Cloudinary's own refusal.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import cloudinary.api
import cloudinary.uploader
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from setup.captions.offer import OFF, AddOn, State, next_month
from setup.cloudinary import trying
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.models import Environment
from setup.security.secrets import readable
from setup.shapes import mapping, text
from setup.shapes import whole as number_of

LISTED_AS = ("captioning", "object_detection")
LASTS = timedelta(seconds=90)  # a look that takes longer was lost


def key_of(environment: Environment) -> str:
    """Tells credentials apart, and says nothing of them."""
    names = ("cloud_name", "api_key", "upload_prefix")
    spelled = "\n".join([*(getattr(environment, name) for name in names), readable(environment, "api_secret") or ""])
    return salted_hmac("setup.captions", spelled, algorithm="sha256").hexdigest()[:32]


def is_due(environment: Environment) -> bool:
    """Whether a page shall have it asked: not where nobody wants captions."""
    return environment.captions != OFF and known(environment).is_due(key_of(environment), timezone.now())


def known(environment: Environment) -> AddOn:
    return AddOn.read(environment.add_on)


def is_asking(environment: Environment) -> bool:
    since = environment.add_on_asking
    return since is not None and timezone.now() - since < LASTS


def ask(environment: Environment) -> bool:
    """Ask, and keep what is found; False if somebody else is asking. It never raises because of Cloudinary."""
    now = timezone.now()
    free = Q(add_on_asking=None) | Q(add_on_asking__lt=now - LASTS)
    if not Environment.objects.filter(free, pk=environment.pk).update(add_on_asking=now):
        return False
    try:
        found = look(environment, now)
        keep(environment, lambda before: before.followed_by(found, timezone.now()))
    finally:
        Environment.objects.filter(pk=environment.pk, add_on_asking=now).update(add_on_asking=None)
        environment.add_on_asking = None
    return True


def recount(environment: Environment) -> None:
    """Numbers of today, where Cloudinary tells any: for free. Without an answer everything stays."""
    now = timezone.now()
    try:
        found = listed(CloudinaryClient(environment), now)
    except CloudinaryError:
        return
    if found is not None:
        keep(environment, lambda before: before.followed_by(AddOn(**found, key=before.key), now))


def keep(environment: Environment, change: Callable[[AddOn], AddOn]) -> None:
    with transaction.atomic():
        row = Environment.objects.select_for_update().only("add_on").get(pk=environment.pk)
        row.add_on = change(AddOn.read(row.add_on)).as_json()
        row.save(update_fields=["add_on"])
    environment.add_on = row.add_on


def look(environment: Environment, now: datetime) -> AddOn:
    client, key = CloudinaryClient(environment), key_of(environment)
    try:
        if found := listed(client, now):
            return AddOn(**found, key=key)
    except CloudinaryError as error:
        if error.trouble in (Trouble.AWAY, Trouble.BUSY):
            return AddOn(unasked=error.trouble.value, key=key)
        # To read the report, a key needs a permission of its own: this tells nothing of the add-on.
    return AddOn(**described(client, now), key=key)


def listed(client: CloudinaryClient, now: datetime) -> dict[str, Any] | None:
    """What the report of the usage says of the add-on, if anything. Raises CloudinaryError.

    https://cloudinary.com/documentation/admin_api#usage
    """
    report = client.call(cloudinary.api.usage)
    for name in LISTED_AS:
        line = mapping(report.get(name))
        limit, used = number_of(line.get("limit")), number_of(line.get("usage"))
        if limit and used is not None:
            left = max(0, limit - used)
            quota = {"left": left, "limit": limit}
            return quota | ({"state": State.ANSWERS} if left else {"state": State.USED_UP, "until": next_month(now)})
    return None


def described(client: CloudinaryClient, now: datetime) -> dict[str, Any]:
    """What becomes of a real caption, of the newest picture that is public; its words are kept nowhere."""
    try:
        picture = trying.sample(client.environment, "image")
        if picture is None:
            return {"unasked": "no_picture"}
        options = {"resource_type": "image", "type": "upload", "detection": "captioning"}
        answer = client.call(cloudinary.uploader.explicit, picture.public_id, **options)
    except CloudinaryError as error:
        return refused(error, now)
    found = mapping(mapping(mapping(answer.get("info")).get("detection")).get("captioning"))
    return {"state": State.ANSWERS} if text(found.get("status")) else {"unasked": "away"}


def refused(error: CloudinaryError, now: datetime) -> dict[str, Any]:
    state = state_of(error)
    if state is None:
        return {"unasked": "busy" if error.trouble == Trouble.BUSY else "away"}
    return {"state": state, **({"until": back(error.said, now)} if state == State.USED_UP else {})}


def state_of(error: CloudinaryError) -> State | None:
    """What a refusal says of the add-on; None: nothing. A missing subscription comes under the status of a used-up limit: only
    the words tell them apart."""
    said = error.said.lower()
    if "subscription" in said:
        return State.ABSENT
    if "quota" in said or ("usage limit" in said and "add-on" in said):
        return State.USED_UP
    return State.REFUSED if error.trouble == Trouble.REFUSED else None


def back(said: str, now: datetime) -> datetime:
    """When a quota comes back: the day that Cloudinary names, or else the next month. How it names one is not recorded."""
    for year, month, day in re.findall(r"\b(\d{4})-(\d\d)-(\d\d)\b", said):
        try:
            named = datetime(int(year), int(month), int(day), tzinfo=UTC)
        except ValueError:
            continue
        if now < named < now + timedelta(days=62):
            return named
    return next_month(now)
