"""E-mails: a text and a simple page, sent at once and within a time: a mail server that hangs is named, not waited for."""

import logging
import threading
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from setup.signing_in.turns import TURNS, Busy
from setup.words import get_language

log = logging.getLogger(__name__)
SECONDS = 10.0  # for all steps; each may take EMAIL_TIMEOUT


class Unsent(Exception):
    """The mail server did not take it."""


def is_set_up() -> bool:
    return bool(settings.EMAIL_HOST)


def send(to: str, subject: str, template: str, context: Mapping[str, Any]) -> None:
    """By templates/mail/`template`.txt and .html, in the language of now. Raises Unsent."""
    deliver(message(to, subject, template, context))


def message(
    to: str, subject: str, template: str, context: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> EmailMultiAlternatives:
    """The same, to be delivered later."""
    known = {**context, "LANGUAGE_CODE": get_language()}
    made = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"mail/{template}.txt", known),
        to=[to],
        # No out-of-office answers: https://www.rfc-editor.org/rfc/rfc3834#section-5
        headers={"Auto-Submitted": "auto-generated", **(headers or {})},
    )
    made.attach_alternative(render_to_string(f"mail/{template}.html", known), "text/html")
    return made


def deliver(message: EmailMultiAlternatives) -> None:
    """Raises Unsent."""
    troubles: list[Exception] = []

    def run() -> None:
        try:
            message.send()
        except Exception as error:  # of sockets, TLS, SMTP, and of addresses that cannot be written into a header
            troubles.append(error)

    thread = threading.Thread(target=run, daemon=True, name="mail")
    try:
        with TURNS.one():
            thread.start()
            thread.join(SECONDS)
    except Busy:
        log.warning("The mail server %s:%s keeps others waiting already.", settings.EMAIL_HOST, settings.EMAIL_PORT)
        raise Unsent("busy") from None
    if thread.is_alive():
        log.warning(
            "The mail server %s:%s takes longer than %.0f s.", settings.EMAIL_HOST, settings.EMAIL_PORT, SECONDS
        )
        raise Unsent("no answer")
    if troubles:
        why = f"{type(troubles[0]).__name__}: {troubles[0]}"[:300]
        log.warning("The mail server %s:%s did not take an e-mail: %s", settings.EMAIL_HOST, settings.EMAIL_PORT, why)
        raise Unsent(why)
