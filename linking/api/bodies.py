"""Bodies of requests: JSON that says one thing, and of which every text can be stored."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from linking.api.problems import Problem

NUL = "\\u0000"


class Readable(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return read(request.body)


def read(body: bytes) -> Any:
    """Raises Problem."""
    try:
        found = json.loads(body, object_pairs_hook=_once)
        json.dumps(found, ensure_ascii=False).encode()  # half a character has no bytes
    except (ValueError, RecursionError):
        raise Problem("malformed-request", "The body is no JSON in UTF-8.") from None
    if NUL in json.dumps(found):
        raise Problem("malformed-request", "A text of the body contains the character NUL.")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers differ in which one of two counts. Raises Problem."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for at, (name, _value) in enumerate(pairs) if name in dict(pairs[:at]))
        raise Problem("malformed-request", f"The field {twice[:60]} stands twice in one object.")
    return found


def expect_none(request: HttpRequest) -> None:
    """For what takes no fields: one that is sent all the same, as a dry_run that nothing reads, is refused. Raises Problem."""
    found = read(request.body) if request.body.strip() else {}
    if not isinstance(found, dict):
        raise Problem("invalid-request", errors=[(pointer(), "This takes no body, or an empty object.")])
    if found:
        raise Problem("invalid-request", errors=[(pointer(name), "This takes no fields.") for name in found])


def pointer(*steps: object) -> str:
    """https://www.rfc-editor.org/rfc/rfc6901: without steps it is empty, and means the whole body."""
    return "".join("/" + str(one).replace("~", "~0").replace("/", "~1") for one in steps)
