"""The awkward behaviours that are scripted for one request: which of them act on it, each counted once and only if it does."""

from collections.abc import Callable, Collection

from sandbox.faults import Fault, Faults


class Behaviours:
    """`text` is the request's body. Without faults nothing is awkward, as for what the sandbox asks of itself."""

    def __init__(
        self, faults: Faults | None = None, operations: Collection[str] = (), store: str = "", text: str = ""
    ) -> None:
        self._faults, self._text = faults, text
        self._scripted = faults.behaviours("shopify", operations, store) if faults else []
        self._decided: dict[int, bool] = {}

    def first(
        self, kind: str, text: str | None = None, when: Callable[[Fault], bool] = lambda fault: True
    ) -> Fault | None:
        """The first fault of the kind that acts here; `match` is looked for in `text`, by default the body."""
        fitting = self._fitting(kind, text, when)
        return next((fault for fault in fitting if self.acts(fault)), None)

    def all(self, kind: str, when: Callable[[Fault], bool] = lambda fault: True) -> list[Fault]:
        """For kinds of which several act together."""
        return [fault for fault in self._fitting(kind, None, when) if self.acts(fault)]

    def scripted(self, kind: str) -> list[Fault]:
        """Whatever they match, and not counted."""
        return [fault for fault in self._scripted if fault.kind == kind]

    def acts(self, fault: Fault) -> bool:
        """Decided once, for the whole request."""
        assert self._faults
        if fault.id not in self._decided:
            self._decided[fault.id] = self._faults.strike(fault)
        return self._decided[fault.id]

    def locks(self, fault: Fault, now: float) -> bool:
        """Whether a fault that lasts for some time lasts now; it begins with the first call that asks."""
        assert self._faults
        return self._faults.locks(fault, now)

    def _fitting(self, kind: str, text: str | None, when: Callable[[Fault], bool]) -> list[Fault]:
        where = self._text if text is None else text
        fitting = (fault for fault in self.scripted(kind) if fault.match is None or fault.match in where)
        return [fault for fault in fitting if when(fault)]
