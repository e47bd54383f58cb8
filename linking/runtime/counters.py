"""Counts that live in no row: how long jobs took, how often a lost worker was replaced, and when the sweeper last looked.

They are kept in Redis, for all processes together. While it is away they are lost: nothing rests on them but charts.
"""

from collections.abc import Mapping

import redis.exceptions

from setup.redis_client import client

COUNTS, BEAT = "assetlink:counters", "assetlink:sweeper"
TAKEOVERS = "lease_takeovers"
# Upper bounds of a job's seconds; a slice takes at most two thirds of a lease, a report or a video's upload much longer.
BUCKETS = (0.1, 0.5, 1.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 1800.0)


def add(amounts: Mapping[str, float]) -> None:
    """Add to the counts of these names, if Redis is there."""
    try:
        with client(text=True).pipeline() as pipe:
            for name, amount in amounts.items():
                pipe.hincrbyfloat(COUNTS, name, amount)
            pipe.execute()
    except redis.exceptions.RedisError:
        return


def took(job: str, outcome: str, seconds: float) -> None:
    """A job of this kind has ended so, after so many seconds."""
    known = f"job|{job}|{outcome}"
    bound = next((bound for bound in BUCKETS if seconds <= bound), "+Inf")
    add({f"{known}|{bound}": 1, f"{known}|sum": seconds})


def read() -> dict[str, float]:
    """All counts. Raises RedisError."""
    found = client(text=True).hgetall(COUNTS)
    return {str(name): float(amount) for name, amount in found.items()}


def beat() -> None:
    """The sweeper lives; forgotten after a day."""
    try:
        known = client(text=True)
        known.set(BEAT, int(known.time()[0]), ex=86400)
    except redis.exceptions.RedisError:
        return


def stop_beating() -> None:
    """The last sweeper has ended. Raises RedisError."""
    client(text=True).delete(BEAT)


def silence() -> float | None:
    """Seconds since the sweeper looked, by Redis's clock; None if that is not known. Raises RedisError."""
    known = client(text=True)
    seen = known.get(BEAT)
    return None if seen is None else max(0.0, float(known.time()[0]) - float(seen))
