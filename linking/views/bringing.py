"""Bringing assets in on Choose Assets: what becomes of files, signatures for the browser, and on to what has come."""

import json
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from linking.domain.incoming import LONGEST_PATH, MD5, File
from linking.domain.name_patterns import USUAL, BadNamePattern, NamePattern
from linking.ingest import bringings, looking, signing
from linking.pages import bringing, choose
from linking.selection import making
from linking.views.launch import SELECTION
from linking.views.picker import filters_of
from setup.cloudinary.client import CloudinaryError
from setup.numbers import whole as whole_of
from setup.preparing import uploading
from setup.preparing.parts import BY_SLUG
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, workers
from setup.shapes import text, whole
from setup.words import _

SIGNED_AT_ONCE = 50
LONGEST_ID = 255


class BadFiles(ValueError):
    """What a browser sent is no list of files."""


@require_safe
@workers
def page(request: MemberRequest) -> HttpResponse:
    """The dialog. The page may then post files to Cloudinary's upload address, and nowhere else."""
    environment = request.member.environment
    filters = filters_of(request.GET)
    context = {
        "folder": filters.folder,
        "query": filters.query,
        "presets": environment.seen.get("presets", []),
        "prepared": BY_SLUG["preset-product_assets"].label,  # where an admin made it, it is meant for this
        "pattern": USUAL,
        "most": settings.SELECTION_MAX_ASSETS,
    }
    return render(request, "choose/_bring.html", context)


@require_POST
@workers
def look(request: MemberRequest) -> HttpResponse:
    """What is to become of each of the `files`, in their order, and what their names say by the `pattern`."""
    actor, environment = Actor.of(request), request.member.environment
    actor.spend("search")
    try:
        files = files_of(request.POST.get("files", ""), settings.SELECTION_MAX_ASSETS)
        pattern = pattern_of(request.POST.get("pattern", ""))
        named = {file.path for file in files if pattern and pattern.read(file.path)}
        found = looking.look(environment, files, folder_asked(request), named)
        fixed = looking.has_fixed_folders(environment)
    except (BadFiles, BadNamePattern) as wrong:
        return JsonResponse({"said": str(wrong)}, status=422)
    except CloudinaryError as error:
        return JsonResponse({"said": choose.problem_of(environment, error).text}, status=503)
    return JsonResponse(bringing.looked(files, found, pattern) | {"fixed": fixed})


@require_POST
@workers
def sign(request: MemberRequest) -> HttpResponse:
    """A signature for each of the `files`, at most fifty, good for ten minutes. `bringing`: the ticket that the first answer of a
    press had, which `all` its files share: it is one entry of the audit log."""
    actor, environment = Actor.of(request), request.member.environment
    actor.spend("bring")
    preset = request.POST.get("preset", "")
    if preset not in ["", *environment.seen.get("presets", [])]:
        return JsonResponse({"said": _("There is no such upload preset any more. Choose another one.")}, status=422)
    wishes = signing.Wishes(folder_asked(request), preset, request.POST.get("fixed") == "true")
    try:
        files = files_of(request.POST.get("files", ""), SIGNED_AT_ONCE)
        pattern = pattern_of(request.POST.get("pattern", ""))
    except (BadFiles, BadNamePattern) as wrong:
        return JsonResponse({"said": str(wrong)}, status=422)
    made = [
        signing.sign(environment, file, wishes, pattern.read(file.path) if pattern else None)
        for file in files
        if bringing.can_come(file, wishes.folder)
    ]
    if len(made) < len(files):
        return JsonResponse({"said": _("AssetLink cannot upload one of these files.")}, status=422)
    ticket = request.POST.get("bringing", "")
    if not bringings.goes_on(actor.member, (wishes.folder, preset), ticket, len(made)):
        every = min(max(whole_of(request.POST.get("all")) or 0, len(made)), settings.SELECTION_MAX_ASSETS)
        actor.record("assets.bring", preset or environment.cloud_name, {"files": every, "folder": wishes.folder})
        ticket = bringings.begin(actor.member, (wishes.folder, preset), every, len(made))
    signed = [{"url": one.url, "fields": one.fields, "until": one.until} for one in made]
    return JsonResponse({"signed": signed, "bringing": ticket})


@require_POST
@workers
def link(request: MemberRequest) -> HttpResponse:
    """A selection of the assets that have come, and where it is."""
    ids = [id for id in dict.fromkeys(request.POST.getlist("asset")) if 0 < len(id) <= LONGEST_ID and "\0" not in id]
    if not ids or len(ids) > settings.SELECTION_MAX_ASSETS:
        return JsonResponse({"said": _("There is nothing to link: no file was uploaded.")}, status=422)
    selection = making.make(Actor.of(request), ids)
    request.session[SELECTION] = str(selection.key)
    return JsonResponse({"address": reverse("link", kwargs={"key": selection.key})})


def files_of(sent: str, most: int) -> list[File]:
    """From a list of [path, bytes, md5]. Raises BadFiles."""
    try:
        rows = json.loads(sent)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list) or len(rows) > most:
        raise BadFiles(_("AssetLink could not read the list of files. Choose them again."))
    return [_file(row) for row in rows]


def _file(row: object) -> File:
    if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != 3:
        raise BadFiles(_("AssetLink could not read the list of files. Choose them again."))
    path, md5 = text(row[0]).replace("\0", ""), text(row[2])
    size = whole(row[1])
    if not path or len(path) > LONGEST_PATH or size is None or (md5 and not MD5.fullmatch(md5)):
        raise BadFiles(_("AssetLink could not read the list of files. Choose them again."))
    return File(path, size, md5)


def pattern_of(sent: str) -> NamePattern | None:
    """None where names are to be left unread. Raises BadNamePattern."""
    return NamePattern.parse(sent) if sent.strip() else None


def folder_asked(request: MemberRequest) -> str:
    """The one that is typed, or else the prepared preset's: an upload that names a folder passes over its preset's."""
    typed = request.POST.get("folder", "").replace("\0", "").strip("/ ")[:LONGEST_PATH]
    return typed or uploading.folder_of_preset(request.member.environment, request.POST.get("preset", ""))
