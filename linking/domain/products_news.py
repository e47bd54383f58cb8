"""Whether a product is news to a rule: it is new, or its keys are others than they were. What is written to its gallery is none,
so that no rule fires for its own work. Pure."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass


def mark_of(keys: Collection[str]) -> str:
    """Of keys, in any order and however often each: the same mark is the same keys."""
    whole = "\n".join(sorted(set(keys)))
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True)
class Before:
    """What is known of it. `mark`: of its keys when it was looked at last, None if nobody has; `created_since`: it was made after
    somebody began to look; `linked`: keys by which the ledger has assets in its gallery."""

    mark: str | None = None
    created_since: bool = False
    linked: frozenset[str] = frozenset()


def is_news(before: Before, keys: Collection[str]) -> bool:
    """`keys`: as they are now, as far as two of them are the same. Nobody knows what an older product had before it was looked
    at: it is news once, unless it has been linked by one of the keys that it has."""
    if not keys:
        return False
    if before.mark is not None:
        return before.mark != mark_of(keys)
    return before.created_since or not before.linked & set(keys)
