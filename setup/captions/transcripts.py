"""Transcripts of videos that are there already: which have one, what one costs, and asking for them. Never by itself.

https://cloudinary.com/documentation/video_transcription: the add-on writes raw files beside a video, a while after it was asked.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import cloudinary.api
import cloudinary.uploader
from django.db import transaction
from django.utils import timezone

from setup.captions import beside
from setup.cloudinary import trying
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble, rows_of
from setup.models import AskedTranscript, Environment
from setup.models.transcripts import KEPT, WAITS
from setup.preparing.add_ons import LISTED_AS
from setup.preparing.looking import words_of
from setup.security.actors import Actor
from setup.shapes import listed, mapping, text, whole

PAGE = 20
MOST_IDS = 100
AT_ONCE = 4


@dataclass(frozen=True)
class Video:
    """`texts`: what lies beside it. `shown`: whether it is delivered to everybody; others are sent to no add-on."""

    asset_id: str
    public_id: str
    version: int
    name: str
    shown: bool
    seconds: float | None = None
    texts: tuple[str, ...] = ()
    asked: datetime | None = None
    languages: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        return not self.texts and self.asked is not None and timezone.now() - self.asked < WAITS

    @property
    def can_be_asked(self) -> bool:
        return self.shown and not self.texts and not self.waits


@dataclass(frozen=True)
class Page:
    """`left` of `limit` calls of this month, where Cloudinary's report lists the add-on."""

    videos: tuple[Video, ...]
    after: str = ""
    left: int | None = None
    limit: int | None = None


@dataclass
class Asked:
    """What became of it. `word`: Cloudinary's own, of what it refused."""

    names: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    left_out: int = 0
    word: str = ""


def look(environment: Environment, after: str = "", languages: Sequence[str] = ()) -> Page:
    """The newest videos, a page of them: three or four calls of the Admin API. Raises CloudinaryError."""
    client = CloudinaryClient(environment)
    options = {"resource_type": "video", "type": "upload", "max_results": PAGE, "moderations": True}
    answer = client.read(cloudinary.api.resources, **options, **({"next_cursor": after} if after else {}))
    videos = [one for row in listed(rows_of(answer, "resources")) if (one := video(row))]
    left, limit = quota(client)
    whole_page = tuple(with_texts(client, videos, languages))
    return Page(whole_page, text(answer.get("next_cursor")), left, limit)


def video(row: Mapping[str, Any]) -> Video | None:
    asset_id, public_id = text(row.get("asset_id")), text(row.get("public_id"))
    if not asset_id or not public_id or row.get("resource_type") != "video":
        return None
    name = text(row.get("display_name")) or public_id.rpartition("/")[2]
    seconds = row.get("duration")
    known = float(seconds) if isinstance(seconds, int | float) else None
    return Video(asset_id, public_id, whole(row.get("version")) or 1, name, trying.is_delivered(row), known)


def with_texts(client: CloudinaryClient, videos: Sequence[Video], languages: Sequence[str]) -> list[Video]:
    """Raises CloudinaryError."""
    rows = AskedTranscript.objects.filter(environment=client.environment, asset_id__in=[one.asset_id for one in videos])
    asked = {(row.asset_id, row.version): row for row in rows}
    found = []
    wanted = {one.asset_id: wished(asked.get((one.asset_id, one.version)), languages) for one in videos}
    ids = [name for one in videos for name, _called in beside.names(one.public_id, wanted[one.asset_id])]
    there = raw_files(client, ids)
    for one in videos:
        row = asked.get((one.asset_id, one.version))
        texts = tuple(beside.found(one.public_id, wanted[one.asset_id], there))
        known = {**vars(one), "texts": texts, "asked": row.at if row else None}
        found.append(Video(**{**known, "languages": tuple(wanted[one.asset_id])}))
    return found


def wished(row: AskedTranscript | None, languages: Sequence[str]) -> list[str]:
    kept = [one for one in row.languages if isinstance(one, str)] if row and isinstance(row.languages, list) else []
    return list(dict.fromkeys([*languages, *kept]))


def raw_files(client: CloudinaryClient, ids: Sequence[str]) -> set[str]:
    """Those that are there. Raises CloudinaryError. https://cloudinary.com/documentation/admin_api#get_resources"""
    there = set()
    for at in range(0, len(ids), MOST_IDS):
        chunk = list(ids[at : at + MOST_IDS])
        answer = client.read(cloudinary.api.resources_by_ids, chunk, resource_type="raw", type="upload")
        there |= {text(one.get("public_id")) for one in listed(rows_of(answer, "resources"))}
    return there


def quota(client: CloudinaryClient) -> tuple[int | None, int | None]:
    """(left, limit) of this month, as the report of the usage has it; a key that may not read it knows nothing of it. Raises
    CloudinaryError."""
    try:
        report = client.read(cloudinary.api.usage)
    except CloudinaryError as error:
        if error.trouble != Trouble.REFUSED:
            raise
        return None, None
    for name in LISTED_AS["transcribe"]:
        line = mapping(report.get(name))
        limit, used = whole(line.get("limit")), whole(line.get("usage"))
        if limit and used is not None:
            return max(0, limit - used), limit
    return None, None


def ask(actor: Actor, asset_ids: Sequence[str], languages: Sequence[str]) -> Asked:
    """For those of these that have none and were not asked for. Raises CloudinaryError, where nothing was asked."""
    client, done = CloudinaryClient(actor.environment), Asked()
    ids = list(dict.fromkeys(asset_ids))[:PAGE]
    answer = client.read(cloudinary.api.resources_by_asset_ids, ids, moderations=True)
    videos = [one for row in listed(rows_of(answer, "resources")) if (one := video(row))]
    claimed = [one for one in with_texts(client, videos, languages) if claim(actor.environment, one, languages)]
    done.left_out = len(set(asset_ids)) - len(claimed)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="transcripts") as pool:
        outcomes = list(pool.map(lambda one: begin(client, one, languages), claimed))
    for one, error in zip(claimed, outcomes, strict=True):
        if error is None:
            done.names.append(one.name)
            continue
        if error.trouble == Trouble.AWAY:  # nobody knows whether it was begun: so it stays asked for
            done.unanswered.append(one.name)
            continue
        done.refused.append(one.name)
        done.word = words_of(error)
        release(actor.environment, one)
    if done.names:
        actor.record("setup.transcripts", "", {"assets": done.names, "languages": list(languages)})
    return done


def begin(client: CloudinaryClient, one: Video, languages: Sequence[str]) -> CloudinaryError | None:
    wish: Any = {"translate": list(languages)} if languages else True
    try:
        client.call(
            cloudinary.uploader.explicit, one.public_id, resource_type="video", type="upload", auto_transcription=wish
        )
    except CloudinaryError as error:
        return error
    return None


def claim(environment: Environment, one: Video, languages: Sequence[str]) -> bool:
    """True for the one who may ask: of two presses the first, unless a day has passed without a transcript."""
    if not one.can_be_asked:
        return False
    now = timezone.now()
    AskedTranscript.objects.filter(environment=environment, at__lt=now - KEPT).delete()
    known = {"environment": environment, "asset_id": one.asset_id, "version": one.version}
    with transaction.atomic():
        row, is_new = AskedTranscript.objects.get_or_create(**known, defaults={"at": now, "languages": list(languages)})
        if is_new:
            return True
        again = AskedTranscript.objects.filter(pk=row.pk, at__lt=now - WAITS)
        return bool(again.update(at=now, languages=list(languages)))


def release(environment: Environment, one: Video) -> None:
    AskedTranscript.objects.filter(environment=environment, asset_id=one.asset_id, version=one.version).delete()
