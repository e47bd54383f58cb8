"""Planning an upload to the Files of a store: every asset as one file, no product. Writes nothing in Shopify."""

import time
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from linking import waiting
from linking.cloudinary.renditions import WEIGHING, FileRendition, NoRendition, of_file, weighed
from linking.domain.assets import Asset
from linking.domain.plan import Change
from linking.domain.reasons import GONE
from linking.links import usage
from linking.models import ChangeRow, SelectedRow, StoreFile, StoreSync
from linking.models.selected import selections_of
from linking.planning.kept import kept_of
from linking.planning.ledger import proved
from linking.planning.naming import FileNames
from linking.planning.present import up_to_date
from linking.planning.rows import UNASKED, Fenced, PlanRows, new_file
from linking.planning.texts import AltTexts
from linking.selection.arrangement import EXCLUDED, with_alt
from linking.shopify import files
from linking.shopify.files import FileState
from setup.reasons import NONE, Reason, joined
from setup.shopify.client import ShopifyClient

Outcome, State = ChangeRow.Outcome, StoreFile.State
OTHER_VERSION, NOT_IN_PLACE = Reason("file.other_version"), Reason("file.not_in_place")


class UploadPlanner:
    """Plans one store's part of an upload. Raises ShopifyError if what is kept of the run cannot be read."""

    def __init__(self, part: StoreSync, client: ShopifyClient, fenced: Fenced = transaction.atomic) -> None:
        self.part, self.client, self.fenced = part, client, fenced
        self.store, self.sync, self.environment = part.store, part.sync, part.sync.environment
        self.draft, self.kept = PlanRows(), kept_of(part.sync)
        self.names = FileNames(self.environment)
        self.texts = AltTexts.of(part.sync, self.kept)
        self.weigh_until = time.monotonic() + WEIGHING

    def plan(self) -> None:
        """Replace the store sync's rows by a fresh plan. Raises ShopifyError."""
        wanted = list(self._wanted())
        known = self._ledger([rendition.mark for _, rendition in wanted])
        older = self._older(wanted, known)
        ids = list(dict.fromkeys(row.file_id for row in (*known.values(), *older.values())))
        there = waiting.insist(lambda some: files.states(self.client, some), ids, self.client.pause)
        rows = {row.file_id: row for row in (*known.values(), *older.values())}
        there = {id: there[id] for id in proved(rows, {id: state.name for id, state in there.items()}) if id in there}
        named = self._named([(asset, rendition) for asset, rendition in wanted if rendition.mark not in known])
        coming = self._coming([rendition.mark for _, rendition in wanted])
        used = usage.galleries_of([self.store], [row.file_id for row in older.values()])
        for asset, rendition in wanted:
            row, old = known.get(rendition.mark), older.get(asset.asset_id)
            if row and row.file_id in there:
                self._keep(asset, there[row.file_id])
            elif rendition.mark in named:
                self._keep(asset, named[rendition.mark])
            elif rendition.mark in coming:
                self._arrive(asset, rendition, Change.ADD, text=coming[rendition.mark])
            elif old is None or old.file_id not in there:
                self._arrive(asset, rendition, Change.ADD)
            elif self.sync.new_versions != "replace":
                self._arrive(asset, rendition, Change.ADD, reason=OTHER_VERSION)
            elif not rendition.shape.can_replace(old.name):
                self._arrive(asset, rendition, Change.ADD, reason=NOT_IN_PLACE)
            else:
                shown = usage.described(used.get((self.store.pk, old.file_id), ()))
                self._arrive(asset, rendition, Change.REPLACE, old.file_id, shown, text=there[old.file_id].alt)
        with self.fenced():
            self.draft.store(self.part)

    def _wanted(self) -> Iterable[tuple[Asset, FileRendition]]:
        """What is to be in the store; whatever cannot be there becomes a skipped line at once."""
        read = up_to_date(self.part, self.client)
        rows = [row for selection in selections_of(self.sync) for row in selection.rows()]
        self.draft.know(rows, read)
        excluded, only = self.kept.excluded, self.kept.only
        for row in rows:
            if only is not None and row.asset_id not in only:
                continue
            if not row.details:
                self._skip(row, None, GONE)
                continue
            asset = with_alt(row.asset, self.kept.alts.get(row.asset_id))
            if row.asset_id in excluded:
                self._skip(row, asset, EXCLUDED)
                continue
            try:
                rendition = of_file(self.environment, asset, self.sync.transformation)
                weighed(asset, rendition.rendition, until=self.weigh_until)
            except NoRendition as refusal:
                self._skip(row, asset, refusal.reason)
                continue
            yield asset, rendition

    def _ledger(self, marks: Sequence[str]) -> dict[str, StoreFile]:
        found: dict[str, StoreFile] = {}
        for at in range(0, len(marks), 500):
            rows = StoreFile.objects.for_galleries().filter(
                store=self.store, mark__in=marks[at : at + 500], state=State.READY
            )
            found |= {row.mark: row for row in rows.exclude(file_id="")}
        return found

    def _older(
        self, wanted: Sequence[tuple[Asset, FileRendition]], known: dict[str, StoreFile]
    ) -> dict[str, StoreFile]:
        """Asset id -> the newest file of an earlier version in the same transformation, where this version is missing."""
        missing = {asset.asset_id: rendition for asset, rendition in wanted if rendition.mark not in known}
        found: dict[str, StoreFile] = {}
        ids = list(missing)
        for at in range(0, len(ids), 500):
            rows = StoreFile.objects.for_galleries().filter(
                store=self.store, asset_id__in=ids[at : at + 500], state=State.READY
            )
            # The file of another tool keeps its content: it may be used where nobody of us knows.
            for row in rows.filter(adopted=False).exclude(file_id="").order_by("version"):
                if row.mark == missing[row.asset_id].shape.mark(row.asset_id, row.version):
                    found[row.asset_id] = row
        return found

    def _coming(self, marks: Sequence[str]) -> dict[str, str]:
        """Mark -> the text that it was asked for with, of files that an earlier run asked for and nobody has seen ready yet."""
        found: dict[str, str] = {}
        for at in range(0, len(marks), 500):
            rows = StoreFile.objects.for_galleries().filter(store=self.store, mark__in=marks[at : at + 500])
            found |= dict(rows.exclude(state__in=[*UNASKED, State.READY]).values_list("mark", "alt"))
        return found

    def _named(self, missing: Sequence[tuple[Asset, FileRendition]]) -> Mapping[str, FileState]:
        """By mark: what is in the store without being in our ledger. A run finds that out when it asks for the file; only a
        dry run, which must be exact, has to search."""
        if not self.sync.dry_run:
            return {}
        names = {made.mark: self.names.of(asset, made.rendition) for asset, made in missing}
        tried = self._tried(list(names))
        return files.by_mark(self.client, names | tried, exact=tried).found

    def _tried(self, marks: Sequence[str]) -> dict[str, str]:
        """Mark -> the name of its latest attempt, of files that were asked for more than once."""
        found: dict[str, str] = {}
        for at in range(0, len(marks), 500):
            rows = StoreFile.objects.for_galleries().filter(store=self.store, mark__in=marks[at : at + 500])
            found |= {row.mark: row.file_name for row in rows.filter(attempt__gt=1)}
        return found

    def _arrive(
        self,
        asset: Asset,
        rendition: FileRendition,
        change: Change,
        replaced: str = "",
        reason: Reason = NONE,
        text: str | None = None,
    ) -> None:
        """`text`: that of the file that it gets, if that is there already."""
        row = new_file(self.store, asset, rendition.rendition, self.names.of(asset, rendition.rendition))
        row.kind = StoreFile.Kind(rendition.shape.kind)
        line = self._line(asset, change)
        line.file = self.draft.files.setdefault(rendition.mark, row)
        line.medium_id, line.outcome = replaced, Outcome.PENDING
        line.reason = joined(reason, rendition.rendition.note)
        if text is not None and (then := self.texts.instead(asset, text)) is not None:
            line.alt_before, line.alt_after = text, then

    def _keep(self, asset: Asset, file: FileState) -> None:
        """There already. It may be to get another alt text."""
        line = self._line(asset, Change.KEEP)
        line.medium_id, line.outcome = file.id, Outcome.UNCHANGED
        if (text := self.texts.instead(asset, file.alt)) is not None:
            line.alt_before, line.alt_after, line.outcome = file.alt, text, Outcome.PENDING

    def _skip(self, row: SelectedRow, asset: Asset | None, reason: Reason) -> None:
        line = self._line(asset, Change.SKIP, row.asset_id)
        line.outcome, line.reason = Outcome.SKIPPED, reason

    def _line(self, asset: Asset | None, change: Change, asset_id: str = "") -> ChangeRow:
        id = asset.asset_id if asset else asset_id
        known = {"asset_id": id, "name": asset.name if asset else id, "thumbnail": self.draft.thumbnails.get(id, "")}
        self.draft.changes.append(ChangeRow(part=self.part, change=change, **known))
        return self.draft.changes[-1]
