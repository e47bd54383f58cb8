"""Is it up, and can it work? For start-up scripts and load balancers; they tell nothing about anybody."""

import django_rq
import redis.exceptions
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """The process answers, and so do database and queue."""
    state = {"database": _database(), "queue": _queue()}
    return JsonResponse(state, status=200 if all(state.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _queue() -> bool:
    try:
        return bool(django_rq.get_connection().ping())
    except redis.exceptions.RedisError:
        return False
