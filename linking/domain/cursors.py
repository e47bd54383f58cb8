"""Cursors of the HTTP API and of webhooks: how far somebody has read, as a text that only we read."""

import base64

LARGEST = 2**63 - 1  # of a row's number


def written(number: int) -> str:
    return base64.urlsafe_b64encode(f"v1:{number}".encode()).decode().rstrip("=")


def read(cursor: str) -> int | None:
    """None for what is no cursor of ours."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        return None
    version, _, digits = text.partition(":")
    if version != "v1" or not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        return None
    return number if (number := int(digits)) <= LARGEST else None
