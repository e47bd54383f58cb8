"""Whether this Redis keeps what is enqueued and takes more: what it does when full, and what a restart of it would lose.

Nothing of a run is lost without it (rows say what is to be done), but an entry that Redis drops waits for the sweeper, and a
Redis that is full takes none. A Redis that does not let us ask (ACLs, some managed ones) is `unknown`, which is no trouble.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import redis.exceptions
from redis import Redis

from setup import redis_client

OK, UNKNOWN = "ok", "unknown"
KEEPS_ALL = "noeviction"
TEXTS: Mapping[tuple[str, str], str] = {
    ("writes", "full"): "Redis is full (maxmemory) and takes no work: check what else uses it, or raise maxmemory.",
    ("writes", "refused"): "Redis refuses to write: its log says why; often its disk is full.",
    ("writes", "replica"): "REDIS_URL leads to a replica, which takes no work: name the primary.",
    ("persistence", "off"): "Redis keeps no append-only file, so a restart loses the queue: set `appendonly yes`.",
    ("persistence", "failing"): "Redis cannot write its append-only file: its log says why; often its disk is full.",
    ("eviction", "evicts"): "Redis may evict work that is enqueued: set `maxmemory-policy noeviction`.",
}


@dataclass(frozen=True)
class RedisState:
    """A word for each: `writes`: ok, full, refused, replica; `persistence`: ok, off, failing; `eviction`: ok, evicts; each may be
    unknown. `used` and `limit`: bytes of memory; no limit is 0."""

    writes: str = UNKNOWN
    persistence: str = UNKNOWN
    eviction: str = UNKNOWN
    used: int = 0
    limit: int = 0

    @property
    def words(self) -> dict[str, str]:
        return {"writes": self.writes, "persistence": self.persistence, "eviction": self.eviction}

    @property
    def reasons(self) -> list[str]:
        """A sentence for each that is not well, with what to do."""
        return [TEXTS[found] for found in self.words.items() if found in TEXTS]


UNASKED = RedisState()


def look(client: Redis) -> RedisState:
    """Asks by one small write and one INFO. Raises RedisError if Redis does not answer."""
    writes = _writes(client)
    try:
        known = client.info()  # a Redis before 7 takes one section or all
    except redis.exceptions.ResponseError:
        return RedisState(writes)
    policy = str(known.get("maxmemory_policy", ""))
    return RedisState(
        writes,
        _persistence(known),
        UNKNOWN if not policy else OK if policy == KEEPS_ALL else "evicts",
        int(known.get("used_memory", 0)),
        int(known.get("maxmemory", 0)),
    )


def _writes(client: Redis) -> str:
    """https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors: of a server that answers and refuses."""
    try:
        redis_client.probe(client)
    except redis.exceptions.OutOfMemoryError:
        return "full"
    except redis.exceptions.ReadOnlyError:
        return "replica"
    except redis.exceptions.ResponseError:
        return "refused"
    return OK


def _persistence(known: Mapping[str, Any]) -> str:
    if "aof_enabled" not in known:
        return UNKNOWN
    if not known["aof_enabled"]:
        return "off"
    return OK if known.get("aof_last_write_status", OK) == OK else "failing"
