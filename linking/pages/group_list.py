"""The groups of a board as a page shows them: those that the person looks for, in the view that was chosen."""

from collections.abc import Mapping, Sequence

from linking.domain.ranges import ranges
from linking.models import Selection
from linking.models.selections import VIEWS
from linking.pages.group_filter import ROWS, TILES_OF_A_GROUP, GroupFilter, counts_of, page_of, total_of
from linking.pages.link_board import Board, GroupCard, StoreCard

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
        "counts": counts_of(board),
        "listed": total_of(board),
        **list_context(selection, board, asked),
    }


def list_context(selection: Selection, board: Board, asked: Asked) -> dict:
    wanted = GroupFilter.of(asked)
    by_rows = selection.view == "regular"
    shown = page_of(board, wanted, rows=by_rows, after=asked.get("after", ""), upto=asked.get("upto", ""))
    return {
        "board": board,
        "selection": selection,
        "wanted": wanted,
        "shown": shown,
        "numbers": ranges(card.number for card in shown.assets),
        "field_label": selection.field_label(selection.cloudinary_field),
        **look_context(selection, asked),
    }


def look_context(selection: Selection, asked: Asked) -> dict:
    """`opened`: groups that show rows though the view is Compact. The rest are slices: so much of a large group comes with it."""
    return {
        "selection": selection,
        "opened": opened_of(asked),
        "first_rows": f":{ROWS}",
        "rest_rows": f"{ROWS}:",
        "first_tiles": f":{TILES_OF_A_GROUP}",
        "rest_tiles": f"{TILES_OF_A_GROUP}:",
    }


def opened_of(asked: Asked) -> list[str]:
    return asked.get("open", "").split()


def in_rows(selection: Selection, group: GroupCard, asked: Asked) -> bool:
    return selection.view == "regular" or group.id in opened_of(asked)


def chosen_context(selection: Selection, cards: Sequence[StoreCard]) -> dict:
    """`chosen` stores of `store_count`; of them `waiting` have not answered yet."""
    chosen = [card for card in cards if card.chosen]
    waiting = sum(card.state == "pending" for card in chosen)
    return {"selection": selection, "store_count": len(cards), "chosen": len(chosen), "waiting": waiting}
