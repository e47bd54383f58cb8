"""Which assets are walked through: all, those below a folder, what a search finds, a selection, what is linked, or
what a run was about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from linking.domain.searching import BadFilter, Filters, Where, expression
from setup.words import _

LONGEST = 2000  # characters of a search
MOST = 10_000  # assets of a walk


class Scope(StrEnum):
    ALL = "all"
    FOLDER = "folder"
    SEARCH = "search"
    SELECTION = "selection"
    LEDGER = "ledger"
    RUN = "run"


@dataclass(frozen=True)
class Assets:
    """`search`: an expression as Cloudinary takes it. `selection`: the pk of one. `without`: external ID of a field that has no
    value yet. `run`: the pk of one."""

    scope: Scope = Scope.ALL
    folder: str = ""
    search: str = ""
    selection: int | None = None
    without: str = ""
    run: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> "Assets":
        """From a form, or from what is kept. Raises BadFilter."""
        scope = next((one for one in Scope if one == asked.get("scope")), Scope.ALL)
        folder, search = (str(asked.get(name) or "").replace("\0", "").strip() for name in ("folder", "search"))
        selection = asked.get("selection")
        if scope == Scope.SEARCH and not 0 < len(search) <= LONGEST:
            raise BadFilter(_("Enter a search of at most {most} characters.").format(most=LONGEST))
        if scope == Scope.FOLDER and not folder.strip("/ "):
            raise BadFilter(_("Enter the folder."))
        known, run = (one if isinstance(one, int) else None for one in (selection, asked.get("run")))
        if scope == Scope.SELECTION and known is None:
            raise BadFilter(_("There is no open selection. Choose assets first."))
        return cls(scope, folder.strip("/ "), search, known, str(asked.get("without") or ""), run)

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON, the inverse of `of`."""
        found = {"scope": self.scope.value, "folder": self.folder, "search": self.search, "selection": self.selection}
        return found | {"without": self.without} | ({"run": self.run} if self.run else {})

    @property
    def expression(self) -> str:
        """What Cloudinary is asked for, of all but a selection, the ledger and a run. Raises BadFilter."""
        fields = (Where(f"metadata:{self.without}", without=True),) if self.without else ()
        filters = Filters(folder=self.folder if self.scope == Scope.FOLDER else "", fields=fields)
        usual = expression(filters, today=date.min)  # nothing in it is asked for by days
        return f"{usual} AND ({self.search})" if self.scope == Scope.SEARCH else usual
