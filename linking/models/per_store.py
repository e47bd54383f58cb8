from collections.abc import Iterable

from django.db import models

from linking.domain import per_store
from linking.domain.galleries import DESTRUCTIVE, TAKING
from linking.domain.named_products import NAMED
from linking.domain.per_store import NAMES, StoreSettings
from setup.stored_json import StoredJSON


class PerStore(models.Model):
    """Settings for all stores, of which some may be others in one store. Ask `for_store` for those of a store."""

    # Store pk as text -> {name of per_store.NAMES: value}, of those that are set otherwise there. It may name stores that are
    # not chosen: a tick that comes back finds them.
    store_settings = StoredJSON(default=dict, db_default={}, shape=per_store.read)

    class Meta:
        abstract = True

    @property
    def names_products(self) -> bool:
        """Whether a program named each product: then none is looked for by a field (linking.domain.named_products)."""
        return getattr(self, "shopify_field") == NAMED  # noqa: B009

    def for_store(self, pk: int) -> StoreSettings:
        own = self.store_settings.get(str(pk), {})
        return StoreSettings(*(own.get(name, getattr(self, name)) for name in NAMES))

    def differing(self, stores: Iterable[int]) -> dict[int, dict]:
        """Those of these stores where something is not as for all, with what that is."""
        found = {pk: self.for_store(pk)._asdict() for pk in stores if str(pk) in self.store_settings}
        others = {
            pk: {name: value for name, value in own.items() if value != getattr(self, name)}
            for pk, own in found.items()
        }
        # A position says nothing where the mode asks for none.
        own_position = {pk for pk in others if found[pk]["link_mode"] != "position"}
        for pk in own_position:
            others[pk].pop("position", None)
        return {pk: own for pk, own in others.items() if own}

    def takes_in(self, stores: Iterable[int]) -> bool:
        """Whether the link mode alone says of one of these stores that pictures may leave; without stores, of all of them."""
        return any(mode in TAKING for mode in self._modes(stores))

    def plans_first_in(self, stores: Iterable[int]) -> bool:
        """The same of modes that are always shown first, whatever the plan says. A run in another mode that takes media away
        stops at its plan (linking.syncing.gate)."""
        return any(mode in DESTRUCTIVE for mode in self._modes(stores))

    def _modes(self, stores: Iterable[int]) -> set[str]:
        return {self.for_store(pk).link_mode for pk in stores} or {getattr(self, "link_mode")}  # noqa: B009
