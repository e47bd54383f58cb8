"""APP_URL, what is in front of it, and who may show AssetLink or send people to it."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.http.request import validate_host

from assetlink_site.deployment.rules import Finding, Site, rule
from setup.environment_values import is_shown

# Names that lead to this machine, or nowhere but in tests: https://www.rfc-editor.org/rfc/rfc6761#section-6
LOCAL = re.compile(r"(.*\.)?(localhost|test)|127(\.\d+){3}|::1|0\.0\.0\.0", re.IGNORECASE)
ORIGINS = ("frame_ancestors", "launch_origins", "image_sources")
ORIGIN = re.compile(r"https?://(\*\.)?[^/?#@*]+/?", re.IGNORECASE)
BREAKING = set(";'\"\\<>`{}|^")


def host_of(address: str) -> str:
    return urlsplit(address).hostname or ""


def is_local(address: str) -> bool:
    return bool(LOCAL.fullmatch(host_of(address.replace("*.", ""))))


def is_public(site: Site) -> bool:
    return site.known.app_url.startswith("https://") and not is_local(site.known.app_url)


def listed(site: Site, *names: str) -> Iterator[tuple[str, str]]:
    """The variables' names and their entries."""
    for name in names:
        yield from ((name.upper(), entry) for entry in getattr(site.known, name))


@rule("E001")
def without_tls(site: Site) -> Iterator[Finding]:
    """`APP_URL` is an `http://` address: in the Console's frame browsers keep no session"""
    if not site.known.app_url.startswith("https://"):
        hint = "Put a proxy with TLS in front (docs/operator/install.md), and set APP_URL to its https:// address."
        yield f"APP_URL is {site.known.app_url}: without TLS browsers keep no session in the Console's frame.", hint


@rule("E002")
def path_in_address(site: Site) -> Iterator[Finding]:
    """`APP_URL` has a path: AssetLink needs a host of its own"""
    if path := urlsplit(site.known.app_url).path:
        hint = f"Set APP_URL to {site.known.app_url.removesuffix(path)}, and let the proxy hand over that whole host."
        yield f"APP_URL has a path, {path}: AssetLink is served at the root of a host.", hint


@rule("E003")
def unknown_proxy(site: Site) -> Iterator[Finding]:
    """`APP_URL` is `https://` and `TRUSTED_PROXIES` 0. All people who are not signed in share one limit, and the audit log has
    the proxy's address. (Not for names that end in `.test` or `.localhost`, nor for this machine's)"""
    if is_public(site) and site.known.trusted_proxies == 0:
        hint = "Set TRUSTED_PROXIES to the number of proxies that add to X-Forwarded-For: 1 for one Caddy or nginx."
        yield "TRUSTED_PROXIES is 0 behind a proxy: all people who are not signed in share one limit.", hint


@rule("E004")
def unanswered_host(site: Site) -> Iterator[Finding]:
    """`ALLOWED_HOSTS` lacks the host of `APP_URL`: AssetLink refuses every request with 400"""
    host = host_of(site.known.app_url)
    if not validate_host(f"[{host}]" if ":" in host else host, list(site.known.allowed_hosts)):
        yield f"ALLOWED_HOSTS does not have {host}: AssetLink refuses every request.", f"Add {host} to ALLOWED_HOSTS."


@rule("E005")
def any_host(site: Site) -> Iterator[Finding]:
    """`ALLOWED_HOSTS` has `*`: a request may name any host, which links and redirects then lead to"""
    if "*" in site.known.allowed_hosts:
        hint = f"Name the hosts: {host_of(site.known.app_url)}, and what health checks ask for."
        yield "ALLOWED_HOSTS has *: a request may name any host, which links and redirects then lead to.", hint


@rule("E006")
def any_origin(site: Site) -> Iterator[Finding]:
    """`FRAME_ANCESTORS`, `LAUNCH_ORIGINS` or `IMAGE_SOURCES` has `*` or a bare scheme: any site is allowed"""
    for name, entry in listed(site, *ORIGINS):
        if entry.lower() in ("*", "https:", "http:", "https://*", "http://*"):
            yield f"{name} has {entry}: any site is allowed.", f"Name the origins in {name}, as https://*.example.com."


@rule("E007")
def breaking_policy(site: Site) -> Iterator[Finding]:
    """One of the three has `;`, a quotation mark or another character that ends or changes the Content-Security-Policy"""
    for name, entry in listed(site, *ORIGINS):
        if found := sorted(BREAKING & set(entry)):
            hint = f"Write only origins into {name}, with blanks between them."
            yield f"{name} has {' '.join(found)} in {entry[:60]}, which would change the Content-Security-Policy.", hint


@rule("E008")
def no_origin(site: Site) -> Iterator[Finding]:
    """An entry of `FRAME_ANCESTORS` or `LAUNCH_ORIGINS` is no origin: AssetLink refuses launches from there"""
    for name, entry in listed(site, "frame_ancestors", "launch_origins"):
        if not ORIGIN.fullmatch(entry) and entry != "*" and not BREAKING & set(entry):
            hint = "Write https:// and the host, without a path: https://console.cloudinary.com."
            yield f"{name} has {entry[:60]}, which is no origin: AssetLink refuses launches from there.", hint


@rule("E009")
def pretend_stores(site: Site) -> Iterator[Finding]:
    """`SHOPIFY_BASE_URL` is set, and `APP_URL` public (see E003; otherwise I014): connected stores would be the sandbox's"""
    if is_public(site) and site.known.shopify_base_url:
        hint = "Remove SHOPIFY_BASE_URL: each store is reached at its own domain."
        yield f"SHOPIFY_BASE_URL is {site.known.shopify_base_url}, which is for the sandbox only.", hint


@rule("E010")
def pretend_addresses(site: Site) -> Iterator[Finding]:
    """Another address is `http://` or of this machine, as the sandbox's are, and `APP_URL` public (see E003; otherwise I014)"""
    if is_public(site):
        for name, entry in sandbox_addresses(site):
            hint = f"Remove it from {name}, or write the https:// address of the real service."
            yield f"{name} has {entry[:60]}, which looks like a sandbox's.", hint


def sandbox_addresses(site: Site) -> Iterator[tuple[str, str]]:
    single = [(name, getattr(site.known, name)) for name in ("cloud_upload_prefix", "cloud_delivery_base")]
    for name, entry in [*listed(site, *ORIGINS), *((name.upper(), entry) for name, entry in single if entry)]:
        if entry.lower().startswith("http://") or is_local(entry):
            yield name, entry


@rule("I014")
def rehearsal(site: Site) -> Iterator[Finding]:
    """`APP_URL` is `http://` or a name for tests, and settings lead to a sandbox: a rehearsal, without E009, E010, E015"""
    names = dict.fromkeys(name for name, _ in sandbox_addresses(site))
    if site.known.shopify_base_url:
        names["SHOPIFY_BASE_URL"] = None
    if site.known.webhook_networks:
        names["WEBHOOK_NETWORKS"] = None
    if names and not is_public(site):
        hint = (
            f"Before it meets real stores: remove or change {', '.join(names)}, and set APP_URL to its public address."
        )
        yield f"This installation is a rehearsal: {', '.join(names)} lead to a sandbox.", hint


@rule("E015")
def private_webhooks(site: Site) -> Iterator[Finding]:
    """`WEBHOOK_NETWORKS` is set, and `APP_URL` public (see E003; otherwise I014): admins could send to machines in there"""
    if is_public(site) and site.known.webhook_networks:
        yield (
            f"WEBHOOK_NETWORKS is {' '.join(site.known.webhook_networks)[:60]}: admins could send to machines in there.",
            "Remove WEBHOOK_NETWORKS: webhooks go to public addresses by https:// only.",
        )


@rule("E011")
def shown_errors(site: Site) -> Iterator[Finding]:
    """`DEBUG` is on: strangers read settings and code on error pages"""
    if site.known.debug:
        yield "DEBUG is on: strangers read settings and code on error pages.", "Remove DEBUG."


@rule("E012")
def hidden_pictures(site: Site) -> Iterator[Finding]:
    """`CLOUD_DELIVERY_BASE` is not among `IMAGE_SOURCES`: pages do not show its pictures"""
    place = site.known.cloud_delivery_base
    if place and not is_shown(place, site.known.image_sources):
        origin = "://".join(urlsplit(place)[:2])
        yield (
            f"IMAGE_SOURCES does not have {origin}: pages do not show its pictures.",
            f"Add {origin} to IMAGE_SOURCES.",
        )


@rule("W013")
def role_with_capitals(site: Site) -> Iterator[Finding]:
    """`ADMIN_ROLES` has a name with capitals: the Console writes `media_library_admin`"""
    if found := [role for role in site.known.admin_roles if role != role.lower()]:
        hint = "Write roles as launches name them, such as media_library_admin, with blanks between them."
        yield f"ADMIN_ROLES has {', '.join(found)}, which no launch names: nobody would be an admin.", hint
