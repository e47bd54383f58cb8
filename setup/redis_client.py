"""Redis, for callers that do not wait for it: pages and workers go on while it is away."""

from functools import lru_cache
from typing import Any

import redis.exceptions
from django.conf import settings
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

CONNECTING, ANSWERING = 0.5, 1.0  # seconds
PROBE = "assetlink:probe"


def client(*, text: bool = False) -> Redis:
    """One client per process and address; it connects when it is first asked, and never tries twice. `text`: answers are text
    instead of bytes."""
    return _client(settings.REDIS_URL, text)


def probe(known: Redis) -> None:
    """Raises RedisError unless it answers and takes what is written: one that is full, or cannot save, answers a ping."""
    known.set(PROBE, 1, ex=60)


class Pool(ConnectionPool):
    """Its timeout stays what it was: RQ writes one of minutes into the pool of any client with which it finds a worker, for
    which every thread would then wait that meets a Redis that hangs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._answering = self.connection_kwargs.get("socket_timeout")

    def make_connection(self) -> Any:
        self.connection_kwargs["socket_timeout"] = self._answering
        return super().make_connection()


def greet(connection: Any) -> None:
    """As redis-py begins a connection; then what is no Redis is noticed here, once, instead of by each caller in another way.
    Raises RedisError."""
    try:
        connection.on_connect()
        connection.send_command("PING", check_health=False)
        answer = connection.read_response()
    except redis.exceptions.NoPermissionError:  # only a Redis says so
        return
    except (AttributeError, TypeError, ValueError, LookupError) as error:  # redis-py reads what it expects
        raise redis.exceptions.InvalidResponse("its greeting cannot be read") from error
    if answer not in (b"PONG", "PONG"):
        raise redis.exceptions.InvalidResponse(f"PING was answered by {answer!r:.100}")


@lru_cache(maxsize=8)
def _client(url: str, text: bool) -> Redis:
    known = {"socket_connect_timeout": CONNECTING, "socket_timeout": ANSWERING, "retry": Retry(NoBackoff(), 0)}
    return Redis.from_pool(Pool.from_url(url, decode_responses=text, redis_connect_func=greet, **known))
