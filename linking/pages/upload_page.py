"""Upload to Store Files as its page and fragments show it."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from linking.models import AnyRow, Selection
from linking.models.syncs import NEW_VERSIONS
from linking.pages import alt_texts
from linking.pages.chain import upload_chain_of
from linking.pages.link_page import fetching_context
from linking.pages.text_search import asked_text
from linking.pages.upload_board import ROWS, FileCard, UploadBoard, board_of
from setup.models import Store
from setup.models.environments import ALT_POLICIES
from setup.numbers import whole
from setup.spelling import searched
from setup.words import gettext_lazy

# The route that is polled while the assets are being read.
FETCHING = "upload-fetching"
STATES: Mapping[str, tuple[Any, Callable[[FileCard], bool]]] = {
    "ready": (gettext_lazy("To upload"), lambda card: card.ready),
    "excluded": (gettext_lazy("Excluded"), lambda card: card.excluded),
    "error": (gettext_lazy("Not uploaded"), lambda card: bool(card.trouble)),
}


def chosen_way(asked: Mapping[str, str]) -> str:
    """What is to happen with new versions; nothing is replaced unless it is said."""
    way = asked.get("new_versions", "")
    return way if way in dict(NEW_VERSIONS) else "add"


def upload_context(selection: Selection, asked: Mapping[str, str]) -> dict:
    """Everything the page needs."""
    context = board_context(selection, asked)
    board: UploadBoard = context["board"]
    known = len(board.cards)
    context |= fetching_context(selection, (known + len(board.missing), known), at=FETCHING)
    return context | {"fetched": selection.fetched, "alts": alt_texts.on_upload(board)}


def board_context(
    selection: Selection,
    asked: Mapping[str, str],
    rows: Sequence[AnyRow] | None = None,
    stores: Mapping[Store, bool] | None = None,
) -> dict:
    """What fragments need. `asked`: the filter, and the choice for new versions that is not saved."""
    stores = selection.store_choices() if stores is None else stores
    board = board_of(selection, rows, stores)
    chain = upload_chain_of(selection, board, stores)
    return {
        "chain": chain,
        "ready": chain.ready if chain else board.ready,
        "coming": chain.coming if chain else board.coming,
        "selection": selection,
        "board": board,
        "alt_policies": ALT_POLICIES,
        "environment": selection.environment,
        "default_in_files": selection.environment.files_transformation or selection.environment.image_transformation,
        "ways": NEW_VERSIONS,
        "way": chosen_way(asked),
        "token": uuid.uuid4().hex,
        **list_context(board.cards, asked),
    }


def list_context(cards: Sequence[FileCard], asked: Mapping[str, str]) -> dict:
    """The rows after the place `after`, as many as come at a time, of those that the filter names."""
    text, state = asked_text(asked), asked.get("state", "")
    state = state if state in STATES else ""
    after = whole(asked.get("after"))
    first = 0 if after is None else after + 1
    fitting = [card for card in cards if fits(card, text, state)]
    rest = [card for card in fitting if card.number >= first]
    return {
        "wanted": {"text": text, "state": state},
        "found": len(fitting),
        "rows": rest[:ROWS],
        "after": rest[ROWS - 1].number if len(rest) > ROWS else None,
        "counts": [(code, name, sum(map(fit, cards))) for code, (name, fit) in STATES.items()],
    }


def fits(card: FileCard, text: str, state: str) -> bool:
    said = searched(f"{card.name}\n{card.asset.public_id}\n{' '.join(card.asset.tags)}")
    return (not state or STATES[state][1](card)) and all(word in said for word in searched(text).split())
