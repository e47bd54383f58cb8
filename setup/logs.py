"""What every line of the log has. It imports no model: logging is set up before they are loaded."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

NOTHING: Mapping[str, str] = {}
request_id: ContextVar[str] = ContextVar("request_id", default="-")
_ids: ContextVar[Mapping[str, str]] = ContextVar("ids", default=NOTHING)


@contextmanager
def about(**ids: str) -> Iterator[None]:
    """Every line within the block has these ids: of an environment, a run, a store, a job. Never anything secret."""
    token = _ids.set({**_ids.get(), **ids})
    try:
        yield
    finally:
        _ids.reset(token)


class InLog(logging.Filter):
    """Gives every record the ids of what it is about, its request first. How lines are written: assetlink_site.logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = request_id.get()
        if request == "-":  # Django's own line about an answer of 400 and above comes after the request
            request = getattr(getattr(record, "request", None), "request_id", "-")
        record.ids = {**({"request": request} if request != "-" else NOTHING), **_ids.get()}
        return True
