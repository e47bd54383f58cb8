"""Installing the app in a store by Shopify's own page: OAuth's authorization code, in a window of its own.

https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
Frame -> ticket (one use, in a form's body) -> our window -> state and cookie -> Shopify -> callback -> code -> tokens.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import shopify
from django.conf import settings
from django.urls import reverse

from setup.models import Authorization, Member
from setup.reasons import Reason
from setup.shopify import connection
from setup.shopify.auth import keys
from setup.shopify.auth.keys import Keys
from setup.shopify.domains import is_shop
from setup.shopify.errors import ShopifyError
from setup.words import _, gettext_lazy

GOOD_FOR = timedelta(minutes=10)
MOST = 4096  # characters of a callback's query
SKEW = 300  # seconds by which Shopify's clock may be ahead
NO_APP = gettext_lazy("This environment has no Shopify app. Enter its client ID and secret under Connect a store.")
FOREIGN = gettext_lazy("Shopify’s answer belongs to another window. Close this window and start again in AssetLink.")
UNSIGNED = gettext_lazy("This answer does not come from Shopify: its signature is wrong. Nothing was changed.")
OLD = gettext_lazy("This attempt is over. Close the window and start again in AssetLink.")


class InstallRefused(Exception):
    """`text` says what is wrong with an attempt, for the person in front of it."""

    def __init__(self, text: Any, code: str) -> None:
        super().__init__(text)
        self.text, self.code = str(text), code


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def begin(member: Member, domain: str, *, now: datetime) -> tuple[Authorization, str]:
    """An attempt, and the ticket that opens its window once. Raises InstallRefused if there is no app to install."""
    known = keys.for_installing(member.environment)
    if known is None:
        raise InstallRefused(NO_APP, "no_app")
    Authorization.objects.filter(expires__lt=now - timedelta(days=1)).delete()
    ticket = secrets.token_urlsafe(32)
    attempt = Authorization.objects.create(
        environment=member.environment,
        member=member,
        domain=domain,
        app=known.app,
        ticket_hash=hashed(ticket),
        expires=now + GOOD_FOR,
    )
    return attempt, ticket


def open_window(ticket: str, *, now: datetime) -> tuple[Authorization, str, str]:
    """The attempt, where its window goes, and what its browser is known by. Raises InstallRefused."""
    waiting = Authorization.objects.filter(status=Authorization.Status.WAITING, expires__gt=now)
    attempt = waiting.select_related("environment", "app").filter(ticket_hash=hashed(ticket)).first()
    known = _keys(attempt) if attempt else None
    if attempt is None or known is None:
        raise InstallRefused(OLD, "old")
    state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    fresh = Authorization.objects.filter(pk=attempt.pk, opened=None)
    if not fresh.update(opened=now, state_hash=hashed(state), browser_hash=hashed(browser)):
        raise InstallRefused(OLD, "old")
    return attempt, page_url(attempt.domain, known, state), browser


def page_url(domain: str, known: Keys, state: str) -> str:
    """Shopify's page that asks the merchant. A sandbox has it below the store's path, because browsers choose the Host."""
    base = f"{settings.SHOPIFY_BASE_URL}/store/{domain}" if settings.SHOPIFY_BASE_URL else f"https://{domain}"
    asked = {
        "client_id": known.client_id,
        "scope": ",".join(connection.NEEDED),
        "redirect_uri": callback_url(),
        "state": state,
    }
    return f"{base}/admin/oauth/authorize?{urlencode(asked)}"


def callback_url() -> str:
    """It has to be on the app's list of allowed redirection URLs."""
    return f"{settings.APP_URL}{reverse('oauth-callback')}"


def finish(query: str, browser: str, *, now: datetime) -> Authorization:
    """The attempt that a callback belongs to, with the store connected or with the problem named.

    `query`: as it was received; `browser`: the window's cookie. Raises InstallRefused for what is no callback of ours: such
    an answer uses up nothing.
    """
    asked = _read(query)
    attempts = Authorization.objects.select_related("environment", "member", "app")
    found = attempts.filter(state_hash=hashed(asked.get("state", ""))).first()
    known = _keys(found) if found else None
    if found is None or known is None:
        raise InstallRefused(OLD, "state")
    if not hmac.compare_digest(hashed(browser), found.browser_hash):
        raise InstallRefused(FOREIGN, "browser")
    if not signed(asked, known, now=now):
        raise InstallRefused(UNSIGNED, "signature")
    if not is_shop(asked.get("shop", "")) or asked["shop"] != found.domain:
        text = _("Shopify answered for a store other than {domain}. Nothing was changed.").format(domain=found.domain)
        raise InstallRefused(text, "shop")
    if found.expires < now or not Authorization.objects.filter(pk=found.pk, used=None).update(used=now):
        raise InstallRefused(OLD, "old")
    _connect(found, known, asked)
    return found


def _connect(attempt: Authorization, known: Keys, asked: dict[str, str]) -> None:
    Status = Authorization.Status
    if not attempt.member.is_admin:
        return attempt.end(Status.FAILED, problem=Reason("connect.no_admin"))
    if not asked.get("code"):
        return attempt.end(Status.FAILED, problem=Reason("connect.not_installed"))
    try:
        store = connection.by_code(attempt.environment, attempt.domain, known, asked["code"])
    except ShopifyError as error:
        return attempt.end(Status.FAILED, problem=error.reason)
    return attempt.end(Status.DONE, store=store)


def _keys(attempt: Authorization) -> Keys | None:
    return keys.of_app(attempt.app) if attempt.app else keys.of_server()


def _read(query: str) -> dict[str, str]:
    """The parameters, each once. Raises InstallRefused."""
    try:
        if len(query) > MOST:
            raise ValueError
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise InstallRefused(UNSIGNED, "malformed") from None
    if len(pairs) != len({name for name, _ in pairs}):
        raise InstallRefused(UNSIGNED, "malformed")
    return dict(pairs)


def signed(asked: dict[str, str], known: Keys, *, now: datetime) -> bool:
    """By the library's reading of the rule: HMAC over the sorted parameters, at most a day old."""
    try:
        ahead = int(asked.get("timestamp", "")) > now.timestamp() + SKEW  # compared, a number of any length fits
        return not ahead and any(_session(secret).validate_params(asked) for secret in known.secrets)
    except ValueError:  # a timestamp that is no number, or text that is none
        return False


def _session(secret: str) -> type[shopify.Session]:
    """The library keeps the secret on the class; ours must not be shared by all threads and tenants."""
    return type("SignedSession", (shopify.Session,), {"secret": secret})
