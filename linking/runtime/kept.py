"""What a process keeps of what it read last, so that it need not be read again."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """What was looked at last, by many threads, in no more than so much weight. It counts as long as its `stamp` does."""

    def __init__(self, most: int) -> None:
        self.most, self.lock = most, Lock()
        self.known: OrderedDict[Hashable, tuple[Hashable, Value, int]] = OrderedDict()

    def get(self, key: Hashable, stamp: Hashable) -> Value | None:
        with self.lock:
            if (found := self.known.get(key)) is None or found[0] != stamp:
                return None
            self.known.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, stamp: Hashable, value: Value, weight: int) -> None:
        with self.lock:
            self.known.pop(key, None)
            if weight <= self.most:
                self.known[key] = stamp, value, weight
            while sum(weight for *_, weight in self.known.values()) > self.most:
                self.known.popitem(last=False)
