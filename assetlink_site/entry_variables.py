"""Variables that every installation sets, and those of how people come in, from the Console or without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assetlink_site.env import variable
from assetlink_site.forms import (
    RESTORE_KEY,
    address,
    choice,
    database,
    fernet_keys,
    hosts,
    names,
    redis,
    switch,
    text,
    whole,
)
from assetlink_site.provider_forms import mail_sender, providers

NEEDED = "What every installation sets"
FRAME = "The Console, and who may show AssetLink"
FIRST = "The first product environment"
SIGN_IN = "Signing in without the Console"
MAIL = "E-mail"
DRAWN_BY = "`python -c 'import secrets; print(secrets.token_urlsafe(48))'`"


@dataclass(frozen=True, kw_only=True)
class EntryVariables:
    secret_key: str = variable(
        text(),
        "",
        "Django's key for sessions and forms; another one ends all sessions",
        group=NEEDED,
        secret=True,
        needed=f"make one with {DRAWN_BY}",
    )
    encryption_keys: tuple[str, ...] = variable(
        fernet_keys(),
        (),
        "keys for tokens and secrets at rest (`manage.py make_key`); the first encrypts, all decrypt",
        group=NEEDED,
        secret=True,
        needed=f"{RESTORE_KEY}, the same for web, workers and sweeper",
    )
    app_url: str = variable(
        address(),
        "http://localhost:8000",
        "address of AssetLink as browsers know it, without a path; `https://` turns secure cookies and HSTS on",
        group=NEEDED,
        example="https://assetlink.example.com",
    )
    allowed_hosts: tuple[str, ...] = variable(
        hosts(),
        ("localhost", "127.0.0.1"),
        "host names that AssetLink answers: that of `APP_URL`, and those that health checks ask for",
        group=NEEDED,
        example="assetlink.example.com localhost",
    )
    trusted_proxies: int = variable(
        whole(most=20),
        0,
        "how many proxies in front add to `X-Forwarded-For`; with 0 AssetLink does not believe it",
        group=NEEDED,
        example="1",
    )
    database_url: str = variable(
        database(),
        "",
        "`sqlite:///…` for one machine, or `postgres://…` for workers on several; `@ / # ? : %` in its password are written as "
        "`%40 %2F %23 %3F %3A %25`",
        group=NEEDED,
        secret=True,
        default_words="`assetlink.sqlite3` in the clone",
        example="postgres://assetlink:PASSWORD@db:5432/assetlink",
    )
    redis_url: str = variable(
        redis(),
        "redis://localhost:6379/0",
        "the queue, with an append-only file and no eviction; pages also answer without it",
        group=NEEDED,
        secret=True,
        example="redis://:PASSWORD@redis:6379/0",
    )
    frame_ancestors: tuple[str, ...] = variable(
        names("list of origins"),
        ("https://console.cloudinary.com", "https://*.cloudinary.com"),
        "origins that may show AssetLink in a frame",
        group=FRAME,
    )
    launch_origins: tuple[str, ...] = variable(
        names("list of origins"),
        (),
        "origins that may post a launch. AssetLink opens at once for those named in full, asks the person for those below a "
        "`*.`, and refuses others",
        group=FRAME,
        default_words="those of `FRAME_ANCESTORS`",
    )
    image_sources: tuple[str, ...] = variable(
        names("list of origins"),
        ("https://res.cloudinary.com", "https://cdn.shopify.com"),
        "origins that pictures come from; add yours if the environment delivers from a host of its own",
        group=FRAME,
    )
    launch_audience: str = variable(
        text(), "assetlink", "the audience that the Console's launch tokens name", group=FRAME
    )
    admin_roles: tuple[str, ...] = variable(
        names("list of roles"),
        ("media_library_admin", "master_admin", "technical_admin"),
        "roles of the Console that may change Setup",
        group=FRAME,
    )
    cloud_name: str = variable(
        text(),
        "",
        "a product environment, for `manage.py environment from-env` ([operator.md](../operator.md#product-environments))",
        group=FIRST,
    )
    cloud_api_key: str = variable(text(), "", "its API key", group=FIRST, secret=True)
    cloud_api_secret: str = variable(text(), "", "its API secret", group=FIRST, secret=True)
    cloud_upload_prefix: str = variable(
        address(),
        "",
        "where its API is, for other regions; unset, it stays as it is",
        group=FIRST,
        default_words="`https://api.cloudinary.com`",
    )
    cloud_delivery_base: str = variable(
        address(),
        "",
        "where its pictures come from, for a CDN host of your own; unset, it stays as it is",
        group=FIRST,
        default_words="`res.cloudinary.com`",
        example="https://media.example.com",
    )
    launch_secret: str = variable(
        text("text, at least 32 characters", least=32),
        "",
        "what the Console signs its launches with",
        group=FIRST,
        secret=True,
    )
    launch_issuer: str = variable(
        text(),
        "",
        "the issuer that its launches name; unset, it stays as it is",
        group=FIRST,
        default_words="`cloudinary-console`",
    )
    oidc_providers: Mapping[str, Any] | None = variable(
        providers(),
        None,
        "OpenID Connect providers that people may sign in with ([sign-in.md](sign-in.md))",
        group=SIGN_IN,
        secret=True,
        default_words="none",
        example='{"google": {"name": "Google", "discovery": "https://accounts.google.com", "client_id": "…", '
        '"client_secret": "…"}}',
    )
    cloudinary_oauth_client_id: str = variable(
        text(),
        "",
        "client ID of an OAuth app of your Cloudinary account (beta): turns *Login with Cloudinary* on",
        group=SIGN_IN,
    )
    cloudinary_oauth_client_secret: str = variable(text(), "", "its client secret", group=SIGN_IN, secret=True)
    cloudinary_oauth_url: str = variable(
        address(), "https://oauth.cloudinary.com", "where Cloudinary's OAuth is", group=SIGN_IN
    )
    passkeys: bool = variable(
        switch(),
        True,
        "whether people may add passkeys to their account; they hold for the host of `APP_URL`",
        group=SIGN_IN,
        default_words="on",
    )
    email_host: str = variable(
        text("host name"),
        "",
        "mail server that takes AssetLink's e-mails: turns the sign-in by a code on",
        group=MAIL,
        example="smtp.example.com",
    )
    email_port: int = variable(
        whole(least=1, most=65_535), 587, "its port; usually 587 with `starttls`, 465 with `tls`", group=MAIL
    )
    email_security: str = variable(
        choice("starttls", "tls", "none"), "starttls", "how the connection to it is encrypted", group=MAIL
    )
    sign_in_contact: str = variable(
        text(),
        "",
        "whom people ask for an invitation who sign in and have none: a name, an address, or both",
        group=SIGN_IN,
        example="IT Service Desk, it@example.com",
    )
    email_user: str = variable(text(), "", "the user name there", group=MAIL)
    email_password: str = variable(text(), "", "and the password", group=MAIL, secret=True)
    email_from: str = variable(
        mail_sender(),
        "",
        "the address that e-mails come from",
        group=MAIL,
        example="AssetLink <assetlink@example.com>",
    )
