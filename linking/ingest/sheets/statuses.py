"""A source of rows: how far assets are. After a run by what it did, and otherwise by the fields that admins require."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linking.domain.assets import Asset
from linking.domain.sheet_columns import ASSET_ID
from linking.domain.sheet_rows import Wish
from linking.domain.statuses import CODE, STATUS, after_leaving, after_run, by_metadata
from linking.domain.stored import texts
from linking.models import ChangeRow, Link
from linking.models.outcomes import Outcome
from setup.models import Environment
from setup.reasons import Reason

STAYS = Reason("status.nothing")


class Statuses:
    """`run`: the pk of one, whose word counts; without one it is the metadata's. `back`: it undid, or unlinked."""

    columns = (ASSET_ID, CODE)
    replaces = True  # nobody else says how far an asset is
    additions: Mapping[str, Mapping[str, str]] = {}

    def __init__(self, environment: Environment, asked: Mapping[str, Any]) -> None:
        self._environment = environment
        self._run, self._required = asked.get("run"), texts(asked.get("required"))
        self._back = bool(asked.get("back"))

    def name(self, asset: Asset) -> str:
        return asset.name

    def rows(self, assets: Sequence[Asset]) -> Iterable[Wish | Reason]:
        ids = [asset.asset_id for asset in assets]
        failed = self._failed(ids) if self._run and not self._back else set()
        links = Link.objects.in_galleries().in_stores(self._environment, ids)
        linked = set(links.values_list("asset_id", flat=True)) if self._run else set()
        for asset in assets:
            id, current = asset.asset_id, str(asset.metadata.get(STATUS) or "")
            value = self._said(asset, current, failed=id in failed, linked=id in linked) or current
            yield Wish(ASSET_ID, id, {CODE: value}) if value else STAYS

    def _said(self, asset: Asset, current: str, *, failed: bool, linked: bool) -> str:
        if self._back and not linked:
            return after_leaving(current, asset.metadata, self._required)
        if self._run:
            return after_run(failed=failed, linked=linked)
        return by_metadata(current, asset.metadata, self._required)

    def _failed(self, ids: Sequence[str]) -> set[str]:
        rows = ChangeRow.objects.filter(part__sync=self._run, part__sync__environment=self._environment)
        rows = rows.filter(asset_id__in=ids, outcome__in=[Outcome.FAILED, Outcome.REFUSED])
        return set(rows.values_list("asset_id", flat=True))
