"""From a selection and what the stores answered to a plan per product: read, decide, keep. Writes nothing in Shopify."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import prefetch_related_objects

from linking.adopting.comparing import Compared, compare
from linking.cloudinary.renditions import WEIGHING, NoRendition, Rendition, linkable, of_asset, unfit, weighed
from linking.domain.assets import Asset
from linking.domain.bounds import Bound, Outside, everything
from linking.domain.chosen_words import excluded_products
from linking.domain.counting import Standing
from linking.domain.galleries import OVERWRITING, Incoming, LinkMode, Medium
from linking.domain.matching import Verdict
from linking.domain.named_products import GALLERY, SWATCH
from linking.domain.options import Claim
from linking.domain.ordering import GroupOrder, among_each_other
from linking.domain.plan import ADOPTED, MIRRORED, NOT_COMPARED, Change, Line, ProductPlan, plan_product
from linking.domain.present import changes_of
from linking.domain.reasons import ENDLESS, GONE, RESTORED_LATE, VANISHED, field_named
from linking.models import ChangeRow, ProductSync, SelectedRow, Selection, StoreMatch, StoreSync
from linking.planning import adoption, bounding, reading
from linking.planning.answers import Answers
from linking.planning.broken_off import BrokenOff, broken_off
from linking.planning.carriers import fill_in
from linking.planning.kept import kept_of
from linking.planning.ledger import Ledger
from linking.planning.naming import FileNames, Into
from linking.planning.present import up_to_date
from linking.planning.reach import reached
from linking.planning.rows import Fenced, PlanRows, fill, new_file
from linking.planning.staying import show_staying
from linking.planning.swatches import Wish, plan_swatches
from linking.planning.texts import AltTexts, present_texts
from linking.planning.variants import plan_variants
from linking.planning.wanted import Entering, Wanted
from linking.selection.arrangement import EXCLUDED, GROUP_EXCLUDED, bounded, decision, hand_of, with_alt
from linking.selection.swatches import is_swatch, swatch_rule
from linking.shopify.galleries import Gallery
from setup.models import Environment
from setup.reasons import NONE, Reason, joined
from setup.shopify.client import ShopifyClient

Outcome = ChangeRow.Outcome
OF_STATE = {ProductSync.State.FAILED: Outcome.FAILED, ProductSync.State.REFUSED: Outcome.REFUSED}
NOT_ASKED = Reason("match.not_asked")
BY_HAND = Reason("match.by_hand")


class Planner:
    """Plans one store sync. Raises ShopifyError if what is kept of the run cannot be read."""

    def __init__(self, part: StoreSync, client: ShopifyClient, fenced: Fenced = transaction.atomic) -> None:
        self.fenced = fenced
        self.part, self.client, self.store = part, client, part.store
        self.environment: Environment = part.sync.environment
        self.settings = part.settings
        self.mode, self.position = LinkMode(self.settings.link_mode), self.settings.position
        self.rule = swatch_rule(self.environment)
        self.draft = PlanRows()
        self.names = FileNames(self.environment)
        # Mark -> the title of the first product that gets the file.
        self.first: dict[str, str] = {}
        self.renditions: dict[str, Rendition | NoRendition] = {}
        self.kept = kept_of(part.sync)
        by_group = (id for group in self.kept.groups if group.excluded for id in group.assets)
        self.left_out = {*self.kept.excluded, *by_group}
        self.texts = AltTexts.of(part.sync, self.kept)
        self.there: Mapping[str, str] = {}
        self.weigh_until = time.monotonic() + WEIGHING
        self.earlier: Mapping[str, BrokenOff] | None = None
        self.bound = Bound.of(part.sync.bound)
        self.outside: Outside = everything
        # What galleries seem to have already. Only a plan looks; who only counts goes by what is known.
        self.compared = Compared()
        self.unseen: Mapping[str, Collection[str]] = {}
        self.looks = False

    def plan(self, *matches: StoreMatch) -> None:
        """Replace the store sync's rows by a fresh plan. `matches`: the answer for each selection. Raises ShopifyError."""
        present = up_to_date(self.part, self.client)
        rows = [row for match in matches for row in match.selection.rows()]
        self.draft.know(rows, present)
        prefetch_related_objects(matches, "keys")
        self.outside = bounding.asked_now(self.client, self.bound, matches)
        wanted = self.want(rows, *matches)
        found = reading.current(self.store, self.client, list(wanted))
        known = Ledger.of(self.store, found.values(), [row.asset_id for row in rows])
        mutable = self.texts.may_change([row.asset_id for row in rows])
        self.there = present_texts(self.store, self.client, mutable, found.values())
        wanted = {id: want for id, want in wanted.items() if self.part.sync.concerns(self.store.pk, id)}
        self.looks = True
        self.decide(wanted, found, known)
        read = plan_variants(self.part, self.client, self.draft, {id: want.pictures for id, want in wanted.items()})
        chips = {id: want.chips for id, want in wanted.items()}
        further = reached(self.part, self.client, self.draft.products, chips, read)
        plan_swatches(self.part, self.client, self.draft, {id: want.swatches for id, want in wanted.items()}, further)
        show_staying(self.part, self.client, self.draft)
        carriers = {id: want.carriers for id, want in wanted.items()}
        seen = min(match.heartbeat_at for match in matches)
        fill_in(self.client, self.draft.products, carriers, known.carriers, seen)
        self.say_chosen(wanted)
        with self.fenced():
            self.draft.store(self.part)

    def decide(self, wanted: Mapping[str, Wanted], found: Mapping[str, Gallery], known: Ledger) -> None:
        """What becomes of each gallery, in the draft. `found`: the galleries as they are."""
        shown = {id: known.media(found[id]) for id in wanted if id in found and found[id].whole}
        assets = {id: wanted[id].assets.values() for id in shown} if not self.kept.adopt.nothing else {}
        beside = adoption.beside(assets, found, shown, self._picture)
        self.compared = compare(self.store, self.environment, self.client if self.looks else None, beside)
        self.unseen = self.compared.unseen() if self.looks else {}
        for place, (product_id, want) in enumerate(wanted.items()):
            gallery = found.get(product_id)
            if gallery is None:
                self._lost(place, want, ProductSync.State.FAILED, VANISHED)
            elif not gallery.whole:
                self._lost(place, want, ProductSync.State.REFUSED, ENDLESS)
            else:
                self._product(place, want, gallery, shown[product_id])

    def want(self, rows: Sequence[SelectedRow], *matches: StoreMatch) -> dict[str, Wanted]:
        """Per product the assets of all its groups; what goes nowhere becomes a skipped line at once."""
        sync, entering = self.part.sync, dict[str, list[Entering]]()
        for row in rows:
            if not row.details:
                self._skip(None, row.asset_id, "", GONE)
        answers = Answers.of(matches)
        alts = self.kept.alts
        assets = {row.asset_id: with_alt(row.asset, alts.get(row.asset_id)) for row in rows if row.details}
        excluded, keyed = self.kept.excluded, set[str]()
        restored = {row.asset_id for row in rows if changes_of(row.details).get("restored")}
        for group in self.kept.groups:
            key, left_out = group.key, group.excluded
            members = [assets[id] for id in group.assets if id in assets]
            keyed |= set(group.assets)
            for asset in members:
                if left_out or asset.asset_id in excluded:
                    self._skip(asset, asset.asset_id, key, GROUP_EXCLUDED if left_out else EXCLUDED)
            members = [] if left_out else [asset for asset in members if asset.asset_id not in excluded]
            answer = answers.of_group(group)
            found = decision(answer, hand_of(group.picks, group.by_hand, self.store.pk))
            found = bounded(found, self.outside) if found else None
            for _product, why in found.outside if found else ():
                for asset in members:
                    self._skip(asset, asset.asset_id, key, joined(self._unfit(asset), why))
            if found and found.verdict == Standing.OUTSIDE:
                continue
            if found is None or found.verdict != Verdict.MATCHED or not found.products:
                for asset in members:
                    reasons = (self._unfit(asset), (found.reason or VANISHED) if found else NOT_ASKED)
                    self._skip(asset, asset.asset_id, key, joined(*reasons))
                continue
            for product in found.products if members else ():
                chosen = product["id"] in found.picked
                entered = Entering(key, members, product, chosen, group.position, group.roles)
                entering.setdefault(product["id"], []).append(entered)
            if found.out:
                out = excluded_products([card["title"] for card in found.out])
                for asset in members:
                    self._skip(asset, asset.asset_id, key, out)
        for id, asset in assets.items():
            if id not in keyed:
                keyless = RESTORED_LATE if id in restored else no_value(sync.selection)
                self._skip(asset, id, "", EXCLUDED if id in excluded else keyless)
        return {id: self._entered(groups) for id, groups in entering.items()}

    def _entered(self, groups: Sequence[Entering]) -> Wanted:
        """What groups bring to one product, in their order among each other."""
        how, want = GroupOrder(self.part.sync.group_order), Wanted(groups[0].product)
        for one in among_each_other(groups, how, key=lambda one: one.key, variants=lambda one: one.positions):
            self._take(want, one)
        want.by_hand = {one.key for one in groups if one.chosen}
        want.position = next((one.position for one in groups if one.position), 0)
        return want

    def say_chosen(self, wanted: Mapping[str, Wanted]) -> None:
        """With each line of a product that a person chose for its key."""
        for line in self.draft.changes:
            if line.product is not None and line.product.product_id in wanted:
                chosen = line.key in wanted[line.product.product_id].by_hand
                line.note = BY_HAND if chosen else NONE

    def _take(self, want: Wanted, group: Entering) -> None:
        """A group enters a product: pictures its gallery, swatches a metafield of it or of the variants that were found."""
        key, product = group.key, group.product
        variant_ids = tuple(product.get("variants") or ())
        want.keys.append(key)
        roles = {asset.asset_id: self._role(asset, group.roles.get(asset.asset_id, "")) for asset in group.members}
        pictures = [asset for asset in group.members if roles[asset.asset_id] != SWATCH]
        swatches = [asset for asset in group.members if roles[asset.asset_id] == SWATCH]
        want.pictures.append(Claim(key, tuple(asset.asset_id for asset in pictures if self._shows(asset)), variant_ids))
        for asset in pictures:
            want.assets.setdefault(asset.asset_id, asset)
            want.key_of.setdefault(asset.asset_id, key)
            want.card_of.setdefault(asset.asset_id, product)
        if pictures:
            want.carriers.take([asset.asset_id for asset in pictures], product)
        owners = variant_ids or [want.product["id"]]
        want.swatches += [Wish(owner, asset, key, card=product) for owner in owners for asset in swatches]
        want.chips.append(
            Claim(key, tuple(asset.asset_id for asset in swatches if self._shows(asset))[:1], variant_ids)
        )

    def _unfit(self, asset: Asset) -> Reason:
        return unfit(self.environment, asset, self.settings.transformation)

    def _role(self, asset: Asset, said: str) -> str:
        """`said`: by a program; empty: that is the environment's rule to say."""
        return said or (SWATCH if is_swatch(self.rule, asset, linkable(self.environment, asset)) else GALLERY)

    def _shows(self, asset: Asset) -> bool:
        """An image that can be linked."""
        return asset.resource_type == "image" and not linkable(self.environment, asset)

    def _skip(
        self, asset: Asset | None, asset_id: str, key: str, reason: Reason, product: ProductSync | None = None
    ) -> None:
        if product is None and self.part.sync.is_of_some(self.store.pk):
            return  # a run of some products tells of these only
        self.draft.changes.append(
            ChangeRow(
                part=self.part,
                product=product,
                key=key,
                asset_id=asset_id,
                name=asset.name if asset else asset_id,
                thumbnail=self.draft.thumbnails.get(asset_id, ""),
                change=Change.SKIP,
                outcome=Outcome.SKIPPED,
                reason=reason,
            )
        )

    def _lost(self, place: int, want: Wanted, state: ProductSync.State, reason: Reason) -> None:
        """Nothing can be planned for a product that is gone, or whose gallery cannot be read."""
        row = self._row(place, want, want.product["title"], want.product["handle"])
        row.state, row.reason = state, reason
        for asset in want.assets.values():
            self._skip(asset, asset.asset_id, want.key_of[asset.asset_id], reason, row)
            self.draft.changes[-1].outcome = OF_STATE[state]

    def _row(self, place: int, want: Wanted, title: str, handle: str) -> ProductSync:
        row = ProductSync(
            part=self.part, place=place, product_id=want.product["id"], title=title, handle=handle, keys=want.keys
        )
        self.draft.products.append(row)
        return row

    def _product(self, place: int, want: Wanted, gallery: Gallery, before: list[Medium]) -> None:
        row = self._row(place, want, gallery.title, gallery.handle)
        incoming, notes, elsewhere = [], dict[str, Reason](), dict[str, Reason]()
        for at, asset in enumerate(want.assets.values(), 1):
            try:
                rendition = self._rendition(asset)
            except NoRendition as refusal:
                self._skip(asset, asset.asset_id, want.key_of[asset.asset_id], refusal.reason, row)
                continue
            incoming.append(Incoming(asset.asset_id, rendition.mark))
            notes[asset.asset_id] = rendition.note
            into = Into(gallery.title, gallery.handle, want.key_of[asset.asset_id], at, want.card_of[asset.asset_id])
            if reason := self._name(asset, rendition, into):
                elsewhere[asset.asset_id] = reason
        row.incoming = [[item.asset, item.rendition] for item in incoming]
        pairs = self.compared.similar.get(row.product_id, ())
        similar = adoption.decided(pairs, self.kept.adopt, self.store.pk, row.product_id)
        adopting = adoption.adopting(similar, before, incoming)
        # A person says where pictures go each time; a rule said so once, and leaves them where they are.
        keeping, at = self.part.sync.rule_id is not None, want.position or self.position
        plan = plan_product(self.mode, adopting, incoming, at, self._broken_off(row), keeping=keeping)
        alts = {} if plan.refusal else self._alts(plan, want, gallery)
        adopted = adoption.adopted(plan, before)
        fill(row, plan, gallery, rewritten=bool(alts or adopted))
        adoption.fill(row, gallery, before, similar, adopted)
        self.draft.adopted |= dict.fromkeys(adopted.values())
        for line in self._lines(row, plan, want, gallery, alts, adopted):
            if line.change in ARRIVALS:
                unseen = line.asset_id in self.unseen.get(row.product_id, ())
                line.reason = joined(line.reason, notes[line.asset_id], NOT_COMPARED if unseen else NONE)
                if line.asset_id in elsewhere:
                    self.draft.named_elsewhere.append((line, elsewhere[line.asset_id]))
            self.draft.changes.append(line)

    def _name(self, asset: Asset, rendition: Rendition, into: Into) -> Reason:
        """A file is one, in however many galleries it stands: the first product names it. What says so of another one."""
        name = self.names.of(asset, rendition, into)
        file = self.draft.files.setdefault(rendition.mark, new_file(self.store, asset, rendition, name))
        first = self.first.setdefault(rendition.mark, into.title)
        return NONE if file.name == name else Reason("file.named_after", product=first)

    def _picture(self, asset: Asset) -> Rendition | None:
        """None for what cannot be linked, and for what is no picture."""
        try:
            return self._rendition(asset) if self._shows(asset) else None
        except NoRendition:
            return None

    def _broken_off(self, row: ProductSync) -> Sequence[str]:
        """The media that the same run had found in this gallery, if it was broken off and nothing has come between."""
        if self.mode not in OVERWRITING:
            return ()
        if self.earlier is None:
            self.earlier = broken_off(self.part)
        known = self.earlier.get(row.product_id)
        return known.found if known and known.assets == {asset for asset, _ in row.incoming} else ()

    def _rendition(self, asset: Asset) -> Rendition:
        """Made and weighed once, in however many galleries it is to stand. Raises NoRendition."""
        if asset.asset_id not in self.renditions:
            try:
                made = of_asset(self.environment, asset, self.settings.transformation)
                self.renditions[asset.asset_id] = weighed(asset, made, until=self.weigh_until)
            except NoRendition as refusal:
                self.renditions[asset.asset_id] = refusal
        found = self.renditions[asset.asset_id]
        if isinstance(found, NoRendition):
            raise found
        return found

    def _alts(self, plan: ProductPlan, want: Wanted, gallery: Gallery) -> dict[str, tuple[str, str]]:
        """Asset id -> alt text now and then, for pictures that are to get another one: in the gallery already, or in the store
        already and on their way into it."""
        texts = {item.id: item.alt for item in gallery.media}
        staying = (line for line in plan.lines if line.change in (Change.KEEP, Change.MOVE))
        current = {line.asset: texts[line.medium] for line in staying if line.medium}
        arriving = (slot for slot in plan.after if isinstance(slot, Incoming) and slot.rendition in self.there)
        current |= {slot.asset: self.there[slot.rendition] for slot in arriving}
        found = {}
        for asset_id, now in current.items():
            asset = want.assets.get(asset_id or "")
            if asset and (text := self.texts.instead(asset, now)) is not None:
                found[asset.asset_id] = (now, text)
        return found

    def _lines(
        self,
        row: ProductSync,
        plan: ProductPlan,
        want: Wanted,
        gallery: Gallery,
        alts: Mapping[str, tuple[str, str]],
        adopted: Mapping[str, str],
    ) -> Iterable[ChangeRow]:
        pictures = {medium.id: medium.url for medium in gallery.media}
        texts = {medium.id: medium.alt for medium in gallery.media}
        marks = {slot.asset: slot.rendition for slot in plan.after if isinstance(slot, Incoming)}
        for line in plan.lines:
            asset = want.assets.get(line.asset or "")
            if asset is None and line.change == Change.KEEP:
                continue  # a medium that stays where it is, and is nobody's business in a report
            described = line.asset in alts and line.change != Change.UNLINK  # a second picture of it that leaves is not
            now, then = alts[line.asset or ""] if described else (texts.get(line.medium or "", ""), None)
            yield ChangeRow(
                part=self.part,
                product=row,
                key=want.key_of.get(line.asset or "", ""),
                asset_id=line.asset or "",
                name=asset.name if asset else "",
                thumbnail=self.draft.thumbnails[asset.asset_id] if asset else pictures.get(line.medium or "", ""),
                change=line.change,
                medium_id=line.medium or "",
                replaces=line.replaces or "",
                position_before=line.position_before,
                position_after=line.position_after,
                file=self.draft.files.get(marks.get(line.asset or "", "")) if line.change in ARRIVALS else None,
                outcome=Outcome.PENDING if described or line.medium in adopted else outcome_at_planning(line, plan),
                alt_before=now,
                alt_after=then,
                reason=ADOPTED if line.medium in adopted else self._reason(line),
            )

    def _reason(self, line: Line) -> Reason:
        """Of what a mirror takes out, the person's own decision says more than the mode."""
        return EXCLUDED if line.reason == MIRRORED and line.asset in self.left_out else line.reason


ARRIVALS = (Change.ADD, Change.REPLACE)


def outcome_at_planning(line: Line, plan: ProductPlan) -> Outcome:
    if plan.refusal:
        return Outcome.REFUSED
    if line.change == Change.SKIP:
        return Outcome.SKIPPED
    return Outcome.UNCHANGED if plan.unchanged or line.change == Change.KEEP else Outcome.PENDING


def no_value(selection: Selection | None) -> Reason:
    """Of an asset that is in no group."""
    if selection is None:
        return Reason("asset.no_value_in_field")
    return Reason("asset.no_value", field=field_named(selection.cloudinary_field, selection.offered_fields))
