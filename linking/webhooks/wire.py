"""The wire to a receiver: to a public address, by https, within a time, and never to where an answer would send us.

The name is resolved at each try, every address that it leads to is looked at, and the connection goes to one of these: a name
that leads elsewhere a moment later (DNS rebinding) gains nothing. Certificate and Host are those of the name.
"""

import http.client
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import urllib3
from django.conf import settings

from linking.domain.public_addresses import is_public, is_within
from linking.domain.webhooks import Target, target_of
from setup.reasons import NONE, Reason
from setup.timely import pools_within

CONNECT, SECONDS = 5.0, 15.0  # for a connection, and for the whole of an answer
MOST, SAID = 1024, 200  # bytes that are read of it, and characters that are kept
AT_MOST = 3  # addresses of a name that are tried
POOLS = pools_within(lambda: SECONDS)


@dataclass(frozen=True)
class Answer:
    """`status`: None where none came; then `problem` says why. `said`: how the body begins."""

    status: int | None = None
    said: str = ""
    retry_after: str = ""
    problem: Reason = NONE


class Refused(Exception):
    """Nothing is sent there."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.reason = Reason(code)


def send(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """One try. Whatever happens is an answer."""
    try:
        target = target_of(url)
        addresses = checked(target)
    except ValueError:
        return Answer(problem=Reason("webhook.not_https"))
    except Refused as refusal:
        return Answer(problem=refusal.reason)
    answer = Answer(problem=Reason("webhook.unreachable"))
    for address in addresses[:AT_MOST]:
        try:
            return _asked(target, address, body, headers)
        except urllib3.exceptions.NewConnectionError:
            continue  # perhaps there is no way to addresses of this version
        except urllib3.exceptions.ConnectTimeoutError:
            answer = Answer(problem=Reason("webhook.unreachable"))
        except (urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            return Answer(problem=problem_of(error))
    return answer


def checked(target: Target) -> Sequence[str]:
    """The addresses that the name leads to now. Raises Refused if one of them is not public, unless the settings let it be."""
    allowed = settings.WEBHOOK_NETWORKS
    if not target.secured and not allowed:
        raise Refused("webhook.not_https")
    try:
        found = list(dict.fromkeys(resolve(target.host, target.port)))
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise Refused("webhook.unknown_host")
    strangers = [address for address in found if not is_within(address, allowed)]
    if not all(map(is_public, strangers)):
        raise Refused("webhook.not_public")
    if strangers and not target.secured:
        raise Refused("webhook.not_https")
    return found


def resolve(host: str, port: int) -> Sequence[str]:
    """Raises OSError, UnicodeError."""
    return [str(known[4][0]) for known in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _asked(target: Target, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Raises urllib3.exceptions.HTTPError, OSError."""
    literal = f"[{address}]" if ":" in address else address
    known: dict[str, Any] = {"timeout": urllib3.Timeout(connect=CONNECT, read=SECONDS), "retries": False, "maxsize": 1}
    if target.secured:
        known |= {"server_hostname": target.host, "assert_hostname": target.host, "cert_reqs": "CERT_REQUIRED"}
    pool = POOLS["https" if target.secured else "http"](literal, target.port, **known)
    sent = {"Host": target.authority, "User-Agent": "AssetLink", "Accept-Encoding": "identity", **headers}
    with pool:
        answer = pool.request("POST", target.path, body=body, headers=sent, redirect=False, preload_content=False)
        try:
            return Answer(answer.status, said(answer), answer.headers.get("Retry-After", ""))
        finally:
            answer.close()


def said(answer: urllib3.BaseHTTPResponse) -> str:
    """How the body begins, as far as it came: the status counts, whatever follows."""
    found = b""
    try:
        while len(found) < MOST and (piece := answer.read1(MOST - len(found), decode_content=False)):
            found += piece
    except (urllib3.exceptions.HTTPError, ValueError, OSError):
        pass
    text = " ".join(found.decode("utf-8", "replace").split())
    return "".join(letter for letter in text if letter.isprintable())[:SAID]


def problem_of(error: Exception) -> Reason:
    match error:
        case urllib3.exceptions.TimeoutError() | TimeoutError():
            return Reason("webhook.slow", seconds=round(SECONDS))
        case urllib3.exceptions.SSLError():
            return Reason("webhook.certificate")
        case urllib3.exceptions.ProtocolError() if _is_no_http(error):
            return Reason("webhook.no_http")
        case _:
            return Reason("webhook.unreachable")


def _is_no_http(error: Exception) -> bool:
    """Something came, and is no answer."""
    causes = [one for one in error.args if isinstance(one, Exception)]
    return any(isinstance(one, http.client.HTTPException) and not isinstance(one, ConnectionError) for one in causes)
