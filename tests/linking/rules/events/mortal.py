"""Jobs that break off anywhere: a process dies at a statement that writes, or before or after a call to Cloudinary or Shopify; an
error of ours comes from such a call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from setup.cloudinary.client import CloudinaryClient
from setup.shopify.client import ShopifyClient

WRITES = ("INSERT", "UPDATE", "DELETE")
GOES_ON = ("SAVEPOINT", "RELEASE", "ROLLBACK")  # what the database does by itself when its client is gone


class Died(BaseException):
    """The process is gone: it says nothing more to anybody."""


class Broken(Exception):
    """An error of our own, once."""


class Mortal:
    """`steps`: so many it takes before it breaks off."""

    def __init__(self, steps: int, *, dies: bool) -> None:
        self.steps, self.dies, self.dead = steps, dies, False

    def step(self) -> None:
        if self.dead:
            raise Died
        self.steps -= 1
        if self.steps == -1:
            self.dead = self.dies
            raise Died if self.dies else Broken

    def statement(self, execute: Callable, sql: str, *known: Any) -> Any:
        verb = sql.lstrip("( ").partition(" ")[0].upper()
        if (self.dies and verb in WRITES) or (self.dead and verb not in GOES_ON):
            self.step()
        return execute(sql, *known)

    def around(self, call: Callable) -> Callable:
        def stepping(*arguments: Any, **known: Any) -> Any:
            self.step()
            answer = call(*arguments, **known)
            self.step()
            return answer

        return stepping


@contextmanager
def mortal(steps: int | None, *, dies: bool) -> Iterator[None]:
    """What is done within ends there, and the caller goes on, as another process would. `steps`: None lives."""
    if steps is None:
        yield
        return
    one = Mortal(steps, dies=dies)
    with pytest.MonkeyPatch.context() as patched, connection.execute_wrapper(one.statement):
        for client, name in ((CloudinaryClient, "call"), (ShopifyClient, "_send")):
            patched.setattr(client, name, one.around(getattr(client, name)))
        try:
            yield
        except (Died, Broken):
            # The statement was never sent. Elsewhere it would be a transaction of its own; here it is a part of the test's.
            connection.set_rollback(False)
