"""The ways to sign in: providers, each asked what it says of itself, and the mail server, which is greeted and sent nothing."""

from collections.abc import Iterator

from django.conf import settings
from django.core.mail import get_connection

from linking.operations.doctor.findings import Finding, ok, unknown, wrong
from setup.signing_in import discovery, mail, providers
from setup.signing_in.providers import Provider
from setup.signing_in.refusals import SignInRefused

LOOK = "sign_in"
PAGE = "docs/operator/sign-in.md"


def look() -> Iterator[Finding]:
    known = providers.configured()
    for provider in known:
        yield of_provider(provider)
    if mail.is_set_up():
        yield of_mail()
    if not known and not mail.is_set_up():
        yield unknown(LOOK, "People come in by launches alone: no provider and no e-mail is set up.", f"See {PAGE}.")


def of_provider(provider: Provider) -> Finding:
    discovery.forget()  # what is there now
    try:
        known = discovery.metadata(provider)
        keys = discovery.keys(provider)
    except SignInRefused as error:
        advice = f"Check its discovery address, and this machine's DNS and firewall ({PAGE})."
        return wrong(LOOK, error.code, f"{provider.discovery}: {error.details}.", advice, about=provider.slug)
    if not keys:
        advice = "Look at its jwks_uri: without keys nobody can sign in."
        return wrong(LOOK, "no_keys", f"{known.keys} has no keys.", advice, about=provider.slug)
    text = f"{known.issuer} answers, with {len(keys)} keys. The redirect URI to register there is {provider.callback}."
    if not provider.trusts_email:
        text += " Its e-mail addresses prove nothing here (trust_email is false)."
    return ok(LOOK, text, about=provider.slug)


def of_mail() -> Finding:
    """As sending begins: connection, TLS, and the password."""
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    connection = get_connection()
    try:
        connection.open()
        connection.close()
    except Exception as error:  # of sockets, TLS and SMTP
        text = f"The mail server {server} does not take AssetLink's e-mails: {type(error).__name__}: {str(error)[:200]}"
        advice = (
            "Correct EMAIL_HOST, EMAIL_PORT, EMAIL_SECURITY, EMAIL_USER or EMAIL_PASSWORD, or this machine's firewall."
        )
        return wrong(LOOK, "mail", text, advice, about="mail")
    return ok(LOOK, f"The mail server {server} lets AssetLink in. Try it: manage.py sendtestemail YOU.", about="mail")
