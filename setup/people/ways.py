"""Whether there is any way to sign in that somebody has set up. A passkey is none of them: it is added by who is in already."""

from django.conf import settings


def are_set_up() -> bool:
    cloudinary = getattr(settings, "CLOUDINARY_OAUTH", {}).get("client_id")
    return bool(getattr(settings, "OIDC_PROVIDERS", ()) or cloudinary or has_mail())


def has_mail() -> bool:
    """Django's own default of EMAIL_HOST is this machine: nobody has set that up."""
    return getattr(settings, "EMAIL_HOST", "") not in ("", "localhost")
