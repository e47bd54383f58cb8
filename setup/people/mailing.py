"""Invitations by e-mail."""

from setup.models import Invitation
from setup.signing_in import mail
from setup.words import _


def send_invitation(made: Invitation, address: str) -> bool:
    """Whether the mail server took it. In the language of who invites."""
    subject = _("Invitation to AssetLink: {environment}").format(environment=made.environment)
    try:
        mail.send(made.email, " ".join(subject.split()), "invitation", {"invitation": made, "address": address})
    except mail.Unsent:
        return False
    return True
