"""Providers that people may sign in with, as the settings name them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse

from setup.signing_in.refusals import SignInRefused

CLOUDINARY = "cloudinary"
WELL_KNOWN = "/.well-known/openid-configuration"
SCOPES = "openid email profile"


@dataclass(frozen=True)
class Provider:
    """`discovery`: its issuer's address, without the well-known path; `groups_claim`: where the ID token or the userinfo has a
    person's groups, if somebody wants to know; `trusts_email`: whether its `email_verified` counts."""

    slug: str
    name: str
    discovery: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str = SCOPES
    groups_claim: str = ""
    trusts_email: bool = True

    @property
    def callback(self) -> str:
        """One for each provider, so that the answer of one cannot be taken for another's (RFC 9700, 4.4.2.2)."""
        return settings.APP_URL + reverse("sign-in-back", args=[self.slug])

    @property
    def issuer(self) -> str:
        """As identities are kept: a slash more or less in the settings makes nobody another person."""
        return self.discovery.rstrip("/")

    def refused(self, code: str, details: str = "") -> SignInRefused:
        return SignInRefused(code, details, name=self.name, slug=self.slug)


def configured() -> list[Provider]:
    """In the order of the settings, Cloudinary last."""
    found = [of_settings(slug, known) for slug, known in settings.OIDC_PROVIDERS.items()]
    if settings.CLOUDINARY_OAUTH["client_id"]:
        found.append(cloudinary())
    return found


def find(slug: str) -> Provider | None:
    return next((known for known in configured() if known.slug == slug), None)


def name_of(issuer: str) -> str:
    """As its button shows it; the issuer itself if it is no longer among the settings."""
    return next((known.name for known in configured() if known.issuer == issuer), issuer)


def of_settings(slug: str, known: Mapping[str, Any]) -> Provider:
    return Provider(
        slug=slug,
        name=known.get("name") or slug.capitalize(),
        discovery=known["discovery"].removesuffix(WELL_KNOWN),
        client_id=known["client_id"],
        client_secret=known.get("client_secret", ""),
        scopes=known.get("scopes") or SCOPES,
        groups_claim=known.get("groups_claim") or ("groups" if known.get("groups") else ""),
        trusts_email=known.get("trust_email", True),
    )


def cloudinary() -> Provider:
    """https://cloudinary.com/documentation/using_oauth_to_access_cloudinary_apis, beta. Its ID token has the user's id and e-mail
    address; `ext.cloud_name` says where they may work, and nothing about what they may do in AssetLink."""
    known = settings.CLOUDINARY_OAUTH
    return Provider(
        slug=CLOUDINARY,
        name="Cloudinary",
        discovery=known["url"],
        client_id=known["client_id"],
        client_secret=known["client_secret"],
        scopes="openid",
    )
