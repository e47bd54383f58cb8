"""The door to Cloudinary's APIs for one product environment, through the official SDK.

Credentials go along with every call; the SDK's global configuration stays empty, so that a forgotten one fails instead of
reaching another tenant.
"""

import logging
import random
import re
import time
import traceback
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Self

import cloudinary.api
import cloudinary.uploader
import urllib3
from cloudinary.api_client import call_api

from setup.models import Environment
from setup.reasons import Reason, Reasoned, Template, register
from setup.shapes import listed, text

POOL_IS_FULL = "Connection pool is full"
SECONDS = 20.0
PAUSES = (0.5, 1.5)  # seconds, at most, between the tries of one read
# The SDK keeps one connection; those of calls side by side are closed after use, which is nothing to be warned of.
logging.getLogger("urllib3.connectionpool").addFilter(lambda record: not str(record.msg).startswith(POOL_IS_FULL))
# It trusts a list of its own (certifi), and has no setting for it. Without that list it trusts the authorities that this machine
# trusts, or that SSL_CERT_FILE names, as every other connection of ours does.
for pool in (call_api._http, cloudinary.uploader._http):
    pool.connection_pool_kw.pop("ca_certs", None)


class OnlyLost(urllib3.Retry):
    """A connection that broke is tried again, as urllib3 does it by itself. An answer that did not come in time is not: a read
    would last four times as long as it may. Nor is one that was refused: Retry-After may name any time, and urllib3 sleeps until
    then, in a request of a person or in a worker."""

    def increment(self, *args: Any, **known: Any) -> Self:
        error = known.get("error")
        if isinstance(error, urllib3.exceptions.TimeoutError):
            raise error
        return super().increment(*args, **known)


call_api._http.connection_pool_kw["retries"] = OnlyLost(urllib3.Retry.DEFAULT.total, respect_retry_after_header=False)


class Trouble(StrEnum):
    BUSY = "busy"  # the hourly limit is used up
    REFUSED = "refused"  # credentials or permissions
    GONE = "gone"
    BAD_REQUEST = "bad_request"
    TAKEN = "taken"  # the name exists already
    AWAY = "away"  # no answer, or a broken one


class CloudinaryError(Reasoned):
    """`reason`: what happened and what to do next. `said`: Cloudinary's own words. `status`: HTTP's, 0 without an answer."""

    def __init__(self, trouble: Trouble, reason: Reason, said: str = "", status: int = 0) -> None:
        super().__init__(reason)
        self.trouble, self.said, self.status = trouble, said, status


TROUBLES = {400: Trouble.BAD_REQUEST, 401: Trouble.REFUSED, 403: Trouble.REFUSED, 404: Trouble.GONE}
TROUBLES |= {409: Trouble.TAKEN, 420: Trouble.BUSY, 429: Trouble.BUSY}
WORDS: Mapping[str, Template] = {
    "cloudinary.busy": "This product environment has used up Cloudinary’s hourly API limit.",
    "cloudinary.refused": "Cloudinary refuses the API key of this product environment. Ask an admin to check it.",
    "cloudinary.taken": "Cloudinary already has something of this name; it stays as it is.",
    "cloudinary.away": "Cloudinary does not answer.",
    "cloudinary.crowded": "Cloudinary answers slowly, and others in this product environment are already waiting.",
    "cloudinary.unreadable": "AssetLink could not read Cloudinary’s answer.",
    "cloudinary.bad_request": "Cloudinary refused the request: {said:ended}",
    "cloudinary.gone": "Cloudinary refused the request: {said:ended}",
}
register(WORDS)
# Where the SDK reads an answer: what an answer of another shape raises there is no error of ours.
READERS = {("cloudinary.api_client.execute_request", "execute_request"), ("cloudinary.uploader", "call_api")}
READERS |= {("cloudinary.api_client.execute_request", "__init__")}


def unreadable() -> CloudinaryError:
    """An answer that is not what was asked for: to be asked for again, and nothing follows from it."""
    return CloudinaryError(Trouble.AWAY, Reason("cloudinary.unreadable"))


def rows_of(answer: Mapping[str, Any], name: str) -> list[object]:
    """What an answer lists under this name, be it objects or not. Raises CloudinaryError where nothing of it can be read: only a
    list that was read can say that something is not there."""
    found = answer.get(name)
    if not isinstance(found, list) or (found and not listed(found)):
        raise unreadable()
    return found


def cursor_of(answer: Mapping[str, Any], *before: str) -> str:
    """Where the page after this one begins; empty after the last one. `before`: where those before began. Raises CloudinaryError
    where one of them is to follow: that would go on for ever, and all of it would be read twice."""
    found = text(answer.get("next_cursor"))
    if found and found in before:
        raise unreadable()
    return found


class CloudinaryClient:
    """Calls functions of the SDK on behalf of one environment. `seconds`: how long each waits for an answer."""

    def __init__(self, environment: Environment, seconds: float = SECONDS) -> None:
        self.environment = environment
        self._credentials = {
            "cloud_name": environment.cloud_name,
            "api_key": environment.api_key,
            "api_secret": environment.api_secret,
            "upload_prefix": environment.upload_prefix,
            "oauth_token": None,
            "timeout": seconds,
        }

    def call(self, function: Callable[..., Any], *args: Any, **options: Any) -> dict[str, Any]:
        """The SDK function's answer, an object. Raises CloudinaryError."""
        try:
            answer = function(*args, **options, **self._credentials)
        except Exception as error:
            if not _comes_from_the_service(error):
                raise
            raise _as_ours(error) from None
        if not isinstance(answer, dict):
            raise unreadable()
        return answer

    def read(self, function: Callable[..., Any], *args: Any, **options: Any) -> dict[str, Any]:
        """As `call`, for what changes nothing: a server that fails is asked again soon, as the next answer is mostly a good one.
        A limit that is used up, and an answer that did not come in time, are not. Raises CloudinaryError."""
        for pause in PAUSES:
            try:
                return self.call(function, *args, **options)
            except CloudinaryError as error:
                if error.status < 500:
                    raise
            time.sleep(random.uniform(pause / 2, pause))
        return self.call(function, *args, **options)

    def ping(self) -> None:
        """https://cloudinary.com/documentation/admin_api#ping"""
        self.call(cloudinary.api.ping)


def _comes_from_the_service(error: Exception) -> bool:
    """The SDK raises plain Exception for statuses it has no class for; RQ's job timeout must pass through."""
    its_own = type(error) is Exception or type(error).__module__.startswith(("cloudinary", "urllib3"))
    return its_own or _is_odd_shape(error)


def _is_odd_shape(error: Exception) -> bool:
    """The SDK takes every answer for an object, and its errors for objects with a message."""
    if not isinstance(error, TypeError | ValueError | LookupError | AttributeError):
        return False
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return (frame.f_globals.get("__name__"), frame.f_code.co_name) in READERS


def _as_ours(error: Exception) -> CloudinaryError:
    """The SDK's exceptions carry the status only in their text: `Error 404 - message`; a server that fails says so in HTML."""
    if _is_odd_shape(error):
        return unreadable()
    found = re.match(r"(?:Error|Server returned unexpected status code -) ?(\d{3})", str(error))
    unparsed = re.match(r"Error parsing server response \((\d{3})\)", str(error))
    status = int(known[1]) if (known := found or unparsed) else 0
    trouble = TROUBLES.get(status, Trouble.AWAY) if found else _by_class(error)
    own_words = (
        {"said": re.sub(r"^Error \d{3} - ", "", str(error))} if trouble in (Trouble.BAD_REQUEST, Trouble.GONE) else {}
    )
    return CloudinaryError(trouble, Reason(f"cloudinary.{trouble.value}", **own_words), str(error), status)


def _by_class(error: Exception) -> Trouble:
    names = {"BadRequest": 400, "AuthorizationRequired": 401, "NotAllowed": 403, "NotFound": 404, "RateLimited": 420}
    names["AlreadyExists"] = 409
    return TROUBLES.get(names.get(type(error).__name__, 0), Trouble.AWAY)
