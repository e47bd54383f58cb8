"""The door to Cloudinary's APIs for one product environment, through the official SDK.

Credentials go along with every call; the SDK's global configuration stays empty, so that a forgotten one fails instead of
reaching another tenant.
"""

import re
import traceback
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import cloudinary.api

from setup.models import Environment
from setup.reasons import Reason, Reasoned, Template, register, with_said
from setup.shapes import listed

SECONDS = 20


class Trouble(StrEnum):
    BUSY = "busy"  # the hourly limit is used up
    REFUSED = "refused"  # credentials or permissions
    GONE = "gone"
    BAD_REQUEST = "bad_request"
    TAKEN = "taken"  # the name exists already
    AWAY = "away"  # no answer, or a broken one


class CloudinaryError(Reasoned):
    """`reason`: what happened and what to do next. `said`: Cloudinary's own words."""

    def __init__(self, trouble: Trouble, reason: Reason, said: str = "") -> None:
        super().__init__(reason)
        self.trouble, self.said = trouble, said


TROUBLES = {400: Trouble.BAD_REQUEST, 401: Trouble.REFUSED, 403: Trouble.REFUSED, 404: Trouble.GONE}
TROUBLES |= {409: Trouble.TAKEN, 420: Trouble.BUSY, 429: Trouble.BUSY}
WORDS: Mapping[str, Template] = {
    "cloudinary.busy": "Cloudinary's hourly API limit is used up.",
    "cloudinary.refused": "Cloudinary refuses the API key of this product environment. Ask an admin to check it.",
    "cloudinary.taken": "Something of this name exists already and was not changed.",
    "cloudinary.away": "Cloudinary does not answer.",
    "cloudinary.unreadable": "Cloudinary's answer could not be read.",
    "cloudinary.bad_request": with_said("Cloudinary refused the request"),
    "cloudinary.gone": with_said("Cloudinary refused the request"),
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


class CloudinaryClient:
    """Calls functions of the SDK on behalf of one environment."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._credentials = {
            "cloud_name": environment.cloud_name,
            "api_key": environment.api_key,
            "api_secret": environment.api_secret,
            "upload_prefix": environment.upload_prefix,
            "oauth_token": None,
            "timeout": SECONDS,
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
    """The SDK's exceptions carry the status only in their text: `Error 404 - message`."""
    if _is_odd_shape(error):
        return unreadable()
    found = re.match(r"(?:Error|Server returned unexpected status code -) ?(\d{3})", str(error))
    trouble = TROUBLES.get(int(found[1]), Trouble.AWAY) if found else _by_class(error)
    own_words = {"said": str(error)} if trouble in (Trouble.BAD_REQUEST, Trouble.GONE) else {}
    return CloudinaryError(trouble, Reason(f"cloudinary.{trouble.value}", **own_words), str(error))


def _by_class(error: Exception) -> Trouble:
    names = {"BadRequest": 400, "AuthorizationRequired": 401, "NotAllowed": 403, "NotFound": 404, "RateLimited": 420}
    names["AlreadyExists"] = 409
    return TROUBLES.get(names.get(type(error).__name__, 0), Trouble.AWAY)
