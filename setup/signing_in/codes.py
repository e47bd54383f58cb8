"""A code by e-mail, good for ten minutes, five tries and the browser that asked for it.

Every address gets one, known or not: so nobody learns from an answer, or from how long it takes, who is a member. Who proves an
address that nobody invited reads whom to ask.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from setup.models import EmailCode
from setup.people.proofs import EMAIL, Proof
from setup.people.who import spelled
from setup.security import known_browsers, limits
from setup.security.origin import address_of
from setup.signing_in import mail
from setup.signing_in.refusals import SignInRefused
from setup.words import _

DIGITS = 8
GOOD_FOR = timedelta(minutes=10)
TRIES = 5
KEPT = "sign-in-code"  # in the session: {id, email, next}
SALT = "setup.signing_in.codes"


def ask(request: HttpRequest, given: str, next: str, *, now: datetime) -> str:
    """Sends one, and returns the address. Raises SignInRefused, limits.TooMany."""
    email = spelled(given)
    try:
        validate_email(email)
    except ValidationError:
        raise SignInRefused("no_address") from None
    if len(email) > 254:
        raise SignInRefused("no_address")
    spend(request, email)
    code = "".join(secrets.choice("0123456789") for _digit in range(DIGITS))
    row = EmailCode.objects.create(email=email, code_hash="", created=now, expires=now + GOOD_FOR)
    EmailCode.objects.filter(pk=row.pk).update(code_hash=hashed(row.pk, code))
    request.session[KEPT] = {"id": row.pk, "email": email, "next": next}
    context = {"code": f"{code[:4]} {code[4:]}", "minutes": GOOD_FOR.seconds // 60, "url": settings.APP_URL}
    try:
        mail.send(email, _("Your code for AssetLink: {code}").format(code=context["code"]), "code", context)
    except mail.Unsent:
        EmailCode.objects.filter(pk=row.pk).delete()
        raise SignInRefused("mail_failed") from None
    return email


def spend(request: HttpRequest, email: str) -> None:
    """Mails cost somebody else's patience: to one address, from one client, and altogether. A browser in which the
    address has signed in before has an allowance of its own, or anybody could keep its owner out. Raises limits.TooMany."""
    limit = settings.LIMITS["code"]
    if known_browsers.knows(request, email):
        limits.spend_as("code", f"k{email}", limit)
        return
    limits.spend_as("code", f"t{email}", limit)
    limits.spend_as("code", f"a{address_of(request)}", 4 * limit)
    limits.spend_as("code", "all", 40 * limit)


def waiting(request: HttpRequest) -> str:
    """The address to which a code of this browser's went; empty without one."""
    return str(request.session.get(KEPT, {}).get("email", ""))


def wanted(request: HttpRequest) -> str:
    """Where who asked for it wants to go."""
    return str(request.session.get(KEPT, {}).get("next", ""))


def check(request: HttpRequest, given: str, *, now: datetime) -> tuple[Proof, str]:
    """What the code proves, and where the person wanted to go. Raises SignInRefused."""
    kept = request.session.get(KEPT, {})
    rows = EmailCode.objects.filter(pk=kept.get("id"), used=None, expires__gt=now, tries__lt=TRIES)
    # Counted before it is looked at: many tries at once are still five.
    if not rows.update(tries=F("tries") + 1):
        raise SignInRefused("code_over")
    row = EmailCode.objects.get(pk=kept["id"])
    digits = "".join(sign for sign in given if sign.isascii() and sign.isdigit())
    if not constant_time_compare(row.code_hash, hashed(row.pk, digits)):
        raise SignInRefused("code_wrong" if row.tries < TRIES else "code_over")
    if not EmailCode.objects.filter(pk=row.pk, used=None).update(used=now):
        raise SignInRefused("code_over")
    del request.session[KEPT]
    proof = Proof(way=_("code by e-mail"), issuer=EMAIL, subject=row.email, email=row.email, email_verified=True)
    return proof, kept["next"]


def hashed(pk: int, code: str) -> str:
    """With the installation's key: from the database alone nobody finds eight digits by trying them all."""
    return salted_hmac(SALT, f"{pk}:{code}", algorithm="sha256").hexdigest()
