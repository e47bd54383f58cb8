"""APP_URL, asked as everybody else asks it: name, certificate, redirects, and what the proxies in front make of a request."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from urllib3.exceptions import HTTPError, NameResolutionError, SSLError

from linking.operations.doctor import asked, clocks, queueing
from linking.operations.doctor.findings import Finding, ok, warning, wrong
from linking.runtime.presence import Presence, marks_of
from setup.shapes import mapping, parsed

LOOK = "app_url"
FORGED = "192.0.2.66"  # nobody's: https://www.rfc-editor.org/rfc/rfc5737
POOL = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=5), retries=False)
TIMES = 4  # web processes that are met by chance
PROXY = "Correct the proxy in front (docs/operator.md, In front of it)."
ELSEWHERE = "If another machine reaches it (try `curl`), leave this look out with --skip app_url."


@dataclass(frozen=True)
class Seen:
    """How a request looked to the web process (linking.operations.doctor.asked)."""

    secure: bool
    host: str
    peer: str
    hops: tuple[str, ...]
    address: str | None


def look() -> Iterator[Finding]:
    first = first_answer()
    if first is not None:
        yield first
        return
    yield ok(LOOK, f"{settings.APP_URL} answers{', with a valid certificate' if settings.HTTPS else ''}.")
    yield from of_plain_http()
    answers = [answer for _ in range(TIMES) if (answer := asked_through())]
    if not answers:
        text = "No web process could answer how the doctor's request came in."
        advice = "They are of an earlier release, or have another SECRET_KEY: restart them with these settings."
        yield wrong("web", "stranger", text, advice)
        return
    yield from of_answers(answers)


def first_answer() -> Finding | None:
    """What is wrong with the way to /healthz; None if it answers as it should."""
    url = f"{settings.APP_URL}/healthz"
    try:
        reply = POOL.request("GET", url, redirect=False)
    except HTTPError as error:
        return unreachable(error)
    if reply.status == 200 and mapping(parsed(reply.data)).get("status") == "ok":
        return None
    return other_answer(reply.status, reply.headers.get("Location", ""), settings.APP_URL)


def unreachable(error: HTTPError) -> Finding:
    cause = getattr(error, "reason", None) or error
    host = urlsplit(settings.APP_URL).hostname
    if isinstance(error, SSLError) or isinstance(cause, SSLError):
        text = f"The certificate of {host} is not valid: {short(cause)}."
        advice = "Browsers refuse it, too. Renew it, or serve the whole chain. Name a CA of your own in SSL_CERT_FILE."
        return wrong(LOOK, "certificate", text, advice)
    if isinstance(error, NameResolutionError) or isinstance(cause, NameResolutionError):
        return wrong(
            LOOK, "name", f"This machine does not know the name {host}.", f"Correct APP_URL or the DNS. {ELSEWHERE}"
        )
    advice = f"Start the proxy and the web processes, and look at the firewall. {ELSEWHERE}"
    return wrong(LOOK, "away", f"{settings.APP_URL} does not answer: {short(cause)}.", advice)


def short(error: object) -> str:
    return str(error).rpartition(": ")[2][:160].rstrip(".") or type(error).__name__


def other_answer(status: int, location: str, app_url: str) -> Finding:
    """To a question for /healthz, which is answered to all as it is."""
    if 300 <= status < 400:
        text = f"{app_url} redirects to {location[:200] or 'nowhere'}."
        return wrong(LOOK, "redirects", text, "Set APP_URL to the address where people end; no proxy may redirect it.")
    if status == 400:
        return wrong(LOOK, "host", f"AssetLink refuses {app_url}.", "Add its host name to ALLOWED_HOSTS.")
    if status in (502, 503, 504):
        text = f"The proxy of {app_url} answers {status}: it does not reach the web processes."
        return wrong(LOOK, "proxy", text, "Start them, and check where the proxy sends requests.")
    text = f"{app_url} answers {status}, which is not AssetLink's."
    return wrong(LOOK, "stranger", text, "Let the proxy send this address, with all its paths, to the web processes.")


def of_plain_http() -> Iterator[Finding]:
    """Who types the name without https is sent on; or there is no plain http at all."""
    parts = urlsplit(settings.APP_URL)
    if parts.scheme != "https" or parts.port not in (None, 443):
        return
    try:
        reply = POOL.request("GET", f"http://{parts.hostname}/", redirect=False)
    except HTTPError:
        return
    if not reply.headers.get("Location", "").startswith("https://"):
        text = f"http://{parts.hostname} answers {reply.status} instead of leading to https."
        yield warning(LOOK, "plain_http", text, "Let the proxy redirect it to https.")


def asked_through() -> dict[str, Any]:
    """What a web process says of a request that claims to come from somebody else; empty if it does not know us."""
    headers = {asked.HEADER: asked.question(), "X-Forwarded-For": FORGED}
    began = time.time()
    try:
        reply = POOL.request("GET", f"{settings.APP_URL}/readyz", headers=headers, redirect=False)
    except HTTPError:
        return {}
    known = mapping(parsed(reply.data))
    seen = mapping(known.get("seen"))
    ahead = seen["at"] - (began + time.time()) / 2 if isinstance(seen.get("at"), float | int) else 0.0
    return {**seen, "reasons": known.get("reasons"), "status": known.get("status"), "ahead": ahead} if seen else {}


def of_answers(answers: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Of each web process that was met, once; and of what is in front of them."""
    known = {str(answer.get("process")): answer for answer in answers}
    for name, answer in known.items():
        yield from of_web(name, answer)
    last = answers[-1]
    hops, peer = tuple(map(str, last.get("hops") or ())), str(last.get("peer", ""))
    seen = Seen(bool(last.get("secure")), str(last.get("host", "")), peer, hops, last.get("address"))
    yield from of_proxies(seen, app_url=settings.APP_URL, trusted=int(last.get("trusted", 0)))


def of_web(name: str, answer: Mapping[str, Any]) -> Iterator[Finding]:
    one = Presence(
        "web",
        name,
        str(answer.get("release")),
        tuple(map(str, answer.get("keys") or ())),
        str(answer.get("probe")),
        0.0,
        marks_of(answer.get("marks")),
    )
    troubles = list(queueing.of_process(one, release=settings.RELEASE))
    if abs(answer["ahead"]) > clocks.MOST.total_seconds():
        troubles.append(clocks.compared(f"web {name}", timedelta(seconds=answer["ahead"])))
    if answer.get("status") == "unready":
        reasons = " ".join(map(str, answer.get("reasons") or ()))
        troubles.append(wrong("web", "unready", f"Nobody could come in there: {reasons}", "See /readyz.", about=name))
    yield from troubles or [
        ok("web", f"A web process of release {one.release}, with the same keys and settings.", about=name)
    ]


def of_proxies(seen: Seen, *, app_url: str, trusted: int) -> Iterator[Finding]:
    """`trusted`: TRUSTED_PROXIES of the web process. The request claimed to come from FORGED, as anybody's may."""
    wanted = urlsplit(app_url)
    if wanted.scheme == "https" and not seen.secure:
        text = (
            "The proxy does not say that requests come by https: AssetLink takes none for secure, and redirects people."
        )
        yield wrong("proxy", "proto", text, f"Let it set `X-Forwarded-Proto: https`. {PROXY}")
    if seen.host.removesuffix(":443") != wanted.netloc.removesuffix(":443"):
        text = f"Web processes see the host {seen.host} instead of {wanted.netloc}, so AssetLink refuses forms."
        yield wrong("proxy", "host", text, f"Let the proxy pass on `Host` as it came. {PROXY}")
    yield of_count(seen, trusted, https=wanted.scheme == "https")


def of_count(seen: Seen, trusted: int, *, https: bool = True) -> Finding:
    """How many proxies added to X-Forwarded-For: all that stands there but what we sent. `https`: one of them ends TLS."""
    added = len(seen.hops) - (FORGED in seen.hops)
    setting = f"Set TRUSTED_PROXIES={added}."
    if not added and https:  # a proxy is there, and passes on what it got
        setting = "Let the proxy in front set it to the client's address, and set TRUSTED_PROXIES to the number of such proxies."
    shared = f"everybody shares the address {seen.address}, and its limit"
    count = f"TRUSTED_PROXIES is {trusted}, {'but' if trusted != added else 'and'} {plural(added)} to X-Forwarded-For"
    if seen.address == FORGED:
        text = f"{count}: anybody can choose the address that limits and audit log see."
        return wrong("proxy", "forged", text, setting)
    if not added and https:
        return wrong("proxy", "nothing_added", f"{count}: {shared}.", setting)
    if trusted != added:
        return wrong("proxy", "too_few" if trusted < added else "too_many", f"{count}: {shared}.", setting)
    return ok("proxy", f"TRUSTED_PROXIES={trusted} is right: AssetLink saw this machine as {seen.address}.")


def plural(added: int) -> str:
    return "no proxy adds" if not added else f"{added} {'proxy adds' if added == 1 else 'proxies add'}"
