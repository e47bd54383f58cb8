"""Requests that start something are answered once: sent again with the same Idempotency-Key, they get the first answer.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from linking.api.problems import Problem
from linking.models import IdempotentRequest, Sync
from linking.models.idempotency import KEPT
from setup.models import ApiKey
from setup.security.secrets import SecretUnreadable, seal, unseal

# After so long the worker that began to answer is taken for lost.
LOST = timedelta(seconds=60)
SEALED = "sealed"
HEADERS = ("Location", "Retry-After")


def begin(request: HttpRequest, key: ApiKey) -> None:
    """Within an endpoint that starts something, before it does. Raises Problem, or Kept with what was answered before."""
    text = request.headers.get("Idempotency-Key", "").strip()
    if len(text) > 1 and text[0] == text[-1] == '"':  # a string of Structured Fields; Stripe's are without
        text = text[1:-1]
    if not text or len(text) > 255 or not text.isprintable():
        raise Problem("idempotency-key-missing")
    now, fingerprint = timezone.now(), fingerprint_of(request)
    with suppress(IntegrityError), transaction.atomic():
        _own(request, IdempotentRequest.objects.create(key=key, text=text, fingerprint=fingerprint, begun=now))
        return
    row = IdempotentRequest.objects.filter(key=key, text=text).first()
    if row is None:  # who came first was refused a moment ago
        raise _under_way()
    if row.fingerprint != fingerprint:
        raise Problem("idempotency-key-reused")
    if row.status:
        raise Kept(row)
    # What is begun again makes nothing twice: the run's token comes from this key.
    if not IdempotentRequest.objects.filter(pk=row.pk, begun__lt=now - LOST, status=0).update(begun=now):
        raise _under_way()
    _own(request, row)


def _under_way() -> Problem:
    return Problem("request-under-way", headers={"Retry-After": "1"})


class Kept(Exception):
    def __init__(self, row: IdempotentRequest) -> None:
        super().__init__()
        self.row = row


def _own(request: HttpRequest, row: IdempotentRequest) -> None:
    request.idempotent = row  # type: ignore[attr-defined]


def token_of(request: HttpRequest) -> str:
    """For the run that it starts: the same, however often it is sent. A run from a time before the key was kept is another
    one, whose token is taken from it: else that run would be the answer, and nothing would begin."""
    row: IdempotentRequest = request.idempotent  # type: ignore[attr-defined]
    token = "api:" + hashlib.sha256(f"{row.key_id}:{row.text}:{row.fingerprint}".encode()).hexdigest()[:56]
    past = Sync.objects.filter(
        environment=row.key.member.environment_id, token=token, created__lt=row.created - KEPT / 2
    )
    past.update(token=f"past:{secrets.token_hex(16)}")
    return token


def fingerprint_of(request: HttpRequest) -> str:
    of = f"{request.method} {request.path}\n".encode() + _canonical(request.body)
    return hashlib.sha256(of).hexdigest()


def _canonical(body: bytes) -> bytes:
    """The order of fields and blanks make no other request."""
    try:
        return json.dumps(json.loads(body), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return body


def kept_answer(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """Keep what is answered. What was refused started nothing, and may be sent again with this key, mended."""
    try:
        response = view()
    except Exception:
        _forget(request)
        raise
    row: IdempotentRequest | None = getattr(request, "idempotent", None)
    if row is None:
        return response
    if response.status_code >= 400:
        _forget(request)
        return response
    headers = {name: response[name] for name in HEADERS if name in response}
    body: Any = json.loads(response.content) if response.content else {}
    sealed = {SEALED: seal(json.dumps(body), _tenant(row))}
    IdempotentRequest.objects.filter(pk=row.pk).update(status=response.status_code, headers=headers, body=sealed)
    return response


def _tenant(row: IdempotentRequest) -> str:
    return f"environment {row.key.member.environment_id}"


def body_of(row: IdempotentRequest) -> dict[str, Any]:
    """What was answered. It is sealed, as an address that opens a selection once may be in it. Empty if its key is lost: what was
    begun is named by the headers."""
    if SEALED not in row.body:  # of an earlier release
        return dict(row.body)
    try:
        return dict(json.loads(unseal(str(row.body[SEALED]), _tenant(row))))
    except SecretUnreadable:
        return {}


def _forget(request: HttpRequest) -> None:
    if row := getattr(request, "idempotent", None):
        IdempotentRequest.objects.filter(pk=row.pk, status=0).delete()


def again(kept: Kept) -> HttpResponse:
    response = JsonResponse(body_of(kept.row), status=kept.row.status)
    for name, value in kept.row.headers.items():
        response[name] = str(value)
    response["Idempotent-Replayed"] = "true"
    return response
