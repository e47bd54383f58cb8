"""What Cloudinary answered lately, per environment, in Redis: to reload, go back or select all costs no call of the hourly limit.
While Redis is away every look is a call; nothing else changes."""

import hashlib
import json
import logging
import zlib
from typing import Any

import redis.exceptions

from setup.models import Environment
from setup.redis_client import client

log = logging.getLogger(__name__)
# Seconds: of answers to searches, and of what changes seldom.
FRESH, SELDOM = 60, 600
# Of one answer, before it is made small: more is asked for again.
LARGEST = 4_000_000


def kept(environment: Environment, *about: object) -> Any:
    """None if nothing is."""
    try:
        found = client().get(_key(environment, about))
        return json.loads(zlib.decompress(found)) if isinstance(found, bytes) else None
    except (redis.exceptions.RedisError, zlib.error, ValueError, RecursionError):
        return None


def keep(environment: Environment, value: Any, seconds: int, *about: object) -> None:
    body = json.dumps(value).encode()
    if len(body) > LARGEST:
        return
    try:
        client().set(_key(environment, about), zlib.compress(body, 1), ex=seconds)
    except redis.exceptions.RedisError as error:
        log.info("An answer of Cloudinary was not kept: %s", error)


def _key(environment: Environment, about: tuple[object, ...]) -> str:
    """Another API key may see other assets."""
    known = json.dumps([environment.cloud_name, environment.api_key, environment.upload_prefix, *map(str, about)])
    return f"assetlink:choose:{environment.pk}:{hashlib.sha256(known.encode()).hexdigest()}"
