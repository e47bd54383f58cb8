"""What every line of the log has. It imports no model: logging is set up before they are loaded."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

NOTHING: Mapping[str, str] = {}
# The web server's line about a request, and what our part of the request's environ begins with.
ACCESS_LOG, ACCESS = "gunicorn.access", "assetlink."
IN_ACCESS_LOG = ("request", "address", "environment", "person")
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
        ids = {**({"request": request} if request != "-" else NOTHING), **_ids.get()}
        if record.name == ACCESS_LOG and isinstance(record.args, Mapping):
            known = {name: str(record.args.get(f"{{{ACCESS}{name}}}e") or "") for name in IN_ACCESS_LOG}
            ids |= {name: value for name, value in known.items() if value}
        record.ids = ids
        return True
