"""What other rooms keep of a store, and are asked about before it goes. They register themselves: arrows point this way."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from setup.models import Store


@dataclass(frozen=True)
class Holdings:
    """`busy`: runs at work or waiting; `synced`: when the last run ended."""

    busy: int = 0
    runs: int = 0
    links: int = 0
    synced: datetime | None = None


Teller = Callable[[Iterable[Store]], dict[int, Holdings]]
tellers: list[Teller] = []


def register(teller: Teller) -> None:
    tellers.append(teller)


def of(stores: Iterable[Store]) -> dict[int, Holdings]:
    """By the stores' pk."""
    stores = list(stores)
    known = {store.pk: Holdings() for store in stores}
    for teller in tellers:
        known |= teller(stores)
    return known
