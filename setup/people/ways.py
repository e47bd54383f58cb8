"""Whether there is any way to sign in that somebody has set up. A passkey is none of them: it is added by who is in already."""

from setup.signing_in import mail, providers


def are_set_up() -> bool:
    return bool(providers.configured()) or has_mail()


def has_mail() -> bool:
    return mail.is_set_up()
