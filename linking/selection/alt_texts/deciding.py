"""Decisions about alt texts. Each is made within `locking.edit` and leaves its way back in the selection's last_change."""

from collections.abc import Callable, Sequence

from django.db.models import QuerySet

from linking.domain import stored
from linking.domain.alts import MAX_ALT, AltSource, cut, from_field, one_line, own
from linking.domain.fields import BadField, CloudinaryField
from linking.models import AnyRow, BriefRow, SelectedAsset, Selection
from linking.models.writing import save_fields
from linking.selection.extracts import whole
from setup.numbers import row_number
from setup.reasons import NONE, Reason
from setup.spelling import plain
from setup.words import gettext_lazy, number

TEXT, PROPOSAL = ["alt", "alt_source"], ["caption_state"]
TOO_LONG = gettext_lazy("An alt text has at most {most} characters; this one has {length}. Shorten it.")
NO_TEXT = gettext_lazy("Write a text first, or reject the suggestion.")
MORE_CAME = gettext_lazy("More suggestions have come in. Here are all of them; decide again.")
NO_ASSET = gettext_lazy("This asset is no longer in the selection. Load the page again.")


class BadAlt(Exception):
    """The text says what is wrong with what was asked for, and what to do."""


def lacks(row: SelectedAsset) -> bool:
    """Whether the asset is in Cloudinary and has no alt text, neither its own nor a decided one; empty on purpose is one."""
    return bool(row.details) and row.alt is None and not own_of(row)


def own_of(row: AnyRow) -> str:
    """As domain.alts.own, read from the row: for a thousand rows no asset is built."""
    if isinstance(row, BriefRow):
        return own(row.asset)
    return plain(stored.text(stored.mapping(row.details.get("context")).get("alt")))


def asset_at(selection: Selection, place: str) -> SelectedAsset:
    """The asset at this place of the selection. Raises BadAlt."""
    row = selection.assets.filter(place=row_number(place)).exclude(details={}).first()
    if row is None:
        raise BadAlt(str(NO_ASSET))
    return row


def write(selection: Selection, row: SelectedAsset, text: str) -> Reason:
    """What was typed. An empty field is no wish, as if nothing had been decided. Raises BadAlt. Returns what becomes of an empty
    field, also where nothing had been decided before."""
    text = checked(text)
    decided = None if not text or (row.alt is None and text == own(row.asset)) else text
    source = row.alt_source if decided == row.alt else AltSource.TYPED
    said = "edit.alt_changed" if text else "edit.alt_own_again" if own(row.asset) else "edit.alt_none"
    reason = Reason(said, name=row.asset.name)
    _decide(selection, [row], lambda known: (decided, source), reason)
    return NONE if text else reason


def leave_empty(selection: Selection, row: SelectedAsset) -> None:
    """Decorative: no text on purpose, which takes away one that a store has."""
    _decide(selection, [row], lambda known: ("", AltSource.TYPED), Reason("edit.alt_decorative", name=row.asset.name))


def revert(selection: Selection, row: SelectedAsset) -> None:
    """Back to the asset's own, or to no wish if it has none."""
    said = "edit.alt_reverted" if own(row.asset) else "edit.alt_undecided"
    _decide(selection, [row], lambda known: (None, ""), Reason(said, name=row.asset.name))


def fill(selection: Selection, field: CloudinaryField, label: str | Reason) -> int:
    """The field's values become alt texts of the assets that lack one. Answers how many."""
    found = ((row.pk, from_field(field, row.asset)) for row in whole(selection) if lacks(row))
    texts = {pk: text for pk, text in found if text}
    rows = list(selection.assets.filter(pk__in=texts).defer("details"))
    said = Reason("edit.alts_filled", count=len(rows), field=label)
    _decide(selection, rows, lambda row: (texts[row.pk], AltSource.FIELD), said)
    return len(rows)


def fill_fetched(selection: Selection) -> None:
    """For assets that were just fetched: from the field that the environment's admins chose, if they did."""
    code = selection.environment.alt_field
    try:
        field = CloudinaryField.parse(code)
    except BadField:  # none is chosen, or none that exists: that keeps nobody from his assets
        return
    fill(selection, field, code)


def accept(selection: Selection, row: SelectedAsset, text: str | None = None) -> None:
    """The proposal as it is, or as the person edited it. Raises BadAlt."""
    text = checked(cut(row.caption) if text is None else text)
    if not text:
        raise BadAlt(str(NO_TEXT))
    source = AltSource.AI if text == cut(row.caption) else AltSource.TYPED
    _decide(selection, [row], lambda known: (text, source), Reason("edit.alt_accepted", name=row.asset.name), "")


def accept_all(selection: Selection, seen: str) -> None:
    """All proposals as they are, if they are as many as the person saw. Raises BadAlt."""
    rows = _seen(selection, seen)
    said = Reason("edit.alts_accepted", count=len(rows))
    _decide(selection, rows, lambda row: (cut(row.caption), AltSource.AI), said, "")


def reject(selection: Selection, row: SelectedAsset) -> None:
    """The proposal is not made again unless asked for by itself; what the asset has stays."""
    said = Reason("edit.alt_rejected", name=row.asset.name)
    _decide(selection, [row], lambda row: (row.alt, row.alt_source), said, "rejected")


def reject_all(selection: Selection, seen: str) -> None:
    """As accept_all. Raises BadAlt."""
    rows = _seen(selection, seen)
    said = Reason("edit.alts_rejected", count=len(rows))
    _decide(selection, rows, lambda row: (row.alt, row.alt_source), said, "rejected")


def _seen(selection: Selection, count: str) -> list[SelectedAsset]:
    """What is offered, unless more has come since: nobody decides on what he has not seen. Raises BadAlt."""
    rows = list(offered(selection))
    if count != str(len(rows)):
        raise BadAlt(str(MORE_CAME))
    return rows


def offered(selection: Selection) -> QuerySet[SelectedAsset]:
    """Proposals that wait for a decision, in the selection's order."""
    return selection.assets.filter(caption_state="offered")


def take_back(selection: Selection, was: Sequence[stored.AltBefore]) -> int:
    """What `last_change` keeps of a decision. Answers how many texts are back."""
    rows = {row.place: row for row in selection.assets.filter(place__in=[place for place, *_ in was])}
    proposed = []
    for place, alt, source, state in was:
        if row := rows.get(place):
            row.alt, row.alt_source = alt, source
            if state is not None:
                row.caption_state = state
                proposed.append(row)
    save_fields(list(rows.values()), TEXT)
    save_fields(proposed, PROPOSAL)
    selection.last_change = {}
    return len(rows)


def checked(text: str) -> str:
    """One line, not longer than Shopify takes. Raises BadAlt."""
    text = one_line(text)
    if len(text) > MAX_ALT:
        raise BadAlt(TOO_LONG.format(most=MAX_ALT, length=number(len(text))))
    return text


def _decide(
    selection: Selection,
    rows: Sequence[SelectedAsset],
    decide: Callable[[SelectedAsset], tuple[str | None, str]],
    said: Reason,
    state: str | None = None,
) -> None:
    """`decide`: alt text and source of a row. `state`: what becomes of its proposal; None: that is not touched, for a job may
    be about to make one."""
    kept = state is None
    before = [_state(row) for row in rows]
    was = [[row.place, row.alt, row.alt_source, None if kept else row.caption_state] for row in rows]
    for row in rows:
        row.alt, row.alt_source = decide(row)
        if row.alt is None:
            row.alt_source = ""
        if state is not None:
            row.caption_state = state
    if [_state(row) for row in rows] == before:
        return
    save_fields(rows, TEXT if kept else TEXT + PROPOSAL)
    selection.last_change = {"text": said, "back": {"do": "take-back"}, "url": "link-alts", "was": was}


def _state(row: SelectedAsset) -> tuple[str | None, str, str]:
    return row.alt, row.alt_source, row.caption_state
