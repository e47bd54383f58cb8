"""Invitations by e-mail."""

import logging
from smtplib import SMTPException

from django.core.mail import send_mail
from django.template.loader import render_to_string

from setup.models import Invitation
from setup.words import _

log = logging.getLogger(__name__)


def send_invitation(made: Invitation, address: str) -> bool:
    """Whether the mail server took it. In the language of who invites."""
    subject = _("Invitation to AssetLink: {environment}").format(environment=made.environment)
    text = render_to_string("mail/invitation.txt", {"invitation": made, "address": address})
    try:
        send_mail(" ".join(subject.split()), text, None, [made.email])
    except (SMTPException, OSError) as error:
        log.warning("The mail server did not take an invitation: %s", error)
        return False
    return True
