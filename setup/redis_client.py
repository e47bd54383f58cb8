"""Redis, for callers that do not wait for it: pages and workers go on while it is away."""

from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

CONNECTING, ANSWERING = 0.5, 1.0  # seconds


def client(*, text: bool = False) -> Redis:
    """One client per process and address; it connects when it is first asked, and never tries twice. `text`: answers are text
    instead of bytes."""
    return _client(settings.REDIS_URL, text)


@lru_cache(maxsize=8)
def _client(url: str, text: bool) -> Redis:
    known = {"socket_connect_timeout": CONNECTING, "socket_timeout": ANSWERING, "retry": Retry(NoBackoff(), 0)}
    return Redis.from_url(url, decode_responses=text, **known)
