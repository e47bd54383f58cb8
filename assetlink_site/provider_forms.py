"""Forms of the settings of signing in: what OIDC_PROVIDERS holds, and the sender of e-mails."""

import re
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from assetlink_site.forms import Form, address, json_object
from assetlink_site.queries import Wrong

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
# Name -> whether it must be there.
FIELDS = {
    "discovery": True,
    "client_id": True,
    "client_secret": False,
    "name": False,
    "scopes": False,
    "groups_claim": False,
    "groups": False,
    "trust_email": False,
}
NO_TEXTS = ("groups", "trust_email")
ROLES = ("admin", "member", "viewer")
TAKEN = "cloudinary"  # Login with Cloudinary has settings of its own
WELL_KNOWN = "/.well-known/openid-configuration"
# Entra's, in any of Microsoft's clouds: addresses for every organization, and the one tenant of all personal accounts.
# https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#find-your-apps-openid-configuration-document-uri
ENTRA = ("login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn", "sts.windows.net")
OF_EVERYBODY = ("common", "organizations", "consumers", "9188040d-6c67-4c5b-b112-36a304b66dad")


def providers() -> Form[Mapping[str, Any]]:
    """{slug: {discovery, client_id, …}}; the discovery as the issuer's address."""
    form = json_object()

    def reading(given: str) -> Mapping[str, Any]:
        return {slug: one_provider(slug, known) for slug, known in form.read(given).items()}

    return Form('JSON object: `{"slug": {…}}`', reading, lines=True)


def one_provider(slug: str, known: Any) -> dict[str, Any]:
    if not SLUG.fullmatch(slug) or slug == TAKEN:
        raise Wrong("a provider's key is up to 31 small letters, digits and hyphens, and not `cloudinary`")
    if not isinstance(known, dict):
        raise Wrong(f"{slug} must be a JSON object")
    if unknown := sorted(set(known) - set(FIELDS)):
        raise Wrong(f"{slug} has {unknown[0][:40]}; a provider has {', '.join(FIELDS)}")
    for name, needed in FIELDS.items():
        value = known.get(name)
        if needed and not value:
            raise Wrong(f"{slug} has no {name}")
        if name not in NO_TEXTS and not isinstance(value, str | None):
            raise Wrong(f"{name} of {slug} must be a text")
    if not isinstance(known.get("trust_email", True), bool):
        raise Wrong(f"trust_email of {slug} must be true or false")
    if "openid" not in known.get("scopes", "openid").split():
        raise Wrong(f"scopes of {slug} must have openid")
    try:
        discovery = address().read(known["discovery"].removesuffix(WELL_KNOWN))
    except Wrong as error:
        raise Wrong(f"discovery of {slug}: {error}") from None
    trusted = known.get("trust_email", not is_of_everybody(discovery))
    return known | {"discovery": discovery, "groups": groups(slug, known.get("groups") or {}), "trust_email": trusted}


def is_of_everybody(discovery: str) -> bool:
    """Whether accounts of any organization come from there: then anybody can write somebody else's address into theirs."""
    place = urlsplit(discovery)
    return place.hostname in ENTRA and place.path.strip("/").partition("/")[0].lower() in OF_EVERYBODY


def groups(slug: str, known: Any) -> dict[str, dict[str, str]]:
    """{group: {cloud name: role}}."""
    if not isinstance(known, dict) or not all(isinstance(one, dict) and one for one in known.values()):
        raise Wrong(f'groups of {slug} must be {{"group": {{"cloud name": "role"}}}}')
    if any(role not in ROLES for one in known.values() for role in one.values()):
        raise Wrong(f"a role in groups of {slug} must be one of {', '.join(ROLES)}")
    return known


def mail_sender() -> Form[str]:
    def reading(given: str) -> str:
        found = parseaddr(given)[1]
        if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", found):
            raise Wrong("it must be an e-mail address, or Name <address>")
        return given

    return Form("e-mail address", reading)
