"""The content type of a request, made plain before Django reads it: that is before any middleware is asked."""

import re
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable], Iterable[bytes]]
TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
BOUNDARY = re.compile(r";\s*boundary=(\"[!#-~ ]{1,70}\"|[\w'()+,./:=?-]{1,70})", re.ASCII | re.IGNORECASE)


def with_plain_type(application: Application) -> Application:
    """All that we are sent is UTF-8: a charset is not obeyed (Python knows some that are none of a text, and others that make
    halves of characters), and a content type that makes no sense is none. Django reads both before any middleware is asked."""

    def plain(request: dict[str, Any], start: Callable) -> Iterable[bytes]:
        if given := request.get("CONTENT_TYPE"):
            request["CONTENT_TYPE"] = plain_type(given)
        return application(request, start)

    return plain


def plain_type(given: str) -> str:
    """Type and boundary, and nothing else."""
    found, boundary = TYPE.match(given), BOUNDARY.search(given)
    if not found:
        return ""
    return found[0].lower() + (f"; boundary={boundary[1]}" if boundary else "")
