"""What a person has just changed of a selection: the words of the toast that takes it back. Kept in rows as reasons are."""

from collections.abc import Mapping
from datetime import datetime

from setup.reasons import Counted, Given, Template, register
from setup.words import _, moment


def shown_moment(when: str) -> str:
    """As text, in UTC; a page shows it in the person's zone (linking.templatetags.moments)."""
    return moment(datetime.fromisoformat(when))


WORDS: Mapping[str, Template] = {
    "edit.excluded": Given(
        "name", "{name} is excluded.", Counted("{count:,} asset is excluded.", "{count:,} assets are excluded.")
    ),
    "edit.included": Given(
        "name",
        "{name} is included again.",
        Counted("{count:,} asset is included again.", "{count:,} assets are included again."),
    ),
    "edit.already_excluded": Given(
        "name",
        "{name} is already excluded.",
        Counted("{count:,} asset is already excluded.", "{count:,} assets are already excluded."),
    ),
    "edit.already_included": Given(
        "name",
        "{name} is already included.",
        Counted("{count:,} asset is already included.", "{count:,} assets are already included."),
    ),
    "edit.group_excluded": "{key} is excluded.",
    "edit.group_included": "{key} is included again.",
    "edit.moved": "{key}: {name} moved to position {to} of {all}.",
    "edit.unmoved": "{key}: {name} stays at position {to} of {all}.",
    "edit.ordered_by": "{key}: ordered by {field} again.",
    "edit.ordered_as_selected": "{key}: ordered as selected again.",
    "edit.already_ordered_by": "{key} is already ordered by {field}.",
    "edit.already_as_selected": "{key} is already ordered as selected.",
    "edit.order_discarded": Counted(
        "Manual order of {groups:,} group discarded.",
        "Manual order of {groups:,} groups discarded.",
        "groups",
    ),
    "edit.taken_back": "Undone.",
    "edit.nothing_to_take_back": "There is nothing left to undo.",
    # Products that are chosen for a key
    "edit.left_out": "{key}: no longer linked to a product.",
    "edit.linked_to": "{key}: linked to {title}.",
    "edit.linked_to_several": Counted("{key}: linked to {count:,} product.", "{key}: linked to {count:,} products."),
    "edit.some_left": Counted(
        "{key}: still linked to {count:,} product.", "{key}: still linked to {count:,} products."
    ),
    "edit.product_excluded": Given(
        "title",
        "{key}: {title} is excluded.",
        Counted("{key}: {count:,} product is excluded.", "{key}: {count:,} products are excluded."),
    ),
    "edit.product_included": Given(
        "title",
        "{key}: {title} is included again.",
        Counted("{key}: {count:,} product is included again.", "{key}: {count:,} products are included again."),
    ),
    "edit.not_chosen": "{key}: {title} is no longer chosen.",
    # Stores
    "edit.stores_ticked": Counted("{count:,} store ticked.", "{count:,} stores ticked."),
    "edit.all_ticked": "Every store that matches is already ticked.",
    "edit.no_store_matches": "No store has matching products.",
    # Settings that are taken over
    "edit.preset_used": "{name} is in use.",
    "edit.preset_changes_nothing": "{name} changes nothing here.",
    "preset.no_field": "These assets have no field {field}.",
    "preset.no_rendition": "The rendition {name} is no longer allowed.",
    "preset.no_store": "{store} cannot be used now.",
    # Alt texts
    "edit.alt_changed": "Alt text of {name} changed.",
    "edit.alt_decorative": "{name} is decorative: it gets no alt text.",
    "edit.alt_own_again": "{name} has its own alt text again. For no alt text at all, tick Decorative.",
    "edit.alt_none": "{name} has no alt text now; stores keep theirs. For no alt text at all, tick Decorative.",
    "edit.alt_reverted": "{name} has its own alt text again.",
    "edit.alt_undecided": "{name} has no alt text now; stores keep theirs.",
    "edit.alts_filled": Counted("{count:,} alt text filled from {field}.", "{count:,} alt texts filled from {field}."),
    "edit.alt_accepted": "Alt text of {name} accepted.",
    "edit.alts_accepted": Counted("{count:,} alt text accepted.", "{count:,} alt texts accepted."),
    "edit.alt_rejected": "Suggestion for {name} rejected.",
    "edit.alts_rejected": Counted("{count:,} suggestion rejected.", "{count:,} suggestions rejected."),
    # A selection that is taken up again
    "edit.resumed": "These assets are as you left them: order, exclusions and alt texts are back.",
    "edit.again": lambda when: _("These are the assets of the run of {when}, arranged as they were then.").format(
        when=shown_moment(when)
    ),
    "edit.mode_not_taken": "{mode} removes pictures from galleries, so AssetLink does not choose it. Choose it if you want it.",
}
register(WORDS)
