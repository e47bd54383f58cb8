"""Passkeys: https://www.w3.org/TR/webauthn-3/. Kept by the person's device, bound to the host of APP_URL, and proved with a
finger, a face or a PIN; no user name is asked for.

The library and what it brings take 5 MB: views load this module when somebody adds or uses a passkey.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from setup.models import Passkey, Person
from setup.people.proofs import PASSKEY, Proof
from setup.shapes import mapping, parsed, text
from setup.signing_in.refusals import SignInRefused
from setup.words import _

log = logging.getLogger(__name__)
SECONDS = 300
MOST = 20  # of one person
LONGEST = 100  # characters of a name
ADDING, USING = "passkey-adding", "passkey-using"  # in the session: the challenge of each


def server() -> Fido2Server:
    """For the one origin that people come to; the library alone would take any host below ours."""
    entity = PublicKeyCredentialRpEntity(id=urlsplit(settings.APP_URL).hostname or "", name="AssetLink")
    return Fido2Server(entity, verify_origin=lambda origin: origin == settings.APP_URL)


def to_add(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What the browser is asked to make."""
    there = [
        PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=websafe_decode(known.credential_id))
        for known in person.passkeys.all()
    ]
    user = PublicKeyCredentialUserEntity(
        id=person.key.bytes, name=person.email or str(person), display_name=str(person)
    )
    options, state = server().register_begin(
        user,
        there,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    request.session[ADDING] = {**state, "at": time.time()}
    return dict(options)


def add(request: HttpRequest, person: Person, made: str, name: str) -> Passkey:
    """Raises SignInRefused."""
    state = taken(request, ADDING)
    try:
        data = server().register_complete(state, mapping(parsed(made))).credential_data
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError) as error:
        raise SignInRefused("passkey_refused", f"{type(error).__name__}: {error}"[:200]) from None
    if data is None or person.passkeys.count() >= MOST:
        raise SignInRefused("passkey_refused", "no credential, or too many")
    try:
        with transaction.atomic():
            return Passkey.objects.create(
                person=person,
                credential_id=websafe_encode(data.credential_id),
                public_key=websafe_encode(bytes(data)),
                name=" ".join(text(name).split())[:LONGEST] or _("Passkey"),
            )
    except IntegrityError:
        raise SignInRefused("passkey_refused", "it is known already") from None


def to_use(request: HttpRequest) -> dict[str, Any]:
    options, state = server().authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    request.session[USING] = {**state, "at": time.time()}
    return dict(options)


def use(request: HttpRequest, signed: str) -> Proof:
    """Raises SignInRefused."""
    state = taken(request, USING)
    try:
        answer = AuthenticationResponse.from_dict(mapping(parsed(signed)))
        key = websafe_encode(answer.raw_id)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SignInRefused("passkey_refused", f"{type(error).__name__}: {error}"[:200]) from None
    known = Passkey.objects.select_related("person").filter(credential_id=key).first()
    if known is None:
        raise SignInRefused("passkey_unknown")
    holder = answer.response.user_handle
    if holder is not None and holder != known.person.key.bytes:
        raise SignInRefused("passkey_refused", "the user handle is another person's")
    try:
        server().authenticate_complete(state, [AttestedCredentialData(websafe_decode(known.public_key))], answer)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SignInRefused("passkey_refused", f"{type(error).__name__}: {error}"[:200]) from None
    count(known, answer.response.authenticator_data.counter)
    return Proof(way=_("passkey"), issuer=PASSKEY, subject=str(known.person.key), name=known.person.name)


def count(known: Passkey, counter: int) -> None:
    """Passkeys that are synced count nothing and stay at 0. One that counts, and does not go on, has a copy:
    https://www.w3.org/TR/webauthn-3/#sctn-sign-counter. Raises SignInRefused."""
    rows = Passkey.objects.filter(pk=known.pk)
    counted = rows.filter(sign_count__lt=counter) if counter else rows.filter(sign_count=0)
    if not counted.update(sign_count=counter, last_used=timezone.now()):
        log.warning("A passkey of person %s counts %s after %s: refused.", known.person.key, counter, known.sign_count)
        raise SignInRefused("passkey_copied", f"counter {counter}")


def taken(request: HttpRequest, kept: str) -> Mapping[str, Any]:
    """The challenge, for its one use. Raises SignInRefused."""
    state = request.session.pop(kept, None)
    if state is None or state["at"] < time.time() - SECONDS:
        raise SignInRefused("passkey_over")
    return state
