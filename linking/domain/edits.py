"""What a person has just changed of a selection: the words of the toast that takes it back. Kept in rows as reasons are."""

from collections.abc import Mapping
from datetime import datetime

from setup.reasons import Template, plural, register


def _assets(count: int, name: str) -> str:
    return f"{name} is" if count == 1 else f"{count:,} assets are"


def _texts(count: int) -> str:
    return plural(count, "alt text")


def _moved(key: str, name: str, to: int, all: int) -> str:
    return f"{key}: {name} moved to position {to} of {all}."


def shown_moment(when: str) -> str:
    """As text, in UTC; a page shows it in the person's zone (linking.templatetags.moments)."""
    return f"{datetime.fromisoformat(when):%-d %b %Y, %H:%M} UTC"


WORDS: Mapping[str, Template] = {
    "edit.excluded": lambda count, name="": f"{_assets(count, name)} excluded.",
    "edit.included": lambda count, name="": f"{_assets(count, name)} included again.",
    "edit.already_excluded": lambda count, name="": f"{_assets(count, name)} already excluded.",
    "edit.already_included": lambda count, name="": f"{_assets(count, name)} already included.",
    "edit.group_excluded": "{key} is excluded.",
    "edit.group_included": "{key} is included again.",
    "edit.moved": _moved,
    "edit.unmoved": "{key}: {name} stays at position {to} of {all}.",
    "edit.ordered_by": "{key}: ordered by {field} again.",
    "edit.ordered_as_selected": "{key}: ordered as selected again.",
    "edit.already_ordered_by": "{key}: the order is already by {field}.",
    "edit.already_as_selected": "{key}: the order is already as selected.",
    "edit.order_discarded": lambda groups: f"The manual order of {plural(groups, 'group')} is discarded.",
    "edit.taken_back": "Taken back.",
    "edit.nothing_to_take_back": "There is nothing to take back any more.",
    # Products that are chosen for a key
    "edit.left_out": "{key}: left out again.",
    "edit.linked_to": "{key}: linked to {title}.",
    "edit.linked_to_several": lambda key, count: f"{key}: linked to {plural(count, 'product')}.",
    "edit.some_left": "{key}: {count} left.",
    # Stores
    "edit.stores_ticked": lambda count: f"{plural(count, 'store')} ticked.",
    "edit.all_ticked": "Every store that matches is ticked already.",
    "edit.no_store_matches": "No store has matching products.",
    # Alt texts
    "edit.alt_changed": "Alt text of {name} changed.",
    "edit.alt_decorative": "{name} is decorative: it gets no alt text.",
    "edit.alt_own_again": "{name} has its own alt text again. For none at all, tick Decorative.",
    "edit.alt_none": "{name} has no alt text of yours any more; stores keep what they have. For none at all, tick Decorative.",
    "edit.alt_reverted": "{name} has its own alt text again.",
    "edit.alt_undecided": "{name} is undecided again.",
    "edit.alts_filled": lambda count, field: f"{_texts(count)} filled from {field}.",
    "edit.alt_accepted": "Alt text of {name} accepted.",
    "edit.alts_accepted": lambda count: f"{_texts(count)} accepted.",
    "edit.alt_rejected": "The proposal for {name} rejected.",
    "edit.alts_rejected": lambda count: f"{plural(count, 'proposal')} rejected.",
    # A selection that is taken up again
    "edit.resumed": "These assets are as you left them: order, exclusions and alt texts are back.",
    "edit.again": lambda when: f"These are the assets of the run of {shown_moment(when)}, arranged as they were then.",
    "edit.mode_not_taken": "{mode} takes media away, so it is not chosen again by itself: choose it if you want it.",
}
register(WORDS)
