"""The groups of a board as a page shows them: those that the person looks for, in the view that was chosen."""

from collections.abc import Mapping, Sequence
from functools import cache, partial

from linking.domain.counting import one
from linking.models import Selection
from linking.models.selections import VIEWS
from linking.pages.asset_fields import shown_fields
from linking.pages.group_cards import COLUMNS, GroupCard
from linking.pages.group_filter import ROWS, TILES_OF_A_GROUP, GroupFilter, filters_of, page_of
from linking.pages.link_board import Board, decided
from linking.pages.list_notes import in_other_parts, nothing_linked, unknown_values, without_key
from linking.pages.store_cards import StoreCard
from setup.words import _, number

# More of a large group come so many at a time.
MORE = {True: ROWS, False: 120}

# What a page says of itself with each request: filter, groups opened in the Compact view, the last group that it shows.
Asked = Mapping[str, str]


def groups_context(selection: Selection, board: Board, asked: Asked) -> dict:
    """The part of the page for all groups: view, filter, list."""
    return {
        "board": board,
        "views": VIEWS,
        "label": selection.field_label(selection.cloudinary_field),
        **list_context(selection, board, asked),
    }


def list_context(selection: Selection, board: Board, asked: Asked) -> dict:
    wanted = GroupFilter.of(asked)
    by_rows = selection.view == "regular"
    shown = page_of(board, wanted, rows=by_rows, after=asked.get("after", ""), upto=asked.get("upto", ""))
    bound, label = selection.product_bound, selection.field_label(selection.cloudinary_field)
    return {
        "pattern_note": without_key(selection, label) if not board.groups else "",
        "nothing_linked": cache(partial(nothing_linked, board, bound)),
        "unknown_values": cache(partial(unknown_values, bound, board.groups, board.chosen)),
        "other_parts": cache(partial(in_other_parts, selection, wanted.text)),
        "in_chain": selection.chain_id is not None,
        "board": board,
        "selection": selection,
        "wanted": wanted,
        "shown": shown,
        "numbers": shown.numbers,
        "field_label": label,
        "not_selected": _not_selected(shown.stray, selection),
        "columns": columns_of(len(board.groups[0].answers) if board.groups else 0),
        **look_context(selection, asked),
    }


def _not_selected(stray: int, selection: Selection) -> str:
    """What is said of everything that is selected, beside its number `n`, while assets without a key are not."""
    if not stray:
        return ""
    said = _("{selected} selected, not the {n} without {a_field}")
    label = selection.field_label(selection.cloudinary_field)
    return said.format(selected="{n}", n=number(stray), a_field=one(label))


def look_context(selection: Selection, asked: Asked) -> dict:
    """`opened`: groups that show rows though the view is Compact. `shown_fields`: columns of rows, called by the templates that
    show them: a query. `most_rows`, `most_tiles`: so much of a large group comes with it."""
    a_field = one(selection.field_label(selection.cloudinary_field))
    return {
        "selection": selection,
        "opened": opened_of(asked),
        "keyless_name": _("Assets without {a_field}").format(a_field=a_field),
        "shown_fields": cache(lambda: shown_fields(selection, selection.member.asset_fields)),
        "most_rows": ROWS,
        "most_tiles": TILES_OF_A_GROUP,
    }


def opened_of(asked: Asked) -> list[str]:
    return asked.get("open", "").split()


def in_rows(selection: Selection, group: GroupCard, asked: Asked) -> bool:
    return selection.view == "regular" or group.id in opened_of(asked)


def above_context(selection: Selection, cards: Sequence[StoreCard], board: Board, asked: Asked) -> dict:
    """What stands above the list: the count line that filters it, counted by the templates that show it, and the heads of its
    columns, one for each chosen store or one for all of them."""
    chosen, wanted = [card for card in cards if card.chosen], GroupFilter.of(asked)
    label = selection.field_label(selection.cloudinary_field)
    return {
        "wanted": wanted,
        "filters": cache(
            partial(
                filters_of, board, wanted, label, selection.product_bound.label, part=selection.chain_id is not None
            )
        ),
        "chosen_cards": decided(chosen, board),
        "columns": columns_of(len(chosen)),
        "answered_stores": sum(card.state != "pending" for card in chosen),
    }


def columns_of(stores: int) -> int:
    return stores if stores <= COLUMNS else 1


def chosen_context(selection: Selection, cards: Sequence[StoreCard]) -> dict:
    """`chosen` stores of `store_count`; of them `waiting` have not answered yet."""
    chosen = [card for card in cards if card.chosen]
    waiting = sum(card.state == "pending" for card in chosen)
    return {"selection": selection, "store_count": len(cards), "chosen": len(chosen), "waiting": waiting}
