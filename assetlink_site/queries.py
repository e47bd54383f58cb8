"""What stands behind the ? of DATABASE_URL and REDIS_URL. The libraries judge it when they connect, if at all."""

import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

# Whole numbers of libpq: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
WHOLE = {
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
}
SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
# What Django takes out itself, and dj-database-url.
OF_DJANGO = {"assume_role", "currentSchema", "isolation_level", "prepare_threshold", "server_side_binding"}
NOT_OURS = {"replication", "dbname"}
LONGEST = 40  # characters of a name in a message


class Wrong(ValueError):
    """Ends a sentence that begins with the variable's name."""


def known(query: str) -> dict[str, str]:
    """Raises Wrong for a name that comes twice."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in found:
            raise Wrong(f"it has {shown(name)} twice behind the ?")
        found[name] = value
    return found


def shown(name: str) -> str:
    """What looks like no name may be a part of a secret."""
    is_name = name.isascii() and name.isidentifier() and len(name) <= LONGEST
    return f"{name}=" if is_name else "something"


def for_postgres(address: Any) -> None:
    """Raises Wrong."""
    from psycopg import pq

    names = {one.keyword.decode() for one in pq.Conninfo.get_defaults()} | OF_DJANGO
    for name, value in known(address.query).items():
        if name not in names - NOT_OURS:
            raise Wrong(f"it has {shown(name)} behind the ?, which Postgres does not know")
        if not value:
            raise Wrong(f"it has {name}= without a value")
        if name in WHOLE | {"prepare_threshold"} and not is_whole(value):
            raise Wrong(f"{name}= behind the ? must be a whole number")
        if name == "sslmode" and value not in SSL_MODES:
            raise Wrong(f"sslmode= behind the ? must be one of {', '.join(sorted(SSL_MODES))}")
        if name == "isolation_level" and value not in ("1", "2", "3", "4"):
            raise Wrong("isolation_level= behind the ? must be a number from 1 to 4, as psycopg counts them")
        if name == "server_side_binding" and value not in ("true", "false"):
            raise Wrong("server_side_binding= behind the ? must be true or false")
        if name not in WHOLE | OF_DJANGO and (value.isdigit() and not value.isascii()):
            raise Wrong(f"{name}= behind the ? must be written in digits from 0 to 9")


def for_redis(address: Any) -> None:
    """Raises Wrong."""
    for name, value in known(address.query).items():
        judge = REDIS.get(name)
        elsewhere = (name.startswith("ssl_") and address.scheme != "rediss") or (
            name == "socket_keepalive" and address.scheme == "unix"
        )
        if judge is None or elsewhere:
            raise Wrong(f"it has {shown(name)} behind the ?, which a {address.scheme}:// address does not know")
        if not judge(value):
            raise Wrong(f"{name}= behind the ? has a value that cannot be used")


def is_whole(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 10


def is_seconds(value: str) -> bool:
    whole, _, part = value.partition(".")
    return is_whole(whole) and (not part or is_whole(part)) and float(value) > 0


def is_switch(value: str) -> bool:
    """https://redis.readthedocs.io/en/stable/connections.html#redis.connection.ConnectionPool.from_url"""
    return value.lower() in ("true", "false", "yes", "no", "1", "0")


def is_tls(value: str) -> bool:
    return is_whole(value) and int(value) in set(ssl.TLSVersion)


REDIS: dict[str, Callable[[str], bool]] = {
    "db": is_whole,
    "username": bool,
    "password": bool,
    "client_name": lambda value: bool(value) and " " not in value,
    "protocol": lambda value: value in ("2", "3"),
    "max_connections": lambda value: is_whole(value) and int(value) > 0,
    "health_check_interval": is_whole,
    "socket_timeout": is_seconds,
    "socket_connect_timeout": is_seconds,
    "socket_keepalive": is_switch,
    "retry_on_timeout": is_switch,
    "ssl_cert_reqs": lambda value: value in ("none", "optional", "required"),
    "ssl_check_hostname": is_switch,
    "ssl_min_version": is_tls,
    **{
        f"ssl_{name}": bool for name in ("ca_certs", "ca_path", "ca_data", "certfile", "keyfile", "password", "ciphers")
    },
}
