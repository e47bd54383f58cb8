"""How people sign in, and e-mails."""

from collections.abc import Iterator

from assetlink_site.deployment.addresses import is_local, is_public
from assetlink_site.deployment.rules import Finding, Site, rule
from assetlink_site.provider_forms import is_of_everybody


@rule("E050")
def pretend_providers(site: Site) -> Iterator[Finding]:
    """A provider's `discovery` or `CLOUDINARY_OAUTH_URL` is `http://` or of this machine, and `APP_URL` public (see E003)"""
    if not is_public(site):
        return
    places = {slug: known["discovery"] for slug, known in (site.known.oidc_providers or {}).items()}
    if site.known.cloudinary_oauth_client_id:
        places["CLOUDINARY_OAUTH_URL"] = site.known.cloudinary_oauth_url
    for name, place in places.items():
        if place.startswith("http://") or is_local(place):
            hint = "Write the https:// address of the real provider: who answers at this one could be anybody."
            yield f"{name} leads to {place[:60]}, which looks like a sandbox's.", hint


@rule("W051")
def open_mail(site: Site) -> Iterator[Finding]:
    """`EMAIL_SECURITY` is `none` for a mail server on another machine: codes and the password can be read on the way"""
    if site.known.email_host and site.known.email_security == "none" and not is_local(f"//{site.known.email_host}"):
        hint = "Set EMAIL_SECURITY to starttls (mostly port 587) or tls (465)."
        yield "EMAIL_SECURITY is none: codes to sign in can be read on the way.", hint


@rule("W052")
def half_of_an_account(site: Site) -> Iterator[Finding]:
    """Of `EMAIL_USER` and `EMAIL_PASSWORD` only one is set: AssetLink signs in to no mail server"""
    if site.known.email_host and bool(site.known.email_user) != bool(site.known.email_password):
        yield (
            "Of EMAIL_USER and EMAIL_PASSWORD only one is set: AssetLink does not sign in to the mail server.",
            "Set both, or neither.",
        )


@rule("W053")
def client_without_secret(site: Site) -> Iterator[Finding]:
    """A provider of `OIDC_PROVIDERS` has no `client_secret`: it has to be a public client there"""
    for slug, known in (site.known.oidc_providers or {}).items():
        if not known.get("client_secret"):
            hint = "Make it a confidential web client, and add its client_secret: AssetLink can keep one."
            yield f"{slug} of OIDC_PROVIDERS has no client_secret.", hint


@rule("W054")
def provider_of_everybody(site: Site) -> Iterator[Finding]:
    """A provider's `discovery` is Entra's for all tenants or personal accounts (`common`, `organizations`, `consumers`): what it
    says of e-mail addresses proves nothing"""
    for slug, known in (site.known.oidc_providers or {}).items():
        if is_of_everybody(known["discovery"]):
            doing = "AssetLink trusts them, by trust_email" if known["trust_email"] else "AssetLink trusts none of them"
            hint = "Write your own tenant's address: https://login.microsoftonline.com/TENANT-ID/v2.0."
            yield f"{slug} leads to {known['discovery'][:80]}, where nobody checks e-mail addresses; {doing}.", hint
