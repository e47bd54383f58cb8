"""What became of an environment's events, for the Setup page: other rooms know it, and register themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from setup.models import Environment
from setup.reasons import NONE, Reason


@dataclass(frozen=True)
class Followed:
    """`problem`: why the last work on them did not end; `checked`: when all linked assets were looked at."""

    problem: Reason = NONE
    checked: datetime | None = None


Teller = Callable[[Environment], Followed]
tellers: list[Teller] = []


def register(teller: Teller) -> None:
    tellers.append(teller)


def of(environment: Environment) -> Followed:
    return next((teller(environment) for teller in tellers), Followed())
